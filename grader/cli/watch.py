"""``grade watch FILE``: grade a file at every save, and show what changed.

One worker stays alive and the references stay in memory. Events of the file system only say when to look; what counts
is the state of the files then, so it does not matter how an editor saves. A look comes at least once a second, also
where no event does: on a network drive, or in a folder that was moved away and back. A save that comes while an earlier
one is graded waits for it: a run is bounded in time, and its verdict is nearly there.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn, TypeVar

from grader import log
from grader.cli.options import RunOptions, add_run_options, parse_options
from grader.course.course_folder import EXERCISES, RUBRICS, SOLUTIONS, SUPPORT, find_course
from grader.errors import GraderError, SandboxError, SubmissionError, UsageError
from grader.pipeline.open_grader import OpenGrader
from grader.sandbox.preload import EVERYTHING

if TYPE_CHECKING:
    from grader.model import Report
    from grader.pipeline.grader import Grader

COURSE_FOLDERS = (EXERCISES, RUBRICS, SOLUTIONS, "handout")
STEP_MS = 10
"""How long a folder must have been quiet before the files are looked at."""
DEBOUNCE_MS = 100
"""How long to wait for that."""
LOOK_MS = 1000
"""How long to wait for an event before they are looked at all the same."""
POLL_S = 0.3
"""How often to look where the system tells of no events."""
PATIENCE_S = 0.6
"""How long a file may be missing or broken before that is said: an editor may be in the middle of saving it."""
RETRY_S = 0.03

Read = TypeVar("Read")
Stamp = tuple[int, ...] | None


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grade watch",
        description="Grade a file, and again each time it is saved, and show what changed. A change of the course "
        "counts too. Ctrl-C ends it.",
        epilog="exit codes: 0 everything asked for passed in the end; 1 something failed; 2 wrong usage; 3 an error of "
        "the grader or its sandbox",
    )
    parser.add_argument("file", metavar="FILE", help="a notebook, a script or notes")
    add_run_options(parser)
    return parser


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOptions(RunOptions):
    file: str


def parse(argv: Sequence[str]) -> WatchOptions:
    """Raises UsageError if the name is not one of a file."""
    options = parse_options(build_parser(), argv, WatchOptions)
    if options.file == "-":
        raise UsageError("standard input cannot be watched; name a file.")
    if os.path.isdir(options.file):  # noqa: PTH112 - Path.is_dir raises where a name is too long
        raise UsageError(f"{options.file} is a folder; name the file in it that is to be watched.")
    return options


def main(argv: Sequence[str]) -> int:
    options = parse(argv)
    log.configure(options.log())
    root = find_course(Path.cwd(), options.course)
    stop = _Stop()
    watch: _Watch | None = None
    try:
        with OpenGrader(options.grading(root)) as opened:
            watch = _Watch(options, root, opened)
            watch.run(stop)
    except KeyboardInterrupt:
        # A terminal shows ^C where the cursor is.
        print("\nStopped." if sys.stdout.isatty() else "Stopped.", flush=True)
    return 0 if watch is not None and watch.report is not None and watch.report.passed else 1


class _Stop:
    """Turns SIGINT and SIGTERM into KeyboardInterrupt, also where the first one was lost: what is raised inside a
    callback of Python's own, as while modules are imported, is only printed.
    """

    def __init__(self) -> None:
        self._asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def check(self) -> None:
        if self._asked:
            raise KeyboardInterrupt

    def _ask(self, number: int, frame: FrameType | None) -> NoReturn:
        self._asked = True
        raise KeyboardInterrupt


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What the files are like at one moment: a stamp for each."""

    file: Stamp
    course: dict[Path, Stamp]
    support: dict[Path, Stamp]


class _Watch:
    """A file, its course and a worker, from one look to the next."""

    def __init__(self, options: WatchOptions, root: Path, opened: OpenGrader) -> None:
        # Imported, here and below, while the worker imports torch on another core.
        from rich.console import Console

        self.report: Report | None = None
        """The latest; None until something was graded."""
        self._options = options
        self._path = Path(options.file)
        self._root = root
        self._console = Console()
        self._opened = opened
        opened.preload(EVERYTHING)
        self._state: _State | None = None
        self._grader: Grader | None = None
        """None while the course cannot be read."""
        self._graded = ""
        """The digest of what was graded last; empty where that has to be graded again."""

    def run(self, stop: _Stop) -> None:
        """Look whenever something may have changed, until KeyboardInterrupt. Raises as ``look`` does, and
        SubmissionError where there is no such file.
        """
        from grader import submission

        submission.find([self._options.file])
        self._say(f"Watching {self._options.file}; Ctrl-C ends it.")
        self.look()
        for _ in wakes(self._folders()):
            stop.check()
            self.look()

    def look(self) -> None:
        """Where the file or the course has changed: grade, and print what is new, or why that cannot be done.

        Raises UsageError and SandboxError as long as nothing has been graded.
        """
        from grader import submission

        before, self._state = self._state, self._find_state()
        if self._state == before:
            return
        try:
            grader = self._current_grader(before, self._state)
            saved = _patiently(lambda: submission.load(self._options.file))
            if saved.sha256 == self._graded:
                return
            # On a terminal something turns meanwhile: an endless loop takes until its limit.
            with self._console.status("Grading …") if self._console.is_terminal else nullcontext():
                report = grader.grade(saved)
        except GraderError as error:
            if self.report is None and isinstance(error, UsageError | SandboxError):
                raise
            missing = isinstance(error, SubmissionError) and _stamp(self._path) is None
            self._say(f"Waiting for {self._options.file}." if missing else str(error))
            self._graded = ""
            return
        self._graded = saved.sha256
        self._show(report)

    def _current_grader(self, before: _State | None, now: _State) -> Grader:
        """One for the course as it is now. Raises CourseError, and UsageError where an exercise is not in it."""
        if before is not None and now.support != before.support:
            self._grader = None
            self._opened.restart_worker()
        elif self._grader is not None and before is not None and now.course == before.course:
            return self._grader
        self._grader = None
        self._grader = _patiently(self._opened.load)
        self._graded = ""
        if before is not None:
            self._say("The course changed.")
        return self._grader

    def _show(self, report: Report) -> None:
        from grader.report import terminal

        # First this: who has read a report and interrupts gets its exit code.
        before, self.report = self.report, report
        if before is None:
            terminal.render(report, console=self._console)
        else:
            terminal.render_change(before, report, time=_now(), console=self._console)

    def _say(self, words: str) -> None:
        from grader.report import terminal

        terminal.render_event(words, time=_now(), console=self._console)

    def _find_state(self) -> _State:
        course = [_stamps(self._root / name, deep=False) for name in COURSE_FOLDERS]
        return _State(
            file=_stamp(self._path),
            course={path: stamp for folder in course for path, stamp in folder.items()},
            support=_stamps(self._root / SUPPORT, deep=True),
        )

    def _folders(self) -> set[Path]:
        """Where something can happen that matters: no file is watched itself, as most editors put a new one there."""
        state = self._find_state()
        link, target = self._path, Path(os.path.realpath(self._path))
        return {path.absolute().parent for path in (link, target, *state.course, *state.support)}


def wakes(folders: Iterable[Path]) -> Iterator[None]:
    """Yields when something has happened in one of the folders, not in those below them, and at least every second."""
    from watchfiles import watch

    try:
        for _ in watch(
            *folders,
            watch_filter=None,
            debounce=DEBOUNCE_MS,
            step=STEP_MS,
            rust_timeout=LOOK_MS,
            yield_on_timeout=True,
            recursive=False,
        ):
            yield
    except (OSError, RuntimeError):  # no more watches for this user, a folder that may not be read, and so on
        while True:
            time.sleep(POLL_S)
            yield


def _patiently(read: Callable[[], Read]) -> Read:
    """What ``read`` returns. Its GraderError counts only when it has lasted for a moment."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return read()
        except GraderError:
            if time.monotonic() > deadline:
                raise
        time.sleep(RETRY_S)


def _stamps(folder: Path, *, deep: bool) -> dict[Path, Stamp]:
    """The files in a folder, or also below it, but for hidden ones and what editors and Python leave there."""
    found: dict[Path, Stamp] = {}
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if deep and name != "__pycache__" and not name.startswith(".")]
        paths = [Path(parent, name) for name in files if not name.startswith((".", "#")) and not name.endswith("~")]
        found |= {path: _stamp(path) for path in paths}
    return found


def _stamp(path: Path) -> Stamp:
    """Another one after every change, even where a file is put in the place of the first; None: there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size


def _now() -> str:
    return f"{datetime.now():%H:%M:%S}"
