"""Exit codes of a child whose recorder failed before the submission ended.

A submission can end with one of them on purpose; it gains nothing by that.
"""

RECORDER_FAILED = 70
"""An exception came out of the recorder. Usually the record says which, in a ``broken`` frame."""
NO_MEMORY = 71
"""No memory was left. Said by the exit code alone, which needs no memory."""
