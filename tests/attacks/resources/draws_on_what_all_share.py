"""Draws on what the kernel counts for the whole machine or for a user, who may be the one who grades."""

import ctypes
import errno
import fcntl
import mmap
import os
import resource
import signal
import socket
import struct

from target import LEVEL, breach, refused

libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"
MAP_HUGETLB = 0x40000
refused(mmap.mmap, -1, 2**21, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_HUGETLB)
left, right = os.pipe()
refused(fcntl.fcntl, right, 1031, 2**20)  # F_SETPIPE_SZ
page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
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
for option in (35, 57, 62, 65, 67, 77, 79, 100, 0x53564D41):  # 62: PR_SCHED_CORE, 67: PR_SET_MEMORY_MERGE
    if libc.prctl(option, 1, 0, 0, 0) != -1 or ctypes.get_errno() != errno.EINVAL:
        breach(f"prctl({option})")
slots = ctypes.c_ulong(4)
if libc.prctl(78, ctypes.c_ulong(1), slots, ctypes.c_ulong(0), ctypes.c_ulong(0)) == 0:  # PR_FUTEX_HASH
    breach("a table of its own for futexes, of any size")

# Memory that is in no process once it is unmapped, and in no file.
refused(mmap.mmap, -1, 4096)
refused(mmap.mmap, -1, 4096, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS | 0x4000)  # MAP_NORESERVE
if LEVEL == "strict":
    for path in ("/dev/zero", "/dev/full", "/dev/null"):
        device = os.open(path, os.O_RDWR)
        refused(mmap.mmap, device, 4096)
        refused(mmap.mmap, device, 4096, prot=mmap.PROT_READ)  # to read is enough to make pages

# A thread with descriptors of its own, which /proc/PID/fd does not show.
stack = ctypes.create_string_buffer(65536)
pause = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(("pause", libc))
if libc.clone(pause, ctypes.c_void_p(ctypes.addressof(stack) + 65520), 0x10900, None) != -1:
    breach("a thread without CLONE_FILES")
if X86 and libc.syscall(436, 900, 901, 2) == 0:  # close_range, CLOSE_RANGE_UNSHARE
    breach("a table of descriptors of its own by close_range")

folder = os.open(".", os.O_RDONLY)
refused(fcntl.fcntl, folder, 1024, fcntl.F_RDLCK)  # F_SETLEASE
refused(fcntl.fcntl, folder, 1040, bytes(8))  # F_SETDELEG
attributes = struct.pack("=QIIII", 0xC0, 0, 0, 0, 0)  # FS_XFLAG_NOATIME, FS_XFLAG_NODUMP
if libc.syscall(469, folder, b"", attributes, ctypes.c_size_t(24), 0x1000) == 0:  # file_setattr, AT_EMPTY_PATH
    breach("flags of a folder, which stay")
libc.sync()
