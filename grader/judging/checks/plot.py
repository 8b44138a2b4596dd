"""Kind ``plot``: a figure shows a certain curve, as a line or as points. Other curves do not matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field

from grader.judging.candidates import Phrases, decide
from grader.judging.checks.base import Check
from grader.judging.checks.unknown_names import unknown_names
from grader.judging.checks.yaml_lines import Expr
from grader.judging.context import Context
from grader.judging.curves import drawn_curves
from grader.judging.curves.curve_sources import OTHER, CurveSource, source_of
from grader.judging.curves.meant_gradients import MeantGradients
from grader.judging.curves.plotted_gradients import PASS_VARIABLES, ComputedGradients
from grader.judging.curves.seen_curves import CURVE_TOLERANCE, SeenCurve, seen_curves
from grader.judging.hands_in_values import hands_in_curve
from grader.judging.observed import Observed
from grader.judging.trials import Candidate, all_hold, tolerance_of
from grader.judging.variable_kinds import COUNT, FLAG, NUMBERS, WORD, VariableKind, Word
from grader.language.closeness import Tolerance
from grader.language.expression import Expression
from grader.language.validation import MistakeCollector
from grader.model import Array, Figure, Hand, Probes, Verdict

_NEAR = Tolerance(rtol=CURVE_TOLERANCE, atol=CURVE_TOLERANCE)
"""For ``of``: as exact as curves are."""
_SHOWN_BY_SECOND_RUN = frozenset({"source", "moved"})
_UNDECIDED = (
    "The curve is right, but {reason}, so the grader cannot tell whether autograd computed it. A person has to look."
)
_NO_GRADIENTS = "The curve has the right values, but they are not gradients that autograd computed."
_NOT_THESE_GRADIENTS = (
    "The curve has the right values, and a gradient is part of them, but they are not the gradients of this function: "
    "a formula was multiplied by a gradient, or something else was differentiated."
)

_WITHOUT_LABELS = "its axes lack what `labels`, `legend` or `figure-title` ask for"

_Candidate = tuple[Candidate, str]


class PlotCheck(Check):
    """Looks at all curves of all figures, whether shown, saved, closed or left open."""

    LOOKS_AT_GRADIENTS: ClassVar[bool] = True

    kind: Literal["plot"]
    of: Expr | None = Field(
        default=None,
        description="For `source`: the passes whose gradients a curve may show, as a condition on a pass, such as "
        "`output == sin(leaf)`. It may use `leaf gradient output root weights order operations affine`.",
    )
    labels: bool = Field(default=False, description="The axes must have labels.")
    legend: bool = Field(default=False, description="There must be a legend.")
    figure_title: bool = Field(default=False, alias="figure-title", description="The axes must have a title.")

    VARIABLES: ClassVar[Mapping[str, str]] = {
        "x": "where the curve has its points",
        "y": "its heights there",
        "points": "how many points it has",
        "span": "the greatest `x` less the smallest",
        "label": "its name in the legend, as a text",
        "source": '`"autograd"` where its values are gradients that autograd computed; `"other"` for formulas and '
        'other gradients; `"unknown"` where nobody but a person can tell',
        "moved": "whether a gradient had any part in its values",
        "is_gradient": "whether all its values are among the gradients that autograd computed, in whatever figure",
        "differentiated": "whether a backward pass went from its `y` to its `x`",
        "slope_of": "how many curves have a slope that this curve comes close to",
        "single": "whether all its values are 32-bit floats, as torch makes them and numpy does not",
        "any_pass": "whether some backward pass worked",
        "summed": "where it shows the gradients of one pass in their order: how many passes that `.grad` sums",
        "leaf": "where it shows the gradients of one pass in their order: the points of that pass, else None",
    }

    PARTS: ClassVar[frozenset[str] | None] = frozenset()
    VALUES: ClassVar[Mapping[str, VariableKind]] = {
        **dict.fromkeys(("x", "y", "span", "leaf"), NUMBERS),
        **dict.fromkeys(("points", "slope_of", "summed"), COUNT),
        **dict.fromkeys(("moved", "is_gradient", "differentiated", "single", "any_pass"), FLAG),
        "source": Word(known=frozenset({"autograd", "other", "unknown"})),
        "label": WORD,
    }
    IGNORES: ClassVar[Mapping[str, str]] = {
        "names": "its expressions know no names of the student's",
        "through": "which passes a curve may show is said in `of`",
    }

    def probes(self, exercise: str, seed: int) -> Probes:
        return Probes(second_run=self._asks_for_source())

    def judge(self, context: Context) -> Verdict:
        candidates = list(self._candidates(context))
        verdict = decide(self, context, [candidate for candidate, _ in candidates], _PHRASES)
        undecided = self._undecided(candidates, replace(context, notes=None)) if verdict.status == "failed" else None
        if undecided is None:
            return verdict
        candidate, reason = undecided
        return replace(
            verdict,
            status="manual",
            message=_UNDECIDED.format(reason=reason),
            place=candidate.place,
            best_position=candidate.position,
            variables=(candidate.variables,),
            found=True,
        )

    def wants_changes(self, context: Context) -> bool:
        if not self._asks_for_source():
            return False
        lines = [line for line in self.given if line.names.isdisjoint(_SHOWN_BY_SECOND_RUN)]
        seen = [(curve, one) for curve, one, _ in self._seen_candidates(replace(context, changes=None, notes=None))]
        wanted = {curve.key for curve, one in seen if all_hold(lines, one, tolerance_of(self, one))}
        if wanted and (len(lines) < len(self.given) or self._evidence_asks_for_source()):
            wanted = {curve.key for curve, _ in seen}
        changes = {} if context.changes is None else context.changes.curves
        return any(changes.get(key) is None for key in wanted)

    def _evidence_asks_for_source(self) -> bool:
        return isinstance(self.evidence, Expression) and not self.evidence.names.isdisjoint(_SHOWN_BY_SECOND_RUN)

    def _asks_for_source(self) -> bool:
        return any(not line.names.isdisjoint(_SHOWN_BY_SECOND_RUN) for line in self._lines())

    def _lines(self) -> Iterator[Expression]:
        yield from self.given
        yield from self.holds
        for line in self.expect:
            yield from line
        if isinstance(self.evidence, Expression):
            yield self.evidence

    def _find_wrong_names(self, mistakes: MistakeCollector) -> None:
        super()._find_wrong_names(mistakes)
        for text in () if self.of is None else unknown_names(self.of, PASS_VARIABLES):
            mistakes.add(("of",), text)

    def _undecided(self, candidates: Sequence[_Candidate], context: Context) -> _Candidate | None:
        """A curve that would pass if autograd had computed it, where nobody but a person can tell, and the reason."""
        for candidate, reason in candidates:
            if reason:
                passing = replace(candidate, variables={**candidate.variables, "source": "autograd"})
                if decide(self, context, [passing], _PHRASES).status == "passed":
                    return candidate, reason
        return None

    def _candidates(self, context: Context) -> Iterator[_Candidate]:
        """The curves, each with the reason why its source is not known; empty where it is, or nobody asked."""
        return ((candidate, reason) for _, candidate, reason in self._seen_candidates(context))

    def _seen_candidates(self, context: Context) -> Iterator[tuple[SeenCurve, Candidate, str]]:
        observed, own_code = context.subject.observed, context.subject.own_code
        sources = self._sources(context)
        for curve in seen_curves(observed):
            if self._has_wanted_labels(curve.figure):
                source = sources(curve)
                # A function that was handed out may draw what is the student's own.
                drawn_by_own = own_code.is_own(curve.place)
                candidate = Candidate(
                    position=curve.position,
                    place=curve.place if drawn_by_own else curve.figure.place,
                    variables={
                        **curve.variables,
                        **self._relations(observed, curve),
                        "source": source.source,
                        "moved": source.moved,
                    },
                    noun=curve.noun,
                    tolerance=curve.tolerance,
                    thing=curve.thing,
                    is_own=drawn_by_own or own_code.is_own_figure(curve.figure.place),
                    hands=source.hands or self._hands(observed, curve),
                )
                yield curve, candidate, source.reason
            elif context.notes is not None:
                without = Candidate(
                    position=curve.position, place=curve.place, variables=curve.variables, noun=curve.noun
                )
                context.notes.leave_out([without], _WITHOUT_LABELS)

    def _sources(self, context: Context) -> Callable[[SeenCurve], CurveSource]:
        """A function that tells the source of a curve; looked up once for each, whatever x is tried."""
        if context.changes is None or not self._asks_for_source():
            return lambda curve: OTHER
        changes = context.changes.curves
        events = context.subject.observed.events
        known: dict[tuple[int, int], CurveSource] = {}
        is_meant = self.meant_gradients()

        def source(curve: SeenCurve) -> CurveSource:
            if curve.key not in known:
                computed = context.subject.observed.once(ComputedGradients, lambda: ComputedGradients(events))
                known[curve.key] = source_of(curve.y, changes.get(curve.key), computed, is_meant)
            return known[curve.key]

        return source

    def meant_gradients(self) -> MeantGradients:
        """Tells the gradients that a curve may show."""
        return MeantGradients(self.of, _NEAR)

    def _hands(self, observed: Observed, curve: SeenCurve) -> tuple[Hand, ...]:
        """The hands in the gradients that a curve has the values of, where the check asks for gradients."""
        lines = [*self.given, *self.holds, *(line for pair in self.expect for line in pair)]
        if not any("is_gradient" in line.names for line in lines):
            return ()
        y = curve.variables["y"]
        return hands_in_curve(observed, y.data if isinstance(y, Array) else None)

    def _relations(self, observed: Observed, curve: SeenCurve) -> dict[str, object]:
        """Those variables that look at the rest of the submission, as far as the check uses them."""
        x, y = curve.variables["x"], curve.variables["y"]
        assert isinstance(x, Array)
        assert isinstance(y, Array)
        if x.data is None or y.data is None:
            return {}
        shown = drawn_curves.shown_pass(observed, y.data)
        found: dict[str, object] = {
            "any_pass": bool(observed.backward_passes),
            "summed": 0 if shown is None else shown.summed,
            "leaf": None if shown is None else replace(x, data=shown.leaf, shape=shown.leaf.shape),
        }
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


def _broken(candidate: Candidate, line: Expression) -> str:
    if line.equation == ("source", "autograd"):
        return _NOT_THESE_GRADIENTS if candidate.variables["moved"] else _NO_GRADIENTS
    return f"{candidate.noun[0].upper()}{candidate.noun[1:]} is there, but `{line.text}` does not hold."


_PHRASES = Phrases(
    thing="curve",
    things="curves",
    nothing="No figure shows the curve that is asked for.",
    passed=lambda candidate: f"A figure shows it: {candidate.noun}.",
    broken=_broken,
)
