"""How far a validation is, on standard error: a bar on a terminal, else a line at once and then now and again."""

from __future__ import annotations

import math
import sys
import time
from abc import ABC, abstractmethod
from collections import deque
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from grader.cli.streams import open_console

LINE_EVERY_S = 10.0
"""Seconds between two lines if there is no terminal."""
MIN_RUNS, MIN_S = 10, 5.0
"""So many runs over so many seconds have to be done before their pace says anything: processes start slowly."""
WINDOW_S = 60.0
"""The pace is that of so many seconds: some kinds of runs take ten times as long as others."""
READING = "Reading the course."


class Pace:
    """How long the rest takes, by the runs of the last minute."""

    def __init__(self) -> None:
        self._moments: deque[tuple[float, int]] = deque()
        """When how many runs were done, of those that were not kept from an earlier time."""

    def note(self, fresh: int, now: float) -> None:
        """So many runs are done. Time counts from the first of them."""
        if fresh == 0:
            return
        self._moments.append((now, fresh))
        while len(self._moments) > 2 and now - self._moments[1][0] > WINDOW_S:
            self._moments.popleft()

    def seconds_for(self, runs: int) -> float | None:
        """The seconds that so many further runs take; None while that is not known."""
        if not self._moments:
            return None
        (began, first), (last, fresh) = self._moments[0], self._moments[-1]
        if fresh - first < MIN_RUNS or last - began < MIN_S:
            return None
        return runs * (last - began) / (fresh - first)


class ValidationProgress(ABC):
    """Is told how many runs are done. A context manager, to be left before anything else is printed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._pace = Pace()
        self._counts = 0, 0, 0
        self._follow = ""

    def done(self, done: int, kept: int, of: int, follow: str = "") -> None:
        self._counts, self._follow = (done, kept, of), follow
        self._pace.note(done - kept, time.monotonic())
        self._show()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            done, _, of = self._counts
            kept = f" {done:,} of {of:,} runs are done and kept; the same command goes on from there." if of else ""
            self._line(f"Stopped.{kept}")

    @abstractmethod
    def _show(self) -> None: ...

    def _left(self) -> str:
        """``about 20 s left, then mutants``; without what is not known, or not so."""
        done, _, of = self._counts
        seconds = self._pace.seconds_for(of - done) if done < of else None
        left = "" if seconds is None else f"about {_roughly(seconds)} left"
        return ", ".join(filter(None, (left, f"then {self._follow}" if self._follow else "")))

    def _line(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


class _Bar(ValidationProgress):
    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._bar = Progress(
            TextColumn("validating"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("{task.fields[words]}"),
            console=console,
            expand=True,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None, words="reading the course")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()
        super().__exit__(kind, error, traceback)

    def _show(self) -> None:
        done, kept, of = self._counts
        begins = "starting" if done == kept < of else ""
        words = ", ".join(filter(None, (f"{kept:,} kept" if kept else "", begins, self._left())))
        self._bar.update(self._task, completed=done, total=of, words=words)


class _Lines(ValidationProgress):
    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._next = 0.0
        """When the next line is due; the first is, as soon as it is known how many runs there are."""

    def __enter__(self) -> Self:
        self._line(READING)
        return self

    def _show(self) -> None:
        done, kept, of = self._counts
        if time.monotonic() < self._next or done == of:
            return
        self._next = time.monotonic() + LINE_EVERY_S
        from_earlier = f" ({kept:,} kept from earlier)" if done == kept > 0 else ""
        left = self._left()
        self._line(f"{done:,} of {of:,} runs{from_earlier}{f', {left}' if left else ''}")


def progress_for() -> ValidationProgress:
    """A bar if standard error is a terminal, else lines."""
    console = open_console(stderr=True)
    return (_Bar if console.is_terminal and sys.stderr.isatty() else _Lines)(console)


def _roughly(seconds: float) -> str:
    """``5 s``, ``50 s``, ``2 min``, ``1 h 5 min``: no more exact than an estimate is."""
    if seconds <= 55:
        return f"{max(1, math.ceil(seconds / 5)) * 5} s"
    minutes = max(1, round(seconds / 60))
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
