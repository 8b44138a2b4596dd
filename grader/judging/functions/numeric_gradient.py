"""Numerical differentiation, and the comparison of autograd's gradients with its results.

The sandbox calls the function at shifted inputs (``grader.runtime.execute.shifted_calls``); this module computes
central differences. They are accurate to about nine digits in float64, to about four for functions that only take
float32, and to less near a kink or where rounding errors grow. So a slope that autograd does not agree with counts only
where steps of half the size give the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from grader.judging.comparison import Comparison, compare
from grader.judging.functions.derivatives import Derivative
from grader.language.closeness import tolerance_for
from grader.language.values import Numbers, Undefined, numbers, show
from grader.model import Array, FunctionCall, Opaque, Shifts, Structure

DEFAULT_TOLERANCE = 1e-4
"""Relative to the greatest slope at the same input."""
_EPSILON = {"float64": float(np.finfo(np.float64).eps), "float32": float(np.finfo(np.float32).eps)}
_KINK = {"float64": 1e-3, "float32": 5e-2}
"""If the slopes on both sides differ by more than this share of the greatest slope, the function has a kink. Smaller
differences may come from curvature, which has more effect over the larger steps of float32."""
_SAME_KINK = 0.05
"""Over half the step the slopes at a kink differ by as much, but for this share; where a slope is infinite, by more."""
_FLAT = 1e-5
"""Smaller differences of the slopes on both sides are ignored: curvature causes them even where the slope is zero."""
_TOO_NOISY = 1e-2
"""A slope counts as not measured if its rounding error may exceed this share of it."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredSlopes:
    """Slopes along several steps. Arrays have the shape (steps,); ``steps``, the unit vectors, (steps, elements).

    ``blur`` bounds the rounding error. ``known`` is False near a kink, where the function is not defined, and where
    rounding hides the slope.
    """

    steps: Floats
    values: Floats
    blur: Floats
    known: npt.NDArray[np.bool_]
    dtype: str
    between: npt.NDArray[np.bool_] | None = None
    """Where the function has a kink between two slopes: they are the same over half the step. None: not measured."""
    doubt: Floats | None = None
    """How much the slopes over steps of half the size differ, or how large a kink may be; None: not measured."""

    @property
    def by_element(self) -> bool:
        """Whether step ``i`` moves element ``i`` alone."""
        return self.steps.shape[0] == self.steps.shape[1] and bool(np.array_equal(self.steps, np.eye(len(self.steps))))


def compare_call(
    call: FunctionCall, derivative: Derivative, size: int, *, tolerance: float | None
) -> Comparison | None:
    """Compare a gradient of a function call with the slopes around an argument, which has ``size`` elements.

    None if the slopes cannot be measured or cannot decide.
    """
    if call.error is not None:
        return compare(None, Undefined("the function raised an error"))
    # Several values in the place of one tensor are not differentiated (``without_gradients``).
    if not isinstance(call.output, Array | Structure) or (isinstance(call.output, Structure) and not call.arguments):
        return compare(None, Undefined("the function returns no tensor"))
    shifts = call.of(derivative.path).shifts
    if shifts is None:
        return None
    found = {"gradient": shifts.gradient, "second": shifts.second, "weighed_gradient": shifts.weighed}
    gradient = found[derivative.name]
    return compare_with_slopes(gradient, measure_slopes(shifts, derivative, size), derivative, tolerance=tolerance)


@np.errstate(all="ignore")
def measure_slopes(shifts: Shifts, derivative: Derivative, size: int) -> MeasuredSlopes | None:
    """Slopes of the output's sum, of the gradient's sum for ``second``, or of the sum of the weighed output for
    ``weighed_gradient``, at an argument of ``size`` elements.

    None if nothing was measured, or if the shapes of the arrays do not match: the student's process wrote them.
    """
    recorded = {"gradient": shifts.outputs, "second": shifts.slopes, "weighed_gradient": shifts.weighed_outputs}
    differences = _differences(shifts.steps, recorded[derivative.name], size)
    steady = _floats(shifts.steady)
    if differences is None or steady is None or steady.shape != differences.values.shape:
        return None
    directions, lengths, values, gap, sums = differences
    blur = 2 * _EPSILON[shifts.dtype] * np.abs(sums).max(axis=1) / lengths
    scale = max(np.abs(values[np.isfinite(values)]).max(initial=0.0), _FLAT)
    known = (
        (steady != 0)
        & np.isfinite(values)
        & np.isfinite(sums[:, 1])
        & (np.abs(gap) <= _KINK[shifts.dtype] * scale + 4 * blur + _FLAT)
        & (blur <= _TOO_NOISY * max(scale, 1e-3))
    )
    halves = {"gradient": shifts.half_outputs, "second": shifts.half_slopes}
    half = _differences(shifts.half_steps, halves.get(derivative.name, shifts.half_weighed_outputs), size)
    doubt = between = None
    if half is not None and half.values.shape == values.shape:
        # Over half the step, the slopes below and above differ half as much by curvature, but as much by a kink.
        kink = np.abs(2 * half.gap - gap)
        doubt = np.maximum(np.abs(half.values - values), kink / 2)
        between = ~known & (steady != 0) & (np.abs(half.gap - gap) <= _SAME_KINK * np.abs(gap))
    return MeasuredSlopes(
        steps=directions, values=values, blur=blur, known=known, dtype=shifts.dtype, between=between, doubt=doubt
    )


class _Differences(NamedTuple):
    """Central differences along some steps: ``gap`` is how much larger the slope above is than that below."""

    directions: Floats
    lengths: Floats
    values: Floats
    gap: Floats
    sums: Floats


def _differences(steps: Array | None, sums: Array | None, size: int) -> _Differences | None:
    read_steps, read = (None if array is None else _floats(array) for array in (steps, sums))
    if read_steps is None or read is None or read_steps.ndim != 2 or read_steps.shape[1] != size or not len(read_steps):
        return None
    if read.shape != (len(read_steps), 3):
        return None
    lengths = np.linalg.norm(read_steps, axis=1)
    below, at, above = read.T
    values, gap = (above - below) / (2 * lengths), ((above - at) - (at - below)) / lengths
    return _Differences(read_steps / lengths[:, None], lengths, values, gap, read)


@np.errstate(all="ignore")
def compare_with_slopes(
    gradient: Array | None, measured: MeasuredSlopes | None, derivative: Derivative, *, tolerance: float | None
) -> Comparison | None:
    """Compare autograd's gradient with the measured slopes; None if they cannot decide.

    They cannot decide either if autograd gave no gradient and the slope is zero, because the output does not depend on
    the input there. ``tolerance`` is relative to the greatest slope.
    """
    if measured is None:
        return None
    if (no_number := _nan_at_a_kink(gradient, measured)) is not None:
        return no_number
    if not measured.known.any():
        return None
    wanted = measured.values
    scale = float(np.abs(wanted[measured.known]).max())
    base = tolerance_for((measured.dtype, gradient.dtype) if gradient is not None else (measured.dtype,)).atol
    allowed = (DEFAULT_TOLERANCE if tolerance is None else tolerance) * scale + base + measured.blur
    if measured.doubt is not None:
        # An error of the slopes must not make a right gradient wrong.
        measured = replace(measured, known=measured.known & (measured.doubt <= allowed / 2))
    known = measured.known
    if not known.any():
        return None
    of_what = "slope of the gradient" if derivative.name == "second" else "slope"
    if gradient is None:
        if (np.abs(wanted[known]) <= allowed[known]).all():
            return None
        first = int(np.argmax(known & (np.abs(wanted) > allowed)))
        message = (
            f"is None where the {of_what} measured is {_number(wanted[first])}: on its way to the result, "
            f"{derivative.noun} is cut off from the graph, as `detach`, `item`, `data` and new tensors do"
        )
        return _outcome(message, None, wanted, measured, share=0.0, kind="none")
    found = numbers(gradient)
    data = found[0] if isinstance(found, tuple) else None
    if data is None or data.size != measured.steps.shape[1]:
        return _outcome(f"has shape {gradient.shape}, unlike {derivative.noun}", None, wanted, measured, share=0.0)
    actual = data.ravel() if measured.by_element else measured.steps @ data.ravel()
    agree = np.abs(actual - wanted) <= allowed
    wrong = known & ~agree
    if not wrong.any():
        return _outcome("is as measured", actual, wanted, measured, share=1.0)
    first = int(np.argmax(wrong))
    message = f"is {_number(actual[first])} where the {of_what} measured {_where(first, gradient.shape, measured)} is "
    message += _number(wanted[first])
    count, asked = int(wrong.sum()), int(known.sum())
    if asked > 1:
        message += f" ({'all' if count == asked else count} of {asked} {_things(measured)} are wrong)"
    kind: Literal["nan", "values"] = "nan" if np.isnan(actual[wrong]).any() else "values"
    return _outcome(message, actual, wanted, measured, share=1 - count / asked, kind=kind)


def _nan_at_a_kink(gradient: Array | None, measured: MeasuredSlopes) -> Comparison | None:
    """A gradient that is NaN where the function has a kink: there it may be anything from one slope to the other."""
    found = None if gradient is None or not measured.by_element else numbers(gradient)
    data = found[0].ravel() if isinstance(found, tuple) and found[0].dtype.kind == "f" else None
    between = measured.between
    if gradient is None or data is None or between is None or data.size != len(measured.values):
        return None
    wrong: npt.NDArray[np.bool_] = between & np.isnan(data)
    if not wrong.any():
        return None
    where = _where(int(np.argmax(wrong)), gradient.shape, measured)
    return Comparison(
        equal=False,
        kind="nan",
        message=f"is NaN {where}, where the function has a kink: autograd must give a number there",
        share=1 - int(wrong.sum()) / len(data),
        values=(gradient, Opaque(kind="other", text="a number")),
    )


def _outcome(
    message: str,
    actual: Numbers | None,
    wanted: Floats,
    measured: MeasuredSlopes,
    *,
    share: float,
    kind: Literal["none", "nan", "values"] = "values",
) -> Comparison:
    """A Comparison of the steps whose slope is known."""
    known = measured.known
    return Comparison(
        equal=share == 1.0,
        kind="equal" if share == 1.0 else kind,
        message=message,
        share=share,
        values=(None if actual is None else _as_array(actual[known]), _as_array(wanted[known])),
    )


def _where(step: int, shape: tuple[int, ...], measured: MeasuredSlopes) -> str:
    if not measured.by_element:
        return "along a direction drawn at random"
    if not shape or measured.steps.shape[1] == 1:
        return "at that point"
    return f"at [{', '.join(str(int(index)) for index in np.unravel_index(step, shape))}]"


def _things(measured: MeasuredSlopes) -> str:
    return "elements" if measured.by_element else "directions"


def _as_array(values: Numbers) -> Array:
    shown = values.reshape(()) if values.size == 1 else values
    return Array(kind="ndarray", dtype="float64", shape=shown.shape, data=shown)


def _number(value: Any) -> str:
    """A measured number, with as many digits as are accurate."""
    return show(complex(value) if isinstance(value, complex) else float(value), digits=5)


def _floats(array: Array) -> Floats | None:
    found = numbers(array)
    if not isinstance(found, tuple) or found[0].dtype.kind == "c":
        return None
    return np.asarray(found[0], dtype=np.float64)
