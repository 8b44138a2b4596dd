"""Traces the worker, the processes of the user, its own child and itself, and takes descriptors out of them."""

import ctypes
import os

from target import BYSTANDER, TESTS, breach

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long] * 4
REFUSED = (1, 3, 13, 38)  # EPERM, ESRCH, EACCES, ENOSYS
TRACEME, PEEKDATA, CONT, ATTACH, SEIZE, LISTEN = 0, 2, 7, 16, 0x4206, 0x4208
PROCESS_MADVISE, PIDFD_OPEN, PIDFD_GETFD, PROCESS_MRELEASE, KCMP = 440, 434, 438, 448, 312


def fork():
    """As `os.fork`; -1 where there are no new processes to be had."""
    try:
        return os.fork()
    except OSError:
        return -1


def call(function, *arguments):
    if function(*arguments) != -1 or ctypes.get_errno() not in REFUSED:
        breach(f"{arguments} was let through: {os.strerror(ctypes.get_errno())}")


child = fork()
if child == 0:
    while True:
        pass
for pid in (os.getppid(), *([child] if child > 0 else []), BYSTANDER, TESTS):
    for request in (ATTACH, SEIZE, PEEKDATA, CONT, LISTEN):
        call(libc.ptrace, request, pid, 0, 0)
call(libc.ptrace, TRACEME, 0, 0, 0)
for pid in (os.getppid(), *([child] if child > 0 else []), BYSTANDER):
    fd = libc.syscall(PIDFD_OPEN, pid, 0)
    if fd >= 0:
        for number in (0, 1, 2, 3, 4, 100, 101):
            call(libc.syscall, PIDFD_GETFD, fd, number, 0)
        call(libc.syscall, PROCESS_MADVISE, fd, None, 0, 21, 0)
        call(libc.syscall, PROCESS_MRELEASE, fd, 0)
    if os.uname().machine == "x86_64":
        call(libc.syscall, KCMP, os.getpid(), pid, 0, 0, 0)
        call(libc.syscall, 256, pid, 8, None, None)  # migrate_pages
        call(libc.syscall, 279, pid, 0, None, None, None, 0)  # move_pages
