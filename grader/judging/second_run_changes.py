"""How a submission's second run changed what was plotted, and the values of names (see ``curves.curve_sources``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from grader.judging.curves.curve_sources import CurveChanges, Floats, change_of, figures_of, find_changes, is_clear
from grader.judging.watched_values import matching_names
from grader.language.values import Undefined, numbers
from grader.model import ChangedNames, Event, Figure, Observation, Value
from grader.model.values import arrays_in

ValueChanges = Mapping[tuple[int, str], Floats | None]
"""By how many units each number of a value changed in the second run; None where that is not known. The keys are the
position of the event that has the value, and its name.
"""

MAX_VALUES = 20_000
"""Values whose changes are found."""
MAX_MOMENTS = 200
"""Values of a name in a statement that are compared with each of its values in the second run."""
MAX_NUMBERS = 4_000_000
"""Numbers that all values together may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondRunChanges:
    curves: CurveChanges = field(default_factory=dict)
    values: ValueChanges = field(default_factory=dict)

    @property
    def are_clear(self) -> bool:
        """Whether nothing changed but by what the second run changes, so that no other run could tell more."""
        return all(map(is_clear, (*self.curves.values(), *self.values.values())))


def find_second_run_changes(
    first: Observation, figures: Sequence[Figure], names: Sequence[ChangedNames], sources: Sequence[str]
) -> SecondRunChanges:
    """Compare a run with its second run. ``sources``: the names of which it is asked where their values come from."""
    return SecondRunChanges(
        curves=find_changes(first, figures), values=dict(_value_changes(first.events, names, sources))
    )


def second_run_of(observation: Observation) -> tuple[Sequence[Figure], Sequence[ChangedNames]]:
    """What counts of a run that was itself the second one."""
    return figures_of(observation), tuple(event for event in observation.events if isinstance(event, ChangedNames))


def numbers_in(value: Value) -> Floats | None:
    """All numbers of an array, or of the arrays in a structure, in a row; None where not all of them are known."""
    parts = list(arrays_in(value))
    found = [numbers(part) for part in parts]
    if not parts or any(isinstance(one, Undefined) or one[0].dtype.kind not in "bf" for one in found):
        return None
    return np.concatenate([one[0].ravel().astype(np.float64) for one in found if not isinstance(one, Undefined)])


_Scope = tuple[str, str, int]
"""The function, the name and the statement of a value."""


def _value_changes(
    events: Sequence[Event], second: Sequence[ChangedNames], sources: Sequence[str]
) -> Iterator[tuple[tuple[int, str], Floats | None]]:
    if not sources:
        return
    ours, theirs = _by_scope(events, sources), _by_scope(second, sources)
    room = MAX_VALUES
    for scope, values in ours.items():
        others = [data for _, data in theirs.get(scope, ())]
        for index, (position, data) in enumerate(islice(values, max(0, room))):
            # Where a loop bound the name as often as in the first run, the values belong together in their order.
            other = others[index] if len(others) == len(values) else _nearest(data, others)
            yield (position, scope[1]), change_of(data, other)
        room -= len(values)


def _by_scope(events: Sequence[Event], sources: Sequence[str]) -> dict[_Scope, list[tuple[int, Floats | None]]]:
    """The values of the names whose source is asked, with the positions of their events, in order."""
    found: dict[_Scope, list[tuple[int, Floats | None]]] = {}
    room = MAX_NUMBERS
    for position, event in enumerate(events):
        if isinstance(event, ChangedNames):
            for name in matching_names(sources, event.changed):
                data = numbers_in(event.changed[name])
                room -= 0 if data is None else data.size
                scope = (event.frame, name, event.place.statement)
                found.setdefault(scope, []).append((position, data if room >= 0 else None))
    return found


def _nearest(data: Floats | None, others: Sequence[Floats | None]) -> Floats | None:
    """Of the values in the second run, the one that differs least: the second run changes very little."""
    if data is None:
        return None
    fitting = [other for other in others[-MAX_MOMENTS:] if other is not None and other.shape == data.shape]
    return min(fitting, key=lambda other: _distance(other, data), default=None)


def _distance(one: Floats, other: Floats) -> float:
    with np.errstate(all="ignore"):
        return float(np.nansum(np.abs(one - other)))
