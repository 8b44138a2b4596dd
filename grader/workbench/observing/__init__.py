"""What was recorded of a file, as a check would see it, and one check tried on it.

plain_checks   checks that ask nothing, so that every candidate of their kind is seen
defined_names  the names, functions and classes that a file defines, as they stand in its code
file_run       one run of a file, judged by some checks, with what decided
seen_things    the candidates of plain checks, as values for a report
observe_file   all of it: ``observe_file`` and ``try_check``
"""
