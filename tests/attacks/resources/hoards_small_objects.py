"""Fills the memory with small objects to the last byte, swallows the errors, and leaves the recorder none."""
# ends: completed, failed, memory, timeout, exited, crashed

import resource

# Close to what is in use, so that it takes no time to get there.
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
limit = resource.getrlimit(resource.RLIMIT_AS)[1]
resource.setrlimit(resource.RLIMIT_AS, (min(used + 2**24, limit), limit))
kept = []
for size in (2**20, 2**12, 2**6, 1):
    try:
        while True:
            kept = [kept, bytearray(size)]
    except MemoryError:
        pass
