"""``grade mark``: show the answers that have to be marked by hand, one by one, and keep the points."""

from __future__ import annotations

import argparse
import getpass
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol

from rich.console import Console

from grader.cli.gradebook_options import GradebookOptions, add_gradebook_options, choose_assignment, choose_student
from grader.cli.options import parse_options
from grader.errors import GraderError, UsageError
from grader.model import AnswerToMark
from grader.report.mark_screen import mark_of, render_answer, render_statement, render_waiting, students_of
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

KEYS = """\
  {most:<10} points; decimals too
  Enter      skip it: it goes on waiting
  b          back to the one before
  q          quit; what was marked is kept
  ?          this help, and what the exercise asks
"""


class Book(Protocol):
    """The methods of a gradebook that marking uses."""

    def titles(self) -> Mapping[str, str]: ...
    def waiting(self, assignment: str) -> tuple[AnswerToMark, ...]: ...
    def marked(self, assignment: str) -> tuple[AnswerToMark, ...]: ...
    def mark(self, id: str, points: float, comment: str, by: str) -> None: ...


class Person:
    """The person who marks, at a console. ``ask`` raises EOFError at the end of the input."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def ask(self, prompt: str) -> str:
        """Print the prompt and read a line."""
        # A terminal whose real encoding differs from its declared one gives surrogates, which a database refuses.
        return input(prompt).encode("utf-8", "replace").decode("utf-8").strip()


class Step(Enum):
    """What the person may ask for in place of giving points."""

    SKIP = "skip"
    BACK = "back"
    QUIT = "quit"


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

    with Gradebook.open(options.gradebook) as book:
        mark(book, options, Person(Console()))
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


def parse(argv: Sequence[str]) -> MarkOptions:
    """Raises UsageError if options contradict each other."""
    options = parse_options(build_parser(), argv, MarkOptions)
    if options.points is not None and (options.check is None or options.student is None or options.list):
        raise UsageError("--points gives one mark: say with --check EXERCISE/CHECK and --student TEXT for what.")
    if options.comment is not None and options.points is None:
        raise UsageError("--comment goes with --points; without, grade mark asks for both.")
    return options


def mark(book: Book, options: MarkOptions, person: Person) -> None:
    """Give one mark, list the answers, or ask for marks, as the options say. Raises UsageError."""
    titles = book.titles()
    assignment = choose_assignment(titles, options.assignment)
    everything = _question_by_question([*book.waiting(assignment), *book.marked(assignment)])
    chosen = _choose(everything, options)
    queue = [answer for answer in chosen if options.again or answer.points is None]
    if options.points is not None:
        _give(book, chosen, queue, options, person)
        return
    heading = f"{clean_line(assignment)}  {clean_line(titles[assignment])}".rstrip()
    SafeConsole(person.console).line(heading, "bold")
    if not queue:
        done = f" {len(chosen)} marked already: --again shows them." if chosen else ""
        _say(person, f"Nothing waits for a person.{done}")
    elif options.list:
        render_waiting(queue, console=person.console)
    else:
        Marking(book, queue, options.by or _login_name(), person).run()


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
    options: MarkOptions,
    person: Person,
) -> None:
    """Keep the mark of ``--points`` without asking anything. Raises UsageError if it is not for exactly one answer."""
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
    book.mark(waiting.id, given, options.comment or "", options.by or _login_name())
    _say(person, f"Kept: {points(given)} / {points(waiting.max_score)} for {students_of(waiting)}.")


class Marking:
    """One person's session: goes forward and back through the answers."""

    def __init__(self, book: Book, queue: Sequence[AnswerToMark], by: str, person: Person) -> None:
        self._book = book
        self._queue = list(queue)
        self._by = by
        self._person = person
        self._marked: set[str] = set()
        self._stated = ""

    def run(self) -> None:
        """Ask for the points of each answer, until the last one or until the person quits."""
        try:
            self._go_through()
        except (EOFError, KeyboardInterrupt):
            _say(self._person, "")
        left = sum(answer.points is None for answer in self._queue)
        _say(self._person, f"{len(self._marked)} marked by {self._by}; {left} {'waits' if left == 1 else 'wait'}.")

    def _go_through(self) -> None:
        _say(self._person, "Points, or Enter to skip; b goes back, q quits, ? helps.")
        at = 0
        while at < len(self._queue):
            waiting = self._queue[at]
            console = self._person.console
            # The exercise's text is printed once, not again for each student.
            new = waiting.exercise != self._stated
            render_answer(waiting, at + 1, len(self._queue), console=console, statement=new)
            self._stated = waiting.exercise
            match self._ask_points(waiting):
                case Step.QUIT:
                    return
                case Step.BACK if at == 0:
                    _say(self._person, "This is the first one.")
                case Step.BACK:
                    at -= 1
                case Step.SKIP:
                    at += 1
                case float() as given if self._keep(at, given):
                    at += 1

    def _ask_points(self, waiting: AnswerToMark) -> float | Step:
        most = points(waiting.max_score)
        while True:
            line = self._person.ask(f"Points, 0 to {most}: ")
            match line.lower():
                case "":
                    return Step.SKIP
                case "b" | "back":
                    return Step.BACK
                case "q" | "quit":
                    return Step.QUIT
                case "?" | "h" | "help":
                    _say(self._person, KEYS.format(most=f"0 to {most}").rstrip())
                    render_statement(waiting, console=self._person.console)
                    continue
            given = read_points(line, waiting.max_score)
            if given is not None:
                return given
            _say(self._person, f"A number from 0 to {most}; or Enter, b, q, or ? for help.")

    def _keep(self, at: int, given: float) -> bool:
        """Ask for a comment and keep the mark; False if the gradebook could not save it."""
        waiting = self._queue[at]
        try:
            comment = self._ask_comment(waiting)
        except (EOFError, KeyboardInterrupt):
            _say(self._person, "\nNot kept: the points just given.")
            raise
        try:
            self._book.mark(waiting.id, given, comment, self._by)
        except GraderError as error:
            _say(self._person, f"Not kept: {error}")
            return False
        self._queue[at] = replace(waiting, points=given, comment=comment, marked_by=self._by, marked_at=None)
        self._marked.add(waiting.id)
        _say(self._person, f"Kept: {points(given)} / {points(waiting.max_score)}.")
        return True

    def _ask_comment(self, waiting: AnswerToMark) -> str:
        if not waiting.comment:
            return self._person.ask("Comment, or Enter for none: ")
        comment = self._person.ask("Comment; Enter keeps the old one, - removes it: ")
        return {"": waiting.comment, "-": ""}.get(comment, comment)


def read_points(line: str, most: float) -> float | None:
    """The number that a person typed, with a decimal point or comma; None if it is not a number from 0 to ``most``."""
    if not re.fullmatch(r"\d+(?:[.,]\d*)?|[.,]\d+", line.strip(), flags=re.ASCII):
        return None
    given = float(line.strip().replace(",", "."))
    return given if given <= most else None


def _question(waiting: AnswerToMark) -> str:
    return f"{waiting.exercise}/{waiting.check}"


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise UsageError("This machine does not say who you are. Say it with --by NAME.") from None


def _say(person: Person, words: str) -> None:
    SafeConsole(person.console).line(words, "dim")
