"""How curves would change in a second run, where the first one shows it: the arithmetic by itself, and whole runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.judging.curves.curve_sources import figures_of
from grader.judging.curves.known_changes import known_changes
from grader.model import Array, Backward, Curve, Figure, Observation, Outcome, Probes
from tests.helpers.backward_events import HERE
from tests.helpers.observing import Observer
from tests.judging.curve_forms import (
    ANYBODY,
    DRAWN_OTHERWISE,
    HANDED_OUT,
    KEPT_ELSEWHERE,
    READ_BACK,
    RIGHT,
    SETUP,
    TANGENTS,
    WRONG,
)
from tests.judging.test_curve_sources import COSINE, X, array, backward, change_of, sources

TOKEN = 5


def drawn(values: Any, **fields: Any) -> Figure:
    y = array(np.asarray(values))
    curve = Curve(axes=0, x=array(X), y=y, label="", default_x=False, place=HERE, **fields)
    return Figure(place=HERE, curves=(curve,), titles=(), labels=(), legend=())


def passed(gradient: Any = COSINE, **fields: Any) -> Backward:
    event = backward(X, np.sin(X), gradient, **fields)
    (leaf,) = event.leaves
    assert leaf.grad_after is not None
    return replace(event, leaves=(replace(leaf, grad_after=replace(leaf.grad_after, token=TOKEN)),))


def known(*events: Any) -> Any:
    (change,) = known_changes(Observation(events=events, outcome=Outcome.COMPLETED)).values()
    return change


class TestArithmetic:
    def test_a_curve_without_gradients_would_not_change(self) -> None:
        assert not known(passed(), drawn(COSINE, untouched=True)).any()

    def test_a_gradient_would_change_as_its_pass_does(self) -> None:
        assert np.array_equal(known(passed(line=3), drawn(COSINE, gradient=TOKEN)), change_of(X, 3))

    def test_of_others_it_is_not_known(self) -> None:
        assert known(passed(), drawn(COSINE)) is None
        assert known(passed(), drawn(COSINE, gradient=TOKEN + 1)) is None
        assert known(drawn(COSINE, gradient=TOKEN), passed()) is None

    def test_a_claim_that_the_record_of_the_pass_does_not_bear_out_is_not_believed(self) -> None:
        assert known(passed(2 * X), drawn(COSINE, gradient=TOKEN)) is None
        assert known(passed(COSINE[:50]), drawn(COSINE, gradient=TOKEN)) is None
        for fields in ({"create_graph": True}, {"order": 2}, {"group": 1}, {"call": "grad"}):
            assert known(passed(**fields), drawn(COSINE, gradient=TOKEN)) is None
        event = passed()
        before = replace(event.leaves[0], grad_before=Array(kind="tensor", dtype="float64", shape=(100,), data=COSINE))
        assert known(replace(event, leaves=(before,)), drawn(COSINE, gradient=TOKEN)) is None


def observed(observe: Observer, code: str) -> Observation:
    return observe(SETUP + code, format="ipynb", probes=Probes(second_run=True))


def sources_without_second_run(observation: Observation) -> list[str | None]:
    """The sources of curves as the first run alone shows them; None where it does not."""
    changes = known_changes(observation).values()
    figures = [
        replace(
            figure,
            curves=tuple(
                replace(curve, y=replace(curve.y, data=_changed(curve.y.data, next(left)))) for curve in figure.curves
            ),
        )
        for left in [iter(changes)]
        for figure in figures_of(observation)
    ]
    found = sources(observation, figures)
    return [None if change is None else source for change, source in zip(changes, found, strict=True)]


def _changed(values: Any, change: Any) -> Any:
    return values if change is None else values * (1 + change * 2.0**-20)


CATEGORIES = {"autograd": RIGHT | KEPT_ELSEWHERE, "other": WRONG | TANGENTS, "unknown": ANYBODY}
FORMS = {name: (source, code) for source, forms in CATEGORIES.items() for name, code in forms.items()}
SPARED = frozenset(
    {
        *("grad", "a list of its values", "a dot product", "64 bits", "two leaves", "a matrix", "a module", "where"),
        *(
            "complex numbers",
            "a series",
            "an addition theorem",
            "cleared by an optimizer",
        ),
        *("two sines of half the angle", "the tangent of half the angle", "compared with a cosine first"),
        *("a helper that differentiated the cosine before", "a cosine", "a cosine beside a pass", "numpy's cosine"),
        *("a shifted sine", "differences", "weights", "weights after a right pass", "weights before a right pass"),
        *("a factor", "a factor with the values of x", "a cosine times x", "a cosine times x after a right pass"),
        *("a sine that counts nothing", "a tangent with the slope put in", "a tangent with a square added"),
        *("a tangent with a square times 0", "a tangent through a power of e", "a tangent at an odd range"),
        *("a right pass and a factor from one line",),
    }
)
"""Forms of which the first run shows all, where nothing else runs beside them."""
TRIED = frozenset(
    {
        *("grad", "a helper that differentiated the cosine before", "compared with a cosine first", "weights"),
        *("a right pass and a factor from one line", "a grad that numpy wrote to", "autograd.grad"),
        *("a gradient times 0", "an assigned grad", "a cosine times a gradient of 1"),
        *("numpy", "data", "np.from_dlpack", "DisableTorchFunction", "thread", "post accumulate hook"),
        *("version set back", "named numpy", "aliased", "a print of its own", "settrace", "in a method"),
        *("two curves of equal values", "plot replaced", "a name that is bound again"),
        *("an attribute of a class", "a function with two ways out"),
    }
)
"""Of all forms, those that every run of the tests tries."""


def _each(forms: Any) -> Any:
    return [pytest.param(form, id=form, marks=[pytest.mark.exhaustive] * (form not in TRIED)) for form in forms]


@pytest.mark.parametrize("form", _each(FORMS))
def test_every_form_has_the_source_that_a_second_run_shows(observe: Observer, form: str) -> None:
    source, code = FORMS[form]
    observation = observed(observe, f"{code}\nplt.plot(x.detach(), d)")
    assert sources_without_second_run(observation) == [source if form in SPARED else None]
    draws_a_gradient = any(curve.gradient for figure in figures_of(observation) for curve in figure.curves)
    assert (observation.second_run_figures is None) == (form == "a cosine" or (form in SPARED and draws_a_gradient))


@pytest.mark.parametrize("form", _each(HANDED_OUT | DRAWN_OTHERWISE))
def test_a_second_run_decides_where_anything_else_could_have_been_drawn(observe: Observer, form: str) -> None:
    code = f"C = torch.cos(x.detach())\n{HANDED_OUT[form]}\nplt.plot(x.detach(), x.grad)" if form in HANDED_OUT else ""
    code = code or f"C = torch.cos(x.detach())\ny.sum().backward()\n{DRAWN_OTHERWISE[form]}"
    observation = observed(observe, code)
    assert sources_without_second_run(observation)[0] is None
    assert observation.second_run_figures is not None
    assert sources(observation, observation.second_run_figures)[0] == "other"


def test_values_that_are_read_back_from_a_figure_are_not_taken_for_untouched(observe: Observer) -> None:
    assert sources_without_second_run(observed(observe, "y.sum().backward()\n" + READ_BACK)) == [None, None]


def test_what_is_only_shown_leaves_other_curves_untouched(observe: Observer) -> None:
    code = """
y.sum().backward()
print(f"{x.grad}", x.grad == torch.cos(x), len(x.grad))
before = x.grad.clone()
print(before, before.shape)
x.grad.zero_()
plt.plot(x.detach(), torch.cos(x.detach()))
plt.plot(x.detach(), y.detach())
"""
    observation = observed(observe, code)
    assert sources_without_second_run(observation) == ["other", "other"]
    assert observation.second_run_figures is not None  # no curve fails by the source alone


def test_a_gradient_may_be_returned_named_and_drawn_beside_others(observe: Observer) -> None:
    code = """
def slope(f, at):
    v = at.detach().clone().requires_grad_()
    f(v).backward(torch.ones(100))
    return v.grad.detach().numpy()
x.grad
d = slope(torch.sin, x)
fig, axes = plt.subplots(1, 2)
axes[0].plot(x.detach(), y.detach(), "k", x.detach(), d, "r", label="both")
axes[1].scatter(x.detach(),
                d)
axes[1].plot(x.detach(), np.cos(x.detach()))
"""
    observation = observed(observe, code)
    assert sources_without_second_run(observation) == ["other", "autograd", "other", "autograd"]
    assert observation.second_run_figures is None


def test_equal_lines_of_several_cells_are_told_apart(observe: Observer) -> None:
    cells = [SETUP, "y.sum().backward()", "plt.plot(x.detach(), x.grad)", "plt.plot(x.detach(), x.grad)"]
    observation = observe(*cells, probes=Probes(second_run=True))
    assert sources_without_second_run(observation) == ["autograd", "autograd"]
