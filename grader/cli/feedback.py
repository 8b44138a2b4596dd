"""``grade feedback``: a file with feedback for each student, named so that the learning platform takes it back."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli import note
from grader.cli.audience import add_audience_option
from grader.cli.gradebook_options import GradebookOptions, add_gradebook_options, choose_assignment, choose_student
from grader.cli.options import parse_options
from grader.cli.report_outputs import report_format
from grader.cli.streams import open_console
from grader.errors import UsageError
from grader.model import Audience, ClassResults
from grader.report.base import ReportFormat
from grader.report.formats import REPORT_FORMATS
from grader.text import clean_line, count

if TYPE_CHECKING:
    from grader.classroom.feedback.handed_in import HandedIn
    from grader.classroom.feedback.write_feedback import Places, Written

LAYOUT_NAMES = ("canvas", "moodle", "gradescope", "nbgrader", "plain")
SHORT_NAMES = {"md": "markdown"}
NAMES_SHOWN = 5
LINE_EVERY_S = 10.0
"""Seconds between two lines of progress if there is no terminal."""

EPILOG = """\
examples:
  grade feedback                                   a page for each student of the assignment graded last
  grade feedback hw2 --output feedback.zip         a zip that Canvas or Moodle takes back
  grade feedback hw2 --format md --student lovelace
  grade feedback hw2 --layout nbgrader --output feedback
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackOptions(GradebookOptions):
    named: str | None
    """The assignment, as ``assignment`` names it too."""
    format: ReportFormat
    output: Path | None
    """None: a folder called after the assignment."""
    layout: str | None
    """None: that of the platform by which the class was handed in."""
    student: tuple[str, ...]
    audience: Audience | None
    replace: bool


def main(argv: Sequence[str]) -> int:
    """Write the feedback; returns 0. Raises UsageError, also where not all could be written, and GradebookError."""
    options = parse(argv)
    # Imported late, because SQLAlchemy is slow to import and wrong usage should be reported at once.
    from grader.classroom.feedback import outputs, write_feedback
    from grader.classroom.feedback.safe_names import safe_name
    from grader.classroom.gradebook.gradebook import Gradebook

    with Gradebook.open(options.gradebook) as book:
        assignment = choose_assignment(book.titles(), options.named or options.assignment)
        results = book.results(assignment)
        feedback = write_feedback.Feedback(
            results=results,
            format=options.format,
            audience=options.audience or "student",
            layout=write_feedback.choose_layout(results, options.layout),
            now=datetime.now(UTC),
        )
        only = _only(results, options.student)
        places = write_feedback.find_places(feedback)
        output = options.output or Path(safe_name(f"feedback-{assignment}"))
        with (
            outputs.open_output(output, replace=options.replace) as opened,
            _progress(len(results.students)) as on_done,
        ):
            written = write_feedback.write_feedback(
                book.reports(assignment), feedback, places, opened, only=only, on_done=on_done
            )
    _say_what_is_written(written, feedback.layout.id, places, output, only)
    return 0


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grade feedback",
        description="Write a file with feedback for each student, from the gradebook, with marks and comments by hand. "
        "The files are named so that the platform by which the class was handed in takes the folder or zip back.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("named", nargs="?", metavar="ASSIGNMENT", help="as --assignment")
    add_gradebook_options(parser)
    parser.add_argument(
        "--format",
        type=_format,
        default="html",
        metavar="NAME",
        help=f"how to report (default: html; known: md, {', '.join(REPORT_FORMATS)})",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FOLDER|FILE.zip",
        help="where to write to (default: a folder called feedback-ASSIGNMENT)",
    )
    parser.add_argument(
        "--layout",
        choices=LAYOUT_NAMES,
        help="how files are named: as this platform wants them (default: the one by which the class was handed in)",
    )
    parser.add_argument(
        "--student",
        action="append",
        default=[],
        metavar="TEXT",
        help="only this student, by key, id, email or a part of the name; repeatable",
    )
    add_audience_option(parser, "student")
    parser.add_argument("--replace", action="store_true", help="write over files that are there already")
    return parser


def parse(argv: Sequence[str]) -> FeedbackOptions:
    """Raises UsageError if options contradict each other."""
    options = parse_options(build_parser(), argv, FeedbackOptions)
    if options.named is not None and options.assignment is not None and options.named != options.assignment:
        raise UsageError(f"{options.named} and --assignment {options.assignment} are two assignments. Name one.")
    return options


def _format(name: str) -> ReportFormat:
    return report_format(SHORT_NAMES.get(name, name))


def _only(results: ClassResults, students: Sequence[str]) -> frozenset[HandedIn] | None:
    """What these students handed in; None: everything."""
    from grader.classroom.feedback.handed_in import handed_in

    if not students:
        return None
    by_student = {result.student: result for result in results.students}
    return frozenset(handed_in(by_student[choose_student(list(by_student), text)]) for text in students)


@contextmanager
def _progress(students: int) -> Iterator[Callable[[], None]]:
    """Counts students on standard error while that takes long: as a bar on a terminal, else a line now and then."""
    console = open_console(stderr=True)
    if not (console.is_terminal and sys.stderr.isatty()):
        yield _Lines(students)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress

    with Progress(BarColumn(bar_width=None), MofNCompleteColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=students)
        yield lambda: bar.advance(task)


class _Lines:
    def __init__(self, students: int) -> None:
        self._students = students
        self._done = 0
        self._next = time.monotonic() + LINE_EVERY_S

    def __call__(self) -> None:
        self._done += 1
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + LINE_EVERY_S
            print(f"{self._done} of {count(self._students, 'student')}", file=sys.stderr)


def _say_what_is_written(
    written: Written, layout: str, places: Places, output: Path, only: frozenset[HandedIn] | None
) -> None:
    """Raises UsageError if something could not be written."""
    for handin in places.unnamed:
        if only is None or handin in only:
            note(f"Note: {layout} will not know whose this is by its name: {'/'.join(places.of[handin])}")
    if written.not_graded:
        note(f"Note: without feedback, because nothing is graded yet: {_listed(written.not_graded)}")
    total = written.files + len(written.existing) + len(written.failed)
    where = clean_line(shlex.quote(str(output)))
    if not written.existing and not written.failed:
        print(f"{count(written.files, 'file')} written to {where}, named for {layout}", file=sys.stderr)
        return
    lines = [f"{written.files} of {count(total, 'file')} written to {where}."]
    if written.existing:
        there = f"{count(len(written.existing), 'file')} there already, left as before: {_listed(written.existing)}"
        lines.append(f"{there}. --replace writes over them.")
    for path, why in list(written.failed.items())[:NAMES_SHOWN]:
        lines.append(f"{clean_line(path)}: {why}.")
    if len(written.failed) > NAMES_SHOWN:
        lines.append(f"and {len(written.failed) - NAMES_SHOWN} more")
    if written.is_stopped:
        lines.append("Nothing more could be written; the rest was not tried.")
    raise UsageError("\n".join(lines))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(map(clean_line, names[:NAMES_SHOWN])) + more
