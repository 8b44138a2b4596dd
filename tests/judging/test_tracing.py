"""What is noted of each candidate of a check: which line decided, with the values of both sides, or what else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.check_file import load_check
from grader.judging.context import Subject
from grader.judging.join_probes import join_probes
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.sections import section_of
from grader.judging.sections.names import ExerciseNames
from grader.judging.tracing.finished_trace import finished_trace
from grader.judging.tracing.notes import CheckNotes
from grader.model import Cell, CheckTrace, Submission, TracedCandidate, TracedLine, Verdict
from grader.submission.fingerprints import Handout
from tests.helpers.observing import Observer

Traced = Callable[..., CheckTrace]

PASSES = """
import torch
x = torch.arange(4.0, requires_grad=True)
(x ** 3).sum().backward()
w = torch.tensor([1.0, 3.0], requires_grad=True)
(w ** 2).sum().backward()
try:
    (w ** 2).backward()
except RuntimeError:
    pass
u = w.detach()
print("done: 2")
"""


@pytest.fixture
def traced(observe: Observer, tmp_path: Path) -> Traced:
    """The trace of a check on some code, which is its own reference."""

    def trace(check: str, code: str) -> CheckTrace:
        path = tmp_path / "check.yaml"
        path.write_text(check, encoding="utf-8")
        tried = load_check(path)
        judge = Judge("tried", tried.checks, seed=0)
        observed = Observed(observe(code, probes=join_probes(judge.probes)))
        submission = Submission(path="w.py", format="py", sha256="", cells=(Cell(number=1, source=code, code=code),))
        section = section_of(ExerciseNames(id="tried", title="Tried"), submission, asked=True)
        subject = Subject(observed=observed, submission=submission, section=section, handout=Handout())
        notes: dict[str, CheckNotes] = {}
        verdicts = judge.judge(subject, reference=observed, notes=notes)
        without = judge.judge(subject, reference=observed)
        assert list(map(told, verdicts)) == list(map(told, without)), "notes change no verdict"
        return finished_trace(tried.checks[-1], notes[tried.chosen[-1]], verdicts[-1], submission)

    return trace


def told(verdict: Verdict) -> tuple[object, ...]:
    return verdict.status, verdict.message, verdict.share, verdict.position, verdict.best_position, verdict.candidates


def lines_of(candidate: TracedCandidate) -> dict[str, bool | None]:
    return {f"{line.part} {line.text}": line.held for line in candidate.lines}


def values_of(line: TracedLine) -> dict[str, str]:
    return {value.text: value.value for value in line.values}


class TestPasses:
    def test_each_pass_says_which_line_decided_with_the_values_of_both_sides(self, traced: Traced) -> None:
        trace = traced(
            "{kind: backward, given: root == sum(leaf ** 2), expect: {gradient: 3 * leaf}, holds: passes == 1}", PASSES
        )
        cube, square, refused = trace.candidates
        assert (cube.what, cube.status, lines_of(cube)) == ("`x`", "unmet", {"given root == sum(leaf ** 2)": False})
        assert values_of(cube.lines[0]) == {"root": "36", "sum(leaf ** 2)": "14"}
        assert (square.what, square.status, square.is_best) == ("`w`", "failed", True)
        assert lines_of(square) == {
            "given root == sum(leaf ** 2)": True,
            "expect gradient: 3 * leaf": False,
            "holds passes == 1": True,
        }
        assert values_of(square.lines[1]) == {"gradient": "[2, 6]", "wanted": "[3, 9]"}
        assert "0.666667 times" in square.lines[1].said
        assert (refused.status, refused.lines) == ("left_out", ())
        assert "raised an error (nonscalar-backward)" in refused.why

    def test_of_conditions_joined_by_and_those_are_named_that_do_not_hold(self, traced: Traced) -> None:
        trace = traced("{kind: backward, given: passes == 1 and order == 2}", PASSES)
        assert trace.candidates[0].lines[0].said == "what does not hold: order == 2"

    def test_another_leaf_is_left_out(self, traced: Traced) -> None:
        trace = traced("{kind: backward, leaf: w, given: passes == 1}", PASSES)
        assert [(one.what, one.status, one.why) for one in trace.candidates[:2]] == [
            ("`x`", "left_out", "its leaf is not called `w`"),
            ("`w`", "passed", ""),
        ]

    def test_a_coincidence_of_numbers_is_told(self, traced: Traced) -> None:
        code = "import torch\nx = torch.full((12,), 2.0, requires_grad=True)\n(2 * x).sum().backward()\n"
        check = "{kind: backward, given: root == mean(3 * (leaf + 2) ** 2), expect: {gradient: (leaf + 2) / 2}}"
        (candidate,) = traced(check, code).candidates
        given, expect = candidate.lines
        assert (given.held, expect.held, candidate.status) == (True, False, "failed")
        assert expect.said.startswith("is right only at these numbers (all are 2)")

    def test_what_is_asked_of_all_passes_is_told_pass_by_pass(self, traced: Traced) -> None:
        code = """
        import torch
        w = torch.tensor([1.0, -2.0], requires_grad=True)
        for i in range(4):
            w.grad = None
            (w ** 2).sum().backward()
            with torch.no_grad():
                w -= 0.1 * w.grad
        """.replace("\n        ", "\n")
        trace = traced("{kind: backward, every: passes == 1, next: {leaf: leaf - 0.1 * gradient}, steps: 5}", code)
        (series,) = trace.candidates
        assert series.status == "failed"
        assert lines_of(series.parts[0]) == {"every passes == 1": True, "next leaf: leaf - 0.1 * gradient": True}
        assert lines_of(series.parts[-1]) == {"steps steps == 5": False}


class TestOtherKinds:
    def test_values_under_the_students_names(self, traced: Traced) -> None:
        trace = traced("{kind: value, names: {v: [u, w]}, holds: [size(v) == 2, not v.requires_grad]}", PASSES)
        first = trace.candidates[0]
        assert (first.what, first.status) == ("`w` as `v`", "failed")
        assert values_of(first.lines[1]) == {"v.requires_grad": "True"}
        best = next(one for one in trace.candidates if one.is_best)
        assert (best.what, best.status) == ("`u` as `v`", "passed")

    def test_errors_of_another_family(self, traced: Traced) -> None:
        trace = traced("{kind: raises, error: backward-twice}", PASSES)
        assert [one.why for one in trace.candidates] == ["it is no `backward-twice`, but `nonscalar-backward`"]

    def test_calls_of_torch(self, traced: Traced) -> None:
        trace = traced("{kind: uses, call: detach, given: tensor == 3}", PASSES)
        (call,) = trace.candidates
        assert (call.what, call.status, values_of(call.lines[0])) == ("`detach`", "unmet", {"tensor": "[1, 3]"})

    def test_printed_texts(self, traced: Traced) -> None:
        trace = traced("{kind: output, text: 'done: 3'}", PASSES)
        assert [(one.what, one.why) for one in trace.candidates] == [('"done: 2"', '"done: 3" is not in it')]

    def test_words(self, traced: Traced) -> None:
        code = '"""The graph is freed after the first backward pass, to save memory."""\n'
        trace = traced("{kind: answer, keywords: [[freed], [retain]]}", code)
        (text,) = trace.candidates
        assert lines_of(text) == {"keywords freed": True, "keywords retain": False}

    def test_functions_call_by_call(self, traced: Traced) -> None:
        code = "import torch\ndef f(x):\n    return (x * x).sum()\ndef g(x):\n    return x\n"
        check = "{kind: function, function: [f, any], inputs: [{value: [1.0, 2.0]}], expect: {output: sum(input)}}"
        trace = traced(check, code)
        by_name = {one.what: one for one in trace.candidates}
        assert by_name["`f`"].status == "failed"
        assert by_name["`g`"].why == "its name is not listed, and it is right for no input"
        (call,) = by_name["`f`"].parts
        assert call.values[0].value == "[1, 2]"
        assert values_of(call.lines[0]) == {"output": "5", "wanted": "3"}

    def test_what_chance_does_is_no_share_of_a_tolerance(self, traced: Traced) -> None:
        code = """
        import torch
        class Drop(torch.nn.Module):
            def forward(self, x):
                return 2 * x * (torch.rand(4, 5) < 0.5)
        """.replace("\n        ", "\n")
        x = "{uniform: [4, 5], low: 1, high: 2}"
        (drop,) = traced(
            f"{{kind: module, module: Drop, arguments: {{x: {x}}}, calls: 1, expect: {{kept: 0.5, average: x}}}}", code
        ).candidates
        (call,) = drop.parts
        assert [(line.held, line.share) for line in call.lines] == [(True, None), (True, None)]
        assert drop.nearest is None

    def test_modules_call_by_call(self, traced: Traced) -> None:
        code = """
        import torch
        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.l = torch.nn.Linear(2, 1)
            def forward(self, x):
                return self.l(x)
        """.replace("\n        ", "\n")
        check = "{kind: module, module: Net, arguments: {x: {normal: [3, 2]}}, calls: 1, holds: 'size(output) == 6'}"
        (net,) = traced(check, code).candidates
        (call,) = net.parts
        assert (call.what, call.status) == ("input 1, train mode", "failed")
        assert values_of(call.lines[0]) == {"size(output)": "3"}

    def test_steps_of_a_loop(self, traced: Traced) -> None:
        code = """
        import torch
        w = torch.tensor([1.0, -2.0], requires_grad=True)
        opt = torch.optim.SGD([w], lr=0.1)
        for i in range(3):
            opt.zero_grad()
            (w ** 2).sum().backward()
            opt.step()
        """.replace("\n        ", "\n")
        (loop,) = traced("{kind: steps, expect: {after: leaf - 0.2 * gradient}, holds: steps == 3}", code).candidates
        assert (loop.status, len(loop.parts)) == ("failed", 4)
        assert values_of(loop.parts[0].lines[0]) == {"after": "[0.8, -1.6]", "wanted": "[0.6, -1.2]"}
        assert lines_of(loop.parts[-1]) == {"holds steps == 3": True}

    def test_sides_of_what_must_not_be_equal_may_differ_by_anything(self, traced: Traced) -> None:
        code = """
        import torch
        w = torch.tensor([1.0, -2.0], requires_grad=True)
        for i in range(3):
            (w ** 2).sum().backward()
            w.data -= 0.1 * w.grad
            w.grad = None
        """.replace("\n        ", "\n")
        check = "{kind: steps, every: gradient == 2 * leaf, never: after == 0 * leaf}"
        (loop,) = traced(check, code).candidates
        assert loop.status == "passed"
        assert loop.nearest is not None
        assert loop.nearest.text == "gradient == 2 * leaf"
        assert {line.text: line.share is None for line in loop.parts[0].lines} == {
            "gradient == 2 * leaf": False,
            "after == 0 * leaf": True,
        }

    def test_curves(self, traced: Traced) -> None:
        code = "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3], [1, 4, 9])\nplt.show()\n"
        (curve,) = traced("{kind: plot, given: y == x ** 2, holds: points >= 10}", code).candidates
        assert (curve.status, lines_of(curve)) == ("failed", {"given y == x ** 2": True, "holds points >= 10": False})

    def test_ways_to_answer(self, traced: Traced) -> None:
        check = "any-of: [{kind: backward, given: order == 2}, {kind: raises, error: nonscalar-backward}]"
        trace = traced(check, PASSES)
        assert (trace.status, trace.best_way, [way.kind for way in trace.ways]) == ("passed", 1, ["backward", "raises"])
        assert [one.status for one in trace.ways[1].candidates] == ["passed"]
