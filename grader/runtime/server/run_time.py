"""The time of a run: what its processes use of the processors together, and how long they are kept waiting for one.

Both are read from outside, from what the kernel counts, so that nothing that a submission does to its clocks matters.
Where the kernel does not count them (other systems than Linux), both are 0.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .descendants import lower_priority

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
MANY = 16
"""A run with more processes or threads, and with more than twice as many as the machine has processors, waits for its
own."""


class Waited(NamedTuple):
    """What the kernel's scheduler counts for the first thread of a process, in seconds."""

    ran_s: float
    waited_s: float
    """It could have run, and another thread had the processor."""


@dataclass(slots=True)
class _Seen:
    """A process at its first look. ``began`` tells it from a later one with its number."""

    began: int
    main: Waited
    used_s: float
    """What the whole run had used by then."""


class RunTime:
    """Adds up the time of a run, look by look. The first look has to come when the submission begins.

    A process that its parent has waited for counts with its parent. One that nobody waits for is gone from the kernel's
    counts; so what runs at a look, and was not there at the look before, counts as if it had run since then.
    """

    def __init__(self, child: int) -> None:
        """``child``: the main process of the run, the only one that keeps its priority."""
        self._child = child
        self._seen: dict[int, _Seen] = {}
        self._total_s: float | None = None
        self._began_at = self._looked_at = 0.0
        self._processors = os.cpu_count() or 1
        self._processes = self._most_threads = 0
        self._worker_s = time.process_time()
        self.used_s = 0.0
        """Seconds of the processors that all processes of the run used together."""
        self._longest_wait_s = 0.0
        self._priority: tuple[int, ...] | None = None
        self._gave_way = False
        """The main process has changed its priority, which the submission can only lower: it waits of its own will."""

    @property
    def waited_s(self) -> float:
        """Seconds for which a process of the run was kept waiting by the processes of others: the longest of them, less
        what this process did for the run meanwhile. Of a run that used as much of the processors as one process can,
        nothing was taken. With many processes, however short, or many threads, a run keeps itself waiting.
        """
        if self._gave_way or max(self._processes, self._most_threads) > max(MANY, 2 * self._processors):
            return 0.0
        waited_s = self._longest_wait_s - (time.process_time() - self._worker_s)
        return max(0.0, min(waited_s, self._looked_at - self._began_at - self.used_s))

    @property
    def processes(self) -> int:
        """How many processes there were at the last look."""
        return len(self._seen)

    def look(self, pids: Sequence[int]) -> None:
        """Count what has passed since the last look, and give new processes the lowest priority."""
        now = time.monotonic()
        found = {pid: counts for pid in pids if (counts := _look_at(pid)) is not None}
        new = [pid for pid, counts in found.items() if pid not in self._seen or self._seen[pid].began != counts.began]
        self._processes += len(new)
        self._most_threads = max(self._most_threads, sum(counts.threads for counts in found.values()))
        for pid in new:
            if pid != self._child:
                lower_priority(pid)
        if (main := found.get(self._child)) is not None:
            self._priority = self._priority or main.priority
            self._gave_way |= main.priority != self._priority
        total_s = sum(counts.own_s + counts.children_s for counts in found.values())
        if self._total_s is not None:
            at_once = min(self._processors, sum(found[pid].runs for pid in new))
            self.used_s += max(0.0, total_s - self._total_s, (now - self._looked_at) * at_once)
        else:
            self._began_at = now
        self._total_s, self._looked_at = total_s, now
        for pid in new:
            self._seen[pid] = _Seen(began=found[pid].began, main=found[pid].main, used_s=self.used_s)
        self._seen = {pid: self._seen[pid] for pid in found}
        self._longest_wait_s = max(
            [self._longest_wait_s, *(self._waited(pid, counts) for pid, counts in found.items())]
        )

    def _waited(self, pid: int, counts: _Counts) -> float:
        """How long a process has waited since its first look, less what the run's other processes and threads used
        meanwhile, for which it may have waited.
        """
        first = self._seen[pid]
        ran_s = counts.main.ran_s - first.main.ran_s
        return counts.main.waited_s - first.main.waited_s - max(0.0, self.used_s - first.used_s - ran_s)


class _Counts(NamedTuple):
    """What the kernel counts for a process. ``children_s`` is what its children used that it has waited for."""

    began: int
    own_s: float
    children_s: float
    runs: bool
    threads: int
    main: Waited
    priority: tuple[int, ...]
    """Its nice value, its scheduling policy, and the nice value of its scheduling group (sched_autogroup)."""


def _look_at(pid: int) -> _Counts | None:
    """What the kernel counts for a process; None: it has ended, or nothing is known of it."""
    stat = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    if not stat:
        return None
    try:
        # The clock of all threads of a process is more exact than the ticks in `stat`.
        own_s = time.clock_gettime(~pid << 3 | 2)
    except OSError:
        own_s = (int(stat[11]) + int(stat[12])) * TICK_S
    counts = _read(f"/proc/{pid}/schedstat").split()
    return _Counts(
        began=int(stat[19]),
        own_s=own_s,
        children_s=(int(stat[13]) + int(stat[14])) * TICK_S,
        runs=stat[0] == b"R",
        threads=int(stat[17]),
        main=Waited(int(counts[0]) / 1e9, int(counts[1]) / 1e9) if len(counts) > 1 else Waited(own_s, 0.0),
        # `/autogroup-12 nice 0`; the file is empty where there are no such groups.
        priority=(int(stat[16]), int(stat[38]), int((_read(f"/proc/{pid}/autogroup").split() or [b"0"])[-1])),
    )


def _read(path: str) -> bytes:
    """A small file of ``/proc``; empty where there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 4096)
    except OSError:  # it ended meanwhile
        return b""
    finally:
        os.close(descriptor)
