"""Limits on what a child and all of its processes use together. The system counts these per process, or not at all.

They are checked at intervals while a child runs, so a run can exceed them for a moment. A check stops when its time is
over, and the next one goes on there: what a submission does may make it slow, and the worker has a deadline to keep.
"""

from __future__ import annotations

import math
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from threading import Thread
from typing import Any, NamedTuple

CHECK_S = 0.1
"""Seconds between two checks. A shorter run is never checked."""
LOOK_S = 0.04
"""Seconds of a processor that one check may take."""
MEASURE_S = 1.0
"""After this time, memory that is not measured yet counts in full, shared pages too."""
MAX_FILES = 20_000
"""Files and folders. Each takes a kilobyte of kernel memory, and time to be removed."""
MAX_BUFFERS = 512
"""Pipes and sockets. Each takes up to some hundred kilobytes of kernel memory, and the kernel counts the pages of pipes
by user: beyond 1,024 pipes (fs.pipe-user-pages-soft) all of the user's programs get smaller ones.
"""
FREE_COPIES = 8
"""A forked process counts with all of its memory, although it shares most of it with the worker. Measuring what is
shared takes longer. It is done only where the sum exceeds the limit by more than this many times the worker's memory.
"""


class Exceeded(NamedTuple):
    """A limit that was exceeded: the outcome of the run, and the reason in words."""

    outcome: str
    why: str


class Usage:
    """Measures what the processes below the worker use.

    ``alone``: the worker has a PID namespace and a file system of its own. Otherwise it writes to a folder of the host.
    """

    def __init__(self, scratch: str, limits: Mapping[str, Any], *, alone: bool) -> None:
        self._scratch = scratch
        self._limits = limits
        self._alone = alone
        self._own = _memory(os.getpid())
        self._pids: Sequence[int] = ()
        self._round: Iterator[Exceeded | None] | None = None
        self._measuring: Thread | None = None
        self._waits = False
        """Nothing can be done in this look but to wait for the thread that measures."""

    def exceeded(self, pids: Sequence[int], deadline: float = math.inf) -> Exceeded | None:
        """The limit that is exceeded now, if any is seen within ``LOOK_S`` and before the deadline. ``pids`` are all
        below the worker.
        """
        until = time.thread_time() + LOOK_S
        self._pids = pids
        self._waits = False
        if self._round is None:
            self._round = self._measure(pids)
        for found in self._round:
            if found is not None:
                return found
            if self._waits or time.thread_time() >= until or time.monotonic() >= deadline:
                return None
        self._round = None
        return None

    def has_settled(self, until: float) -> bool:
        """Wait for the thread that measures, which must have ended before the worker forks again. False: it has not
        ended ``until`` then.
        """
        if self._measuring is not None:
            self._measuring.join(max(0.0, until - time.monotonic()))
        return self._measuring is None or not self._measuring.is_alive()

    def _measure(self, pids: Sequence[int]) -> Iterator[Exceeded | None]:
        """Measure everything once, in steps that take a few milliseconds at most."""
        yield from _measure_buffers(pids)
        yield from self._measure_memory(pids)
        yield from self._measure_files(pids)

    def _measure_memory(self, pids: Sequence[int]) -> Iterator[Exceeded | None]:
        if len(pids) < 2:
            return  # a single process is limited by its address space
        began = time.monotonic()
        allowed: int = self._limits["memory_bytes"]
        held = {}
        for pid in pids:
            held[pid] = _memory(pid)
            yield None
        if sum(held.values()) <= allowed + FREE_COPIES * self._own:
            return
        too_much = Exceeded("memory", "its processes together needed more memory than a submission may use")
        if self._measuring is not None and self._measuring.is_alive():
            yield too_much  # as far as is known: a process that was measured before holds its thread up
        shares: dict[int, int] = {}
        largest_first = sorted(held, key=held.__getitem__, reverse=True)
        # In a thread, because it waits for a lock of each process's memory. A process that forks holds that lock, and
        # may be kept from a processor meanwhile.
        measuring = Thread(target=_measure_shares, args=(largest_first, shares), daemon=True)
        try:
            measuring.start()
        except RuntimeError:  # the submission has taken all processes that the user or the container may have
            yield too_much
            return
        self._measuring = measuring
        while True:
            is_done = not measuring.is_alive()
            is_late = time.monotonic() > began + MEASURE_S
            known = shares.copy()
            living = held.keys() & self._pids
            if sum(known.get(pid, held[pid] if is_late else 0) for pid in living) > allowed + self._own:
                yield too_much
            if is_done or is_late:
                return
            self._waits = True
            yield None

    def _measure_files(self, pids: Iterable[int]) -> Iterator[Exceeded | None]:
        """Count files and folders, and their bytes, including deleted files that a process holds open.

        A folder that cannot be read, or that lies too deep, counts as too many files.
        """
        if self._alone:
            about = os.statvfs(self._scratch)
            yield self._too_many(about.f_files - about.f_ffree, 0)  # the size of that file system is limited
            return
        deleted: dict[tuple[int, int], int] = {}
        for pid in pids:
            deleted |= _deleted(pid)
            yield None
        number, size = 0, sum(deleted.values())
        try:
            for entry in _below(self._scratch):
                number += 1
                with suppress(FileNotFoundError):
                    size += entry.stat(follow_symlinks=False).st_blocks * 512
                if number % 100 == 0:
                    yield self._too_many(number, size)
        except OSError:
            number = MAX_FILES + 1
        yield self._too_many(number, size)

    def _too_many(self, files: int, size: int) -> Exceeded | None:
        if files > MAX_FILES:
            return Exceeded("output", f"it made more than {MAX_FILES} files and folders")
        if size > self._limits["disk_bytes"]:
            return Exceeded("output", f"it wrote more than {self._limits['disk_bytes'] // 1024**2} MiB of files")
        return None


def _measure_buffers(pids: Sequence[int]) -> Iterator[Exceeded | None]:
    """Count pipes and sockets, those that several processes have once."""
    if len(pids) < 2:
        return  # the limit on open files of a single process is lower
    total = 0
    for pid in pids:
        total += _number_of_descriptors(pid)
    if total <= MAX_BUFFERS:
        return
    found: set[str] = set()
    for pid in pids:
        found |= _buffers(pid)
        if len(found) > MAX_BUFFERS:
            yield Exceeded(
                "memory",
                f"its processes together had more than {MAX_BUFFERS} pipes and sockets open, which take memory",
            )
        yield None


def _number_of_descriptors(pid: int) -> int:
    path = f"/proc/{pid}/fd"
    try:
        return os.stat(path).st_size or len(os.listdir(path))  # noqa: PTH116, PTH208 - a size since Linux 6.2; faster
    except OSError:
        return 0


def _buffers(pid: int) -> set[str]:
    """The names of a process's pipes and sockets; something for every descriptor where it does not let them be read."""
    found = set()
    try:
        with os.scandir(f"/proc/{pid}/fd") as entries:
            for entry in entries:
                with suppress(OSError):
                    name = os.readlink(entry.path)  # noqa: PTH115 - faster
                    if name.startswith(("pipe:", "socket:")):
                        found.add(name)
    except PermissionError:
        found |= {f"{pid}:{number}" for number in range(_number_of_descriptors(pid))}
    except OSError:
        pass  # it ended meanwhile
    return found


def _below(folder: str) -> Iterator[os.DirEntry[str]]:
    waiting = [folder]
    while waiting:
        with suppress(FileNotFoundError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)


def _deleted(pid: int) -> dict[tuple[int, int], int]:
    """Bytes of deleted files that a process holds open, by device and inode."""
    found = {}
    with suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
        for entry in entries:
            with suppress(OSError):
                about = entry.stat()
                if about.st_nlink == 0 and stat.S_ISREG(about.st_mode):
                    found[about.st_dev, about.st_ino] = about.st_blocks * 512
    return found


def _memory(pid: int) -> int:
    """Bytes of a process's anonymous memory, in swap as well, shared pages in full; 0 where the process has ended."""
    return _sum_of(f"/proc/{pid}/status", (b"RssAnon:", b"RssShmem:", b"VmSwap:")) or 0


def _measure_shares(pids: Iterable[int], shares: dict[int, int]) -> None:
    for pid in pids:
        shares[pid] = _share(pid)


def _share(pid: int) -> int:
    """Bytes of a process's anonymous memory, shared pages divided by the number of processes that share them; in full
    where the process does not let that be read."""
    share = _sum_of(f"/proc/{pid}/smaps_rollup", (b"Pss_Anon:", b"Pss_Shmem:", b"SwapPss:"))
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
