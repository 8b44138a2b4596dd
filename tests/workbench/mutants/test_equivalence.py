"""Whether a mutant does what the reference does: by observations made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.model import Array, ChangedNames, FunctionCall, Observation, Opaque, Outcome, Output, RunPlace
from grader.workbench.mutants.equivalence import Asked, alike, difference

NOTHING = Asked(printed=False, torch_calls=False, words_of_plots=False)
PRINTED = Asked(printed=True, torch_calls=False, words_of_plots=False)


def place(line: int) -> RunPlace:
    return RunPlace(cell=0, line=line, statement=line)


def array(*values: float, **changes: Any) -> Array:
    fields = {"kind": "tensor", "dtype": "float32", "shape": (len(values),), "data": np.array(values, dtype="float32")}
    return Array(**{**fields, **changes})


def bound(value: Any, *, line: int = 1, name: str = "y") -> ChangedNames:
    return ChangedNames(place=place(line), frame="", changed={name: value}, removed=(), stale=())


def called(branches: str, *outputs: float) -> list[FunctionCall]:
    return [
        FunctionCall(
            place=place(1), probe="p", function=0, name="f", names=("f",), input=number, output=array(output),
            error=None, branches=branches[number],
        )
        for number, output in enumerate(outputs)
    ]  # fmt: skip


def observed(*events: Any, outcome: Outcome = Outcome.COMPLETED) -> Observation:
    return Observation(events=events, outcome=outcome)


def test_equal_numbers_at_other_lines_under_rounding_are_no_difference() -> None:
    left, right = observed(bound(array(1.0, 2.0))), observed(bound(array(1.0000001, 2.0), line=7))
    assert difference(left, right, NOTHING) is None


def test_the_value_of_a_name_differs() -> None:
    left, right = observed(bound(array(1.0))), observed(bound(array(1.1)))
    assert difference(left, right, NOTHING) == "the values of `y`"


def test_values_are_compared_one_after_the_other() -> None:
    left = observed(bound(array(1.0)), bound(array(2.0)))
    assert difference(left, observed(bound(array(2.0))), NOTHING) == "the values of `y`"
    assert difference(left, observed(*left.events, bound(array(3.0), name="other")), NOTHING) is None


def test_how_the_run_ends_differs() -> None:
    assert difference(observed(), observed(outcome=Outcome.TIMEOUT), NOTHING) == "how the run ends"


def test_results_of_functions_differ_for_one_hidden_input() -> None:
    left, right = observed(*called("aa", 1.0, 2.0)), observed(*called("aa", 1.0, 2.5))
    assert difference(left, right, NOTHING) == "calls of functions"
    assert difference(left, observed(*called("aa", 1.0)), NOTHING) == "how many calls of functions there are"


@pytest.mark.parametrize("name", ["varies", "redraws"])
def test_what_further_calls_tell_counts_where_both_were_made(name: str) -> None:
    def told(value: bool | None) -> Observation:
        return observed(*(replace(one, **{name: value}) for one in called("a", 1.0)))

    assert difference(told(False), told(True), NOTHING) == "calls of functions"
    assert difference(told(False), told(None), NOTHING) is None
    assert difference(told(None), told(True), NOTHING) is None


def test_branches_are_known_by_which_calls_share_them() -> None:
    left = observed(*called("aba", 1.0, 2.0, 3.0))
    assert difference(left, observed(*called("xyx", 1.0, 2.0, 3.0)), NOTHING) is None
    assert difference(left, observed(*called("xxx", 1.0, 2.0, 3.0)), NOTHING) == "which branches functions take"


def test_functions_of_torch_count_where_a_line_asks_for_them() -> None:
    (call,) = called("a", 1.0)
    left, right = (observed(replace(call, torch_calls=names)) for names in (("exp", "sum"), ("exp", "log_softmax")))
    assert difference(left, right, NOTHING) is None
    assert difference(left, right, replace(NOTHING, ran=("exp", "*softmax"))) == "calls of functions"


def test_printed_text_counts_where_it_is_asked_for() -> None:
    left, right = (observed(Output(place=place(1), stream="stdout", text=text)) for text in ("1\n", "2\n"))
    assert difference(left, right, NOTHING) is None
    assert difference(left, right, PRINTED) == "printed lines"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (array(1.0), array(1.0, requires_grad=True)),
        (array(1.0), array(1.0, dtype="float64")),
        (array(1.0), array(1.0, 1.0)),
        (array(1.0), array(1.0, grad=array(0.0))),
        (array(1.0), Opaque(kind="none")),
        (Opaque(kind="text", text="a"), Opaque(kind="text", text="b")),
        (Opaque(kind="none"), Opaque(kind="bool", text="False")),
        ((1.0, 2.0), (1.0,)),
        ({"a": 1.0}, {"b": 1.0}),
    ],
)
def test_what_is_not_alike(left: object, right: object) -> None:
    assert not alike(left, right)
    assert alike(left, left)


def test_nan_is_alike_nan() -> None:
    assert alike(array(float("nan")), array(float("nan")))
