"""Whether an exercise was attempted at all: in code, in words only, or not. A wrong attempt is not the same as none."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from grader.handout import Handout
from grader.model import Backward, Figure, Observation, Submission, TorchError, Verdict
from grader.prose import is_answered_in_words
from grader.scope import Scope
from grader.score import Mark


class Attempt(Enum):
    """How an exercise was answered."""

    CODE = auto()
    WORDS = auto()
    NONE = auto()


def find_attempt(
    scope: Scope,
    submission: Submission,
    observation: Observation,
    verdicts: Sequence[Verdict],
    marks: Sequence[Mark],
    *,
    explicit: bool,
    handout: Handout,
    claimed: frozenset[int] = frozenset(),
) -> Attempt:
    """A check's evidence proves an attempt wherever it stands. Exercises resemble each other, though: in cells that
    headings give to other ones (``claimed``, by position), where nothing names this one, only a complete answer does.

    Otherwise something has to say that the submission is about the exercise (a heading, a tag, the file's name, or the
    caller: ``explicit``), and code to have done something there, or words to have been written.
    """
    # What is skipped, because what it needs is wrong, proves nothing by itself.
    evidence = [verdict for verdict, mark in zip(verdicts, marks, strict=True)
                if verdict.evidence and mark.status != "skipped"]  # fmt: skip
    named = explicit or scope.named
    if evidence and (
        named
        or all(verdict.status == "passed" for verdict in verdicts)
        or any(verdict.place is None or verdict.place.cell not in claimed for verdict in evidence)
    ):
        return Attempt.CODE
    if not named:
        return Attempt.NONE
    places = [verdict.place for verdict in verdicts if verdict.found and verdict.place is not None]
    places += [event.place for event in observation.events if isinstance(event, Backward | TorchError | Figure)]
    if any(place in scope and not scope.is_given(place) for place in places):
        return Attempt.CODE
    if is_answered_in_words(submission, scope, handout):
        return Attempt.WORDS
    return Attempt.NONE
