"""What a child and everything that it started use together: limits that the system counts for each process only, or not
at all. Looked at now and then while a child runs, so it may be exceeded for a moment.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

LOOK_S = 0.1
"""Seconds between two looks. A run that is shorter is never looked at."""
MAX_FILES = 20_000
"""Files and folders: each takes a kilobyte of the kernel's memory, and time to be removed."""
FREE_COPIES = 8
"""A fork shares memory until somebody writes to it, and still counts in full. Up to so many copies of the worker's
nobody looks who shares what, which takes longer.
"""


class Exceeded(NamedTuple):
    """A limit that was passed: the outcome that this is, and why, in words."""

    outcome: str
    why: str


class Usage:
    """Looks at what runs below the worker, in its own file system (``alone``) or in a folder of the host's."""

    def __init__(self, scratch: str, limits: Mapping[str, Any], *, alone: bool) -> None:
        self._scratch = scratch
        self._limits = limits
        self._alone = alone
        self._own = _memory(os.getpid())

    def exceeded(self, processes: Iterable[int]) -> Exceeded | None:
        """What is used too much now, if anything. ``processes`` are all but the worker."""
        pids = list(processes)
        if len(pids) > 1 and self._is_too_much(pids):  # one alone is held by its limit of address space
            return Exceeded("memory", "its processes together needed more memory than a submission may use")
        files, disk_bytes = self._files(pids)
        if files > MAX_FILES:
            return Exceeded("output", f"it made more than {MAX_FILES} files and folders")
        if disk_bytes > self._limits["disk_bytes"]:
            return Exceeded("output", f"it wrote more than {self._limits['disk_bytes'] // 1024**2} MiB of files")
        return None

    def _is_too_much(self, pids: Sequence[int]) -> bool:
        allowed: int = self._limits["memory_bytes"]
        if sum(map(_memory, pids)) <= allowed + FREE_COPIES * self._own:
            return False
        return sum(map(_share, pids)) > allowed + self._own

    def _files(self, pids: Iterable[int]) -> tuple[int, int]:
        """How many files and folders there are, and how many bytes they take, those included that are deleted and open.

        Where a folder does not let itself be looked into, or lies too deep, there are too many.
        """
        if self._alone:
            about = os.statvfs(self._scratch)
            return about.f_files - about.f_ffree, 0  # its size is limited by itself
        count, size = 0, sum(_deleted(pids).values())
        try:
            for entry in _below(self._scratch):
                count += 1
                with suppress(FileNotFoundError):
                    size += entry.stat(follow_symlinks=False).st_blocks * 512
                if count > MAX_FILES:
                    break
        except OSError:
            count = MAX_FILES + 1
        return count, size


def _below(folder: str) -> Iterator[os.DirEntry[str]]:
    waiting = [folder]
    while waiting:
        with suppress(FileNotFoundError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)


def _deleted(pids: Iterable[int]) -> dict[tuple[int, int], int]:
    """The bytes of files that have no name any more and that a process holds open, by device and inode."""
    found = {}
    for pid in pids:
        with suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
            for entry in entries:
                with suppress(OSError):
                    about = entry.stat()
                    if about.st_nlink == 0 and stat.S_ISREG(about.st_mode):
                        found[about.st_dev, about.st_ino] = about.st_blocks * 512
    return found


def _memory(pid: int) -> int:
    """Bytes of a process's memory that are not a file's, shared ones in full; 0 where it has ended."""
    return _sum_of(f"/proc/{pid}/status", (b"RssAnon:", b"RssShmem:")) or 0


def _share(pid: int) -> int:
    """The same, of shared ones its share only; in full where it does not let itself be looked at."""
    share = _sum_of(f"/proc/{pid}/smaps_rollup", (b"Pss_Anon:", b"Pss_Shmem:"))
    return _memory(pid) if share is None else share


def _sum_of(path: str, names: tuple[bytes, ...]) -> int | None:
    """The sum of lines like ``RssAnon:   1024 kB`` in bytes; None where there is no such file or line."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a tenth of the time
            lines = file.read().split(b"\n")
    except OSError:
        return None
    sizes = [int(line.split()[1]) for line in lines if line.startswith(names)]
    return sum(sizes) * 1024 if sizes else None
