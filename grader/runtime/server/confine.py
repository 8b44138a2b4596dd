"""Confines the process that calls it: the worker when it starts, each child before it runs student code.

On systems other than Linux there are only the resource limits.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from . import landlock

LINUX = sys.platform == "linux"

NOBODY = 65534

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_READ, PR_CAPBSET_DROP = 23, 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x2008_0522

KEPT_IGNORED = {signal.SIGPIPE, signal.SIGXFSZ}
"""Python ignores these, so that a write fails with an exception instead of ending the process."""

MAX_QUEUED_SIGNALS = 64
"""Queued signals and timers (``timer_create``) that a user has at most when a submission asks for another."""

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    """``struct sock_fprog``: a BPF program of ``length`` instructions of 8 bytes."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


# --------------------------------------------------------------------------------------------------------------------
# The worker
# --------------------------------------------------------------------------------------------------------------------


def harden(*, uid: int, scratch: str, needed: Sequence[str]) -> None:
    """Protect the worker against its children.

    All signals get their default action, which the kernel does not carry out for PID 1 of a namespace. The process is
    made undumpable, so that its memory and files cannot be opened. A worker that was started as root becomes user
    ``uid`` (0: stays root), or nobody, if that user can write to ``scratch`` and read the ``needed`` paths.
    """
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP} - KEPT_IGNORED:
        with suppress(OSError, ValueError):  # numbers that the C library reserves
            signal.signal(number, signal.SIG_DFL)
    if os.getuid() == 0 and uid != 0:
        _become_user([uid, NOBODY], scratch, needed)
    if LINUX:
        # After the change of user, which resets dumpable and the death signal.
        _prctl(PR_SET_DUMPABLE, 0)
        if os.getpid() == 1:
            _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # every process of the namespace ends with PID 1
        else:
            _prctl(PR_SET_CHILD_SUBREAPER, 1)  # orphans become its children, so that it can end them
        _prctl(PR_SET_NO_NEW_PRIVS, 1)


def be_dumpable() -> None:
    """Let this process read and write all of its ``/proc/self``, until ``harden``."""
    _prctl(PR_SET_DUMPABLE, 1)


def drop_bounding_set() -> None:
    """Take every capability away that a program with privileges could still get. Needs CAP_SETPCAP."""
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    capability = 0
    while (has := _libc.prctl(PR_CAPBSET_READ, capability, 0, 0, 0)) >= 0:  # -1: the kernel knows no further one
        if has:
            _prctl(PR_CAPBSET_DROP, capability)
        capability += 1


def _become_user(candidates: Sequence[int], scratch: str, needed: Sequence[str]) -> None:
    for uid in candidates:
        with suppress(OSError):  # not allowed in bubblewrap, where every user may write there
            os.chown(scratch, uid, uid)
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, 0)  # the saved user ID 0 makes it possible to become root again
        except OSError:  # no such user in this user namespace
            continue
        if os.access(scratch, os.W_OK | os.X_OK) and all(os.access(path, os.R_OK | os.X_OK) for path in needed):
            os.setresuid(uid, uid, uid)
            return
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
    with suppress(OSError):
        os.chown(scratch, 0, 0)


# --------------------------------------------------------------------------------------------------------------------
# The child
# --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """The parts of a child's confinement that the host decides on.

    ``syscall_filter`` is a BPF program (empty: none). ``files`` are the arguments of ``landlock.restrict``; None: the
    child is not restricted by Landlock.
    """

    syscall_filter: bytes
    files: Mapping[str, Sequence[str]] | None


def close_all_but(kept: set[int]) -> None:
    """Close every file descriptor from 3 up, except the kept ones."""
    low = 3
    for fd in sorted(kept):
        os.closerange(low, fd)
        low = fd + 1
    os.closerange(low, max(low, os.sysconf("SC_OPEN_MAX")))


def confine_child(limits: Mapping[str, Any], confinement: Confinement) -> None:
    """Start a session, set the resource limits, apply Landlock and the filter of system calls. Cannot be undone.

    Raises OSError, also where the system refuses a limit: then no student code may run.
    """
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if LINUX:
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        be_dumpable()  # otherwise the worker could not read how much memory its children share
        # When the machine runs out of memory, the kernel should kill the child and not the worker. In bubblewrap, they
        # both have this value from the start.
        with suppress(OSError):
            _write("/proc/self/oom_score_adj", b"1000")
        _limit(resource.RLIMIT_AS, _address_space() + limits["memory_bytes"])
        _limit(resource.RLIMIT_NPROC, _tasks_of_this_user() + limits["processes"])
        # Counted by user, who has other processes where there is no namespace; and priorities above the ordinary one.
        _limit(resource.RLIMIT_SIGPENDING, MAX_QUEUED_SIGNALS)
        for which in (resource.RLIMIT_MSGQUEUE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_RTPRIO, resource.RLIMIT_NICE):
            _limit(which, 0)
    _limit(resource.RLIMIT_NOFILE, limits["open_files"])
    _limit(resource.RLIMIT_FSIZE, limits["disk_bytes"])
    _limit(resource.RLIMIT_CPU, int(limits["wall_s"]) + 5)
    # 1 and not 0: 0 prevents core files but not a core handler (a pipe); 1 prevents both.
    _limit(resource.RLIMIT_CORE, 1)
    if LINUX:
        if confinement.syscall_filter or confinement.files is not None:
            drop_capabilities()
        if confinement.files is not None:
            landlock.restrict(**confinement.files)
        if confinement.syscall_filter:
            _install_filter(confinement.syscall_filter)


def _limit(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (allowed, allowed))


def _address_space() -> int:
    return int(_read("/proc/self/statm").split()[0]) * resource.getpagesize()


def _tasks_of_this_user() -> int:
    """Threads that count towards RLIMIT_NPROC already: without namespaces, all of the user's on this machine."""
    uid, count = os.getuid(), 0
    for process in os.scandir("/proc"):
        if process.name.isdigit():
            with suppress(OSError):  # it ended meanwhile
                if process.stat().st_uid == uid:
                    count += sum(1 for _ in os.scandir(f"/proc/{process.name}/task"))
    return count


# Python's file objects and pathlib would write to a megabyte of memory that each child shares with the worker.


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, 4096)
    finally:
        os.close(descriptor)


def _write(path: str, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, data)
    finally:
        os.close(descriptor)


def drop_capabilities() -> None:
    """Drop all capabilities, inheritable ones too. A worker that stayed root keeps root's files, and no privilege."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    if _libc.capset(header, bytes(24)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), "capset")


def _install_filter(program: bytes) -> None:
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    instructions = ctypes.create_string_buffer(program, len(program))
    described = _Program(len(program) // 8, ctypes.addressof(instructions))
    _prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(described))


def _prctl(option: int, *arguments: int) -> None:
    padded = (*arguments, 0, 0, 0, 0)[:4]
    if _libc.prctl(option, *(ctypes.c_ulong(argument) for argument in padded)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), f"prctl({option})")
