"""Checks that take the calls of the check whose function they are about."""

from __future__ import annotations

import pytest

from grader.judging.checks.function import FunctionCheck
from tests.course.exercise_files import HEAD, load, mistakes

pytestmark = pytest.mark.usefixtures("in_folder")
FIRST = "kind: function, function: f, expect: {output: reference}"


def pair(first: str, second: str) -> tuple[FunctionCheck, FunctionCheck]:
    text = f"{HEAD}  - {{id: values, {FIRST}, {first}}}\n  - {{id: b, kind: function, function: values, {second}}}\n"
    one, other = load(text).checks
    assert isinstance(one, FunctionCheck)
    assert isinstance(other, FunctionCheck)
    return one, other


@pytest.mark.parametrize(
    "calls",
    [
        "inputs: [{normal: [3]}, value: [1.0]]",
        "arguments: {x: {normal: [3]}, y: 2.0}, by-name: y, calls: 3, requires-grad: []",
        "arguments: [{x: {value: [1.0]}}, {x: {value: [2.0]}}]",
    ],
)
def test_where_they_name_none(calls: str) -> None:
    one, other = pair(calls, 'holds: [not ran("exp")]'.replace('"', "'"))
    assert (one.inputs, one.arguments, one.by_name, one.calls) == (
        other.inputs,
        other.arguments,
        other.by_name,
        other.calls,
    )
    (ours,), (theirs,) = one.probes("x", 0).calls, other.probes("x", 0).calls
    assert ours.id.partition("+")[0] == theirs.id.partition("+")[0]  # the same numbers, so that both share their calls


def test_and_not_where_they_name_others() -> None:
    _, other = pair("inputs: [{normal: [3]}]", "inputs: [value: [1.5]], expect: {output: reference}")
    assert [type(one).__name__ for one in other.inputs] == ["ValueInput"]
    _, other = pair("arguments: {x: {normal: [3]}}, calls: 2", "calls: 5, holds: all(output > x)")
    assert other.calls == 5


def test_and_not_of_a_function_that_has_only_this_name() -> None:
    text = f"{HEAD}  - {{id: a, {FIRST}}}\n"
    assert any("`inputs` is missing" in mistake for mistake in mistakes(text))
