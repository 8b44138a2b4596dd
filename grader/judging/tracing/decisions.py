"""Notes on the candidates of a check that are judged one by one: what is left out, what passes, what is preferred."""

from __future__ import annotations

from collections.abc import Sequence

from grader.judging.checks.base import Check
from grader.judging.tracing.notes import CheckNotes
from grader.judging.trials import Candidate, Trial

_HANDED_OUT = "it is in code that was handed out"
_ONE_OF_MANY = "there are too many: only the first and the last of a statement are looked at"
_WITHHELD = "something besides torch had a hand in it, so a person has to look"
_PASSING = (
    "it passes",
    "nothing but torch had a hand in it",
    "it is in the exercise's section",
    "it is surely the student's own",
    "the text above it mentions the exercise",
    "it is in no other exercise's section",
    "it comes first",
)
"""Why a candidate that passes is preferred, in the order of the values that are compared."""
_FAILING = (
    *_PASSING[:5],
    "it meets `given` beyond doubt",
    "it is about the data of the exercise",
    "it meets more lines",
    "more of its things in roles have the name of their role",
    "it comes closer",
    "it comes later",
)


def note_what_is_left_out(
    notes: CheckNotes,
    check: Check,
    candidates: Sequence[Candidate],
    own: Sequence[Candidate],
    eligible: Sequence[Candidate],
    after: int | None,
) -> None:
    """``own`` are the candidates in the student's own code, ``eligible`` those of them that are examined; ``after`` is
    the position of what has to come first.
    """
    counting, examined = ({id(candidate) for candidate in some} for some in (own, eligible))
    for candidate in candidates:
        if id(candidate) in examined:
            notes.of(candidate)
        elif id(candidate) not in counting:
            notes.leave_out([candidate], _HANDED_OUT)
        elif check.after and after is None:
            notes.leave_out([candidate], f"`after: {check.after}` found nothing, so nothing counts after it")
        elif after is not None and candidate.position <= after:
            notes.leave_out([candidate], f"it does not come after what `{check.after}` found")
        else:
            notes.leave_out([candidate], _ONE_OF_MANY)


def note_trial(notes: CheckNotes, trial: Trial, *, withheld: bool, is_best: bool) -> None:
    noted = notes.of(trial.candidate)
    noted.is_best = is_best
    if not trial.passed:
        noted.decide("failed", trial.said)
    elif withheld:
        noted.decide("withheld", _WITHHELD)
    else:
        noted.decide("passed")


def why_not_preferred(best: Sequence[object], other: Sequence[object]) -> str:
    """Why another candidate is the best one, by the first of the values that differ."""
    reasons = _PASSING if best[0] else _FAILING
    for reason, one, two in zip(reasons, best, other, strict=False):
        if one != two:
            return f"another one is preferred: {reason}"
    return ""
