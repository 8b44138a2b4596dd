"""Whether an exercise was attempted at all: in code, in words only, or not. A wrong attempt is not the same as none."""

from __future__ import annotations

from enum import Enum, auto

from grader.course.exercise import Exercise
from grader.course.rubric import Rubric
from grader.marking.check_scores import statuses
from grader.model import JudgedExercise


class Attempt(Enum):
    """How an exercise was answered."""

    CODE = auto()
    WORDS = auto()
    NONE = auto()


def find_attempt(exercise: Exercise, rubric: Rubric, judgement: JudgedExercise, *, explicit: bool = False) -> Attempt:
    """A check's evidence proves an attempt wherever it stands. Exercises resemble each other, though: in cells that
    headings give to other ones, where nothing names this one, only a complete answer does.

    Otherwise something has to name the exercise (a heading, a tag, the file's name, or the caller), and code to have
    done something there, or words to have been written. An exercise in words that is asked for by name (``explicit``)
    is attempted wherever one of its answers is right.
    """
    verdicts, traces = judgement.verdicts, judgement.traces
    marked = statuses(rubric, verdicts)
    # What is skipped, because what it needs is wrong, proves nothing by itself; and words are no code.
    code = [n for n, check in enumerate(exercise.checks) if not check.ANSWERED_IN_WORDS and marked[n] != "skipped"]
    evidence = [n for n in code if verdicts[n].evidence]
    complete = all(verdict.status in ("passed", "manual") for verdict in verdicts)
    if evidence and (traces.named or complete or any(traces.unclaimed[n] for n in evidence)):
        return Attempt.CODE
    said = any(verdict.evidence for verdict in verdicts)
    if not traces.named:
        only_words = all(check.ANSWERED_IN_WORDS for check in exercise.checks)
        said = said or (explicit and any(verdict.status == "passed" for verdict in verdicts))
        return Attempt.WORDS if only_words and said else Attempt.NONE
    if traces.acted or any(traces.live[n] for n in code):
        return Attempt.CODE
    return Attempt.WORDS if traces.worded or said else Attempt.NONE
