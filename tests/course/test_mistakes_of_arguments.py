"""Arguments of hidden calls that do not fit together, and checks of calls that ask for nothing, are mistakes."""

from __future__ import annotations

import pytest

from grader.judging.checks.function import FunctionCheck
from grader.judging.functions.argument_entries import TensorEntry
from tests.course.exercise_files import HEAD, load, of_check

pytestmark = pytest.mark.usefixtures("in_folder")
FUNCTION = "kind: function, function: f"


def one(fields: str) -> str:
    (text,) = of_check(f"{{id: a, {fields}}}")
    return text.removeprefix("x.yaml:5: checks[0]")


def test_a_function_of_which_nothing_is_asked() -> None:
    assert one(f"{FUNCTION}, inputs: [normal: [2]]").startswith(": every function that raises nothing passes; say what")


def test_mappings_of_arguments_in_another_order() -> None:
    sets = "[{x: {normal: [3]}, y: 2.0}, {y: 3.0, x: {normal: [3]}}]"
    text = one(f"{FUNCTION}, arguments: {sets}, expect: {{output: reference}}")
    assert text.startswith(".arguments[1]: has another order than the first mapping, where they are `x`, `y`")


def test_mappings_of_arguments_with_other_names() -> None:
    sets = "[{x: {normal: [3]}, y: 2.0}, {x: {normal: [3]}, z: 3.0}]"
    text = one(f"{FUNCTION}, arguments: {sets}, expect: {{output: x + y}}")
    assert text.startswith(
        ".arguments[1]: `y` is missing, which a line of this check reads; the arguments are `x`, `z`"
    )


@pytest.mark.parametrize(
    "fields",
    [
        "arguments: [{x: {normal: [3]}, y: 2.0}, {x: {normal: [3]}}], expect: {output: reference}",
        "arguments: [{x: {normal: [3]}, y: 2.0}, {y: 3.0, x: {normal: [3]}}], by-name: [y], expect: {output: x + y}",
        "arguments: [{x: {normal: [3]}}, {x: {normal: [2, 3]}}], expect: {output: 2 * x}",
    ],
)
def test_arguments_that_have_defaults_may_be_left_out(fields: str) -> None:
    load(f"{HEAD}  - {{id: a, {FUNCTION}, {fields}}}\n")


def test_calls_of_a_module_where_nothing_is_drawn() -> None:
    fields = "kind: module, module: M, parameters: own, arguments: {x: {value: [1.0]}}, expect: {output: reference}"
    assert one(f"{fields}, calls: 3").startswith(": `calls` means nothing here: nothing is drawn")
    load(f"{HEAD}  - {{id: a, {fields.replace('parameters: own', 'parameters: drawn')}, calls: 3}}\n")


def test_wrong_inputs_hide_no_unknown_name_and_no_idle_line_elsewhere() -> None:
    found = of_check(
        f"{{id: a, {FUNCTION}, inputs: [norml: 2], expect: {{outptu: inputt ** 2}}}}",
    )
    assert any("`outptu`; did you mean `output`?" in text for text in found)
    assert any("`inputt`; did you mean `input`?" in text for text in found)
    other = "  - {id: b, kind: backward, given: 'passes >= 0'}\n"
    text = "\n".join(of_check("{id: a, kind: plot, zzz: 3}\n" + other.rstrip()))
    assert "checks[0].zzz" in text
    assert "checks[1].given: `passes >= 0`" in text


def test_a_function_of_any_name_that_gets_only_numbers_has_to_be_pinned_down() -> None:
    text = one("kind: function, function: any, arguments: {x: 3}, holds: output > 2")
    assert text.startswith(": `function: any` finds a function in every file that has some helper: `the sum of all")
    load(f"{HEAD}  - {{id: a, kind: function, function: any, arguments: {{x: 3}}, holds: output == 17}}\n")


def test_which_arguments_require_a_gradient_is_said_once_for_all() -> None:
    fields = "arguments: {w: [{normal: [3]}], X: {normal: [3], requires-grad: true}, y: {tuple: [{normal: [3]}]}}"
    text = f"{HEAD}  - {{id: a, {FUNCTION}, requires-grad: w, {fields}, expect: {{output: 2 * X}}}}\n"
    (check,) = load(text).checks
    assert isinstance(check, FunctionCheck)
    tensors = {
        name: [one for _, one in entry.parts() if isinstance(one, TensorEntry)]
        for name, entry in check.arguments[0].items()
    }
    assert {name: [one.can_have_gradient for one in found] for name, found in tensors.items()} == {
        "w": [True],
        "X": [True],
        "y": [False],
    }
    wrong = one(f"{FUNCTION}, requires-grad: v, {fields}, expect: {{output: 2 * X}}")
    assert "`requires-grad` lists `v`, which is no argument here" in wrong
    assert "`requires-grad` is for `arguments`" in one(
        f"{FUNCTION}, requires-grad: [], inputs: [normal: [3]], expect: {{output: 2 * input}}"
    )
