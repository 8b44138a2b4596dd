"""Uncaught errors as a person reads them: what to mend, with what failed because of it, and what a check wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.model import Location, RunError
from grader.text import count

NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorGroup:
    """An error, and the errors that follow from it."""

    error: RunError
    followers: tuple[RunError, ...] = ()

    @property
    def consequence(self) -> str:
        """What failed because of it, in words; empty if nothing did."""
        if not self.followers:
            return ""
        names = tuple(dict.fromkeys(name for error in self.followers for name in error.needs))
        shown = ", ".join(f"`{name}`" for name in names[:NAMES_SHOWN])
        more = " and more" if len(names) > NAMES_SHOWN else ""
        lack = f", for lack of {shown}{more}" if shown else ""
        return f"and {count(len(self.followers), 'more statement')} failed{lack}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorGroups:
    """The errors of a run. An error that a check wants and from which others follow is in ``groups``."""

    groups: tuple[ErrorGroup, ...]
    provoked: tuple[RunError, ...]


def group_errors(errors: Sequence[RunError]) -> ErrorGroups:
    """The errors in groups, in their order."""
    known = {error.location for error in errors if error.cause is None and error.location is not None}
    followers: dict[Location, list[RunError]] = {}
    for error in errors:
        if error.cause in known and not error.provoked and error.cause is not None:
            followers.setdefault(error.cause, []).append(error)
    first = [error for error in errors if error.provoked or error.cause not in known]
    groups: list[ErrorGroup] = []
    provoked: list[RunError] = []
    for error in first:
        following = followers.pop(error.location, []) if error.location is not None else []
        if error.provoked and not following:
            provoked.append(error)
        else:
            groups.append(ErrorGroup(error=error, followers=tuple(following)))
    return ErrorGroups(groups=tuple(groups), provoked=tuple(provoked))
