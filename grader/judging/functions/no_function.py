"""What a ``function`` check says where no function counts."""

from __future__ import annotations

from collections.abc import Iterable

from grader.judging.checks.base import Check
from grader.judging.context import Subject
from grader.judging.functions.called_functions import CalledFunction
from grader.judging.functions.trials import Trials
from grader.judging.unmet_given import Tried, what_the_nearest_lacks
from grader.language.closeness import Tolerance


def not_as_asked(trials: Trials, functions: Iterable[CalledFunction], found_by: Check | None, subject: Subject) -> str:
    """What is said where the function was called and no call meets ``given``; empty where it was not called.

    ``found_by``: the check whose function is meant.
    """
    check, listed = trials.check, trials.asked.functions
    meant = [called for called in functions if found_by is not None or set(called.names) & set(listed)]
    tolerance = None if check.tolerance is None else Tolerance(rtol=check.tolerance, atol=check.tolerance)
    tried = [
        Tried(called.place, trials.variables(called, call), tolerance) for called in meant for call in called.calls
    ]
    if not check.given or not tried:
        return ""
    name = next((name for name in meant[-1].names if name in listed), meant[-1].name)
    lacks = what_the_nearest_lacks(check, tried, subject.submission)
    return f"`{name}` was called, but no call of it is as asked for here. {lacks}".rstrip()


def nothing_found(trials: Trials, found_by: Check | None, *, unlike: bool, others: bool) -> str:
    """``unlike``: functions that were given do not count. ``others``: functions were tried that do not count."""
    asked = trials.asked
    if found_by is not None:
        return f"Nothing was found to look at: “{found_by.title}” found no function."
    names = [name for name in asked.functions if name != "any"]
    wanted = f"No function `{names[0]}` {asked.takes()}" if names else f"No function {asked.takes()}"
    if asked.has_own_inputs:
        wanted += ", called with a tensor or a number,"
    if unlike:
        return f"{wanted} was found besides those that were given."
    if others and not names:
        return f"{wanted} does what is asked for."
    if others and "any" in asked.functions:
        return f"{wanted} was found, nor another one that does what is asked for."
    return f"{wanted} was found."
