"""Draws on what the kernel counts for the whole machine or for a user, who may be the one who grades."""

import ctypes
import fcntl
import mmap
import os
import resource
import signal
import socket

from target import breach, refused

libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"
MAP_HUGETLB = 0x40000
refused(mmap.mmap, -1, 2**21, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_HUGETLB)
left, right = os.pipe()
refused(fcntl.fcntl, right, 1031, 2**20)  # F_SETPIPE_SZ
page = mmap.mmap(-1, 4096)
if libc.mlock(ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(page))), ctypes.c_size_t(4096)) == 0:
    breach("memory was locked")
refused(os.openpty)
refused(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(1))
refused(resource.setrlimit, resource.RLIMIT_RTPRIO, (50, 50))
refused(os.nice, -1)

# The machine code of filters, and Landlock's rules.
allow = (ctypes.c_uint16 * 4)(6, 0, 0xFFFF, 0x7FFF)  # return SECCOMP_RET_ALLOW


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


program = Program(1, ctypes.addressof(allow))
try:
    pair = socket.socketpair()
    refused(pair[0].setsockopt, socket.SOL_SOCKET, 26, bytes(program))  # SO_ATTACH_FILTER
except OSError:
    pass
if libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0:  # PR_SET_SECCOMP
    breach("a filter of system calls")
if libc.syscall(317 if X86 else 277, 1, 0, ctypes.byref(program)) == 0:  # seccomp
    breach("a filter of system calls by seccomp()")
rights = (ctypes.c_uint64 * 1)(1)
if libc.syscall(444, rights, 8, 0) >= 0:  # landlock_create_ruleset
    breach("rules of Landlock")

signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
timers = 0
timer = ctypes.c_void_p()
while timers < 1_000 and libc.timer_create(0, None, ctypes.byref(timer)) == 0:
    timers += 1
signals = 0
while signals < 1_000 and libc.sigqueue(os.getpid(), signal.SIGRTMIN, None) == 0:
    signals += 1
if timers + signals > 200:
    breach(f"{timers} timers and {signals} signals are kept")
for option in (62, 67):  # PR_SCHED_CORE, PR_SET_MEMORY_MERGE
    if libc.prctl(option, 1, 0, 0, 0) == 0:
        breach(f"prctl({option})")
libc.sync()
