"""Exercises in words, for ``grade explain``.

explained      an exercise with its rubric as an Explanation
way_words      what a check of each kind looks at, what counts, and what must hold
line_words     a line of the expression language in words
input_words    hidden inputs in words
"""
