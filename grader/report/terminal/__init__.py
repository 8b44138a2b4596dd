"""The report that a student reads in the terminal.

report      FORMAT, the format ``terminal``: the report of a submission from its first to its last line
run         how the run ended, its uncaught errors, the notes
exercise    an exercise with its checks and the student's words
check       a check: title, place, message, values, hint, comment
total       what it adds up to, and whether that is final
score       points as text, in a colour for their share
summary     the table below several reports
change      what is new since the report before (``grade watch``)
"""
