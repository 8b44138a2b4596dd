"""``grade mark``: show the answers that have to be marked by hand, one by one, and keep the points."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from grader.cli.gradebook_options import GradebookOptions, add_gradebook_options, choose_assignment, choose_student
from grader.cli.marking import Book, Marking, Person, alike_waiting, read_points
from grader.cli.options import parse_options
from grader.cli.streams import open_console
from grader.errors import MarkedMeanwhileError, UsageError
from grader.model import AnswerToMark
from grader.report.mark_screen import mark_of, others_in_words, render_waiting, students_of
from grader.report.safe_console import SafeConsole
from grader.suggestions import did_you_mean_or_all
from grader.text import clean_line, points

EPILOG = """\
examples:
  grade mark                                     one answer after the other
  grade mark --check autodiff-modes/an-example   the answers to one question
  grade mark --list
  grade mark --check autodiff-modes/an-example --student lovelace --points 1.5 --comment "Which mode?"
"""


def main(argv: Sequence[str]) -> int:
    """Mark answers, or list those that wait; returns 0. Raises UsageError and GradebookError."""
    options = parse(argv)
    if options.points is None and not options.list and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "grade mark shows answers and asks for points, and needs a terminal for that. In a script, give one mark "
            "with --check EXERCISE/CHECK --student TEXT --points N, or see with --list what waits."
        )
    with suppress(ImportError):
        # With readline, input() lets a person edit the line and recall earlier comments.
        import readline  # noqa: F401
    # Imported late, because SQLAlchemy is slow to import and wrong usage should be reported at once.
    from grader.classroom.gradebook.gradebook import Gradebook

    with Gradebook.open(options.gradebook, write=not options.list) as book:
        mark(book, options, Person(open_console()))
    return 0


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grade mark",
        description="Mark by hand what waits for a person: one answer after the other, all students' answers to one "
        "question in a row. Each mark is kept at once, with who gave it and when.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_gradebook_options(parser)
    parser.add_argument("--by", metavar="NAME", help="who marks (default: your login name)")
    parser.add_argument("--list", action="store_true", help="only show what waits")
    parser.add_argument("--again", action="store_true", help="also what is marked already")
    parser.add_argument("--check", metavar="EXERCISE/CHECK", help="only the answers to this question")
    parser.add_argument("--student", metavar="TEXT", help="only this student's: key, id, email or a part of the name")
    parser.add_argument("--points", metavar="N", help="with --check and --student: give these points, and ask nothing")
    parser.add_argument("--comment", metavar="TEXT", help="with --points: what to tell the student")
    parser.add_argument(
        "--alike", action="store_true", help="with --points: the same mark for all who handed in the same, and wait"
    )
    return parser


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkOptions(GradebookOptions):
    by: str | None
    list: bool
    again: bool
    check: str | None
    student: str | None
    points: str | None
    comment: str | None
    alike: bool


def parse(argv: Sequence[str]) -> MarkOptions:
    """Raises UsageError if options contradict each other."""
    options = parse_options(build_parser(), argv, MarkOptions)
    if options.points is not None and (options.check is None or options.student is None or options.list):
        raise UsageError("--points gives one mark: say with --check EXERCISE/CHECK and --student TEXT for what.")
    if options.comment is not None and options.points is None:
        raise UsageError("--comment goes with --points; without, grade mark asks for both.")
    if options.alike and options.points is None:
        raise UsageError("--alike goes with --points; without, grade mark asks whether identical answers get the mark.")
    return options


def mark(book: Book, options: MarkOptions, person: Person) -> None:
    """Give one mark, list the answers, or ask for marks, as the options say. Raises UsageError."""
    titles = book.titles()
    assignment = choose_assignment(titles, options.assignment)
    everything = _question_by_question([*book.waiting(assignment), *book.marked(assignment)])
    chosen = _choose(everything, options)
    queue = [answer for answer in chosen if options.again or answer.points is None]
    if options.points is not None:
        _give(book, chosen, queue, alike_waiting(queue[0], everything) if queue else [], options, person)
        return
    heading = f"{clean_line(assignment)}  {clean_line(titles[assignment])}".rstrip()
    SafeConsole(person.console).line(heading, "bold")
    if not queue:
        done = f" {len(chosen)} marked already: --again shows them." if chosen else ""
        person.say(f"Nothing waits for a person.{done}")
    elif options.list:
        render_waiting(queue, console=person.console)
    else:
        Marking(book, queue, everything, options.by or _login_name(), person).run()


def _question_by_question(answers: Sequence[AnswerToMark]) -> list[AnswerToMark]:
    """The answers grouped by question; otherwise in the given order."""
    questions = list(dict.fromkeys(_question(answer) for answer in answers))
    return sorted(answers, key=lambda answer: questions.index(_question(answer)))


def _choose(everything: Sequence[AnswerToMark], options: MarkOptions) -> list[AnswerToMark]:
    """The answers that ``--check`` and ``--student`` select. Raises UsageError."""
    chosen = list(everything)
    if options.check is not None:
        known = sorted({_question(answer) for answer in everything})
        if options.check not in known:
            raise UsageError(f"No person has to mark `{options.check}`{did_you_mean_or_all(options.check, known)}")
        chosen = [answer for answer in chosen if _question(answer) == options.check]
    if options.student is not None:
        students = {student.key: student for answer in everything for student in answer.students}
        student = choose_student(list(students.values()), options.student, "None of these answers is from a student")
        chosen = [answer for answer in chosen if student in answer.students]
    return chosen


def _give(
    book: Book,
    chosen: Sequence[AnswerToMark],
    queue: Sequence[AnswerToMark],
    alike: Sequence[AnswerToMark],
    options: MarkOptions,
    person: Person,
) -> None:
    """Keep the mark of ``--points`` without asking anything. ``alike``: the answers that ``--alike`` gives it to, too.

    Raises UsageError if it is not for exactly one answer, MarkedMeanwhileError if somebody marks that at this moment.
    """
    if not chosen:
        raise UsageError(f"`{options.student}` has no answer to `{options.check}` that a person has to mark.")
    if not queue:
        raise UsageError(f"It has a mark already, which only --again replaces: {mark_of(chosen[0])}")
    if len(queue) > 1:
        files = ", ".join(clean_line(one.file) for one in queue)
        raise UsageError(f"There are {len(queue)} such answers, in {files}. Mark them without --points, one by one.")
    (waiting,) = queue
    assert options.points is not None
    given = read_points(options.points, waiting.max_score)
    if given is None:
        raise UsageError(f"--points {options.points}: give a number from 0 to {points(waiting.max_score)}.")
    by = options.by or _login_name()
    book.mark(waiting.id, given, options.comment or "", by, seen=waiting.version)
    person.say(f"Kept: {points(given)} / {points(waiting.max_score)} for {students_of(waiting)}.")
    if alike and not options.alike:
        person.say(f"{others_in_words(alike)} handed in the same. --alike gives this mark to them, too.")
        return
    for other in alike:
        try:
            book.mark(other.id, given, options.comment or "", by, seen=other.version)
            person.say(f"Kept: {points(given)} / {points(other.max_score)} for {students_of(other)}.")
        except MarkedMeanwhileError as error:
            person.say(f"{students_of(other)}: {error}")


def _question(waiting: AnswerToMark) -> str:
    return f"{waiting.exercise}/{waiting.check}"


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise UsageError("This machine does not say who you are. Say it with --by NAME.") from None
