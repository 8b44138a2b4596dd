"""Prints lists in lists in lists, deeper than the stack is, with no limit on recursion.

Python 3.12 and later have a limit of their own in C, and raise RecursionError.
"""
# ends: crashed, failed, memory, timeout

import gc
import sys

sys.setrecursionlimit(2**31 - 1)
gc.disable()
nested = []
for _ in range(2_000_000):
    nested = [nested]
print(nested)
