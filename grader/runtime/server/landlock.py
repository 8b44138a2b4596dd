"""Landlock: a process gives up, for good, all files but the ones it lists; in newer kernels TCP (Linux 6.7) and signals
to others (6.12) as well.

It needs no privilege and no namespace, so it is what keeps a submission in where there are none. What it cannot
restrict (a file's times and mode, by its path; that a file exists) the filter of system calls has to refuse.
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
"""The first ABI (Linux 6.2) under which no file can be emptied that may only be read."""

# The same on every architecture that Linux was brought to in this century.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_CHAR, MAKE_BLOCK, TRUNCATE, IOCTL_DEV = 1 << 6, 1 << 11, 1 << 14, 1 << 15
_UP_TO_TRUNCATE = (1 << 15) - 1
_READ = EXECUTE | READ_FILE | READ_DIR
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
"""What can be allowed of a file; the rest is about folders."""
_BIND_TCP, _CONNECT_TCP = 1 << 0, 1 << 1
_ABSTRACT_SOCKETS, _SIGNALS = 1 << 0, 1 << 1

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
KERNEL = (
    "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/uptime", "/proc/version", "/proc/filesystems",
    "/proc/sys/kernel/osrelease", "/proc/sys/kernel/cap_last_cap", "/proc/sys/vm/overcommit_memory",
)  # fmt: skip
"""What programs ask the kernel. Of processes only the one that restricts itself, not those that it starts."""

_libc = ctypes.CDLL(None, use_errno=True)


def abi() -> int:
    """The version of Landlock that the kernel has; 0: none, or one that is older than ``OLDEST``."""
    if sys.platform != "linux":
        return 0
    version: int = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    return version if version >= OLDEST else 0


def restrict(*, read: Iterable[str], names: Iterable[str], write: Iterable[str]) -> None:
    """Give up everything but these files and folders, with all that lies below them. There is no way back.

    ``read`` may be read and executed; of ``names`` only the names may be listed; ``write`` is for everything but
    making devices. Paths that are not there are left out. Call where ``abi()`` is not 0, after PR_SET_NO_NEW_PRIVS.
    Raises OSError.
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
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                allowed = rights if S_ISDIR(os.fstat(place).st_mode) else rights & _OF_FILES
                if allowed:
                    _call(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", allowed, place), 0)
            finally:
                os.close(place)


def _call(number: int, *arguments: int | bytes) -> int:
    as_words = [each if isinstance(each, bytes) else ctypes.c_long(each) for each in arguments]
    result: int = _libc.syscall(ctypes.c_long(number), *as_words)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), "landlock")
    return result
