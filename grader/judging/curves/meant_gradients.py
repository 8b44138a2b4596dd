"""The gradients that a curve may show: those of the function that is asked for, which also bend as its derivative does.

A polynomial around the same numbers, such as ``sin(v) + cos(v) * (x - v) + (x - v) ** 2`` with ``v = x.detach()``, has
at every point the value and the slope that were put into it. It is told from the function by how its gradient changes,
which the recorder notes for the first passes of a line. Where that is not known, these passes answer for the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from grader.judging.curves.computed_gradient import ComputedGradient
from grader.language.closeness import Tolerance, close
from grader.language.expression import Direction, Expression, Nearby, Undefined
from grader.language.expression.nearby import FURTHER_STEP, STEP, Further
from grader.model import Array

Floats = npt.NDArray[np.float64]

OUTLIERS = 0.1
"""The share of elements that may change otherwise: rounding disturbs second derivatives where they are steep."""
MAX_COMPARED = 1_000
"""Passes of a run, as many as the recorder notes and more."""
_UNKNOWN = Undefined("it is not known how it changes")
_CHANGING = frozenset({"leaf", "gradient", "output", "root"})


class MeantGradients:
    """Tells of each gradient whether a curve may show it. ``of`` is a condition on its pass; None: any gradient."""

    def __init__(self, of: Expression | None, tolerance: Tolerance) -> None:
        self._of = of
        self._tolerance = tolerance
        self._bends: dict[ComputedGradient, bool | None] = {}

    def __call__(self, computed: ComputedGradient) -> bool:
        if self._of is None:
            return True
        if not self._of.holds(computed.variables, tolerance=self._tolerance):
            return False
        own = self._bends_right(computed)
        if own is not None:
            return own
        known = [found for one in computed.earlier if (found := self._bends_right(one)) is not None]
        return 2 * sum(known) >= len(known)

    def _bends_right(self, computed: ComputedGradient) -> bool | None:
        """Whether the gradient of a pass of which the condition holds changes as it should; None where that is not
        known.
        """
        if computed not in self._bends:
            if computed.bend is None or len(self._bends) >= MAX_COMPARED:
                return None
            self._bends[computed] = self._compared(computed)
        return self._bends[computed]

    def _compared(self, computed: ComputedGradient) -> bool | None:
        assert self._of is not None
        # A tangent is known to be one in the beginning of a loop only.
        variables = {**computed.variables, "affine": False}
        directions = [] if computed.hands else directions_of(variables, computed.bend)
        if not directions or not self._of.holds(variables, tolerance=self._tolerance):
            return None
        moved = Nearby(variables, lambda *, alike_only: directions, zeros_count=True)
        return self._of.holds(moved, tolerance=self._tolerance)


@np.errstate(all="ignore")
def directions_of(variables: Mapping[str, object], bend: Array | None) -> list[Direction]:
    """The variables of a pass while each element of its leaf moves by another distance; none if it is not known."""
    leaf, gradient, bends = (_floats(found) for found in (variables["leaf"], variables["gradient"], bend))
    if leaf is None or gradient is None or bends is None or not leaf.shape == gradient.shape == bends.shape:
        return []
    if not leaf.size or not np.isfinite(leaf).all():
        return []
    # Different distances, so that the changes of a sum of odd values do not cancel.
    speeds = np.random.default_rng(0).uniform(0.5, 1.5, leaf.shape)
    rates = _of_results(variables, speeds * gradient)
    changes = _of_results(variables, speeds**2 * bends)

    def moved(by: float, *, further: bool) -> dict[str, object]:
        found: dict[str, object] = {name: _UNKNOWN if name in _CHANGING else variables[name] for name in variables}
        found["leaf"] = _shifted(variables["leaf"], by * speeds)
        if not further:
            found["gradient"] = _shifted(variables["gradient"], by * speeds * bends)
        for name in rates.keys() & changes.keys():
            found[name] = _shifted(variables[name], by * rates[name] + by**2 / 2 * changes[name])
        return found

    return [
        Direction(
            leaf="leaf",
            alike=True,
            whole=False,
            below=moved(-STEP, further=False),
            above=moved(STEP, further=False),
            step=STEP,
            further=Further(
                below=moved(-FURTHER_STEP, further=True),
                here=moved(0.0, further=True),
                above=moved(FURTHER_STEP, further=True),
                step=FURTHER_STEP,
            ),
            outliers=OUTLIERS,
        )
    ]


def _of_results(variables: Mapping[str, object], changes: Floats) -> dict[str, Floats]:
    """How much output and root change where the weighed sum of the output changes by these parts."""
    output, weights, root = (_floats(variables[name]) for name in ("output", "weights", "root"))
    found: dict[str, Floats] = {}
    if output is None or weights is None or weights.shape != output.shape:
        return found
    with np.errstate(all="ignore"):
        if output.shape == changes.shape:
            found["output"] = np.where(weights != 0, changes / weights, np.nan)
        elif output.size == 1:
            found["output"] = np.reshape(changes.sum() / weights.sum(), output.shape)
        if root is not None and root.shape == output.shape and "output" in found:
            found["root"] = found["output"]
        elif root is not None and root.size == 1 and _is_sum(root, weights * output):
            found["root"] = np.full(root.shape, changes.sum())
    return found


def _is_sum(root: Floats, parts: Floats) -> bool:
    return bool(close(np.asarray(parts.sum()), root.reshape(()), Tolerance(rtol=1e-3, atol=1e-3)).all())


def _shifted(value: object, by: Floats) -> object:
    data = _floats(value)
    assert isinstance(value, Array)
    return _UNKNOWN if data is None else replace(value, data=data + by)


def _floats(value: object) -> Floats | None:
    if not isinstance(value, Array) or value.data is None or value.data.dtype.kind != "f":
        return None
    return np.asarray(value.data, np.float64)
