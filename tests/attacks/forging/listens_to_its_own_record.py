"""Opens the way out at its other end, and takes away what was meant for the worker."""
# ends: completed, crashed

import ctypes
import os
import stat
import time


def is_mine(fd):
    try:
        return stat.S_ISFIFO(os.fstat(fd).st_mode)
    except OSError:
        return False


ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE: else /proc/self belongs to root
out = next(filter(is_mine, range(3, 1024)))
stolen = os.open(f"/proc/self/fd/{out}", os.O_RDONLY | os.O_NONBLOCK)
time.sleep(0.3)  # what the worker has by then it keeps; what it has not is the submission's own loss
for _ in range(50):
    print("x" * 7_900)
    try:
        os.read(stolen, 4_000)
    except BlockingIOError:
        pass
