"""Maps files, shared and private memory over and over, up to the limit of mappings."""
# ends: memory, failed, timeout

import mmap

kept = []
with open("data", "wb") as file:
    file.truncate(2**26)
file = open("data", "r+b")
while True:
    kept.append(mmap.mmap(file.fileno(), 0))
    kept.append(mmap.mmap(-1, 2**16, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    kept[-1][::4096] = b"x" * 16
