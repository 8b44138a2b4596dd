"""Has the kernel send the signals: from a pipe owned by another process, a timer, a dying parent, a terminal."""

import ctypes
import fcntl
import os
import signal
import time

from target import BYSTANDER, TESTS, breach

libc = ctypes.CDLL(None, use_errno=True)
F_SETSIG, F_SETOWN_EX, O_ASYNC, SIGEV_THREAD_ID, PR_SET_PDEATHSIG = 10, 15, 0o20000, 4, 1
for pid in (os.getppid(), BYSTANDER, TESTS, -os.getppid(), -1):
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP):
        into, out = os.pipe()
        try:
            fcntl.fcntl(into, F_SETSIG, number)
            if pid == -1:  # the thread of the worker, by the newer call
                fcntl.fcntl(into, F_SETOWN_EX, (0).to_bytes(4, "little") + os.getppid().to_bytes(4, "little"))
            else:
                fcntl.fcntl(into, fcntl.F_SETOWN, pid)
            fcntl.fcntl(into, fcntl.F_SETFL, fcntl.fcntl(into, fcntl.F_GETFL) | O_ASYNC)
            os.write(out, b"x")
        except OSError:
            pass
        os.close(into)
        os.close(out)
    event = (ctypes.c_int * 16)(0, 0, signal.SIGKILL, SIGEV_THREAD_ID, abs(pid))
    if libc.timer_create(1, event, ctypes.byref(ctypes.c_void_p())) == 0 and pid != os.getpid():
        breach(f"a timer that signals {pid}")
libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
time.sleep(0.1)
