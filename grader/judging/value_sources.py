"""Where the values of names come from: whether autograd computed them, as ``curves.curve_sources`` decides it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

import numpy as np

from grader.judging.curves.curve_sources import MIXED, OTHER, ROUNDED, UNSEEN, CurveSource, source_of, used_autograd
from grader.judging.curves.explained_curves import NEAR_CHANGE
from grader.judging.curves.plotted_gradients import (
    MAX_EARLIER,
    ComputedGradients,
    Floats,
    units_at,
    units_of_first_pass,
)
from grader.judging.observed import Observed
from grader.judging.second_run_changes import SecondRunChanges, numbers_in
from grader.language.values import Undefined, floats, numbers
from grader.model import Array, Backward, ChangedNames, Structure, Value

_ZERO = CurveSource(source="unknown", reason="all its numbers are 0, which do not show where they come from")
_UNRECORDED = CurveSource(source="unknown", reason="not all its numbers were recorded")


_ROUNDS = re.compile(
    r"\b(round|around|round_|rint|u?int\d*|long|short|half|b?float16|floor|ceil|trunc|fix|format|astype|type|quantize\w*)\b"
    r"|[:%][<>^]?\d*\.\d"
)
"""What numbers can be rounded with."""

FEW_NUMBERS = 2
"""Numbers that may change alike by chance."""
MAX_JACOBIANS = 200
"""Passes of ``jacfwd`` that a value is compared with."""


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
        if found.source != "autograd" and found.moved and self._is_by_jacfwd(value, change):
            return CurveSource(source="autograd", moved=True)
        if found.source != "autograd" and found.moved:
            # Apart, since one of many numbers that a value is compared with fits by chance.
            summed = observed.once(
                "sums and norms", lambda: ComputedGradients(observed.events, of_values=True, with_sums=True)
            )
            of_sums = source_of(data, change, summed, lambda gradient: True)
            if of_sums.source == "autograd":
                return of_sums
            if found.source == "other" and not _is_formula(data, change, summed):
                return UNSEEN if computed.is_incomplete else MIXED
        if found.source == "other" and found.moved and computed.is_incomplete:
            return UNSEEN  # it changed with autograd, which computed something that the record does not show
        return replace(found, reason=found.reason.replace(" before they were drawn", ""))

    def _is_by_jacfwd(self, value: Value, change: Floats | None) -> bool:
        """Whether a matrix, or its transpose, is what ``jacfwd`` computed. The record has the weighed sum of its
        rows; and each row changed by another factor.
        """
        found = numbers(value)
        if isinstance(found, Undefined) or found[0].ndim != 2 or change is None:
            return False
        matrix, units = floats(found[0]), change.reshape(found[0].shape)
        for event, rows in islice(self._jacobians(), MAX_JACOBIANS):
            wanted = [numbers(one) for one in (event.leaves[0].gradient, event.weights)]
            if any(isinstance(one, Undefined) for one in wanted):
                continue
            gradient, weights = (one[0] for one in wanted if not isinstance(one, Undefined))
            for one, changed in ((matrix, units), (matrix.T, units.T)):
                fits = one.shape == (*weights.shape, *gradient.shape)
                if fits and np.allclose(weights @ one, gradient, 1e-5, 1e-6):
                    known = np.isfinite(changed)
                    near = NEAR_CHANGE * event.order
                    if known.any() and (np.abs(changed - rows[:, None])[known] < near).all():
                        return True
        return False

    def _jacobians(self) -> Iterator[tuple[Backward, Floats]]:
        """The passes of ``jacfwd``, each with the changes of the rows. Where it differentiates a gradient, as for a
        Hessian, a row also changed with that.
        """
        earlier: deque[Floats] = deque(maxlen=MAX_EARLIER)
        for event in self._observed.events:
            if isinstance(event, Backward) and event.jvp is None and event.call == "jvp" and event.leaves:
                rows = units_at(event.root, event.place)
                if rows is not None and rows.ndim == 1:
                    first = [one for one in earlier if one.shape == rows.shape] if event.order == 2 else []
                    yield from ((event, rows + one) for one in first or [np.zeros(rows.shape)])
            earlier.extend(units_of_first_pass(event))


def _is_formula(data: Floats, change: Floats | None, computed: ComputedGradients) -> bool:
    """Whether few numbers are surely none of autograd, though they changed with it. Two numbers may change alike by
    chance, and a single one always does: then it counts only that it changed as a gradient does that is 1, by which
    any formula can be multiplied.
    """
    if change is None or np.count_nonzero(data) > FEW_NUMBERS:
        return True
    is_one = np.abs(computed.values) == 1
    known = change[np.isfinite(change)]
    near = np.abs(known[:, None] - computed.changes[is_one]) < NEAR_CHANGE * computed.orders[is_one]
    return bool(near.all(0).any())


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
