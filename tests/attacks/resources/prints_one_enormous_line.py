"""Prints a text of a hundred megabytes at once, of signs that take three bytes each, to both streams."""
# ends: completed, timeout
# seconds: 4

import sys

sys.stderr.write("✂" * 10**8)
