"""An exercise in words (``model.Explanation``): in the terminal, as Markdown, as JSON.

explanation_rows    what is said of a check, row by row, whatever the format
terminal            the screen of ``grade explain``
markdown            the same for a page
json                the same for programs
"""
