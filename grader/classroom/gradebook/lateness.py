"""What lateness costs: from the time when something was due and the time when it was handed in.

Whole days and weeks are counted on the clock of the place where it was due: what is due at 23:59 and comes at 23:59 of
the next day is one day late, also where that day had 23 or 25 hours. Shorter periods are counted as they pass.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from grader.model import Lateness, LatePolicy

_DAY = timedelta(days=1)


def lateness_of(
    handed_in_at: datetime, due: datetime, policy: LatePolicy | None, *, score: float, max_score: float
) -> Lateness | None:
    """By how much a hand-in was late, and what that costs; None if it was in time, to the second.

    Both times have their zones. ``policy``: None if lateness costs nothing. ``score`` is without the penalty, bonus
    included; ``max_score`` without bonus, since the penalty is a share of that.
    """
    # Deadlines and platforms have whole seconds in their forms; fractions that one of them adds make nobody late.
    passed = handed_in_at.astimezone(UTC).replace(microsecond=0) - due.astimezone(UTC).replace(microsecond=0)
    if passed <= timedelta(0):
        return None
    local = handed_in_at.astimezone(due.tzinfo)
    if policy is None:
        return Lateness(handed_in_at=local, by=passed, score_before=score)
    ended = policy.until is not None and _by_clock(local, due, passed, policy.until) > policy.until
    by = _by_clock(local, due, passed, policy.per)
    # A turned-back clock may not have come past the due time again.
    periods = max(1, -(-by // policy.per))
    share = min(1.0, periods * policy.penalty)
    after = 0.0 if ended else max(0.0, score - share * max_score)
    return Lateness(
        handed_in_at=local,
        by=passed,
        periods=periods,
        share=share,
        score_before=score,
        penalty=score - after,
        ended=ended,
    )


def _by_clock(local: datetime, due: datetime, passed: timedelta, unit: timedelta) -> timedelta:
    """How much later it is: on the local clock if ``unit`` is of whole days, else as time passed."""
    if unit % _DAY:
        return passed
    return local.replace(tzinfo=None, microsecond=0) - due.replace(tzinfo=None, microsecond=0)
