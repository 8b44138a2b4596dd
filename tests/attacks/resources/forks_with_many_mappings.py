"""Sixty processes with so many mappings each that measuring their memory takes longer than the run may."""
# ends: timeout, memory
# seconds: 1

import ctypes
import os
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]

for _ in range(60):
    if os.fork() == 0:
        for number in range(60_000):
            libc.mmap(None, 4096, 1 + 2 * (number % 2), 0x22, -1, 0)  # neighbours with other rights are not joined
        time.sleep(1000)
time.sleep(1000)
