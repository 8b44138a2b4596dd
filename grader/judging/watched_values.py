"""The values of watched names as a run went on: moments put together into states."""

from __future__ import annotations

import fnmatch
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.model import Event, Moment, RunPlace, Value

MAX_COMBINATIONS = 64
MAX_BINDINGS = 1_000_000
"""Names in all states together: 64 of them at most are watched at a time, and mostly two or three."""
_WILDCARDS = frozenset("*?[")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the watched names were bound to after the event at ``position``. Stale names are left out."""

    position: int
    place: RunPlace
    values: Mapping[str, Value]


def states(events: Sequence[Event]) -> Iterator[State]:
    """Every state, in order. Names of a function that runs stand before the module's while its statement lasts.

    A record of more than ``MAX_BINDINGS`` is read as far as that goes.
    """
    room = MAX_BINDINGS
    module: dict[str, Value] = {}
    local: dict[str, Value] = {}
    statement = -1
    for position, event in enumerate(events):
        if not isinstance(event, Moment):
            continue
        if event.place.statement != statement or not event.frame:
            local = {}
            statement = event.place.statement
        space = local if event.frame else module
        space.update(event.changed)
        for name in event.removed:
            space.pop(name, None)
        room -= 1 + len(module) + len(local)
        if room < 0:
            return
        stale = frozenset(event.stale)
        values = {name: value for name, value in module.items() if name not in stale} | local
        yield State(position=position, place=event.place, values=values)


def matching_names(patterns: Iterable[str], names: Iterable[str]) -> list[str]:
    """The names that one of the patterns stands for, in the order of the patterns, each once."""
    given = dict.fromkeys(names)
    found: dict[str, None] = {}
    for pattern in patterns:
        if not _WILDCARDS.isdisjoint(pattern):
            found.update(dict.fromkeys(name for name in given if fnmatch.fnmatchcase(name, pattern)))
        elif pattern in given:
            found[pattern] = None
    return list(found)


def matching(names: Mapping[str, tuple[str, ...]], values: Mapping[str, Value]) -> Iterator[Mapping[str, Value]]:
    """Every way to bind the declared names to names in sight, by their patterns; none where one has no match."""
    choices = [
        [(declared, values[name]) for name in matching_names(patterns, values)] for declared, patterns in names.items()
    ]
    for combination in itertools.islice(itertools.product(*choices), MAX_COMBINATIONS):
        yield dict(combination)
