"""The options that several commands share, and how their values are read."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from grader.course.course_folder import lies_together, source_of
from grader.course.trusted_checks import TRUST_CHECKS, trusted_checks
from grader.log import LogOptions
from grader.pipeline.options import GradingOptions

LEVELS = ("strict", "reduced", "none")
LEAST = ("strict", "landlock", "reduced")
"""As ``model.Isolation.is_at_least`` has it."""
GRADEBOOK = "gradebook.sqlite"
"""The default gradebook: a file in the current folder."""

Options = TypeVar("Options")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """The options of every command that runs submissions; fields are named like the options themselves."""

    assignment: str | None
    exercise: tuple[str, ...]
    course: Path | None
    trust_checks: tuple[Path, ...]
    seed: int | None
    timeout: float | None
    isolation: str | None
    at_least: str | None
    python: Path | None
    verbose: bool
    log_file: Path | None

    def grading(
        self, course: Path, *, given: Iterable[str | Path], written: Iterable[Path | None] = ()
    ) -> GradingOptions:
        """What the grader is asked for. ``course``: the folder that was found for ``--course``, or without it.

        ``given``: the submissions. ``written``: what the command writes, besides the log and the default gradebook.
        """
        files = (*written, self.log_file, Path(GRADEBOOK))
        source = source_of(course, self.course)
        paths = [Path(name) for name in given if str(name) != "-" and "\0" not in str(name)]
        return GradingOptions(
            course=course,
            assignment=self.assignment,
            exercises=self.exercise,
            seed=self.seed,
            timeout_s=self.timeout,
            isolation=self.isolation,
            at_least=self.at_least,
            python=self.python,
            course_source=source,
            trusted_checks=trusted_checks(course, self.course, self.trust_checks, paths),
            holds_submission=source == "found" and any(lies_together(course, path) for path in paths),
            hide=(*_hidden(paths, (file for file in files if file is not None)), *_zip_of(self.course)),
        )

    def log(self) -> LogOptions:
        return LogOptions(verbose=self.verbose, file=self.log_file)


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that ``RunOptions`` holds."""
    parser.add_argument(
        "--assignment",
        metavar="ID",
        help="grade for this assignment of the course, attempted or not (default: the one that the name names, else "
        "the course's default)",
    )
    parser.add_argument(
        "--exercise",
        action="append",
        default=[],
        metavar="ID",
        help="grade this exercise, attempted or not (repeatable)",
    )
    add_course_option(parser)
    add_trust_option(parser)
    add_seed_option(parser, "what hidden inputs are drawn from (default: 0)")
    parser.add_argument(
        "--timeout",
        type=time_limit,
        metavar="S",
        help="seconds that one run may take (default: the assignment's, or 20)",
    )
    parser.add_argument(
        "--isolation",
        choices=LEVELS,
        help="isolate by just this much, and refuse where the machine cannot (default: as much as it can)",
    )
    parser.add_argument(
        "--at-least",
        choices=LEAST,
        help="isolate as much as the machine can, and refuse where that is less than this; `landlock` is `reduced` "
        "with the machine's files hidden",
    )
    add_python_option(parser)
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="log the grader's own errors, with tracebacks, to standard error"
    )
    parser.add_argument("--log-file", type=Path, metavar="FILE", help="append this log to a file")


def add_seed_option(parser: argparse.ArgumentParser, about: str) -> None:
    parser.add_argument("--seed", type=seed_number, metavar="N", help=about)


def add_python_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--python", type=Path, metavar="PYTHON", help="the interpreter that runs submissions (default: this one)"
    )


def add_course_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--course",
        type=Path,
        metavar="DIR",
        help="the course's folder, or a name that `grade courses` lists (default: the nearest folder upwards with "
        "exercises/, else the built-in course)",
    )


def add_trust_option(parser: argparse.ArgumentParser) -> None:
    """For commands whose ``--course`` may have a ``checks.py`` of its own."""
    parser.add_argument(
        f"--{TRUST_CHECKS}",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="import checks.py of this course, which --course names as well: it runs outside of the sandbox; for a "
        "course that it builds on, repeat this",
    )


def add_format_option(
    parser: argparse.ArgumentParser,
    option: str,
    built_in: Iterable[str],
    names: Callable[[], Sequence[str]],
    **rest: Any,
) -> None:
    """Add an option whose value is the name of a report format.

    ``names`` lists the formats of installed packages too; it is slow, so it is only called for names not built in.
    """

    def format_name(text: str) -> str:
        if text not in built_in and text not in (known := names()):
            listed = ", ".join(map(repr, known))
            raise argparse.ArgumentTypeError(f"invalid choice: {text!r} (choose from {listed})")
        return text

    parser.add_argument(option, type=format_name, metavar=f"{{{','.join(built_in)}}}", **rest)


def parse_options(parser: argparse.ArgumentParser, argv: Sequence[str], kind: type[Options]) -> Options:
    """Parse a command line into ``kind``, a dataclass with a field for each option."""
    values = vars(parser.parse_args(argv))
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})


def gradebook_file(name: str) -> Path | None:
    """The file of an SQLite gradebook, by its path or URL; None for any other database."""
    if "://" not in name:
        return Path(name)
    kind, _, rest = name.partition("://")
    file = rest.partition("?")[0].removeprefix("/").removeprefix("file:")
    return Path(file) if kind.partition("+")[0] == "sqlite" and file not in ("", ":memory:") else None


def _hidden(given: Iterable[Path], written: Iterable[Path]) -> Iterator[Path]:
    """What no submission may see: what was handed in, with the folder of a single file, and what the grader writes."""
    for name in given:
        path = name.absolute()
        yield path
        if not os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where a name is too long
            yield path.parent
    yield from (path.absolute() for path in written)


def _zip_of(course: Path | None) -> Iterator[Path]:
    """The zip of a pack, which is hidden as the folder of a course is."""
    if course is not None and course.suffix.lower() == ".zip" and course.is_file():
        yield course.absolute()


def seed_number(text: str) -> int:
    """An argument of ``--seed``. Raises ArgumentTypeError."""
    seed = int(text) if text.isdecimal() else -1
    if not 0 <= seed < 2**32:
        raise argparse.ArgumentTypeError("a seed is a whole number from 0 to 4294967295")
    return seed


def time_limit(text: str) -> float:
    """An argument of ``--timeout``. Raises ArgumentTypeError."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 3600:
        raise argparse.ArgumentTypeError("a time limit is a number of seconds from 1 to 3600")
    return seconds
