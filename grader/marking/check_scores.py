"""The points of every check: from its verdict, its prerequisites, and the known mistakes of the rubric."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.course.exercise import Exercise
from grader.course.rubric import FOUND, MistakeRule, Remark, Rubric, RubricCheck
from grader.model import CheckStatus, Verdict

WITHOUT_IT = "Take it out, so that nothing but autograd computes the gradient, and look again."
"""The hint where something besides torch changed the gradient of what failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckScore:
    """The points of one check."""

    status: CheckStatus
    score: float | None
    """Points; None until a person has marked it."""
    max_score: float
    message: str = ""
    """For the student, instead of the verdict's message: what the rubric says about a known mistake, or why the check
    was skipped. Empty if the verdict's message applies.
    """
    hint: str | None = None
    mistake: str | None = None
    """What the rubric says about the known mistake that was made; None if no known mistake was recognized."""
    shown_by: int | None = None
    """The number of the verdict's variables that show the known mistake; None if none do."""
    remark: str | None = None
    """What the rubric says although the check passed, in sentences; None if there is nothing to say."""


def statuses(rubric: Rubric, verdicts: Sequence[Verdict]) -> tuple[CheckStatus, ...]:
    """The status of every verdict: ``skipped`` if one of the checks that the rubric ``needs`` first did not pass. A
    verdict that is withheld skips no other: whether it passes is for a person.
    """
    fulfilled = _fulfilled(verdicts)
    return tuple(
        verdict.status if all(map(fulfilled, rubric.checks[verdict.check].needs)) else "skipped" for verdict in verdicts
    )


def score_checks(
    exercise: Exercise, rubric: Rubric, verdicts: Sequence[Verdict], *, mistakes: bool = True
) -> tuple[CheckScore, ...]:
    """The points for every verdict. ``mistakes``: whether to look for the mistakes and remarks of the rubric."""
    titles = {check.id: check.title for check in exercise.checks}
    passed = _passed(verdicts)
    missing = {check: title for check, title in titles.items() if not _fulfilled(verdicts)(check)}
    return tuple(
        _check_score(verdict, status, rubric.checks[verdict.check], passed, missing, mistakes)
        for verdict, status in zip(verdicts, statuses(rubric, verdicts), strict=True)
    )


def _passed(verdicts: Sequence[Verdict]) -> Callable[[str], bool]:
    """A function that tells whether the check with an id passed."""
    names = {verdict.check for verdict in verdicts if verdict.status == "passed"}
    return names.__contains__


def _fulfilled(verdicts: Sequence[Verdict]) -> Callable[[str], bool]:
    """A function that tells whether what needs the check with an id counts."""
    return {verdict.check for verdict in verdicts if verdict.status == "passed" or verdict.withheld}.__contains__


def _check_score(
    verdict: Verdict,
    status: CheckStatus,
    rules: RubricCheck,
    passed: Callable[[str], bool],
    missing: Mapping[str, str],
    mistakes: bool,
) -> CheckScore:
    """``missing`` are the titles of the checks that did not pass, by their ids."""
    points = rules.points
    if status == "skipped":
        needed = " and ".join(f'"{missing[need]}"' for need in rules.needs if need in missing)
        return CheckScore(status=status, score=0.0, max_score=points, message=f"Skipped, because {needed} comes first.")
    if status == "passed":
        remark = _remarks(rules, verdict, passed) if mistakes else ""
        return CheckScore(status=status, score=points, max_score=points, remark=remark or None)
    if status == "manual":
        return CheckScore(status=status, score=None, max_score=points)
    if status == "error":
        return CheckScore(status=status, score=0.0, max_score=points)
    if verdict.interfered:
        share = verdict.share if rules.partial else 0.0
        return CheckScore(status="failed", score=points * share, max_score=points, hint=WITHOUT_IT)
    made = ((rule, _where_it_holds(rule, verdict, passed)) for rule in rules.mistakes if mistakes)
    mistake, shown_by = next(((rule, where) for rule, where in made if where is not None), (None, None))
    share = verdict.share if rules.partial else 0.0
    if mistake is not None:
        share = max(share, mistake.credit)
    return CheckScore(
        status="failed",
        score=points * share,
        max_score=points,
        message="" if mistake is None else mistake.say,
        hint=(rules.hint if mistake is None or mistake.hint is None else mistake.hint) or None,
        mistake=None if mistake is None else mistake.say,
        shown_by=shown_by if mistake is not None and mistake.when.names - {FOUND} else None,
    )


def _remarks(rules: RubricCheck, verdict: Verdict, passed: Callable[[str], bool]) -> str:
    """All remarks on the best candidate of a check that passed."""
    best = replace(verdict, variables=verdict.variables[:1])
    return " ".join(remark.say for remark in rules.remarks if _where_it_holds(remark, best, passed) is not None)


def _where_it_holds(rule: MistakeRule | Remark, verdict: Verdict, passed: Callable[[str], bool]) -> int | None:
    """The number of the first variables for which the rule's condition holds, and not by a coincidence of numbers; None
    if it holds for none. Without any variables, those are none.
    """
    known = {FOUND: verdict.found, "passed": passed}
    return next(
        (
            number
            for number, variables in enumerate(verdict.variables or ({},))
            if rule.holds_for({**variables, **known})
        ),
        None,
    )
