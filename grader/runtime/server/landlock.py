"""Landlock: a process restricts itself for good to the files that it lists. Newer kernels also restrict TCP (Linux
6.7) and signals to other processes (6.12).

Landlock needs no privilege and no namespace, so it is used where there are no namespaces. It cannot restrict changes of
a file's times and mode by path; the filter of system calls refuses those. That a file exists can still be seen.
See landlock(7) and https://docs.kernel.org/userspace-api/landlock.html for the numbers.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from stat import S_ISDIR

OLDEST = 3
"""ABI 3 (Linux 6.2) is the first that can forbid truncating a file that may only be read."""

# These numbers are the same on every architecture with Landlock.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_CHAR, MAKE_BLOCK, TRUNCATE, IOCTL_DEV = 1 << 6, 1 << 11, 1 << 14, 1 << 15
_UP_TO_TRUNCATE = (1 << 15) - 1
_READ = EXECUTE | READ_FILE | READ_DIR
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
"""Rights that exist for files; the other rights exist for folders only."""
_BIND_TCP, _CONNECT_TCP = 1 << 0, 1 << 1
_ABSTRACT_SOCKETS, _SIGNALS = 1 << 0, 1 << 1

DEVICES = ("/dev/null", "/dev/full", "/dev/random", "/dev/urandom")
"""Without ``/dev/zero``: mapped and shared, it is memory that no limit counts."""
KERNEL = (
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/uptime",
    "/proc/version",
    "/proc/filesystems",
    "/proc/sys/kernel/osrelease",
    "/proc/sys/kernel/cap_last_cap",
    "/proc/sys/vm/overcommit_memory",
)
"""Files in which the kernel describes itself. ``/proc/self`` is the restricted process, not those that it starts."""

_libc = ctypes.CDLL(None, use_errno=True)


def abi() -> int:
    """The kernel's version of Landlock; 0: it has none, or a version older than ``OLDEST``."""
    if sys.platform != "linux":
        return 0
    version: int = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    return version if version >= OLDEST else 0


def restrict(*, read: Iterable[str], names: Iterable[str], write: Iterable[str]) -> None:
    """Restrict this process to these files and folders, including everything below them. Cannot be undone.

    Below ``read``, files may be read and executed. Below ``names``, folders may be listed, and nothing else. Below
    ``write``, everything is allowed except making devices. Paths that do not exist are skipped. To be called where
    ``abi()`` is not 0, after PR_SET_NO_NEW_PRIVS. Raises OSError.
    """
    version = abi()
    every = _UP_TO_TRUNCATE | (IOCTL_DEV if version >= 5 else 0)
    fields = [every]
    if version >= 4:
        fields.append(_BIND_TCP | _CONNECT_TCP)
    if version >= 6:
        fields.append(_ABSTRACT_SOCKETS | _SIGNALS)
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = _call(_CREATE_RULESET, attributes, len(attributes), 0)
    try:
        _allow(ruleset, [*read, *KERNEL], _READ)
        _allow(ruleset, [*names], READ_DIR)
        _allow(ruleset, [*write], every & ~(MAKE_CHAR | MAKE_BLOCK | IOCTL_DEV))
        _allow(ruleset, DEVICES, READ_FILE | WRITE_FILE)
        _call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, paths: Sequence[str], rights: int) -> None:
    for path in paths:
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                allowed = rights if S_ISDIR(os.fstat(opened).st_mode) else rights & _OF_FILES
                if allowed:
                    _call(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", allowed, opened), 0)
            finally:
                os.close(opened)


def _call(number: int, *arguments: int | bytes) -> int:
    as_words = [value if isinstance(value, bytes) else ctypes.c_long(value) for value in arguments]
    result: int = _libc.syscall(ctypes.c_long(number), *as_words)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), "landlock")
    return result
