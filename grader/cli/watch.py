"""``grade watch FILE``: grade a file at every save of it, or of what its code reads or imports, and show what changed.

One worker stays alive and the references stay in memory. File system events only say when to check the files; what is
compared is their state, so that it does not matter how an editor saves. They are checked at least once a second,
because network drives, and folders that were moved away and back, give no events. A save during grading waits until
that is finished; runs are limited in time.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn, TypeVar

from grader import log
from grader.cli.audience import add_audience_option, report_for
from grader.cli.options import RunOptions, add_run_options, parse_options
from grader.cli.streams import open_console
from grader.course.course_files import present
from grader.course.course_folder import find_course
from grader.course.course_layers import course_roots
from grader.course.course_parts import ASSIGNMENTS, CHECKS_FILE, COURSE_FILE, EXERCISES, RUBRICS, SOLUTIONS, SUPPORT
from grader.course.data_folder import find_data_folders
from grader.errors import ExitCode, GraderError, SandboxError, SubmissionError, UsageError
from grader.pipeline.open_grader import OpenGrader
from grader.sandbox.preload import EVERYTHING

if TYPE_CHECKING:
    from rich.console import Console

    from grader.cli.watched_file import Watched
    from grader.model import Audience, Report
    from grader.pipeline.course_graders import CourseGraders

COURSE_FOLDERS = (EXERCISES, f"{EXERCISES}/data", RUBRICS, SOLUTIONS, ASSIGNMENTS, "handout")
STEP_MS = 10
"""How long a folder must have been quiet before the files are checked."""
DEBOUNCE_MS = 100
"""The longest wait for a folder to be quiet."""
LOOK_MS = 1000
"""The longest time between two checks, with or without an event."""
POLL_S = 0.3
"""The time between two checks if the system gives no file events."""
PATIENCE_S = 0.6
"""How long a file may be missing or broken before that is reported: an editor may be saving it."""
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
    add_audience_option(parser, "student")
    add_run_options(parser)
    return parser


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOptions(RunOptions):
    file: str
    audience: Audience | None


def parse(argv: Sequence[str]) -> WatchOptions:
    """Raises UsageError for standard input, folders and zips."""
    options = parse_options(build_parser(), argv, WatchOptions)
    if options.file == "-":
        raise UsageError("standard input cannot be watched; name a file.")
    if os.path.isdir(options.file):  # noqa: PTH112 - Path.is_dir raises where a name is too long
        raise UsageError(f"{options.file} is a folder; name the file in it that is to be watched.")
    if options.file.lower().endswith(".zip"):
        raise UsageError(f"{options.file} is a zip; unpack it, and name the file that is to be watched.")
    return options


def main(argv: Sequence[str]) -> int:
    options = parse(argv)
    log.configure(options.log())
    root = find_course(Path.cwd(), options.course)
    stop = _Stop()
    watch: _Watch | None = None
    asked = replace(options.grading(root, given=[options.file]), audience=options.audience or "student")
    try:
        with OpenGrader(asked) as opened:
            watch = _Watch(options, root, opened)
            watch.run(stop)
    except KeyboardInterrupt:
        # A terminal has just printed ^C on the current line.
        print("\nStopped." if sys.stdout.isatty() else "Stopped.", flush=True)
    passed = watch is not None and watch.report is not None and watch.report.passed
    return ExitCode.PASSED if passed else ExitCode.FAILED


class _Stop:
    """Turns SIGINT and SIGTERM into KeyboardInterrupt.

    Python only prints an exception that is raised inside one of its callbacks, for example during an import. So the
    signal is also remembered, and ``check`` raises it again.
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
    """The stamps of all watched files at one moment."""

    file: Stamp
    beside: dict[Path, Stamp]
    course: dict[Path, Stamp]
    shown: dict[Path, Stamp]
    """What submissions see of the course: helper modules and data. A change of it takes another worker."""
    roots: tuple[Path, ...]
    """The folders of the course and of its bases. No submission may see them, so a change takes another worker."""


class _Watch:
    """A watched file, its course, and the grader."""

    def __init__(self, options: WatchOptions, root: Path, opened: OpenGrader) -> None:
        # Imported, here and below, while the worker imports torch on another core.

        self.report: Report | None = None
        """The latest report, as its audience sees it; None before the first."""
        self._options = options
        self._path = Path(options.file)
        self._root = root
        self._console = open_console()
        self._opened = opened
        opened.preload(EVERYTHING)
        self._state: _State | None = None
        self._graders: CourseGraders | None = None
        """None while the course cannot be read."""
        self._notice = ""
        self._graded = ""
        """The digest of the content that was graded last; empty if it has to be graded again."""
        self._beside: tuple[Path, ...] = ()
        """The files beside it that its code names."""
        self._said: set[str] = set()
        """The notices that were printed."""

    def run(self, stop: _Stop) -> None:
        """Check the files whenever something may have changed, until KeyboardInterrupt.

        Raises SubmissionError if there is no such file, and whatever ``look`` raises.
        """
        from grader.handin import WorkFiles, read_handin

        read_handin(self._options.file, WorkFiles())
        self._say(f"Watching {self._options.file}; Ctrl-C ends it.")
        self.look()
        for _ in file_events(self._folders()):
            stop.check()
            self.look()

    def look(self) -> None:
        """If the file or the course has changed, grade it and print what is new, or why it cannot be graded.

        Raises UsageError and SandboxError as long as nothing has been graded.
        """
        before, self._state = self._state, self._find_state()
        if self._state == before:
            return
        try:
            graders = self._current_graders(before, self._state)
            watched = _retried(self._load)
            if watched.digest == self._graded:
                return
            saved = watched.loaded.submission
            grader, choice = graders.choose(saved)
            with spinner(self._console):
                report = report_for(grader.grade(saved), self._options.audience or "student")
            self._say_once(one.details for one in grader.find_broken_references().values())
        except GraderError as error:
            if self.report is None and isinstance(error, UsageError | SandboxError):
                raise
            if isinstance(error, SandboxError):
                logging.getLogger(__name__).warning("%s could not be graded", self._options.file, exc_info=True)
            missing = isinstance(error, SubmissionError) and _stamp(self._path) is None
            self._say(f"Waiting for {self._options.file}." if missing else str(error))
            self._graded = ""
            return
        self._graded = watched.digest
        if choice.notice and choice.notice != self._notice:
            self._say(choice.notice)
        self._notice = choice.notice
        self._show(report)

    def _load(self) -> Watched:
        """The file with what lies beside it. Remarks are printed once."""
        from grader.cli.watched_file import load_watched
        from grader.handin import notices_of

        watched = load_watched(self._options.file)
        self._beside = watched.beside
        self._say_once(notices_of(watched.loaded.remarks))
        return watched

    def _current_graders(self, before: _State | None, now: _State) -> CourseGraders:
        """The graders for the present state of the course.

        Raises CourseError, and UsageError for an unknown assignment or exercise.
        """
        if before is not None and (now.shown, now.roots) != (before.shown, before.roots):
            self._graders = None
            self._opened.restart_worker()
        elif self._graders is not None and before is not None and now.course == before.course:
            return self._graders
        self._graders = None
        self._graders = _retried(self._opened.graders)
        self._graded = ""
        if before is not None:
            self._say("The course changed.")
        return self._graders

    def _show(self, report: Report) -> None:
        from grader.report.terminal.change import render_change
        from grader.report.terminal.report import render

        # Before printing, so that Ctrl-C right after the report gives the exit code of this report.
        before, self.report = self.report, report
        if before is None:
            render(report, console=self._console)
        else:
            render_change(before, report, time=_now(), console=self._console)

    def _say_once(self, notices: Iterable[str]) -> None:
        for notice in notices:
            if notice not in self._said:
                self._said.add(notice)
                self._say(notice)

    def _say(self, words: str) -> None:
        from grader.report.terminal.change import render_event

        render_event(words, time=_now(), console=self._console)

    def _find_state(self) -> _State:
        roots = course_roots(self._root)
        single = [path for root in roots for path in (present(root / COURSE_FILE), root / CHECKS_FILE)]
        stamps = [_stamps(root / name, deep=False) for root in roots for name in COURSE_FOLDERS]
        course = [{path: _stamp(path) for path in single}, *stamps]
        helpers = [_stamps(root / SUPPORT, deep=True) for root in roots]
        return _State(
            file=_stamp(self._path),
            # With the folder, since a file that the code names may be made later.
            beside={path: _stamp(path) for path in (self._path.absolute().parent, *self._beside)},
            course={path: stamp for folder in course for path, stamp in folder.items()},
            shown={path: stamp for folder in helpers for path, stamp in folder.items()}
            | _stamps_of_data(self._root, self._options.assignment),
            roots=roots,
        )

    def _folders(self) -> set[Path]:
        """The folders to watch. Not the files themselves, because most editors replace a file when they save it."""
        state = self._find_state()
        link, target = self._path, Path(os.path.realpath(self._path))
        return {path.absolute().parent for path in (link, target, *state.course, *state.shown)}


def spinner(console: Console) -> AbstractContextManager[object]:
    """On a terminal, shows that grading goes on: an endless loop runs until its time limit."""
    from rich.live import Live
    from rich.spinner import Spinner

    if not console.is_terminal:
        return nullcontext()
    # Not ``console.status``, which would send standard error, and so the log, to standard output.
    turning = Spinner("dots", text="Grading …", style="status.spinner")
    return Live(turning, console=console, refresh_per_second=12.5, transient=True, redirect_stderr=False)


def file_events(folders: Iterable[Path]) -> Iterator[None]:
    """Yields after every event in one of the folders (not below them), and at least once a second."""
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
    except (OSError, RuntimeError):  # the user's limit of watches, an unreadable folder, and the like
        while True:
            time.sleep(POLL_S)
            yield


def _retried(read: Callable[[], Read]) -> Read:
    """What ``read`` returns. It is retried for a moment before its GraderError is raised."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return read()
        except GraderError:
            if time.monotonic() > deadline:
                raise
        time.sleep(RETRY_S)


def _stamps(folder: Path, *, deep: bool) -> dict[Path, Stamp]:
    """The stamps of a folder's files (``deep``: also below it), without hidden, backup and cache files."""
    found: dict[Path, Stamp] = {}
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if deep and name != "__pycache__" and not name.startswith(".")]
        paths = [Path(parent, name) for name in files if not name.startswith((".", "#")) and not name.endswith("~")]
        found |= {path: _stamp(path) for path in paths}
    return found


def _stamps_of_data(root: Path, assignment: str | None) -> dict[Path, Stamp]:
    """The stamps of the data folders and of their own entries. What lies deeper can be very much."""
    folders = find_data_folders(root, assignment).values()
    return {
        path: stamp
        for folder in folders
        for path, stamp in (_stamps(folder, deep=False) | {folder: _stamp(folder)}).items()
    }


def _stamp(path: Path) -> Stamp:
    """A value that differs after every change, also if the file is replaced; None if there is no file."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size


def _now() -> str:
    return f"{datetime.now():%H:%M:%S}"
