"""Uses up the requests of asynchronous input and output, which the whole machine has a number of."""

import ctypes
import os

from target import breach

libc = ctypes.CDLL(None, use_errno=True)
IO_SETUP = 206 if os.uname().machine == "x86_64" else 0
for requests in (65_536, 4_096, 1):
    context = ctypes.c_ulong(0)
    if libc.syscall(IO_SETUP, requests, ctypes.byref(context)) == 0:
        breach(f"io_setup({requests}) took {requests} of the machine's requests")
