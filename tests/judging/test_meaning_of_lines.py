"""What a check's lines mean decides, not how they are spelt: spaces, parentheses, the order of an equation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from fuzz import streams
from grader.course.exercise import load_exercise
from grader.judging.checks.backward import BackwardCheck
from grader.judging.checks.function import FunctionCheck
from grader.judging.context import Subject
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.sections import section_of
from grader.judging.trials import Candidate, examine
from grader.model import Array, Cell, RunPlace, Submission, Verdict
from grader.sandbox.decode_observation import decode_stream
from grader.submission.fingerprints import Handout

Judged = Callable[..., Verdict]

SUBMISSION = Submission(path="work.py", format="py", sha256="", cells=(Cell(number=None, source="x", code="x"),))
X = np.arange(1.0, 5.0)


@pytest.fixture
def judged(tmp_path: Path) -> Judged:
    """The verdict of an exercise's only check on events that the first argument makes for its probes."""

    def run(check: str, make: Callable[[streams.Blobs, list[str]], list[streams.Json]]) -> Verdict:
        path = tmp_path / "sample.yaml"
        path.write_text(f"id: sample\ntitle: T\nstatement: S\nchecks: [{check}]\n", encoding="utf-8")
        exercise = load_exercise(path)
        judge = Judge(exercise.id, exercise.checks, seed=0)
        blobs = streams.Blobs()
        events = make(blobs, [call.id for probes in judge.probes for call in probes.calls])
        subject = Subject(
            observed=Observed(decode_stream(streams.written(blobs, events))),
            submission=SUBMISSION,
            section=section_of(exercise.names, SUBMISSION),
            handout=Handout(),
        )
        return judge.judge(subject, reference=None)[-1]

    return run


def array(*values: float, grad: Array | None = None) -> Array:
    data = np.array(values, dtype=np.float32)
    return Array(kind="tensor", dtype="float32", shape=data.shape, data=data, grad=grad)


@pytest.mark.parametrize(
    "line", ['source == "autograd"', "source=='autograd'", '"autograd" == source', '(source == "autograd")']
)
def test_a_curve_that_is_not_of_autograd_is_explained(judged: Judged, line: str) -> None:
    def drawn(blobs: streams.Blobs, probes: list[str]) -> list[streams.Json]:
        return [streams.figure(blobs, (X, np.sin(X)))]

    verdict = judged(f"{{id: c, kind: plot, given: y == sin(x), holds: [{quoted(line)}]}}", drawn)
    assert verdict.message == "The curve has the right values, but they are not gradients that autograd computed."


class TestPaths:
    @staticmethod
    def called(blobs: streams.Blobs, probes: list[str]) -> list[streams.Json]:
        return [streams.function_call(blobs, probes[0], n, np.ones(3), np.ones(3), name="f") for n in range(2)]

    def judge(self, judged: Judged, line: str) -> Verdict:
        inputs = "[{value: [1.0, 2.0, 3.0]}, {value: [4.0, 5.0, 6.0]}]"
        paths = "paths < 9"  # so that the variable is there
        check = f"{{id: c, kind: function, function: f, inputs: {inputs}, holds: [{paths}, {quoted(line)}]}}"
        return judged(check, self.called)

    def test_a_line_about_paths_is_explained(self, judged: Judged) -> None:
        assert "through its code for all 2 inputs" in self.judge(judged, "2 <= paths").message

    @pytest.mark.parametrize("line", ['error == "paths"', 'error == "no paths"'])
    def test_a_text_with_that_word_is_no_line_about_paths(self, judged: Judged, line: str) -> None:
        assert f"Given [1, 2, 3], `{line}` does not hold" in self.judge(judged, line).message


class TestAccumulation:
    CANDIDATE: Mapping[str, Any] = {
        "grad": array(2, 4),
        "gradient": array(2, 4),
        "leaf": array(1, 2, grad=array(2, 4)),
        "passes": 2,
    }

    def message(self, line: str) -> str:
        check = BackwardCheck.model_validate({"id": "c", "kind": "backward", "expect": {line: "leaf"}})
        trial = examine(
            check, Candidate(position=0, place=RunPlace(cell=0, line=1, statement=1), variables=self.CANDIDATE)
        )
        assert trial.comparison is not None
        return trial.comparison.message

    @pytest.mark.parametrize("line", ["grad", "(grad)", "leaf.grad", "(leaf.grad)", "leaf . grad", "leaf.grad * 1"])
    def test_is_a_cause_for_every_spelling_of_grad(self, line: str) -> None:
        assert "2 passes have added up in it" in self.message(line)

    @pytest.mark.parametrize("line", ["gradient", "(gradient)", "2 * leaf"])
    def test_is_no_cause_for_what_is_no_grad(self, line: str) -> None:
        assert "added up" not in self.message(line)


class TestKeywords:
    INPUTS: Mapping[str, Any] = {"id": "c", "kind": "function", "function": "f", "inputs": ({"normal": (3,)},)}

    def test_may_stand_in_parentheses(self) -> None:
        check = FunctionCheck.model_validate({**self.INPUTS, "expect": {"(gradient)": "(numeric)"}})
        assert [call.numeric for call in check.probes("sample", 0).calls] == [("input",)]
        assert FunctionCheck.model_validate({**self.INPUTS, "expect": {"output": "(reference)"}}).wants_reference()

    def test_are_no_variables_of_a_longer_expression(self) -> None:
        with pytest.raises(ValidationError, match="`reference` stands alone in `expect`"):
            FunctionCheck.model_validate({**self.INPUTS, "expect": {"output": "2 * reference"}})


def quoted(line: str) -> str:
    """A line as a text in YAML."""
    return "'" + line.replace("'", "''") + "'"
