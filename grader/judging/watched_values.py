"""The values of the watched names after every recorded event: recorded changes are accumulated."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.judging.found_objects import Choice, reference_in
from grader.model import Array, ChangedNames, Event, Opaque, RunPlace, Value
from grader.runtime.protocol.name_paths import read_path

MAX_COMBINATIONS = 64
"""Ways to bind the declared names to a submission's names."""
MAX_NAMES = 1_000
"""Names of one scope. The recorder watches at most 64 of them, usually two or three."""
MAX_BINDINGS = 1_000_000
"""Bound names, summed over all events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedValues:
    """What the watched names were bound to after the event at ``position``."""

    position: int
    place: RunPlace
    values: Mapping[str, Value]
    frame: str
    """The name of the function whose local names changed; empty for the module."""


def read_watched_values(events: Sequence[Event]) -> Iterator[WatchedValues]:
    """The values after each event that changed them, up to ``MAX_BINDINGS``.

    While a statement runs a function, the function's local names shadow the module's.
    """
    room = MAX_BINDINGS
    module: dict[str, Value] = {}
    local: dict[str, Value] = {}
    statement = -1
    for position, event in enumerate(events):
        if not isinstance(event, ChangedNames):
            continue
        if event.place.statement != statement or not event.frame:
            local = {}
            statement = event.place.statement
        space = local if event.frame else module
        for name, value in event.changed.items():
            if name in space or len(space) < MAX_NAMES:
                space[name] = value
        for name in event.removed:
            space.pop(name, None)
        room -= 1 + len(module) + len(local)
        if room < 0:
            return
        values = module | local
        yield WatchedValues(position=position, place=event.place, values=values, frame=event.frame)


def bound_names(aliases: Iterable[str], values: Mapping[str, Value], choice: Choice) -> list[str]:
    """The names that a declared name may stand for: those that match, and those bound to a chosen object."""
    found: dict[str, None] = {}
    for alias in aliases:
        if alias in choice.tokens:
            found.update(
                (name, None)
                for name, value in values.items()
                if isinstance(value, Array) and choice.is_object(alias, value.token)
            )
        else:
            found.update(dict.fromkeys(matching_names((alias,), values)))
    return list(found)


def matching_names(patterns: Iterable[str], names: Iterable[str]) -> list[str]:
    """The names that match a pattern, in the order of the patterns, without duplicates."""
    given = dict.fromkeys(names)
    found: dict[str, None] = {}
    for pattern in patterns:
        path = read_path(pattern)
        if path is None:  # `check.name`
            continue
        if path.is_open:
            found.update(dict.fromkeys(name for name in given if (one := read_path(name)) and path.matches(one)))
        elif (name := str(path)) in given:
            found[name] = None
    return list(found)


def missing(aliases: Iterable[str]) -> Opaque:
    """The value of a declared name that nothing is bound to, with the names that were looked for."""
    references = [reference.name for alias in aliases if (reference := reference_in(alias)) is not None]
    if references:
        return Opaque(kind="missing", text=f"nothing is bound to that very `{references[0]}` any more")
    return Opaque(kind="missing", text=f"there is no variable {in_words(aliases)}")


def in_words(aliases: Iterable[str]) -> str:
    """Under which names something was looked for: "`u` (or `u_*`)"."""
    first, *others = (f"`{alias}`" for alias in aliases)
    return f"{first} (or {', '.join(others)})" if others else first


def bindings(
    names: Mapping[str, tuple[str, ...]], values: Mapping[str, Value], choice: Choice
) -> Iterator[Mapping[str, str]]:
    """Every way to bind the declared names to existing names; empty if a name has none that it may stand for."""
    ways = [[(declared, name) for name in bound_names(aliases, values, choice)] for declared, aliases in names.items()]
    for combination in itertools.islice(itertools.product(*ways), MAX_COMBINATIONS):
        yield dict(combination)
