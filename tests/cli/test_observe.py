"""``grade observe`` as its users meet it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from grader.report import observation_json
from tests.cli.test_grade import Grade
from tests.helpers.command_line import KeptWorkers

CODE = """\
# Exercise: the sum of squares
import torch

x = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
y = (x * x).sum()
y.backward()
try:
    y.backward()
except RuntimeError as error:
    print("refused")


def half(a):
    return (a / 2).sum()


def two(a, b):
    return a * b


half(x)
int("seven")
"""


@pytest.fixture
def grade(tmp_path: Path, home: Path, workers: KeptWorkers) -> Grade:
    run = Grade(tmp_path, home, workers)
    run.write("work.py", CODE)
    return run


@pytest.fixture(scope="session")
def schema(root: Path) -> Any:
    return json.loads((root / "docs" / "observe.schema.json").read_text(encoding="utf-8"))


def test_the_committed_schema_is_the_generated_one(schema: Any) -> None:
    assert schema == observation_json.json_schema(), "run: grade schema observe > docs/observe.schema.json"


def test_everything_is_shown_by_the_names_of_expressions_and_as_json(grade: Grade, schema: Any) -> None:
    done = grade("observe", "work.py", "--format", "json")
    observed = json.loads(done.stdout)
    jsonschema.Draft202012Validator(schema).validate(observed)
    by_kind: dict[str, list[Any]] = {}
    for thing in observed["things"]:
        by_kind.setdefault(thing["kind"], []).append(thing)
    assert observed["counts"] == {kind: len(things) for kind, things in by_kind.items()}

    def variables(thing: Any) -> dict[str, Any]:
        return {one["name"]: one["value"] for one in thing["variables"]}

    (one,) = by_kind["pass"]
    found = variables(one)
    assert (found["leaf"], found["gradient"], found["root"]) == ([1.0, -2.0, 3.0], [2.0, -4.0, 6.0], 14.0)
    assert (found["passes"], found["order"], found["mode"]) == (1, 1, "reverse")
    assert one["place"] == {"cell": None, "line": 6, "source": "y.backward()"}
    values = [variables(thing) for thing in by_kind["value"] if thing["names"] == ["x"]]
    assert [value["x.grad"] for value in values] == [None, [2.0, -4.0, 6.0]]
    torchs, others = by_kind["error"]
    assert variables(torchs)["raised"] == "backward-twice"
    assert {fact["name"]: fact["value"] for fact in torchs["facts"]}["origin"] == "torch"
    assert others["left_out"].startswith("torch did not raise it")
    signatures = [
        fact["value"] for thing in by_kind["function"] for fact in thing["facts"] if fact["name"] == "signature"
    ]
    assert signatures == ["half(a)", "two(a, b)"]
    halves = [variables(thing) for thing in by_kind["function"] if thing["what"].startswith("`half`, input")]
    assert len(halves) > 1
    assert all(one["gradient"] == [0.5] * len(one["input"]) for one in halves)
    (first, *_) = (variables(thing) for thing in by_kind["function"] if thing["what"].startswith("`two`, input"))
    assert (first["a.gradient"], first["b.gradient"]) == (first["b"], first["a"])
    assert by_kind["printed"][0]["facts"][0]["value"] == "refused"


def test_refused_passes_are_shown_with_passes_where_errors_are_not(grade: Grade) -> None:
    done = grade("observe", "work.py", "--kind", "pass")
    assert "line 8  y.backward()" in done.stdout
    assert "it raised an error (backward-twice)" in done.stdout
    assert "Recorded: 2 passes." in done.stdout


def test_parts_of_objects_names_in_functions_and_further_calls_are_shown_by_name(grade: Grade) -> None:
    grade.write(
        "parts.py",
        """
import torch


def train():
    inner = torch.ones(2, requires_grad=True)
    (inner * 2).sum().backward()


m = torch.nn.Linear(2, 1)
train()
torch.relu(m.weight)
""",
    )
    done = grade(
        "observe",
        "parts.py",
        "--name",
        "m.weight",
        "--name",
        "inner",
        "--name",
        "relu",
        "--kind",
        "value",
        "--kind",
        "call",
        "--format",
        "json",
    )
    shown = {(thing["kind"], thing["what"]) for thing in json.loads(done.stdout)["things"]}
    assert shown == {("value", "`m.weight`"), ("value", "`inner`"), ("call", "call of `relu`")}


def test_filters_choose_by_kind_line_and_name(grade: Grade) -> None:
    done = grade("observe", "work.py", "--kind", "value", "--kind", "pass", "--line", "6", "--name", "x")
    assert done.returncode == 0
    assert "line 6  y.backward()" in done.stdout
    assert "gradient = [2, -4, 6]" in done.stdout
    assert "x.grad = [2, -4, 6]" in done.stdout
    assert "line 4" not in done.stdout
    assert "--try CHECK.yaml" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_check_that_is_tried_says_what_decided(grade: Grade) -> None:
    grade.write("check.yaml", "kind: backward\ngiven: root == sum(leaf ** 2)\nexpect: {gradient: leaf}\n")
    done = grade("observe", "work.py", "--try", "check.yaml")
    assert done.returncode == 1
    assert "✗ check: failed  kind backward" in done.stdout
    assert "✗ expect  gradient: leaf\n" in done.stdout
    assert "wanted    [1, -2, 3]" in done.stdout
    assert "it raised an error (backward-twice); `raises` looks at those" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_what_is_wrong_with_the_check_is_told_with_its_line(grade: Grade) -> None:
    grade.write("check.yaml", "kind: backward\ngiven: rot == 1\n")
    done = grade("observe", "work.py", "--try", "check.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "check.yaml:2: given: unknown name `rot`; did you mean `root`?" in done.stderr


def test_the_reference_is_needed_only_where_it_is_wanted(grade: Grade) -> None:
    check = "{kind: function, function: half, inputs: [{value: [2.0, 4.0]}], expect: {output: reference}}"
    grade.write("check.yaml", check)
    grade.write("right.py", "def half(a):\n    return a.sum() / 2\n")
    done = grade("observe", "work.py", "--try", "check.yaml")
    assert done.returncode == 2
    assert "compares with the reference solution. Name it: `--reference FILE`." in done.stderr
    done = grade("observe", "work.py", "--try", "check.yaml", "--reference", "right.py")
    assert (done.returncode, done.stderr) == (0, "")
    grade.write("course/exercises/half.yaml", check)
    grade.write("course/solutions/half.py", "def half(a):\n    return a.sum() / 2\n")
    done = grade("observe", "work.py", "--try", "course/exercises/half.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ check: passed  kind function" in done.stdout


@pytest.mark.parametrize(
    "arguments", [("--check", "slope"), ("--reference", "work.py"), ("--try", "check.yaml", "--kind", "pass")]
)
def test_options_that_do_not_go_together_are_refused(grade: Grade, arguments: tuple[str, ...]) -> None:
    done = grade("observe", "work.py", *arguments)
    assert (done.returncode, done.stdout) == (2, "")


def test_explain_says_of_a_file_what_happened_at_each_check(grade: Grade) -> None:
    grade.write("work.py", "import torch\nx = torch.ones(3, requires_grad=True)\n(x * x).sum().backward()\n")
    done = grade("explain", "double-backward", "--try", "work.py")
    assert done.returncode == 1
    assert "There was nothing of this kind to look at." in done.stdout
    assert "– mistake" in done.stdout
    assert "  points  0 of 2\n" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
