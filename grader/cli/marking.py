"""One person's session of marking: answer after answer, forward and back, each mark kept at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from typing import Protocol

from rich.console import Console

from grader.errors import GraderError, MarkedMeanwhileError
from grader.model import AnswerToMark, GivenMark
from grader.report.mark_screen import (
    given_in_words,
    mark_of,
    others_in_words,
    render_answer,
    render_statement,
    students_of,
)
from grader.report.safe_console import SafeConsole
from grader.text import clean_line, points

KEYS = """\
  {most:<10} points; decimals too
  Enter      skip it: it goes on waiting
  =          the mark that an identical answer has, where one is shown
  b          back to the one before
  q          quit; what was marked is kept
  ?          this help, and what the exercise asks
"""


class Book(Protocol):
    """The methods of a gradebook that marking uses."""

    def titles(self) -> Mapping[str, str]: ...
    def waiting(self, assignment: str) -> tuple[AnswerToMark, ...]: ...
    def marked(self, assignment: str) -> tuple[AnswerToMark, ...]: ...
    def latest_mark(self, id: str) -> GivenMark | None: ...
    def mark(self, id: str, points: float, comment: str, by: str, *, seen: int) -> int: ...


class Person:
    """The person who marks, at a console. ``ask`` raises EOFError at the end of the input."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def ask(self, prompt: str) -> str:
        """Print the prompt and read a line."""
        # A terminal whose real encoding differs from its declared one gives surrogates, which a database refuses.
        return input(prompt).encode("utf-8", "replace").decode("utf-8").strip()

    def agrees(self, question: str) -> bool:
        """Whether the answer to a question is yes. Anything else is no."""
        self.say(question)
        return self.ask("y for yes, Enter for no: ").lower() in ("y", "yes")

    def say(self, words: str) -> None:
        SafeConsole(self.console).line(words, "dim")


class Step(Enum):
    """What the person may ask for in place of giving points."""

    SKIP = "skip"
    BACK = "back"
    QUIT = "quit"
    AS_OFFERED = "as offered"


def alike_waiting(answer: AnswerToMark, everything: Iterable[AnswerToMark]) -> list[AnswerToMark]:
    """The other answers that wait and are identical to ``answer``."""
    return [other for other in everything if other.points is None and other.id != answer.id and answer.is_alike(other)]


class Marking:
    """Goes forward and back through the answers of ``queue``. ``everything`` has all answers that a person marks."""

    def __init__(
        self, book: Book, queue: Sequence[AnswerToMark], everything: Sequence[AnswerToMark], by: str, person: Person
    ) -> None:
        self._book = book
        self._queue = [answer.id for answer in queue]
        self._answers = {answer.id: answer for answer in (*everything, *queue)}
        self._by = by
        self._person = person
        self._marked: set[str] = set()
        self._marked_alike: set[str] = set()
        """Those marked because they are identical to another answer; they are not asked about again."""
        self._stated = ""

    def run(self) -> None:
        """Ask for the points of each answer, until the last one or until the person quits."""
        try:
            self._go_through()
        except (EOFError, KeyboardInterrupt):
            self._person.say("")
        left = sum(self._answers[identity].points is None for identity in self._queue)
        self._person.say(f"{len(self._marked)} marked by {self._by}; {left} {'waits' if left == 1 else 'wait'}.")

    def _go_through(self) -> None:
        self._person.say("Points, or Enter to skip; b goes back, q quits, ? helps.")
        at = 0
        forward = True
        while at < len(self._queue):
            if forward and self._queue[at] in self._marked_alike:
                at += 1
                continue
            waiting = self._as_it_is_now(self._queue[at])
            console = self._person.console
            # The exercise's text is printed once, not again for each student.
            new = waiting.exercise != self._stated
            render_answer(waiting, at + 1, len(self._queue), console=console, statement=new)
            self._stated = waiting.exercise
            step = self._ask_points(waiting)
            forward = step is not Step.BACK
            match step:
                case Step.QUIT:
                    return
                case Step.BACK if at == 0:
                    self._person.say("This is the first one.")
                case Step.BACK:
                    at -= 1
                case Step.SKIP:
                    at += 1
                case Step.AS_OFFERED if waiting.offered is not None:
                    at += self._keep(waiting, waiting.offered.points, waiting.offered.comment)
                case float() as given:
                    at += self._keep(waiting, given, self._ask_comment(waiting))

    def _as_it_is_now(self, identity: str) -> AnswerToMark:
        """The answer, with the mark that somebody else has given it since this session began, which is said."""
        answer = self._answers[identity]
        try:
            latest = self._book.latest_mark(identity)
        except GraderError:
            return answer  # keeping a mark will say what is wrong
        if latest is not None and latest.version != answer.version:
            self._person.say(
                f"\nMarked meanwhile, by {clean_line(latest.marked_by)}: points given now replace that mark."
            )
            self._answers[identity] = _with_mark(answer, latest)
        return self._answers[identity]

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
                case "=" if waiting.offered is not None:
                    return Step.AS_OFFERED
                case "?" | "h" | "help":
                    self._person.say(KEYS.format(most=f"0 to {most}").rstrip())
                    render_statement(waiting, console=self._person.console)
                    continue
            given = read_points(line, waiting.max_score)
            if given is not None:
                return given
            self._person.say(f"A number from 0 to {most}; or Enter, b, q, or ? for help.")

    def _ask_comment(self, waiting: AnswerToMark) -> str:
        try:
            if not waiting.comment:
                return self._person.ask("Comment, or Enter for none: ")
            comment = self._person.ask("Comment; Enter keeps the old one, - removes it: ")
            return {"": waiting.comment, "-": ""}.get(comment, comment)
        except (EOFError, KeyboardInterrupt):
            self._person.say("\nNot kept: the points just given.")
            raise

    def _keep(self, waiting: AnswerToMark, given: float, comment: str) -> bool:
        """Keep a mark, and offer it to identical answers; False if the gradebook could not save it."""
        try:
            kept = self._store(waiting, given, comment)
        except GraderError as error:
            self._person.say(f"Not kept: {error}")
            return False
        if kept:
            self._person.say(f"Kept: {points(given)} / {points(waiting.max_score)}.")
            self._offer_to_others(self._answers[waiting.id])
        return True

    def _store(self, waiting: AnswerToMark, given: float, comment: str) -> bool:
        """Whether the mark was stored: where somebody else has marked the answer meanwhile, the person is asked."""
        answer = waiting
        while True:
            try:
                version = self._book.mark(answer.id, given, comment, self._by, seen=answer.version)
            except MarkedMeanwhileError:
                latest = self._book.latest_mark(answer.id)
                if latest is None:
                    raise
                answer = self._answers[answer.id] = _with_mark(answer, latest)
                self._person.say(f"Marked meanwhile: {mark_of(answer)}")
                if not self._person.agrees(f"Replace it with {points(given)} / {points(answer.max_score)}?"):
                    self._person.say("Not replaced.")
                    return False
                continue
            mark = GivenMark(
                version=version,
                points=given,
                max_score=answer.max_score,
                comment=comment,
                marked_by=self._by,
                marked_at=None,
            )
            self._answers[answer.id] = _with_mark(answer, mark)
            self._marked.add(answer.id)
            return True

    def _offer_to_others(self, marked: AnswerToMark) -> None:
        """Ask whether identical answers get the mark, too: those that wait, and those that got an earlier one so."""
        others = [
            other
            for other in self._answers.values()
            if other.id != marked.id
            and (other.points is None or other.id in self._marked_alike)
            and other.is_alike(marked)
        ]
        if not others or marked.points is None:
            return
        if not self._person.agrees(f"{others_in_words(others)} handed in the same. Do they get this mark, too?"):
            mark = GivenMark(
                version=marked.version,
                points=marked.points,
                max_score=marked.max_score,
                comment=marked.comment,
                marked_by=marked.marked_by,
                marked_at=marked.marked_at,
            )
            self._answers |= {other.id: replace(other, offered=mark) for other in others if other.points is None}
            return
        for other in others:
            try:
                if self._store(other, marked.points, marked.comment):
                    self._marked_alike.add(other.id)
                    self._person.say(f"Kept: {given_in_words(marked)} for {students_of(other)}.")
            except GraderError as error:
                self._person.say(f"Not kept for {students_of(other)}: {error}")


def _with_mark(answer: AnswerToMark, mark: GivenMark) -> AnswerToMark:
    return replace(
        answer,
        points=mark.points,
        comment=mark.comment,
        marked_by=mark.marked_by,
        marked_at=mark.marked_at,
        version=mark.version,
    )


def read_points(line: str, most: float) -> float | None:
    """The number that a person typed, with a decimal point or comma; None if it is not a number from 0 to ``most``."""
    if not re.fullmatch(r"\d+(?:[.,]\d*)?|[.,]\d+", line.strip(), flags=re.ASCII):
        return None
    given = float(line.strip().replace(",", "."))
    return given if given <= most else None
