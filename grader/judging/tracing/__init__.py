"""Notes on what decided about each candidate of a check, for the instructor who writes the check.

notes           what judging notes while it decides; it writes them and never reads them
sides           the values of both sides of a line
finished_trace  the notes as a frozen ``CheckTrace``
"""
