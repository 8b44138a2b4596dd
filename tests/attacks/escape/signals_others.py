"""Sends every signal, by every call that sends one, to the worker and to the processes of the user."""
# At level strict the kernel lets the worker's children send it signals; that they do nothing shows in what comes after.

import ctypes
import os
import signal

from target import BYSTANDER, LEVEL, TESTS, breach

libc = ctypes.CDLL(None, use_errno=True)
RT_SIGQUEUEINFO, RT_TGSIGQUEUEINFO, TKILL, TGKILL, PIDFD_OPEN, PIDFD_SEND_SIGNAL = (
    (129, 297, 200, 234, 434, 424) if os.uname().machine == "x86_64" else (138, 240, 130, 131, 434, 424)
)
info = (ctypes.c_int * 32)(0, 0, -1)  # SI_QUEUE
reached = set()


def call(pid, call_number, *arguments):
    if libc.syscall(call_number, *arguments) >= 0:
        reached.add(pid)


for pid in (os.getppid(), BYSTANDER, TESTS):
    for number in (0, *signal.valid_signals()):
        try:
            os.kill(pid, number)
            reached.add(pid)
        except OSError:
            pass
        info[0] = number
        call(pid, TKILL, pid, number)
        call(pid, TGKILL, pid, pid, number)
        call(pid, RT_SIGQUEUEINFO, pid, number, info)
        call(pid, RT_TGSIGQUEUEINFO, pid, pid, number, info)
        fd = libc.syscall(PIDFD_OPEN, pid, 0)
        if fd >= 0:
            call(pid, PIDFD_SEND_SIGNAL, fd, number, None, 0)
            os.close(fd)
reached -= {os.getppid()} if LEVEL == "strict" else set()
if reached:
    breach(f"signals reached {reached}")
