"""Writes single letters to both standard streams in turn, so that each of them is an event of its own."""
# ends: timeout

import sys

while True:
    sys.stdout.write("a")
    sys.stderr.write("b")
