"""Branches of references that no hidden input reaches are found, by the lines that ran."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

import pytest

from grader.course.course import load_course
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.sandbox.sandbox import Sandbox
from grader.workbench.bench import Bench
from grader.workbench.proofs.branches import Branches, measure, read
from grader.workbench.proofs.code_branches import find_branches
from grader.workbench.proofs.reached_lines import ReachedLines, ReachLines
from grader.workbench.proofs.split_lines import split_code
from tests.workbench.small_course import change

FUNCTION = """\
def f(x, y=None):
    if x > 3:
        x = x + 1
    elif x < 0:
        return -1
    while x > 10:
        x = x - 10
    for i in range(int(x)):
        pass
    try:
        y.real
    except AttributeError:
        x = 0
    return x if x else 7
"""


def lines_of(code: str, call: Callable[[Any], object]) -> frozenset[tuple[int, int]]:
    """The lines that run in calls, as ``FunctionCall.lines`` has them."""
    found: set[tuple[int, int]] = set()
    before: dict[FrameType, int] = {}

    def traced(frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_filename != "sample":
            return None
        if event == "call":
            found.add((0, frame.f_code.co_firstlineno))
        elif event == "line":
            found.add((before.get(frame, frame.f_lineno), frame.f_lineno))
            before[frame] = frame.f_lineno
        elif event == "return" and frame in before:
            found.add((before[frame], 0))
        elif event == "exception":
            before.pop(frame, None)
        return traced

    namespace: dict[str, Any] = {}
    exec(compile(code, "sample", "exec"), namespace)
    old = sys.gettrace()
    sys.settrace(traced)
    try:
        call(namespace["f"])
    finally:
        sys.settrace(old)
    return frozenset(found)


def untaken(code: str, *calls: tuple[Any, ...]) -> list[str]:
    split = split_code(code)
    lines = frozenset[tuple[int, int]]().union(
        *(lines_of(split.text, lambda f, given=given: f(*given)) for given in calls)
    )
    return [
        f"{split.line_before(branch.line)}: {branch.text}"
        for branch in find_branches(split.text, lines)
        if not branch.is_taken
    ]


def test_all_branches_are_taken() -> None:
    assert untaken(FUNCTION, (20,), (-3,), (0, 1), (2, 1)) == []


def test_those_that_are_not_are_told_with_line_and_condition() -> None:
    assert untaken(FUNCTION, (2, 1)) == [
        "2: `x > 3` is true",
        "4: `x < 0` is true",
        "6: `x > 10` is true",
        "12: `AttributeError` is caught",
        "14: `x` is not true",
    ]
    assert untaken(FUNCTION, (-1,))[-5:] == [
        "6: `x > 10` is true",
        "8: the loop over `range(int(x))` turns",
        "12: `AttributeError` is caught",
        "14: `x` is true",
        "14: `x` is not true",
    ]


def test_a_condition_without_else_that_is_always_true() -> None:
    assert untaken("def f(x):\n    if x:\n        x = 1\n    return x\n", (1,)) == ["2: `x` is not true"]


def test_a_function_that_does_not_run_has_no_branches() -> None:
    assert find_branches(FUNCTION, frozenset({(0, 99), (99, 100)})) == ()


@pytest.mark.parametrize(
    "code",
    [
        "y = a if b else c",
        "y = [é if b else (c if d else e) for é in f]  # a comment",
        "f(lambda x: x if x > 0 else -x, 'text'\n  if b else d)",
        "y = f'{a if b else c}'",
        "not python if",
    ],
)
def test_split_code_is_the_same_code(code: str) -> None:
    split = split_code(code)
    assert len(split.lines) == split.text.count("\n") + 1
    if "not python" not in code:
        assert ast.dump(ast.parse(split.text)) == ast.dump(ast.parse(code))


def test_a_finding_has_the_line_of_the_reference(small: Path) -> None:
    exercise = small / "exercises" / "cube.yaml"
    change(
        exercise,
        "checks:",
        "checks:\n  - {id: whole, kind: function, function: f, expect: {output: input}, inputs: [{value: 1.5}]}",
    )
    change(small / "rubrics" / "cube.yaml", "  slope:", "  whole: {points: 1}\n  slope:")
    change(
        small / "solutions" / "cube.py",
        "import torch\n",
        "import torch\n\n\ndef f(x):\n    return x if x > 0 else x * 1\n",
    )
    course = load_course(small)
    (item,) = course.select(["cube"])
    assert not item.mistakes
    works = list(Branches().plan(course, [item]))
    assert works == [ReachLines(exercise="cube", seed=seed) for seed in (0, 1, 2)]
    # The lines of the function after its condition was split: `return (`, `x`, `if`, `x > 0 else`, `x * 1)`.
    run = ReachedLines(lines=((0, 0, 4), (0, 5, 5), (0, 5, 7), (0, 7, 6), (0, 6, 0)), calls=1)
    (result,) = Branches().conclude(course, [item], dict.fromkeys(works, run))
    assert result.cell == "1/2"
    (finding,) = result.findings
    assert (finding.path, finding.line) == (item.solution, 5)
    assert "in `f` it happens with no hidden input that `x > 0` is not true" in finding.text


def test_inputs_that_are_made_of_the_references_own_calls_reach_branches(
    small: Path, sandbox: Sandbox, store: ReferenceStore
) -> None:
    change(
        small / "exercises" / "cube.yaml",
        "checks:",
        "checks:\n  - {id: whole, kind: function, function: any, holds: paths >= 2, inputs: [own]}",
    )
    change(small / "rubrics" / "cube.yaml", "  slope:", "  whole: {points: 1}\n  slope:")
    change(
        small / "solutions" / "cube.py",
        "import torch\n",
        "import torch\n\n\ndef f(x):\n    if x > 1e30:\n        return x\n    return 2 * x\n\n\n"
        "f(torch.tensor(2e30)), f(torch.tensor(1.0))\n",
    )
    course = load_course(small)
    (item,) = course.select(["cube"])
    opened: Any = SimpleNamespace(grader_by=lambda settings, *_: Grader(sandbox, settings, store))
    run = ReachLines(exercise="cube", seed=0).do(Bench(course, opened))
    measured = measure(read(item)[1], [run])
    assert [(each.branch.function, each.times) for each in measured] == [("f", 1), ("f", 1)]
