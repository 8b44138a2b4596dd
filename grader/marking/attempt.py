"""Whether an exercise was attempted: in code, in words only, or not at all."""

from __future__ import annotations

from enum import Enum, auto

from grader.course.exercise import Exercise
from grader.course.rubric import Rubric
from grader.judging.checks.base import Check
from grader.judging.deciding_checks import find_deciding_checks
from grader.language.expression import Expression
from grader.marking.check_scores import statuses
from grader.model import JudgedExercise, Verdict


class Attempt(Enum):
    """How an exercise was attempted."""

    CODE = auto()
    WORDS = auto()
    NONE = auto()


def find_attempt(exercise: Exercise, rubric: Rubric, judged: JudgedExercise, *, explicit: bool = False) -> Attempt:
    """Decides whether an exercise was attempted. ``explicit``: the user named the exercises to grade.

    Only the deciding checks (``judging.deciding_checks``) are looked at: hidden checks are no evidence.

    Evidence of a check counts wherever it is. However, exercises resemble each other: if nothing names this exercise
    and all evidence is in cells under the headings of other exercises, the evidence counts only if the answer is
    complete.

    An exercise that is part of others (``attempt: named``) has to be named.

    Without evidence, something has to name the exercise, and its part of the submission must contain code that did
    something, or words. Code in which no check found anything is beside the words where a call was commented out with a
    remark, and where it neither used torch nor raised anything. An exercise that is answered in words counts as
    attempted also if the user named it and two of its answers are right, or all: a single one is found by accident
    among the answers to other exercises.
    """
    verdicts, signals = judged.verdicts, judged.signals
    deciding = find_deciding_checks(exercise.checks)
    if exercise.attempt == "named" and not (signals.named or explicit):
        return Attempt.NONE
    status = statuses(rubric, verdicts)
    # Words are no evidence of code.
    in_code = [index for index in deciding if not exercise.checks[index].ANSWERED_IN_WORDS]
    evidence = [
        index
        for index in in_code
        if _proves(exercise.checks[index], verdicts[index], skipped=status[index] == "skipped", explicit=explicit)
    ]
    decided = [verdicts[index] for index in deciding]
    # An answer in words that is not there leaves it incomplete.
    complete = all(verdict.status == "passed" or (verdict.status == "manual" and verdict.found) for verdict in decided)
    if evidence and (signals.named or complete or any(signals.unclaimed[index] for index in evidence)):
        return Attempt.CODE
    any_evidence = any(verdict.evidence for verdict in decided)
    if not signals.named:
        right = sum(verdict.status == "passed" for verdict in decided)
        is_answered = any_evidence or (explicit and right >= min(2, len(decided)))
        return Attempt.WORDS if is_answered and not in_code else Attempt.NONE
    live = any(signals.live[index] for index in in_code if status[index] != "skipped")
    # Where the call that the exercise asks for was commented out with a remark, the code around it only leads there.
    # Code without torch below words only shows or computes something else.
    beside = (signals.remarked or (signals.worded and signals.aside)) and not judged.errors
    # Where all answers are words, code answers nothing: it may only stand below the last question of a sheet.
    acted = signals.acted and not all(check.ANSWERED_IN_WORDS for check in exercise.checks)
    if (acted and not beside) or live:
        return Attempt.CODE
    return Attempt.WORDS if signals.worded or any_evidence else Attempt.NONE


def _proves(check: Check, verdict: Verdict, *, skipped: bool, explicit: bool) -> bool:
    """Whether a verdict proves an attempt. A skipped check (its prerequisite failed) does not, unless its author wrote
    down the condition. Where the exercise was asked for, nobody has to show that it was meant: to pass is enough.
    """
    if isinstance(check.evidence, Expression):
        return verdict.evidence or (explicit and not skipped and verdict.status == "passed")
    return verdict.evidence and not skipped
