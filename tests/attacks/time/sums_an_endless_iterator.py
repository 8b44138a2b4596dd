"""Loops in C code that never comes back to the interpreter, so that no alarm is heard."""
# ends: timeout

import collections
import itertools

collections.deque(itertools.repeat(None), maxlen=0)
