"""Exercises in words: lines of the language, what each kind of check looks at, and what an audience may know."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.course.course import load_course
from grader.course.exercise import load_exercise
from grader.course.rubric import load_rubric
from grader.judging.checks.backward import BackwardCheck
from grader.judging.checks.base import Check
from grader.language import expression
from grader.model import ExplainedCheck, Explanation, Verdict
from grader.workbench.explaining.explained import explained
from grader.workbench.explaining.line_words import explained_line, value_in_words
from grader.workbench.explaining.way_words import explained_way
from grader.workbench.new_files import write_new
from grader.workbench.scaffolds.exercise_files import exercise_files
from grader.workbench.scaffolds.scaffold import KINDS, scaffold_of

PASSES = BackwardCheck.VARIABLES


class TestLines:
    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("output == leaf ** 3", "output is leaf³"),
            (
                "gradient == 2 * (leaf + 1) / size(leaf)",
                "gradient is 2 × (leaf + 1) / size(leaf)",
            ),
            ("passes > 1 and repeats <= 2", "passes is more than 1 and repeats is at most 2"),
            ("not (passes > 1)", "passes is at most 1"),
            (
                "root == mean(output) or affine",
                "root is the mean of output, or the graph only adds, and multiplies by constants",
            ),
            ("not affine", "it is not so that the graph only adds, and multiplies by constants"),
            ("was_zeroed", "`.grad` held something before and was cleared"),
            ("u.requires_grad and not v.requires_grad", "u requires a gradient and v does not require a gradient"),
            ("not any(gradient != 0)", "for every element, gradient is 0"),
            ("not all(gradient == 0)", "for some element, gradient is not 0"),
            ("abs(mean(z)) < 0.5", "|mean(z)| is less than 0.5"),
            ("-sqrt(leaf + 1) == x @ w.T", "-√(leaf + 1) is x @ w.T"),
            ("output == where(leaf > 0, leaf, -leaf)", "output is leaf where leaf is more than 0, else -leaf"),
            ("0 < leaf < 1", "0 < leaf < 1"),
            ('found and passed("slope")', "something was found and the check `slope` passed"),
            ('has_node("PowBackward0")', "the graph has a node `PowBackward0`"),
            ('mode == "forward"', 'mode is "forward"'),
            ("w.grad == None", "w.grad is None"),
        ],
    )
    def test_are_in_words(self, line: str, words: str) -> None:
        said = explained_line(expression.parse(line), PASSES)
        assert (said.words, said.expression) == (words, line)

    @pytest.mark.parametrize("line", ["leaf", " and ".join([f"leaf[{number}] == {number}" for number in range(20)])])
    def test_that_have_no_plain_words_stand_as_they_are(self, line: str) -> None:
        assert explained_line(expression.parse(line), PASSES).words == f"`{line}`"

    def test_values_keep_what_belongs_together(self) -> None:
        assert value_in_words(expression.parse("(a - (b - c)) * -(d + 1) ** 2"), {}) == "(a - (b - c)) × -(d + 1)²"


def explanation(folder: Path, checks: list[dict[str, Any]], rubric: Mapping[str, Any], **options: Any) -> Explanation:
    """The explanation of an exercise with these checks and this rubric."""
    exercise = {"id": "it", "title": "It", "statement": "Do it.", "checks": checks}
    (folder / "it.yaml").write_text(yaml.safe_dump(exercise), encoding="utf-8")
    loaded = load_exercise(folder / "it.yaml")
    (folder / "rubric").mkdir()
    (folder / "rubric" / "it.yaml").write_text(yaml.safe_dump({"exercise": "it", "checks": rubric}), encoding="utf-8")
    return explained(loaded, load_rubric(folder / "rubric" / "it.yaml", loaded), solution="solutions/it.py", **options)


def said(check: ExplainedCheck) -> str:
    """Everything that is said of how a check is passed."""
    lines = [
        text
        for way in check.ways
        for text in (
            way.looks_at,
            *(line.words for line in (*way.counts, *way.must_hold)),
            *way.inputs,
            *(f"{term.name}: {term.about}" for term in way.terms),
            *way.remarks,
        )
    ]
    return "\n".join(lines)


SAID = {
    "backward": (
        "reached a leaf, in whatever way it was run.\noutput is leaf × exp(leaf)\ngradient is (1 + leaf) × exp(leaf)"
    ),
    "function": (
        "Calls `forgiving`, and every other function of the student's, with hidden inputs, when the submission "
        "has run; all have to come out right.\n"
        "output is what it is in the reference solution, solutions/it.py\n"
        "gradient is the slope that is measured by moving the argument a little\n"
        "the tensor [0.5, -3.0]\n"
        "6 × a tensor of shape (6,), from -3 to 3"
    ),
    "module": (
        "Makes `Small`, and every other module of the student's, sets its parameters to drawn ones, and calls it "
        "with hidden inputs, in train mode.\n"
        "parameter_count is 51\n"
    ),
    "steps": (
        "at every step, after is leaf - 0.1 × gradient\n"
        "at every step, loss is (leaf - 3)²\n"
        "at every step, `.grad` was cleared since the step before\n"
        "of the loop as a whole, steps is 20\n"
        "of the loop as a whole, first_loss is 9\n"
    ),
    "value": (
        "Looks at what `v` and `direction` are bound to, after every statement.\n"
        "`direction` is what the student makes; the others are what they were at that time\n"
        "v requires a gradient\n"
        "direction is v / norm(v)\n"
        "direction does not require a gradient\n"
        "v: what is called `v` or `v_*`\n"
    ),
    "plot": (
        "y is 1 - tanh(x)²\n"
        'source is "autograd"\n'
        "points is at least 50\n"
        "the least element of x is at most -3.9\n"
        "the greatest element of x is at least 3.9\n"
        "of the pass whose gradients it shows, output is tanh(leaf)\n"
    ),
    "raises": ("raised an error of the family `no-graph`, caught or not.\nroot is 6\n"),
    "uses": (
        "Looks at every call of torch's `item` that happened.\n"
        "the number of elements of tensor is 1\n"
        "tensor requires a gradient\n"
        "something is found\n"
    ),
    "output": ("the text “slope: 13.5” stands in it; spaces and line ends make no difference"),
    "answer": ("the choice for Q1 is c\nthe choice for Q2 is a"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_says_what_it_looks_at_what_counts_and_what_must_hold(kind: str, tmp_path: Path) -> None:
    write_new(tmp_path, exercise_files("it", "", [scaffold_of(kind)]))
    (item,) = load_course(tmp_path).exercises
    found = explained(item.exercise, item.rubric, solution="solutions/it.py")
    (check,) = [check for check in found.checks if check.ways[0].kind == kind]
    assert SAID[kind] in said(check)
    assert found.points == sum(check.points for check in found.checks) == item.rubric.total
    assert check.hint


class _Counted(Check):
    """Counts something.

    It is a kind of a plugin.
    """

    kind: str = "counted"
    many: int = 3

    def judge(self, context: object) -> Verdict:
        raise NotImplementedError


def test_a_kind_of_a_plugin_is_told_by_its_docstring_and_its_fields() -> None:
    way = explained_way(_Counted(id="it", kind="counted", many=4), "solutions/it.py")
    assert way.looks_at == "Counts something."
    assert [line.words for line in way.must_hold] == ["`kind` is counted", "`many` is 4"][1:]


def test_every_way_of_a_check_is_told(tmp_path: Path) -> None:
    ways = [
        {"kind": "backward", "given": "output == leaf ** 3", "expect": {"gradient": "3 * leaf ** 2"}},
        {"kind": "value", "names": {"w": ["w"]}, "expect": {"w": "3.5"}},
    ]
    found = explanation(tmp_path, [{"id": "slope", "any-of": ways}], {"slope": {"points": 1}})
    assert [way.kind for way in found.checks[0].ways] == ["backward", "value"]


def test_what_a_check_builds_on_and_what_the_rubric_says(tmp_path: Path) -> None:
    checks = [
        {
            "id": "w-is-there",
            "kind": "value",
            "names": {"w": ["w"]},
            "given": "w.requires_grad",
            "expect": {"w": "3.5"},
        },
        {
            "id": "slope",
            "kind": "backward",
            "after": "w-is-there",
            "leaf": "w-is-there.w",
            "only": True,
            "expect": {"gradient": "reference"},
            "evidence": "seen",
            "tolerance": 0.01,
            "allow": "hooks",
        },
    ]
    mistake = {"when": "gradient == 0", "say": "It is zero.", "credit": 0.25, "hint": ""}
    remark = {"when": "passes > 1", "say": "They add up."}
    rubric = {
        "w-is-there": {"points": 1, "hint": "Make w."},
        "slope": {"points": 2, "needs": ["w-is-there"], "mistakes": [mistake], "remarks": [remark]},
    }
    found = explanation(tmp_path, checks, rubric)
    slope = found.checks[1]
    for text in (
        "the leaf is the very `w` that the check `w-is-there` found",
        "it reached no further leaf",
        "it came after what the check `w-is-there` found",
        "Numbers may differ by 0.01, relative to their size.",
        "In the gradients, hooks may have a hand",
    ):
        assert text in said(slope)
    assert slope.needs == ("w-is-there",)
    (explained_mistake,) = slope.mistakes
    assert (explained_mistake.when.words, explained_mistake.points, explained_mistake.hint) == (
        "gradient is 0",
        0.5,
        "",
    )
    assert slope.remarks[0].when.words == "passes is more than 1"
    assert found.attempt[1:] == (
        "Also where `w-is-there` passes.",
        "Also where something counts for `slope`, right or wrong.",
    )


def test_students_learn_nothing_of_hidden_checks_of_what_is_not_revealed_and_of_hidden_inputs(tmp_path: Path) -> None:
    secret = {"expect": {"output": "input + 123456"}}
    inputs = {"kind": "function", "inputs": [{"value": [654321.0, 2.0]}]}
    checks = [
        {"id": "shown", "function": "shown_function", **inputs, "expect": {"output": "input + 5"}},
        {"id": "kept", "function": "kept_function", "reveal": "no", **inputs, **secret},
        {"id": "buried", "function": "buried_function", "visibility": "hidden", **inputs, **secret},
    ]
    mistakes = [{"when": "output == input + 123456", "say": "Almost."}]
    rubric = {
        "shown": {"points": 1},
        "kept": {"points": 2, "hint": "Try.", "mistakes": mistakes},
        "buried": {"points": 4, "hint": "Hidden hint."},
    }
    found = explanation(tmp_path, checks, rubric, audience="student")
    text = repr(found)
    assert [check.id for check in found.checks] == ["shown", "kept"]
    assert (found.points, found.unshown) == (3, 1)
    assert "output is input + 5" in said(found.checks[0])
    assert found.checks[1].hint == "Try."
    assert found.checks[1].mistakes[0].say == "Almost."
    for secret_text in ("123456", "654321", "kept_function", "buried", "Hidden hint"):
        assert secret_text not in text
