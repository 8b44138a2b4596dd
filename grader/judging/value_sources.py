"""Where the values of names come from: whether autograd computed them, as ``curves.curve_sources`` decides it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from grader.judging.curves.curve_sources import OTHER, ROUNDED, UNSEEN, CurveSource, source_of, used_autograd
from grader.judging.curves.plotted_gradients import ComputedGradients
from grader.judging.observed import Observed
from grader.judging.second_run_changes import SecondRunChanges, numbers_in
from grader.model import Array, ChangedNames, Structure, Value

_ZERO = CurveSource(source="unknown", reason="all its numbers are 0, which do not show where they come from")
_UNRECORDED = CurveSource(source="unknown", reason="not all its numbers were recorded")


_ROUNDS = re.compile(
    r"\b(round|around|round_|rint|u?int\d*|long|short|half|b?float16|floor|ceil|trunc|fix|format|astype|type|quantize\w*)\b"
    r"|[:%][<>^]?\d*\.\d"
)
"""What numbers can be rounded with."""


class ValueSources:
    """Tells the sources of a submission's values; looked up once for each value."""

    def __init__(self, observed: Observed, changes: SecondRunChanges | None, code: str) -> None:
        """``code`` is that of the whole submission."""
        self._observed = observed
        self._changes = changes if used_autograd(observed.observation) else None
        self._may_round = _ROUNDS.search(code) is not None
        self._known: dict[int, CurveSource] = {}

    def of(self, value: Value) -> CurveSource:
        """Where a value comes from. Without a second run, no pass worked: then nothing comes from autograd."""
        if self._changes is None:
            return OTHER
        if id(value) not in self._known:
            self._known[id(value)] = self._find(value)
        return self._known[id(value)]

    def _find(self, value: Value) -> CurveSource:
        data = numbers_in(value)
        if data is None:
            return OTHER if _has_no_numbers(value) else _UNRECORDED
        if not data.size:
            return OTHER
        if not data.any():
            return _ZERO
        assert self._changes is not None  # asked before
        observed = self._observed
        computed = observed.once(
            "gradients and sums of them", lambda: ComputedGradients(observed.events, of_values=True)
        )
        key = _events_of_values(observed).get(id(value))
        change = None if key is None else self._changes.values.get(key)
        found = source_of(data, change, computed, lambda gradient: True)
        if found.reason == ROUNDED.reason and not self._may_round:
            return OTHER  # numbers that are near gradients, such as differences, and nothing that rounds
        if found.source == "other" and found.moved and computed.is_incomplete:
            return UNSEEN  # it changed with autograd, which computed something that the record does not show
        return replace(found, reason=found.reason.replace(" before they were drawn", ""))


def _has_no_numbers(value: Value) -> bool:
    """Whether a value is none that autograd could have computed, such as None or a text."""
    if isinstance(value, Structure):
        return all(map(_has_no_numbers, value.items))
    return not isinstance(value, Array)


def _events_of_values(observed: Observed) -> Mapping[int, tuple[int, str]]:
    """The position and the name of the event that describes a value, by the identity of the value."""
    return observed.once(
        ValueSources,
        lambda: {
            id(value): (position, name)
            for position, event in enumerate(observed.events)
            if isinstance(event, ChangedNames)
            for name, value in event.changed.items()
        },
    )
