"""Makes itself readable to itself, and searches all of its memory, a copy of the worker's, for what it must not know.

The word that it looks for must not lie in memory because of the search: every byte is moved up by one before.
"""
# seconds: 10

import ctypes
import re

from target import DROW, breach

PR_SET_DUMPABLE, LARGEST = 4, 1 << 22
ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
up = bytes((number + 1) % 256 for number in range(256))
wanted = bytes(ord(letter) + 1 for letter in reversed(DROW))
mappings = [re.match(r"(\w+)-(\w+) rw.. \w+ \S+ (\d+)\s*(.*)", line) for line in open("/proc/self/maps")]
searched = 0
with open("/proc/self/mem", "rb", buffering=0) as memory:
    for mapping in mappings:
        if mapping is None or mapping[4].startswith(("[vv", "[vs")):
            continue
        low, high = int(mapping[1], 16), int(mapping[2], 16)
        for place in range(low, high, LARGEST):
            memory.seek(place)
            try:
                found = memory.read(min(LARGEST, high - place))
            except OSError:
                continue
            searched += len(found)
            if wanted in found.translate(up):
                breach(f"the secret word lies in memory near {place:#x}")
assert searched > 10_000_000, searched
