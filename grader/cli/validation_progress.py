"""How far a validation is, on standard error: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from grader.cli.streams import open_console

LINE_EVERY_S = 10.0
"""Seconds between two lines if there is no terminal."""


class ValidationProgress(ABC):
    """Is told how many runs are done. A context manager, to be left before anything else is printed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()
        self._counts = 0, 0, 0

    def done(self, done: int, kept: int, of: int) -> None:
        self._counts = done, kept, of
        self._show()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            done, _, of = self._counts
            self._line(f"Stopped. {done:,} of {of:,} runs are done and kept; the same command goes on from there.")

    @abstractmethod
    def _show(self) -> None: ...

    def _left(self) -> str:
        """``23 s left``, by the pace until now; empty while that is not known."""
        done, kept, of = self._counts
        passed = time.monotonic() - self._began
        if done - kept < 5 or done == of:
            return ""
        return f"{passed / (done - kept) * (of - done):.0f} s left"

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
        words = ", ".join(filter(None, (f"{kept:,} kept" if kept else "", self._left())))
        self._bar.update(self._task, completed=done, total=of, words=words)


class _Lines(ValidationProgress):
    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._next = time.monotonic() + LINE_EVERY_S

    def _show(self) -> None:
        done, _, of = self._counts
        if time.monotonic() < self._next or done == of:
            return
        self._next = time.monotonic() + LINE_EVERY_S
        left = self._left()
        self._line(f"{done:,} of {of:,} runs{f', about {left}' if left else ''}")


def progress_for() -> ValidationProgress:
    """A bar if standard error is a terminal, else lines."""
    console = open_console(stderr=True)
    return (_Bar if console.is_terminal and sys.stderr.isatty() else _Lines)(console)
