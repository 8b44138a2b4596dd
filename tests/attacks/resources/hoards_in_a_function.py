"""Functions that fill the memory to the last byte on hidden inputs, and leave none to record their answers with."""
# ends: completed, failed, memory, timeout, exited, crashed

import resource
import torch

large = torch.ones(250_000, requires_grad=True)
kept = []


def f(x):
    global kept
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    limit = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (min(used + 2**24, limit), limit))
    for size in (2**20, 2**16, 2**12, 2**6, 1):
        try:
            while True:
                kept = [kept, bytearray(size)]
        except MemoryError:
            pass
    return large
