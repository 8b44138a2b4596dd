"""Kind ``plot``: a figure shows a certain curve, as a line or as points. Other curves do not matter."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from grader.judging import drawn_curves
from grader.judging.candidates import Candidate, Phrases, all_hold, decide, tolerance_of
from grader.judging.checks.base import Check
from grader.judging.context import Context
from grader.judging.differentiated_points import leaves_of
from grader.judging.observed import Observed
from grader.language.closeness import Tolerance
from grader.language.expression import Expression
from grader.model import Array, Curve, Figure, Probes, RunPlace, Verdict

Floats = npt.NDArray[np.float64]

CURVE_TOLERANCE = 1e-3
"""Relative to the height of the curve."""
MAX_ABSCISSAS = 20
"""Leaves that are tried as the x of a curve that was drawn without x."""
MAX_DRAWN = 2_000
"""Curves that are examined; a curve counts once for every x that is tried."""
MAX_ELEMENTS = 4_000_000
"""Points of all these curves."""


class PlotCheck(Check):
    """Looks at all curves of all figures, whether shown, saved, closed or left open."""

    kind: Literal["plot"]
    labels: bool = Field(default=False, description="The axes must have labels.")
    legend: bool = Field(default=False, description="There must be a legend.")
    figure_title: bool = Field(default=False, alias="figure-title", description="The axes must have a title.")

    def variables(self) -> frozenset[str]:
        return frozenset(
            {"x", "y", "points", "span", "source", "label", "is_gradient", "differentiated", "slope_of", "single"}
        )

    def probes(self, exercise: str, seed: int) -> Probes:
        return Probes(second_run=self._asks_for_source())

    def judge(self, context: Context) -> Verdict:
        verdict = decide(self, context, list(self._candidates(context)), _PHRASES)
        if verdict.status == "failed" and verdict.found and self._undecided(verdict):
            return replace(
                verdict,
                status="manual",
                message="The curve is right, but it came out differently when the code ran again, so the grader "
                "cannot tell where its values come from. A person has to look.",
            )
        return verdict

    def wants_second_run(self, context: Context) -> bool:
        if not self._asks_for_source():
            return False
        lines = [line for line in self.given if "source" not in line.names]
        return any(all_hold(lines, one, tolerance_of(self, one)) for one in self._candidates(context))

    def _asks_for_source(self) -> bool:
        return any("source" in line.names for line in self._lines())

    def _lines(self) -> Iterator[Expression]:
        yield from self.given
        yield from self.holds
        for line in self.expect:
            yield from line
        if isinstance(self.evidence, Expression):
            yield self.evidence

    def _undecided(self, verdict: Verdict) -> bool:
        return verdict.variables[0].get("source") == "unknown" and any("source" in line.names for line in self.holds)

    def _candidates(self, context: Context) -> Iterator[Candidate]:
        observed, own_code = context.subject.observed, context.subject.own_code
        sources = context.sources or {}
        for curve in observed.once(_drawn, lambda: tuple(_bounded(_drawn(observed)))):
            if self._has_wanted_labels(curve.figure):
                # A function that was handed out may draw what is the student's own.
                drawn_by_own = own_code.is_own(curve.place)
                yield Candidate(
                    position=curve.position,
                    place=curve.place if drawn_by_own else curve.figure.place,
                    variables={
                        **curve.variables,
                        **self._relations(observed, curve),
                        "source": sources.get(curve.key, "other"),
                    },
                    noun=curve.noun,
                    tolerance=curve.tolerance,
                    thing=curve.thing,
                    is_own=drawn_by_own or own_code.is_own_figure(curve.figure.place),
                )

    def _relations(self, observed: Observed, curve: _Drawn) -> dict[str, object]:
        """Those variables that look at the rest of the submission, as far as the check uses them."""
        x, y = curve.variables["x"], curve.variables["y"]
        assert isinstance(x, Array)
        assert isinstance(y, Array)
        if x.data is None or y.data is None:
            return {}
        found: dict[str, object] = {}
        if "is_gradient" in self._names_used:
            found["is_gradient"] = drawn_curves.is_gradient(observed, y.data)
        if "differentiated" in self._names_used:
            found["differentiated"] = drawn_curves.is_differentiated(observed, x.data, y.data)
        if "slope_of" in self._names_used:
            found["slope_of"] = drawn_curves.slope_of(observed, x.data, y.data)
        return found

    @cached_property
    def _names_used(self) -> frozenset[str]:
        return frozenset().union(*(line.names for line in self._lines()))

    def _has_wanted_labels(self, figure: Figure) -> bool:
        wanted = ((self.labels, figure.labels), (self.legend, figure.legend), (self.figure_title, figure.titles))
        return all(there for needed, there in wanted if needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """A curve with a possible x, without its source. ``key`` is the number of the figure and of the curve in it.

    ``thing`` is equal for one curve in several figures, as where a figure was saved and then shown.
    """

    position: int
    figure: Figure
    key: tuple[int, int]
    place: RunPlace
    thing: object
    variables: Mapping[str, object]
    noun: str
    tolerance: Tolerance
    shape: tuple[int, ...]


def _drawn(observed: Observed) -> Iterator[_Drawn]:
    figures = [(position, event) for position, event in enumerate(observed.events) if isinstance(event, Figure)]
    for number, (position, figure) in enumerate(figures):
        for curve_number, curve in enumerate(figure.curves):
            for x in _abscissas(curve, observed):
                yield _Drawn(
                    position=position,
                    figure=figure,
                    key=(number, curve_number),
                    place=curve.place,
                    thing=curve.token or (number, curve_number),
                    variables=_variables(curve, x),
                    noun=f'the curve "{curve.label}"' if curve.label[:1] not in ("", "_") else "the curve",
                    tolerance=_tolerance(curve.y.data),
                    shape=x.shape,
                )


def _bounded(curves: Iterable[_Drawn]) -> Iterator[_Drawn]:
    """The first curves, as many as one check examines."""
    room = MAX_ELEMENTS
    for curve in islice(curves, MAX_DRAWN):
        yield curve
        room -= 2 * math.prod(curve.shape)
        if room < 0:
            break


def _abscissas(curve: Curve, observed: Observed) -> Iterator[npt.NDArray[np.float64]]:
    """A curve's x; if it was drawn without x, also the leaves of backward passes."""
    assert curve.x.data is not None  # the decoder rejects curves without data
    yield curve.x.data
    if curve.default_x:
        leaves = observed.once(leaves_of, lambda: _by_shape(leaves_of(observed.events)))
        yield from leaves.get(curve.x.shape, ())


def _by_shape(leaves: Iterable[Floats]) -> dict[tuple[int, ...], list[Floats]]:
    """The first ``MAX_ABSCISSAS`` leaves of each shape."""
    found: dict[tuple[int, ...], list[Floats]] = {}
    for leaf in leaves:
        alike = found.setdefault(leaf.shape, [])
        if len(alike) < MAX_ABSCISSAS:
            alike.append(leaf)
    return found


def _variables(curve: Curve, x: Floats) -> dict[str, object]:
    """The variables of a curve. Points that matplotlib does not draw, such as those of masked arrays, are left out."""
    y = curve.y.data
    assert y is not None  # the decoder rejects curves without data
    there = np.isfinite(x) & np.isfinite(y)
    if there.any() and not there.all():
        x, y = x[there], y[there]
    finite = x[np.isfinite(x)]
    with np.errstate(over="ignore"):
        span = float(finite.max() - finite.min()) if finite.size else 0.0
    return {
        "x": replace(curve.x, data=x, shape=x.shape),
        "y": replace(curve.y, data=y, shape=y.shape),
        "points": int(np.unique(x).size),
        "span": span,
        "source": "other",
        "label": curve.label,
        "single": _is_single(y),
    }


@np.errstate(all="ignore")
def _is_single(y: Floats | None) -> bool:
    """Whether all values are numbers of 32 bits: torch's are, and numpy's are not, where nobody asks for others."""
    return y is not None and bool((y.astype(np.float32) == y).all())


def _tolerance(y: npt.NDArray[np.float64] | None) -> Tolerance:
    finite = np.zeros(1) if y is None else y[np.isfinite(y)]
    with np.errstate(over="ignore"):
        height = float(finite.max() - finite.min()) if finite.size else 0.0
    # An infinite tolerance would accept every curve.
    return Tolerance(rtol=0.0, atol=CURVE_TOLERANCE * height if math.isfinite(height) else 0.0)


def _broken(candidate: Candidate, line: Expression) -> str:
    if line.equation == ("source", "autograd"):
        return "The curve has the right values, but they are not gradients that autograd computed."
    return f"{candidate.noun[0].upper()}{candidate.noun[1:]} is there, but `{line.text}` does not hold."


_PHRASES = Phrases(
    thing="curve",
    things="curves",
    nothing="No figure shows the curve that is asked for.",
    passed=lambda candidate: f"A figure shows it: {candidate.noun}.",
    broken=_broken,
)
