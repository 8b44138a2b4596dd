"""Rubric × verdicts: what each check is worth, what a named mistake says about it, what is skipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.course.exercise import Exercise
from grader.course.rubric import MistakeRule, Rubric, RubricCheck
from grader.model import CheckStatus, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckScore:
    """What one check is worth. ``score`` is None where a person has to mark it; ``mistake`` is a named mistake's
    sentence; ``say`` the same, or why the check was skipped.
    """

    status: CheckStatus
    score: float | None
    max_score: float
    say: str = ""
    hint: str | None = None
    mistake: str | None = None


def statuses(rubric: Rubric, verdicts: Sequence[Verdict]) -> tuple[CheckStatus, ...]:
    """What becomes of each verdict. A check whose ``needs`` did not pass is skipped, not failed."""
    passed = _passed(verdicts)
    return tuple(
        verdict.status if all(map(passed, rubric.checks[verdict.check].needs)) else "skipped" for verdict in verdicts
    )


def score_checks(
    exercise: Exercise, rubric: Rubric, verdicts: Sequence[Verdict], *, mistakes: bool = True
) -> tuple[CheckScore, ...]:
    """Points for each verdict, in their order. ``mistakes``: whether to look for the rubric's named ones."""
    titles = {check.id: check.title for check in exercise.checks}
    passed = _passed(verdicts)
    return tuple(
        _check_score(verdict, status, rubric.checks[verdict.check], passed, titles, mistakes)
        for verdict, status in zip(verdicts, statuses(rubric, verdicts), strict=True)
    )


def _passed(verdicts: Sequence[Verdict]) -> Callable[[str], bool]:
    names = {verdict.check for verdict in verdicts if verdict.status == "passed"}
    return names.__contains__


def _check_score(
    verdict: Verdict,
    status: CheckStatus,
    rules: RubricCheck,
    passed: Callable[[str], bool],
    titles: Mapping[str, str],
    mistakes: bool,
) -> CheckScore:
    points = rules.points
    if status == "skipped":
        needed = " and ".join(f'"{titles[need]}"' for need in rules.needs if not passed(need))
        return CheckScore(status=status, score=0.0, max_score=points, say=f"Skipped, because {needed} comes first.")
    if status == "passed":
        return CheckScore(status=status, score=points, max_score=points)
    if status == "manual":
        return CheckScore(status=status, score=None, max_score=points)
    if status == "error":
        return CheckScore(status=status, score=0.0, max_score=points)
    mistake = next((rule for rule in rules.mistakes if _was_made(rule, verdict, passed)), None) if mistakes else None
    share = verdict.share if rules.partial else 0.0
    if mistake is not None:
        share = max(share, mistake.credit)
    return CheckScore(
        status="failed",
        score=round(points * share, 6),
        max_score=points,
        say="" if mistake is None else mistake.say,
        hint=rules.hint or None,
        mistake=None if mistake is None else mistake.say,
    )


def _was_made(rule: MistakeRule, verdict: Verdict, passed: Callable[[str], bool]) -> bool:
    known = {"found": verdict.found, "passed": passed}
    return any(rule.when.holds({**variables, **known}) for variables in verdict.variables or ({},))
