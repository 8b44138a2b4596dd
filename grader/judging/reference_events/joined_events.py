"""Joins what several checks read of one run: each event once, with all that some check reads of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from itertools import starmap
from typing import Any

from grader.model import Array, ChangedNames, Event, RunPlace


def joined(found: Iterable[tuple[int, Event]]) -> Iterator[Event]:
    """The events in their order, each once, with all that some check reads. Names are bound for their moment only."""
    by_place: dict[tuple[int, bool], Event] = {}
    for position, event in found:
        key = position, not isinstance(event, ChangedNames)
        there = by_place.get(key)
        by_place[key] = event if there is None else merged(there, event)
    bound: set[str] = set()
    for (position, _), event in sorted(by_place.items(), key=lambda pair: pair[0]):
        if isinstance(event, ChangedNames) and not event.frame:
            gone = tuple(sorted(bound - event.changed.keys()))
            bound = set(event.changed)
            place = RunPlace(cell=0, line=0, statement=position)
            yield replace(event, place=place, removed=gone)
        else:
            yield event


def merged(one: Any, other: Any) -> Any:
    """What either has. They are the same event, with different parts left out."""
    if isinstance(one, Array) or not isinstance(other, type(one)):
        return one if one is not None else other
    if isinstance(one, tuple) and isinstance(other, tuple):
        if len(one) == len(other) and all(map(is_dataclass, one)):
            return tuple(starmap(merged, zip(one, other, strict=True)))
        return tuple(dict.fromkeys((*one, *other))) if all(isinstance(i, str) for i in (*one, *other)) else one or other
    if isinstance(one, Mapping):
        return {**other, **one}
    if is_dataclass(one) and not isinstance(one, type):
        return replace(
            one, **{part.name: merged(getattr(one, part.name), getattr(other, part.name)) for part in fields(one)}
        )
    return one or other
