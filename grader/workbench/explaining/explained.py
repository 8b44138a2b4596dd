"""An exercise with its rubric in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from grader.course.exercise import Exercise
from grader.course.known_submissions import KnownSubmission
from grader.course.limits import LimitsEntry
from grader.course.rubric import MistakeRule, Rubric, RubricCheck
from grader.judging.checks.base import Check
from grader.language.expression import Expression
from grader.model import (
    Audience,
    ExplainedCheck,
    ExplainedLine,
    ExplainedMistake,
    ExplainedRemark,
    ExplainedWay,
    Explanation,
)
from grader.text import count
from grader.workbench.explaining.line_words import explained_line
from grader.workbench.explaining.way_words import explained_way

_SEEN = {
    "hidden": "Students see nothing of it, only that more points are decided by checks that are not shown.",
    "after-due": "Students see nothing of it before the due date of the assignment; without a date, never.",
}
_SEEN_WITH_VALUES = "Students see whether it is right, and where it is not, what was expected and what was found."
_SEEN_WITHOUT_VALUES = (
    "Students see whether it is right, its hint, and what is said of a known mistake; no expression and no value."
)
_NAMED = "something names it (a heading, a tag, the file's name) and code of the student's follows"


def explained(
    exercise: Exercise,
    rubric: Rubric,
    *,
    solution: str = "",
    known: Sequence[KnownSubmission] = (),
    audience: Audience = "staff",
) -> Explanation:
    """An exercise in words. ``solution``: the file of its reference solution. ``known``: its known submissions.

    For students, it has what reports may tell them: no check that they may not see, nothing of what a check with
    ``reveal: no`` wants, and no hidden inputs.
    """
    staff = audience == "staff"
    shown = [check for check in exercise.checks if staff or check.visibility == "public"]
    reference = solution if staff else ""
    checks = tuple(_check(check, rubric.checks[check.id], reference, staff=staff) for check in shown)
    return Explanation(
        exercise=exercise.id,
        title=exercise.title,
        statement=exercise.statement.strip(),
        points=sum(check.points for check in checks),
        checks=checks,
        attempt=tuple(_attempt(exercise, shown)),
        recognized_by=(*exercise.headings, *exercise.asks) if staff else (),
        limits=_limits(exercise.limits),
        solution=solution if staff else "",
        known=_known(known) if staff else "",
        unshown=len(exercise.checks) - len(shown),
    )


def _check(check: Check, marked: RubricCheck, reference: str, *, staff: bool) -> ExplainedCheck:
    tells = staff or check.reveal
    whens = [said.when for said in (*marked.mistakes, *marked.remarks)]
    ways = [explained_way(way, reference, whens) for way in check.ways()] if tells else []
    variables = {name: about for way in check.ways() for name, about in way.VARIABLES.items()}
    return ExplainedCheck(
        id=check.id,
        title=check.title,
        points=marked.points,
        ways=tuple(ways if staff else [_without_inputs(way) for way in ways]),
        partial=marked.partial,
        needs=marked.needs,
        hint=marked.hint,
        mistakes=tuple(_mistake(rule, marked, variables, tells=tells) for rule in marked.mistakes),
        remarks=tuple(
            ExplainedRemark(when=_when(remark.when, variables, tells=tells), say=remark.say)
            for remark in marked.remarks
        ),
        visibility=check.visibility,
        reveal=check.reveal,
        seen=_SEEN.get(check.visibility) or (_SEEN_WITH_VALUES if check.reveal else _SEEN_WITHOUT_VALUES),
    )


def _mistake(rule: MistakeRule, marked: RubricCheck, variables: Mapping[str, str], *, tells: bool) -> ExplainedMistake:
    return ExplainedMistake(
        when=_when(rule.when, variables, tells=tells),
        say=rule.say,
        hint=rule.hint,
        points=rule.credit * marked.points,
    )


def _when(line: Expression, variables: Mapping[str, str], *, tells: bool) -> ExplainedLine:
    return explained_line(line, variables) if tells else ExplainedLine(words="something that is not told")


def _without_inputs(way: ExplainedWay) -> ExplainedWay:
    return replace(way, inputs=())


def _attempt(exercise: Exercise, shown: Sequence[Check]) -> Iterator[str]:
    """When the exercise counts as attempted. Of checks that are hidden beside public ones, nothing proves it."""
    yield f"It counts as attempted where {_NAMED}."
    if exercise.attempt == "named":
        yield "Where nothing names it, it does not: its code is part of other exercises."
        return
    public = [check for check in exercise.checks if check.visibility == "public"]
    proving = [check for check in shown if check in public or not public]
    passing = [f"`{check.id}`" for check in proving if check.evidence == "passed"]
    if passing:
        yield f"Also where {' or '.join(passing)} passes."
    seen = [f"`{check.id}`" for check in proving if check.evidence == "seen"]
    if seen:
        yield f"Also where something counts for {' or '.join(seen)}, right or wrong."
    for check in proving:
        if isinstance(check.evidence, Expression) and check.reveal:
            variables = {name: about for way in check.ways() for name, about in way.VARIABLES.items()}
            said = explained_line(check.evidence, variables).words
            yield f"Also where, of something that `{check.id}` looks at, {said}."


def _limits(limits: LimitsEntry) -> str:
    parts = [
        *([f"{limits.time:g} s"] if limits.time is not None else []),
        *([f"{limits.memory / 10**9:g} GB of memory"] if limits.memory is not None else []),
    ]
    return f"A run may take {' and '.join(parts)}." if parts else ""


def _known(known: Sequence[KnownSubmission]) -> str:
    """How many known submissions are right, and how many are not."""
    if not known:
        return ""
    right = sum(set(each.expected.verdicts.values()) <= {"passed", "manual"} for each in known)
    wrong = len(known) - right
    parts = [f"{wrong} wrong"] * bool(wrong) + [f"{right} right, or for a person"] * bool(right)
    return f"{count(len(known), 'known submission')}: {', '.join(parts)}."
