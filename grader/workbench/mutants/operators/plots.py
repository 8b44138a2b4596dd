"""Curves: one for the other, against something else, with a factor."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.workbench.mutants.code import Change, Code, Operator
from grader.workbench.mutants.data_makers import called_name

DRAWS = ("plot", "scatter", "semilogx", "semilogy", "loglog", "stem", "step")


def _drawn(code: Code) -> Iterator[ast.Call]:
    for call in code.calls():
        if called_name(call) in DRAWS and len(call.args) >= 2:
            yield call


def _other_series(code: Code) -> Iterator[Change]:
    """A curve is drawn twice, and another one not at all."""
    curves = [call.args[1] for call in _drawn(code)]
    for first in curves:
        for second in curves:
            if first is not second and code.written(first) != code.written(second):
                yield code.replaced(first, code.written(second))


def _swapped_axes(code: Code) -> Iterator[Change]:
    for call in _drawn(code):
        first, second = call.args[:2]
        yield Change(
            start=code.start(first), end=code.end(second), text=f"{code.written(second)}, {code.written(first)}"
        )


def _without_x(code: Code) -> Iterator[Change]:
    for call in _drawn(code):
        yield code.dropped_argument(call, call.args[0])


def _scaled(code: Code) -> Iterator[Change]:
    for call in _drawn(code):
        yield code.replaced(call.args[1], f"2 * {code.grouped(call.args[1])}")


def _flipped(code: Code) -> Iterator[Change]:
    for call in _drawn(code):
        yield code.replaced(call.args[1], f"-{code.grouped(call.args[1])}")


def _half(code: Code) -> Iterator[Change]:
    for call in _drawn(code):
        first, second = call.args[:2]
        half = f"{code.grouped(first)}[::9], {code.grouped(second)}[::9]"
        yield Change(start=code.start(first), end=code.end(second), text=half)


OPERATORS = (
    Operator(name="other-series", about="a curve is drawn in the place of another", changes=_other_series),
    Operator(name="swap-axes", about="x and y of a curve are swapped", changes=_swapped_axes),
    Operator(name="drop-x", about="a curve is drawn without its x", changes=_without_x),
    Operator(name="double-series", about="a curve is drawn twice as high", changes=_scaled),
    Operator(name="flip-series", about="a curve is drawn upside down", changes=_flipped),
    Operator(name="thin-series", about="a ninth of the points is drawn", changes=_half),
)
