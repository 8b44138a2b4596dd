"""Reads the host's files by every road but the plain one: links, `..`, other processes' roots, openat2."""

import ctypes
import os
from target import SECRETS, breach, has_word, refused

libc = ctypes.CDLL(None, use_errno=True)
OPENAT2, AT_FDCWD = 437, -100
PREFIXES = ("/proc/self/root", "/proc/1/root", "/proc/1/cwd", "/proc/self/cwd/../../..", "/tmp/work/../..",
            "/proc/thread-self/root", f"/proc/{os.getppid()}/root", "/dev/fd/../root", "/proc/self/task/1/root",
            "../../../../../../../..", "/usr/lib/..", "/oldroot", "/newroot", "/.old", "/mnt", "/host")  # fmt: skip


def look(path):
    with open(path, "rb") as file:
        found = file.read()
    if has_word(found):
        breach(f"read {path}")


for number, secret in enumerate(SECRETS):
    os.symlink(secret, f"link{number}")
    refused(open, f"link{number}")
    refused(os.link, secret, f"hard{number}")
    for prefix in PREFIXES:
        try:
            look(prefix + secret)
        except OSError:
            pass
    for flags in (0, 0x1, 0x2, 0x10):  # NO_XDEV, NO_MAGICLINKS, IN_ROOT
        how = (ctypes.c_uint64 * 3)(os.O_RDONLY, 0, flags)
        fd = libc.syscall(OPENAT2, AT_FDCWD, secret.encode(), how, 24)
        if fd >= 0 and has_word(os.read(fd, 10_000)):
            breach(f"openat2 read {secret}")
