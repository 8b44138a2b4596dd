"""The progress of a batch on standard error: a bar on a terminal, else a line every few seconds."""

from __future__ import annotations

import shlex
import sys
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from grader.classroom.batch.batch import Batch, SubmissionDone
from grader.classroom.batch.grade_status import GradeStatus
from grader.classroom.intake import Intake
from grader.cli.options import GRADEBOOK
from grader.cli.streams import open_console
from grader.course.course_folder import name_of
from grader.handin.sorted_files import why_no_work
from grader.report.safe_console import SafeConsole
from grader.text import clean_line, count, shorten

LINE_EVERY_S = 10.0
"""Seconds between two lines if there is no terminal."""
BROKEN_SHOWN = 20
NOTICES_SHOWN = 20
OTHERS_SHOWN = 5
REASON_LENGTH = 200

_STYLES: dict[GradeStatus, str] = {"passed": "green", "failed": "red", "waiting": "yellow", "broken": "magenta"}
_ALWAYS: tuple[GradeStatus, ...] = ("passed", "failed", "broken")


class ClassProgress(ABC):
    """Counts submissions as they are done. A context manager, to be entered while the batch runs."""

    def __init__(self, intake: Intake, console: Console) -> None:
        self._out = SafeConsole(console)
        self._intake = intake
        self._total = sum(len(handin.files) for handin in intake.handins)
        self._statuses: Counter[GradeStatus] = Counter()
        self._fresh = 0
        self._first = 0.0
        """When the first result came. The rate is counted from then, because starting up takes seconds."""
        self._broken_shown = 0
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        for notice in self._intake.notices[:NOTICES_SHOWN]:
            self._say(f"Note: {notice}", "dim")
        if len(self._intake.notices) > NOTICES_SHOWN:
            self._say(f"and {len(self._intake.notices) - NOTICES_SHOWN} more notes", "dim")
        for handin in self._intake.handins:
            if not handin.files:
                self._complain(handin.path, why_no_work([other.name for other in handin.others]))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return None

    def submission_done(self, done: SubmissionDone) -> None:
        """Count one more submission that is done and saved."""
        self._statuses[done.status] += 1
        if done.work == "graded":
            self._fresh += 1
            self._first = self._first or time.monotonic()
        if done.status == "broken":
            self._complain(done.path, done.why)
        self._show()

    def note(self, text: str) -> None:
        """Print something about the batch that is worth knowing, such as that workers have come or gone."""
        self._say(f"Note: {text}", "dim")

    def stopped(self) -> None:
        """Print that the batch was interrupted."""
        done = self._statuses.total()
        self._say(
            f"Stopped. {done} of {count(self._total, 'submission')} are done and saved; the same command goes on from "
            "there.",
            "yellow",
        )

    def finished(
        self,
        batch: Batch,
        statuses: Counter[GradeStatus],
        waiting: int,
        gradebook: str,
        notices: Sequence[str],
    ) -> None:
        """Print a summary. ``statuses`` counts students, ``waiting`` the answers that a person has to mark.
        ``notices`` are about the results.
        """
        seconds = time.monotonic() - self._began
        works = Counter[str]()
        for (_, work), number in batch.done.items():
            works[work] += number
        self._say(f"{count(statuses.total(), 'student')} of {batch.assignment}: {_counts(statuses)}.", "bold")
        rate = f", {works['graded'] / max(seconds, 1e-3):.1f} a second" if works["graded"] > 1 else ""
        did = [f"{count(self._total, 'file')}: {works['graded']} graded in {_duration(seconds)}{rate}"]
        did += [f"{works['marked']} marked again"] if works["marked"] else []
        did += [f"{works['unchanged']} unchanged"] if works["unchanged"] else []
        self._say(f"{', '.join(did)}. Gradebook: {gradebook}", "")
        self._say(f"Course: {clean_line(name_of(batch.options.course))}", "")
        for notice in (*_other_assignments(batch), *notices):
            self._say(f"Note: {notice}", "yellow")
        named = "" if gradebook == GRADEBOOK else f" --gradebook {shlex.quote(gradebook)}"
        self._say(f"`grade results{named}` shows the class.", "")
        if waiting:
            self._say(f"{count(waiting, 'answer')} for a person to mark: `grade mark{named}`.", "yellow")

    @abstractmethod
    def _show(self) -> None:
        """Update the bar, or print a line if it is time."""

    def _rate(self) -> float:
        """Submissions per second; 0 while that is not known."""
        return (self._fresh - 1) / max(time.monotonic() - self._first, 1e-3) if self._fresh > 1 else 0.0

    def _complain(self, path: str, why: str) -> None:
        self._broken_shown += 1
        if self._broken_shown <= BROKEN_SHOWN:
            # Many messages begin with the path, which is printed already.
            reason = shorten(clean_line(why.removeprefix(f"{path}: ")), REASON_LENGTH)
            self._say(f"{clean_line(path)}: {reason}", "magenta")
        elif self._broken_shown == BROKEN_SHOWN + 1:
            self._say("More could not be graded: `grade results` lists them.", "magenta")

    def _say(self, text: str, style: str) -> None:
        # In a log file every message stays on one line; on a terminal, long lines are broken between words.
        self._out.line(clean_line(text), style, soft_wrap=not self._out.console.is_terminal)


class _Bar(ClassProgress):
    def __init__(self, intake: Intake, console: Console) -> None:
        super().__init__(intake, console)
        self._bar = Progress(
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TextColumn("{task.fields[counts]}"),
            console=console,
            expand=True,
            transient=True,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        super().__enter__()
        self._bar.start()
        self._task = self._bar.add_task("", total=self._total, rate="starting", counts="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def _show(self) -> None:
        assert self._task is not None
        rate = "starting"
        if self._rate():
            left = (self._total - self._statuses.total()) / self._rate()
            rate = f"{self._rate():.1f}/s, {_duration(left)} left"
        counts = "  ".join(
            f"[{_STYLES[status]}]{self._statuses[status]} {status}[/]" for status in _seen(self._statuses)
        )
        self._bar.update(self._task, completed=self._statuses.total(), rate=rate, counts=counts)


class _Lines(ClassProgress):
    def __init__(self, intake: Intake, console: Console) -> None:
        super().__init__(intake, console)
        self._next = time.monotonic() + LINE_EVERY_S

    def _show(self) -> None:
        now = time.monotonic()
        done = self._statuses.total()
        if now < self._next or done == self._total:
            return
        self._next = now + LINE_EVERY_S
        rate = self._rate()
        about = f", {rate:.1f} a second, about {_duration((self._total - done) / rate)} left" if rate else ""
        self._say(f"{done} of {self._total} files: {_counts(self._statuses)}{about}", "")


def progress_for(intake: Intake) -> ClassProgress:
    """A bar if standard error is a terminal, else lines."""
    console = open_console(stderr=True)
    return (_Bar if console.is_terminal and sys.stderr.isatty() else _Lines)(intake, console)


def _other_assignments(batch: Batch) -> Iterator[str]:
    """A notice if files name another assignment than the one that everybody is graded for."""
    named = [(path, other) for other, paths in batch.other_assignments.items() for path in paths]
    if named:
        listed = ", ".join(f"{path} ({other})" for path, other in named[:OTHERS_SHOWN])
        more = f" and {len(named) - OTHERS_SHOWN} more" if len(named) > OTHERS_SHOWN else ""
        verb = "names" if len(named) == 1 else "name"
        files = f"{count(len(named), 'file')} {verb} another assignment"
        yield f"{files}, and {'was' if len(named) == 1 else 'were'} graded for {batch.assignment}: {listed}{more}."


def _seen(statuses: Counter[GradeStatus]) -> list[GradeStatus]:
    return [status for status in _STYLES if statuses[status] or status in _ALWAYS]


def _counts(statuses: Counter[GradeStatus]) -> str:
    """``9 passed, 4 failed, 0 broken``."""
    return ", ".join(f"{statuses[status]} {status}" for status in _seen(statuses))


def _duration(seconds: float) -> str:
    """``0.4 s``, ``12 s``, ``3 min 20 s``, ``1 h 5 min``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
