"""Names for formulas in an exercise: ``let``."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.exercise import Exercise, load_exercise
from grader.course.formulas import exercise_with_formulas
from grader.course.rubric import load_rubric
from grader.errors import ExerciseError
from grader.judging.checks.function import FunctionCheck

EXERCISE = """
id: x
title: X
statement: Do.
let: {hidden: relu(x @ w), wanted: "hidden - x[0]"}
checks:
  - {id: f, kind: function, function: f, arguments: {x: {normal: [2, 3]}, w: {normal: [3, 3]}},
     expect: {output: wanted ** 2, "output - hidden": "x[0]"}, holds: [any(output != hidden)]}
  - {id: g, any-of: [{function: f, holds: any(output == hidden)}, {function: g, holds: any(output == 1)}],
     kind: function, arguments: {x: {normal: [2, 3]}, w: {normal: [3, 3]}}}
"""
RUBRIC = """
exercise: x
checks:
  f:
    points: 1
    mistakes: [{when: output == wanted and found, say: No square.}]
    remarks: [{when: all(hidden > 0), say: All.}]
  g: {points: 1}
"""


def loaded(folder: Path, text: str = EXERCISE) -> Exercise:
    (folder / "x.yaml").write_text(text, encoding="utf-8")
    return load_exercise(folder / "x.yaml")


def test_lines_read_as_if_the_formulas_stood_there(tmp_path: Path) -> None:
    first, second = loaded(tmp_path).checks
    assert isinstance(first, FunctionCheck)
    assert [(observed.text, wanted.text) for observed, wanted in first.expect] == [
        ("output", "(relu(x @ w) - x[0]) ** 2"),
        ("output - relu(x @ w)", "x[0]"),
    ]
    assert [line.text for line in first.holds] == ["any(output != relu(x @ w))"]
    assert [way.holds[0].text for way in second.ways()] == ["any(output == relu(x @ w))", "any(output == 1)"]


def test_so_do_lines_of_the_rubric(tmp_path: Path) -> None:
    exercise = loaded(tmp_path)
    (tmp_path / "rubric.yaml").write_text(RUBRIC, encoding="utf-8")
    marked = load_rubric(tmp_path / "rubric.yaml", exercise).checks["f"]
    assert marked.mistakes[0].when.text == "output == relu(x @ w) - x[0] and found"
    assert marked.remarks[0].when.text == "all(relu(x @ w) > 0)"


def test_a_pack_has_the_formulas_in_their_lines_only() -> None:
    data = {"id": "x", "let": {"a": "x + 1", "b": "secret * 2"}, "checks": [{"id": "f", "expect": {"output": "a"}}]}
    assert exercise_with_formulas(data) == {"id": "x", "checks": [{"id": "f", "expect": {"output": "x + 1"}}]}


@pytest.mark.parametrize(
    ("formulas", "mistake"),
    [
        ("{output: x + 1}", "`output` has a meaning in expressions already"),
        ("{softmax: x + 1}", "`softmax` has a meaning in expressions already"),
        ("{a-b: x + 1}", "`a-b` cannot be a name in expressions"),
        ("{hidden: x +}", "invalid syntax"),
        ("{hidden: 3}", "expected a formula, found the number 3"),
        ("{w: 2 * x}", "`w` is a formula of `let`, and a name of something else here"),
        ("[hidden]", "expected names with formulas"),
        ("{wanted: hidden - 1, hidden: x @ w}", "unknown name `hidden`"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, formulas: str, mistake: str) -> None:
    text = EXERCISE.replace('{hidden: relu(x @ w), wanted: "hidden - x[0]"}', formulas)
    with pytest.raises(ExerciseError) as caught:
        loaded(tmp_path, text)
    assert mistake in str(caught.value)
