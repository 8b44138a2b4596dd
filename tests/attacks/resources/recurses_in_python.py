"""Recurses with no limit on the depth, in Python and through C."""
# ends: crashed, memory, timeout

import sys

sys.setrecursionlimit(2**31 - 1)


def deeper(x):
    return sorted([x], key=deeper)


deeper(0)
