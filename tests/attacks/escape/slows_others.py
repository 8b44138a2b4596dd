"""Changes limits, priorities, processors and standing of the worker and of the processes of the user."""

import ctypes
import os
import resource

from target import BYSTANDER, TESTS, breach, refused

libc = ctypes.CDLL(None, use_errno=True)
REFUSED = (1, 3, 13, 38)  # EPERM, ESRCH, EACCES, ENOSYS
IOPRIO_SET = 251 if os.uname().machine == "x86_64" else 30
SCHED_SETATTR = 314 if os.uname().machine == "x86_64" else 274
attributes = (ctypes.c_uint32 * 14)(56, 5)  # SCHED_IDLE


def call(function, *arguments):
    if function(*arguments) != -1 or ctypes.get_errno() not in REFUSED:
        breach(f"{arguments} was let through: {os.strerror(ctypes.get_errno())}")


for pid in (os.getppid(), BYSTANDER, TESTS):
    refused(resource.prlimit, pid, resource.RLIMIT_CPU, (1, 1))
    refused(resource.prlimit, pid, resource.RLIMIT_AS)
    refused(os.setpriority, os.PRIO_PROCESS, pid, 19)
    refused(os.setpriority, os.PRIO_PGRP, pid, 19)
    refused(os.sched_setaffinity, pid, {0})
    refused(os.sched_setscheduler, pid, os.SCHED_IDLE, os.sched_param(0))
    refused(os.sched_setparam, pid, os.sched_param(0))
    call(libc.syscall, SCHED_SETATTR, pid, attributes, 0)
    for which in (1, 2):
        call(libc.syscall, IOPRIO_SET, which, pid, 3 << 13)
    for name in ("oom_score_adj", "oom_adj", "autogroup", "coredump_filter", "sched", "comm"):
        refused(os.open, f"/proc/{pid}/{name}", os.O_WRONLY)
    refused(
        lambda path: os.write(os.open(path, os.O_WRONLY), b"50000"), f"/proc/{pid}/timerslack_ns"
    )  # what it is anyway
refused(os.setpriority, os.PRIO_USER, os.getuid(), 19)
refused(os.setpriority, os.PRIO_USER, 0, 19)
call(libc.syscall, IOPRIO_SET, 3, os.getuid(), 3 << 13)
