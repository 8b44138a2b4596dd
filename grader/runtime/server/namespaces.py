"""New namespaces for a worker that was forked inside those of bubblewrap, with the same view of the disk as theirs.

Needs CAP_SYS_ADMIN where bubblewrap made its namespaces: as root on the host, otherwise in bubblewrap's user namespace.
See namespaces(7), mount(2) and user_namespaces(7).
"""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from pathlib import Path

_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC = 0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000
_NEWUSER, _NEWPID, _NEWNET = 0x1000_0000, 0x2000_0000, 0x4000_0000
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT = 1, 2, 4, 8, 32
_BIND, _MOVE, _REC, _SLAVE = 4096, 8192, 16384, 1 << 19
_DETACH = 2

COVERED = ("keys", "key-users")
"""Files of ``/proc`` with the names of keys that the user has in the kernel."""

_libc = ctypes.CDLL(None, use_errno=True)


def unshare() -> None:
    """Leave all namespaces but that of users. The next child of this process is PID 1 of a new one for processes."""
    _check("unshare", _libc.unshare(_NEWNS | _NEWPID | _NEWNET | _NEWIPC | _NEWUTS))
    with suppress(OSError):  # a kernel without namespaces for control groups
        _check("unshare", _libc.unshare(_NEWCGROUP))


def mount_own(disk: str, disk_bytes: int) -> None:
    """Mount a ``/proc`` that shows this process namespace, and an empty disk, in place of those that were inherited.

    To be called by PID 1 of the namespaces.
    """
    _mount(None, "/", None, _REC | _SLAVE)  # what is mounted here is mounted nowhere else
    _umount(disk)
    # At the place of the disk first: where there is a user namespace, the kernel mounts another only beside a `/proc`
    # that can be seen.
    _mount("proc", disk, "proc", _RDONLY | _NOSUID | _NODEV | _NOEXEC)
    for name in COVERED:
        if Path(disk, name).exists():
            _mount("/dev/null", f"{disk}/{name}", None, _BIND)
            kept = os.statvfs(f"{disk}/{name}").f_flag & _NOEXEC  # what the host set may not be taken away
            _mount(None, f"{disk}/{name}", None, _BIND | _REMOUNT | _RDONLY | _NOSUID | _NODEV | kept)
    _umount("/proc")
    _mount(disk, "/proc", None, _MOVE)
    _mount("tmpfs", disk, "tmpfs", _NOSUID | _NODEV, f"mode=0711,size={disk_bytes}")


def enter_user_namespace(proc: int) -> None:
    """Enter a new user namespace, in which this user keeps its number. The kernel counts processes, queued signals and
    locked memory of each apart.

    ``proc``: a descriptor of a ``/proc`` that is writable.
    """
    uid, gid = os.getuid(), os.getgid()
    _check("unshare", _libc.unshare(_NEWUSER))
    _write("self/setgroups", "deny", proc)
    _write("self/uid_map", f"{uid} {uid} 1", proc)
    _write("self/gid_map", f"{gid} {gid} 1", proc)


def forbid_user_namespaces(place: str) -> None:
    """Let no process below make a further user namespace. ``place``: a folder where ``/proc`` can be mounted."""
    _mount("proc", place, "proc", _NOSUID | _NODEV | _NOEXEC)
    _write(f"{place}/sys/user/max_user_namespaces", "0")
    _umount(place)


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    words = (None if word is None else word.encode() for word in (source, target, kind))
    said = None if data is None else data.encode()
    _check(f"mount {target}", _libc.mount(*words, ctypes.c_ulong(flags), said))


def _umount(target: str) -> None:
    _check(f"umount {target}", _libc.umount2(target.encode(), _DETACH))


def _check(what: str, result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def _write(path: str, text: str, folder: int | None = None) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
