"""The points of every check: from its verdict, its prerequisites, and the known mistakes of the rubric."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.course.exercise import Exercise
from grader.course.rubric import FOUND, MistakeRule, Remark, Rubric, RubricCheck
from grader.model import CheckStatus, Verdict, is_at_least_as_visible

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
    """The status of every verdict: ``skipped`` if one of the checks that the rubric ``needs`` first did not pass, or is
    skipped itself. A verdict that is withheld skips no other: whether it passes is for a person.
    """
    fulfilled = _fulfilled(rubric, verdicts)
    return tuple(
        verdict.status if all(map(fulfilled, rubric.checks[verdict.check].needs)) else "skipped" for verdict in verdicts
    )


def score_checks(
    exercise: Exercise, rubric: Rubric, verdicts: Sequence[Verdict], *, mistakes: bool = True
) -> tuple[CheckScore, ...]:
    """The points for every verdict. ``mistakes``: whether to look for the mistakes and remarks of the rubric.

    A mistake or remark that asks for a check which fewer people see never applies: it would tell them how that ended.
    """
    passed, fulfilled = _passed(verdicts), _fulfilled(rubric, verdicts)
    return tuple(
        _check_score(verdict, _without_unseen(exercise, verdict.check, rubric.checks[verdict.check]), passed, mistakes)
        if status != "skipped"
        else _skipped(exercise, rubric, verdict.check, fulfilled)
        for verdict, status in zip(verdicts, statuses(rubric, verdicts), strict=True)
    )


def rules_tried(
    exercise: Exercise, rubric: Rubric, verdicts: Sequence[Verdict]
) -> Iterator[tuple[Verdict, tuple[tuple[MistakeRule | Remark, int | None], ...]]]:
    """The mistakes of every verdict that failed, and the remarks of every one that passed, each with the number of the
    variables for which it holds; None: for none. Of the mistakes, the first one that holds applies.
    """
    passed = _passed(verdicts)
    for verdict, status in zip(verdicts, statuses(rubric, verdicts), strict=True):
        rules = _without_unseen(exercise, verdict.check, rubric.checks[verdict.check])
        if status == "failed" and not verdict.interfered:
            yield verdict, tuple((rule, _where_it_holds(rule, verdict, passed)) for rule in rules.mistakes)
        elif status == "passed":
            best = replace(verdict, variables=verdict.variables[:1])
            yield best, tuple((rule, _where_it_holds(rule, best, passed)) for rule in rules.remarks)


def _passed(verdicts: Sequence[Verdict]) -> Callable[[str], bool]:
    """A function that tells whether the check with an id passed."""
    names = {verdict.check for verdict in verdicts if verdict.status == "passed"}
    return names.__contains__


def _fulfilled(rubric: Rubric, verdicts: Sequence[Verdict]) -> Callable[[str], bool]:
    """A function that tells whether what needs the check with an id counts: not where that check is skipped itself."""
    good = {verdict.check for verdict in verdicts if verdict.status == "passed" or verdict.withheld}

    def fulfilled(identity: str) -> bool:
        return identity in good and all(map(fulfilled, rubric.checks[identity].needs))

    return fulfilled


def _comes_first(rubric: Rubric, identity: str, fulfilled: Callable[[str], bool]) -> tuple[str, ...]:
    """The checks that have to be mended before the one with this id counts, by their ids: of a chain, the first one."""
    missing = [need for need in rubric.checks[identity].needs if not fulfilled(need)]
    return tuple(dict.fromkeys(first for need in missing for first in _comes_first(rubric, need, fulfilled) or (need,)))


def _without_unseen(exercise: Exercise, identity: str, rules: RubricCheck) -> RubricCheck:
    """The rules of a check without those that ask for a check which fewer people see."""
    visibility = {check.id: check.visibility for check in exercise.checks}
    own = visibility[identity]
    unseen = {check for check, other in visibility.items() if not is_at_least_as_visible(other, own)}
    if not unseen:
        return rules
    kept = {
        "mistakes": tuple(rule for rule in rules.mistakes if not rule.asks_for() & unseen),
        "remarks": tuple(rule for rule in rules.remarks if not rule.asks_for() & unseen),
    }
    return rules.model_copy(update=kept)


def _skipped(exercise: Exercise, rubric: Rubric, identity: str, fulfilled: Callable[[str], bool]) -> CheckScore:
    """The score of a check that needs others. It names those that did not pass, but none that fewer people see."""
    checks = {check.id: check for check in exercise.checks}
    missing = [checks[first] for first in _comes_first(rubric, identity, fulfilled)]
    own = checks[identity].visibility
    names = [f'"{check.title}"' for check in missing if is_at_least_as_visible(check.visibility, own)]
    unseen = len(missing) - len(names)
    if unseen:
        names.append("a check that is not shown" if unseen == 1 else "checks that are not shown")
    verb = "comes" if len(missing) == 1 else "come"
    message = f"Skipped, because {' and '.join(names)} {verb} first."
    return CheckScore(status="skipped", score=0.0, max_score=rubric.checks[identity].points, message=message)


def _check_score(verdict: Verdict, rules: RubricCheck, passed: Callable[[str], bool], mistakes: bool) -> CheckScore:
    """The score of a check that was not skipped."""
    points, status = rules.points, verdict.status
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
