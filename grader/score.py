"""Rubric × verdicts: what each check is worth, what a named mistake says about it, what is skipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.exercise import Exercise
from grader.model import CheckStatus, Verdict
from grader.rubric import MistakeRule, Rubric, RubricCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What one check is worth. ``score`` is None where a person has to mark it; ``mistake`` is a named mistake's
    sentence; ``say`` the same, or why the check was skipped.
    """

    status: CheckStatus
    score: float | None
    max_score: float
    say: str = ""
    hint: str | None = None
    mistake: str | None = None


def mark(exercise: Exercise, rubric: Rubric, verdicts: Sequence[Verdict]) -> tuple[Mark, ...]:
    """Points for each verdict, in their order. A check whose ``needs`` did not pass is skipped, not failed."""
    by_check = {verdict.check: verdict for verdict in verdicts}
    titles = {check.id: check.title for check in exercise.checks}

    def passed(check: str) -> bool:
        return check in by_check and by_check[check].status == "passed"

    return tuple(_mark(verdict, rubric.checks[verdict.check], passed, titles) for verdict in verdicts)


def _mark(verdict: Verdict, rules: RubricCheck, passed: Callable[[str], bool], titles: Mapping[str, str]) -> Mark:
    points = rules.points
    missing = [titles[need] for need in rules.needs if not passed(need)]
    if missing:
        needed = " and ".join(f'"{title}"' for title in missing)
        return Mark(status="skipped", score=0.0, max_score=points, say=f"Skipped, because {needed} comes first.")
    if verdict.status == "passed":
        return Mark(status="passed", score=points, max_score=points)
    if verdict.status == "manual":
        return Mark(status="manual", score=None, max_score=points)
    if verdict.status == "error":
        return Mark(status="error", score=0.0, max_score=points)
    mistake = next((rule for rule in rules.mistakes if _was_made(rule, verdict, passed)), None)
    share = verdict.share if rules.partial else 0.0
    if mistake is not None:
        share = max(share, mistake.credit)
    return Mark(
        status="failed",
        score=round(points * share, 6),
        max_score=points,
        say="" if mistake is None else mistake.say,
        hint=rules.hint or None,
        mistake=None if mistake is None else mistake.say,
    )


def _was_made(rule: MistakeRule, verdict: Verdict, passed: Callable[[str], bool]) -> bool:
    known = {"found": verdict.found, "passed": passed}
    return any(rule.when.holds({**scope, **known}) for scope in verdict.scopes or ({},))
