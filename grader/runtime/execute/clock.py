"""Time limits inside the process of a submission.

They count the time that the submission had: while other programs have the processors, they wait with it, as long as the
run may last. What a submission does to these limits matters only to itself: the worker ends the run in any case.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from ..record.stream import Stream

ALARM_S = 0.05
"""Seconds until the alarm rings again, in case the student's code caught what it raised."""
MOST_SHARE = 2 / 3
"""A part that is kept waiting may last for this share of what is left, so that what follows has time, too."""
SLACK = 0.01
"""The share of a limit that may be missing when it ends."""
ENOUGH = 0.95
"""What ran for this share of its limit had its time. What slept or waited for others did not run."""

_read = os.pread
"""Bound at import: a submission may replace it."""


class Stopped(BaseException):
    """Ends the current statement. Not an Exception, so that the student's ``except Exception`` does not catch it."""

    def __init__(self, outcome: str, text: str) -> None:
        super().__init__(text)
        self.outcome = outcome


class Counts(NamedTuple):
    """What the kernel counts for the main thread, in seconds; 0 where that cannot be read."""

    ran_s: float
    waited_s: float
    """It could have run, and another thread had the processor."""


class Scheduling:
    """Reads what the kernel counts for the main thread of this process."""

    def __init__(self) -> None:
        try:
            self._descriptor = os.open("/proc/self/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:  # not Linux, or hidden
            self._descriptor = -1

    def counts(self) -> Counts:
        try:
            ran, waited, *_ = _read(self._descriptor, 100, 0).split()
            return Counts(int(ran) / 1e9, int(waited) / 1e9)
        except (OSError, ValueError):  # a submission may have closed or replaced the descriptor
            return Counts(0.0, 0.0)


class Clock:
    """A limit of time, and limits of parts of it. An alarm raises Stopped, repeatedly."""

    def __init__(self, seconds: float, stream: Stream, scheduling: Scheduling, *, until: float | None = None) -> None:
        """``seconds`` in which nothing else takes the processor; ``until``: the moment at which it is over in any case,
        by ``time.monotonic``; None: after these seconds.
        """
        self._stream = stream
        self._scheduling = scheduling
        self._seconds = self._limit_s = seconds
        self._began = self._limit_began = time.monotonic()
        self._until = self._limit_until = self._began + seconds if until is None else until
        self._start = self._limit_start = scheduling.counts()
        self._armed = False
        self.lacked_time = False
        """Something was stopped or left out that had not run for as long as it may."""
        signal.signal(signal.SIGALRM, self._ring)

    def used(self) -> float:
        """Seconds since the beginning, less those for which other programs had the processor."""
        return time.monotonic() - self._began - (self._scheduling.counts().waited_s - self._start.waited_s)

    def left(self) -> float:
        return min(self._seconds - self.used(), self._until - time.monotonic())

    def is_over(self, least_s: float) -> bool:
        """Whether less than ``least_s`` is left, so that what comes is left out."""
        if self.left() >= least_s:
            return False
        ran_s = self._scheduling.counts().ran_s - self._start.ran_s
        self.lacked_time |= ran_s < ENOUGH * (self._seconds - least_s)
        return True

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Raise Stopped in the main thread if the block takes longer."""
        self._limit_s = max(seconds, 0.01)
        self._limit_began, self._limit_start = time.monotonic(), self._scheduling.counts()
        self._limit_until = self._limit_began + MOST_SHARE * (self._until - self._limit_began)
        self._armed = True
        signal.setitimer(signal.ITIMER_REAL, self._limit_s, ALARM_S)
        try:
            yield
        finally:
            self._armed = False
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, signum: int, frame: object) -> None:
        # Not while a frame is being written or output is stored, which must not be interrupted. The alarm repeats.
        if not self._armed or self._stream.busy or self._stream.is_capturing:
            return
        now, counts = time.monotonic(), self._scheduling.counts()
        waited_s = counts.waited_s - self._limit_start.waited_s
        missing_s = self._limit_s - (now - self._limit_began - waited_s)
        if missing_s > SLACK * self._limit_s and now < self._limit_until:
            signal.setitimer(signal.ITIMER_REAL, max(0.005, min(missing_s, self._limit_until - now)), ALARM_S)
            return
        self.lacked_time |= counts.ran_s - self._limit_start.ran_s < ENOUGH * self._limit_s
        raise Stopped("timeout", "took too long")
