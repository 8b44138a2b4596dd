"""Makes new namespaces and enters those of others: unshare, clone, clone3, setns by file and by process."""

import ctypes
import os

from target import BYSTANDER, TESTS, breach

libc = ctypes.CDLL(None, use_errno=True)
REFUSED = (1, 13, 38)  # EPERM, EACCES, ENOSYS
FLAGS = (0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
CLONE3, PIDFD_OPEN = 435, 434
for flag in (*FLAGS, sum(FLAGS[1:]), FLAGS[5] | FLAGS[6], FLAGS[5] | FLAGS[1]):
    if libc.unshare(flag) == 0 or ctypes.get_errno() not in REFUSED:
        breach(f"unshare({flag:#x}) was let through: {os.strerror(ctypes.get_errno())}")
if os.uname().machine == "x86_64":
    for flag in FLAGS[1:]:
        child = libc.syscall(56, flag | 17, None, None, None, None)
        if child == 0:
            os._exit(0)
        if child > 0 or ctypes.get_errno() not in REFUSED:
            breach(f"clone({flag:#x}) was let through: {os.strerror(ctypes.get_errno())}")
arguments = (ctypes.c_uint64 * 11)(FLAGS[5] | FLAGS[1], 0, 0, 0, 17)
child = libc.syscall(CLONE3, arguments, 88)
if child == 0:
    os._exit(0)
if child > 0 or ctypes.get_errno() not in REFUSED:
    breach(f"clone3 was let through: {os.strerror(ctypes.get_errno())}")
for pid in ("self", 1, os.getppid(), BYSTANDER, TESTS):
    for name in ("cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time", "user", "uts"):
        try:
            fd = os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY)
        except OSError:
            continue
        if libc.setns(fd, 0) == 0:
            breach(f"setns to {name} of {pid}")
for fd in (-1, 0, libc.syscall(PIDFD_OPEN, os.getpid(), 0), libc.syscall(PIDFD_OPEN, 1, 0)):
    if libc.setns(fd, FLAGS[1] | FLAGS[5]) == 0 or ctypes.get_errno() not in REFUSED:
        breach(f"setns by {fd} was let through: {os.strerror(ctypes.get_errno())}")
