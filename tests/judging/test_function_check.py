"""Kind ``function``, from YAML to verdict: exercise, reference and submission go through the real sandbox and judge."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from grader.course.exercise import Exercise, load_exercise
from grader.judging.checks.function import FunctionCheck
from grader.judging.context import Subject
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.sections import section_of
from grader.language import expression
from grader.language.validation import in_words
from grader.model import (
    ArgumentResult,
    Array,
    Cell,
    FunctionCall,
    Job,
    Limits,
    Observation,
    Probes,
    Raised,
    Submission,
    Verdict,
)
from grader.runtime.protocol.record import INPUT
from grader.sandbox.sandbox import Sandbox
from grader.submission.fingerprints import Handout, handout_of

OWN = """
id: exercise
title: Exercise
statement: Do it.
checks:
  - id: depends
    kind: function
    function: any
    unlike: reference
    inputs: [own]
    holds: paths >= 2
  - id: right
    kind: function
    function: any
    unlike: reference
    inputs: [own]
    given: paths >= 2
    expect: {gradient: numeric}
  - id: backward
    kind: backward
    through: depends
    holds: any(gradient != 0)
"""

SECTION_AND_ANSWER = """
import torch

def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    return b if b.sum() > 0 else 100 * b

def lift(x):
    if x > 3:
        return x ** 3
    return 27 + 5 * (x - 3)

f(torch.randn(3)), f(torch.tensor(1.5)), lift(torch.tensor(2.0))
x = torch.tensor(5.0, requires_grad=True)
lift(x).backward()
"""


class Course:
    """An exercise with its reference; runs and judges submissions."""

    def __init__(self, sandbox: Sandbox, path: Path, exercise: str, reference: str) -> None:
        self.sandbox = sandbox
        file = path / "exercise.yaml"
        file.write_text(textwrap.dedent(exercise), "utf-8")
        self.exercise: Exercise = load_exercise(file)
        self.reference = self.observe(submission(reference))

    def observe(self, handed_in: Submission, *, wall_s: float = 30) -> Observation:
        probes = Judge(self.exercise.id, self.exercise.checks, seed=0).probes
        calls = {call.id: call for part in probes for call in part.calls}
        job = Job(
            cells=handed_in.cells,
            format="py",
            file_name="answer.py",
            seed=0,
            probes=Probes(calls=tuple(calls.values())),
            limits=Limits(wall_s=wall_s),
        )
        return self.sandbox.run(job).observation

    def judge(self, *sources: str, handout: Handout | None = None, wall_s: float = 30) -> dict[str, Verdict]:
        handed_in = submission(*sources)
        return self.judge_observed(handed_in, self.observe(handed_in, wall_s=wall_s), handout)

    def judge_observed(
        self, handed_in: Submission, observation: Observation, handout: Handout | None = None
    ) -> dict[str, Verdict]:
        handout = handout or Handout()
        section = section_of(self.exercise.names, handed_in)
        subject = Subject(observed=Observed(observation), submission=handed_in, section=section, handout=handout)
        verdicts = Judge(self.exercise.id, self.exercise.checks, seed=0).judge(
            subject, reference=Observed(self.reference)
        )
        return {verdict.check: verdict for verdict in verdicts}


def submission(*sources: str) -> Submission:
    cells = tuple(
        Cell(number=number, source=text, code=text)
        for number, source in enumerate(sources, 1)
        for text in [textwrap.dedent(source)]
    )
    return Submission(path="answer.py", format="py", sha256="", cells=cells)


@pytest.fixture(scope="session")
def redesign(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Course:
    return Course(sandbox, tmp_path_factory.mktemp("redesign"), OWN, SECTION_AND_ANSWER)


@pytest.fixture
def course(sandbox: Sandbox, tmp_path: Path) -> Any:
    """Makes a course of one ``function`` check from the lines of the check."""

    def make(lines: str, reference: str) -> Course:
        head = "id: exercise\ntitle: Exercise\nstatement: Do it.\nchecks:\n  - id: check\n    kind: function\n"
        return Course(sandbox, tmp_path, head + textwrap.indent(textwrap.dedent(lines).strip(), "    "), reference)

    return make


def named(blocks: str) -> dict[str, str]:
    """Pieces of code by the comment in their first line."""
    pieces = (piece.partition("\n") for piece in f"\n{blocks.strip()}".split("\n# ")[1:])
    return {name: code.strip() for name, _, code in pieces}


RIGHT = named("""
# an if
def g(x):
    if x > 0:
        return x ** 2
    return -3 * x
g(torch.tensor(2.0))

# called with a Python number
def g(x):
    if x > 0: return x ** 2
    else: return -x
g(3.0); g(-2)

# an if by norm
def g(a):
    if a.norm() > 10:
        return (a ** 2).sum()
    return a.sum()
g(torch.randn(4))

# a while
def g(a):
    while a.norm() < 50:
        a = a * 2
    return a
g(torch.ones(2, 2))

# torch.where
def g(x):
    return torch.where(x > 0, x ** 2, x.exp())
g(torch.tensor([1.0, -2.0, 0.5]))

# a branch that would overflow
def g(x):
    return torch.where(x > 0, x, x.exp() - 1)
g(torch.tensor([1.0, -2.0, 0.5]))

# a mask
def g(x):
    y = x * 1
    y[y > 0] = y[y > 0] ** 2
    return y.sum()
g(torch.tensor([1.0, 2.0]))

# a lambda in one line
g = lambda x: x ** 2 if x > 0 else -x
g(torch.tensor(1.0))

# a method
class Net:
    def g(self, x):
        return x ** 2 if x > 0 else -x
Net().g(torch.tensor(1.0))

# nested
def main():
    def g(x):
        return x ** 2 if x > 0 else -x
    g(torch.tensor(1.0))
main()

# a helper
def up(x): return x ** 2
def g(x):
    if x > 0:
        return up(x)
    return -x
g(torch.tensor(2.))

# a global tensor
w = torch.tensor([1.0, 2.0])
def g(x):
    if x.sum() > 0:
        return x @ w
    return (x * w * 3).sum()
g(torch.ones(2))

# float32 inside
w = torch.ones(3, 2)
def g(x):
    y = x.float() @ w
    return y.sum() if y.sum() > 0 else y.sum() * 7
g(torch.rand(3))

# many elements
def g(x):
    return (x ** 2).sum() if x.sum() > 0 else x.sum()
g(torch.rand(5, 6))

# random steps
def g(x):
    k = torch.rand(1)
    return x * k if x > 0 else x * 2 * k
g(torch.tensor(1.0))

# gradients off at the end
def g(x):
    return x ** 2 if x > 0 else -x
g(torch.tensor(1.0))
torch.set_grad_enabled(False)

# a generator beside it
def walk(x):
    yield x
def g(x):
    return x ** 2 if x > 0 else -x
list(walk(torch.ones(1))); g(torch.tensor(1.0))

# no value for some
def g(x):
    return x.log() if x > 0 else x * 2
g(torch.tensor(3.0))

# no graph where it is constant
def g(x):
    return x * 2 if x > 0 else torch.tensor(0.0)
g(torch.tensor(3.0))

# undefined for negative numbers
def g(x):
    return x.sqrt() if x < 4 else x.log()
g(torch.tensor(3.0))

# it refuses negative numbers
def g(x):
    if x < 0: raise ValueError('no')
    return x ** 2 if x > 4 else x
g(torch.tensor(3.0))

# a docstring, a nonlocal
def main():
    n = 0
    def g(x):
        '''Doc.'''
        nonlocal n
        n += 1
        return x ** 2 if x > 0 else -x
    g(torch.tensor(1.0))
main()

# vectors given in error
def g(x):
    if x > 0:
        return x ** 2
    return -x
try:
    g(torch.tensor([1.0, -2.0]))
except RuntimeError: pass
""")


SAME_WAY = named("""
# no branch
def g(x): return x ** 2 + 1
g(torch.tensor(2.0))

# a loop of fixed length
def g(x):
    for _ in range(3): x = x * 2
    return x
g(torch.tensor(2.0))

# a mask that never changes, for two shapes
def g(x): return torch.where(x == x, x, 2 * x)
g(torch.ones(2)); g(torch.ones(3))

# by the shape only
def g(x):
    if x.dim(): return x.sum()
    return x
g(torch.ones(2)); g(torch.tensor(1.0))

# by chance
def g(x):
    return x * 2 if torch.rand(1) > 0.5 else x
g(torch.tensor(2.0))
""")

WRONG = named("""
# half detached
def g(x):
    if x > 0:
        return x.detach() * x
    return x * 2
g(torch.tensor(2.0))

# item
def g(x):
    if x > 0:
        return torch.tensor(x.item() * 2)
    return x * 2
g(torch.tensor(2.0))

# a root that where leaves out
def g(x): return torch.where(x > 0, x.sqrt(), 0 * x)
g(torch.tensor([4.0, -1.0]))

# no_grad
@torch.no_grad()
def g(x):
    if x > 0:
        return x ** 2
    return x
g(torch.tensor(2.0))

# a tuple
def g(x):
    if x > 0:
        return (x.item(), x)
    return (x, x)
g(torch.tensor(2.0))

# in place on a leaf
def g(x):
    x *= 2
    if x > 0:
        return x
    return -x
g(torch.tensor(2.0))
""")

SAID = (
    "its gradient is 2.0548 where the slope measured at that point is 4.1096",
    "its gradient is None instead of 2: autograd finds no way from what it returns back to its input. `item()` on line",
    "its gradient is NaN where the slope measured at [1] is 0 (1 of 2 elements are wrong)",
    "its gradient is None",
    "it returns several values at once (a tuple) where one tensor is needed",
    "No function of one argument",
)


class TestOneOwnFunction:
    """An open question: no reference to compare with."""

    @pytest.mark.parametrize("code", RIGHT.values(), ids=RIGHT)
    def test_right(self, redesign: Course, code: str) -> None:
        verdicts = redesign.judge(f"import torch\n{code}")
        assert verdicts["depends"].status == "passed", verdicts["depends"].message
        assert verdicts["right"].status == "passed", verdicts["right"].message
        assert verdicts["right"].evidence

    @pytest.mark.parametrize("code", SAME_WAY.values(), ids=SAME_WAY)
    def test_that_does_not_depend_on_its_input(self, redesign: Course, code: str) -> None:
        verdict = redesign.judge(f"import torch\n{code}")["depends"]
        assert verdict.status == "failed"
        assert "`g` went the same way through its code for all" in verdict.message

    @pytest.mark.parametrize("code", ["def g(x):\n    if x > 0: return x\n    return -x", "x = torch.ones(3)"])
    def test_that_is_never_called_or_not_there(self, redesign: Course, code: str) -> None:
        verdict = redesign.judge(f"import torch\n{code}")["depends"]
        assert verdict.status == "failed"
        assert verdict.message.startswith("No function of one argument, called with a tensor or a number, was found")

    @pytest.mark.parametrize(("code", "said"), list(zip(WRONG.values(), SAID, strict=True)), ids=WRONG)
    def test_whose_gradient_is_wrong(self, redesign: Course, code: str, said: str) -> None:
        verdict = redesign.judge(f"import torch\n{code}")["right"]
        assert verdict.status == "failed"
        assert said in verdict.message

    def test_an_error_of_autograd_is_none_of_the_input(self, redesign: Course) -> None:
        code = "import torch\ndef g(x):\n    x *= 2\n    return x if x > 0 else -x\ng(torch.tensor(2.0))"
        verdict = redesign.judge(code)["depends"]
        assert verdict.status == "failed"
        assert any(expression.parse('error == "inplace-on-leaf"').holds(variables) for variables in verdict.variables)

    def test_partly_wrong_gives_a_share(self, redesign: Course) -> None:
        code = "import torch\ndef g(x):\n    if x > 0: return x.detach() * x\n    return x * 2\ng(torch.tensor(2.0))"
        assert redesign.judge(code)["right"].share == pytest.approx(0.5)

    def test_one_for_numbers_is_called_with_numbers(self, redesign: Course) -> None:
        code = "import torch\ndef g(x):\n    if x > 0: return x ** 2\n    return -x\n"
        code += "g(torch.tensor(2.0))\ntry: g(torch.ones(3))\nexcept RuntimeError: pass"
        verdict = redesign.judge(code)["right"]
        assert verdict.status == "passed"
        assert "It takes a single number only" in verdict.message

    def test_one_that_never_ends_says_so(self, redesign: Course) -> None:
        code = "import torch\ndef g(x):\n    while x < 100: x = x * 2\n    return x\ng(torch.tensor(2.0))"
        verdicts = redesign.judge(code, wall_s=4)  # of which a quarter is for the calls, and is used up
        assert verdicts["depends"].status == "passed"  # the inputs that it ends for show that it depends on them
        assert "it takes too long: does its loop end?" in verdicts["right"].message

    def test_the_sections_own_function_is_none(self, redesign: Course) -> None:
        copied = SECTION_AND_ANSWER.split("def lift")[0].replace("def f(a)", "def mine(a)")
        verdict = redesign.judge(copied + "mine(torch.randn(3)); mine(torch.tensor(1.0))")["depends"]
        assert verdict.status == "failed"
        assert "besides those that were given" in verdict.message

    def test_what_only_passes_on_the_sections_function_is_none_either(self, redesign: Course) -> None:
        copied = SECTION_AND_ANSWER.split("def lift")[0]
        assert (
            redesign.judge(copied + "def g(x):\n    d = f(x)\n    return d\ng(torch.randn(3))")["depends"].status
            == "failed"
        )

    def test_the_references_own_answer_may_be_found_again(self, redesign: Course) -> None:
        verdicts = redesign.judge(SECTION_AND_ANSWER)
        assert {verdict.status for verdict in verdicts.values()} == {"passed"}

    def test_cells_as_handed_out_are_none(self, redesign: Course) -> None:
        given = "import torch\ndef sample(x):\n    return x ** 2 if x > 0 else -x\nsample(torch.tensor(1.0))"
        handout = handout_of([submission(given)])
        assert redesign.judge(given)["depends"].status == "passed"
        assert redesign.judge(given, handout=handout)["depends"].status == "failed"

    @pytest.mark.parametrize(("run", "status"), [("g", "passed"), ("h", "failed")])
    def test_a_later_check_can_ask_for_a_pass_through_it(self, redesign: Course, run: str, status: str) -> None:
        code = f"import torch\n{RIGHT['an if']}\ndef h(x): return x * 2\nx = torch.ones((), requires_grad=True)\n"
        assert redesign.judge(f"{code}{run}(x).backward()")["backward"].status == status

    def test_the_best_of_several_counts(self, redesign: Course) -> None:
        wrong = "def h(x):\n    if x > 0: return x.detach() * x\n    return x\nh(torch.tensor(1.0))"
        code = f"import torch\n{RIGHT['an if']}\n{wrong}\ndef other(x, y): return x\nother(1, 2)"
        verdict = redesign.judge(code)["right"]
        assert verdict.status == "passed"
        assert verdict.message.startswith("`g` is right on all 6 hidden inputs, by 2 different ways")
        assert verdict.candidates == 2


class TestNumeric:
    def test_a_kink_is_left_out(self, course: Any) -> None:
        made = course(
            """
            function: f
            inputs: [value: 0.0, value: 2.0, value: [0.0, 1.0]]
            expect: {gradient: numeric}
        """,
            "def f(x): return x.abs() + x",
        )
        verdict = made.judge("def f(x): return x.abs() + x")["check"]
        assert verdict.status == "passed"
        assert verdict.message == (
            "`f` is right on all 2 hidden inputs. At 1 more, its slope cannot be measured (a kink, or no value)."
        )

    def test_where_nothing_can_be_measured_a_person_decides(self, course: Any) -> None:
        made = course("function: f\ninputs: [value: 0.0]\nexpect: {gradient: numeric}", "def f(x): return x.abs()")
        verdict = made.judge("def f(x): return x.abs()")["check"]
        assert verdict.status == "manual"
        assert verdict.message.startswith("A person has to look at `f`: at 1 of 1 inputs its slope cannot be measured")

    def test_a_line_that_is_wrong_where_there_is_no_slope_decides(self, course: Any) -> None:
        made = course(
            "function: f\ninputs: [value: 900.0]\nexpect: {gradient: numeric}\nholds: finite(output)",
            "def f(x): return 3 * x",
        )
        verdict = made.judge("def f(x): return 3 * x.exp() / x.exp()")["check"]
        assert verdict.status == "failed"
        assert verdict.message == "`f` is wrong on the hidden input. Given 900, `finite(output)` does not hold."

    @pytest.mark.parametrize(
        ("code", "status"),
        [
            ("def f(x): return x ** 3", "passed"),
            ("def f(x): return 3 * x", "passed"),
            ("def f(x): return (x ** 2).sum() * x", "passed"),
            ("def f(x): return x.detach() ** 2 * x", "failed"),
        ],
    )
    def test_second_derivatives(self, course: Any, code: str, status: str) -> None:
        made = course(
            "function: f\ninputs: [{normal: [3], count: 3}, {normal: [], count: 2}]\nexpect: {second: numeric}", code
        )
        assert made.judge(code)["check"].status == status

    def test_second_against_a_reference_or_a_formula(self, course: Any) -> None:
        made = course(
            "function: f\ninputs: [{normal: [3], count: 3}]\nexpect: {second: reference, gradient: 3 * input ** 2}\n"
            "holds: second == 6 * input",
            "def f(x): return x ** 3",
        )
        assert made.judge("def f(x): return x * x * x")["check"].status == "passed"
        verdict = made.judge("def f(x): return x.detach() ** 2 * x * 3 - 2 * x.detach() ** 3")["check"]
        assert verdict.status == "failed"
        assert "its second derivative is zero everywhere" in verdict.message

    def test_the_checks_tolerance_is_relative_to_the_slope(self, course: Any) -> None:
        lines = "function: f\ninputs: [{uniform: [3], low: 1, high: 2}]\nexpect: {gradient: numeric}\ntolerance: "
        wrong = "def f(x): return 3 * x.detach() + (x - x.detach()) * 3.003"
        assert course(lines + "0.01", wrong).judge(wrong)["check"].status == "passed"
        assert course(lines + "0.0005", wrong).judge(wrong)["check"].status == "failed"


class TestDrawnInputs:
    def test_a_function_for_numbers_is_told_apart_from_a_wrong_one(self, course: Any) -> None:
        made = course(
            "function: f\ninputs: [{normal: [3], count: 2}]\nexpect: {output: reference}", "def f(x): return x.abs()"
        )
        verdict = made.judge("def f(x):\n    if x > 0: return x\n    return -x")["check"]
        assert verdict.status == "failed"
        assert "it takes a single number only, and this is more than one" in verdict.message

    def test_those_that_are_not_given_do_not_count(self, course: Any) -> None:
        lines = "function: f\ninputs: [value: -2, value: 3]\ngiven: input > 0\nexpect: {output: input}"
        verdict = course(lines, "def f(x): return x.abs()").judge("def f(x): return x")["check"]
        assert verdict.status == "passed"
        assert "right on the hidden input" in verdict.message

    def test_writing_into_the_input_harms_nobody_else(self, course: Any) -> None:
        made = course(
            "function: [f, any]\ninputs: [value: [1, 2], value: [3, 4]]\nexpect: {output: reference}",
            "def f(x): return x * 2",
        )
        spoil = "import torch\ndef spoil(x):\n    x.data *= 100\n    return x\ndef f(x): return x * 2"
        assert made.judge(spoil)["check"].status == "passed"

    def test_a_mistake_sees_calls_that_are_no_candidates(self, course: Any) -> None:
        made = course(
            "function: any\ninputs: [value: 2]\ngiven: output > 0\nexpect: {output: 5}", "def f(x): return x + 3"
        )
        verdict = made.judge("def g(x): return -x")["check"]
        assert not verdict.found
        assert [variables["output"].data.item() for variables in verdict.variables] == [-2]  # type: ignore[attr-defined]


class TestInYaml:
    @staticmethod
    def mistakes(**fields: object) -> list[str]:
        with pytest.raises(ValidationError) as caught:
            FunctionCheck.model_validate({"id": "a", "kind": "function", "function": "f", **fields})
        return [text for _, text in in_words(caught.value)]

    def test_numeric_is_about_gradients(self) -> None:
        (text,) = self.mistakes(inputs=({"value": 1},), expect={"output": "numeric"})
        assert text == "`numeric` is what `gradient` or `second` can be compared with, not `output`"

    def test_a_reference_has_no_own_inputs_in_common(self) -> None:
        (text,) = self.mistakes(inputs=("own",), expect={"output": "reference"})
        assert text.startswith("`reference` cannot be wanted with `own` inputs")

    def test_unlike_knows_one_word(self) -> None:
        (text,) = self.mistakes(inputs=("own",), unlike="handout", holds="paths > 1")
        assert text == "expected `reference`, found the text `handout`"

    @pytest.mark.parametrize(
        "lines",
        [
            {"expect": {"gradient": "numeric"}},
            {"expect": {"gradient": "numeric"}, "inputs": ("own",)},
            {"expect": {"gradient": "numeric"}, "function": "any"},
            {"expect": {"gradient": "numeric", "second": "numeric"}},
            {"expect": {"gradient": "numeric"}, "holds": "any(gradient != 0)"},
            {"expect": {"gradient": "numeric"}, "holds": "size(output) == size(input)"},
            {"expect": {"output": "output"}},
            {"holds": "error == None"},
            {"given": "input > 0", "expect": {"gradient": "numeric"}},
            {"expect": {"weighed_gradient": "weights * gradient"}},
        ],
    )
    def test_a_function_of_any_name_has_to_be_pinned_down(self, lines: dict[str, object]) -> None:
        (text,) = self.mistakes(**({"function": ("f", "any"), "inputs": ({"value": 1}, {"value": 2.5})} | lines))
        assert text.startswith("`function: any` finds a function in every file that has some helper: `")
        assert "`output: reference`" in text

    @pytest.mark.parametrize(
        "lines",
        [
            {"expect": {"gradient": "numeric"}, "function": "f"},
            {"expect": {"gradient": "numeric", "output": "reference"}},
            {"expect": {"gradient": "numeric", "output": "input ** 2"}},
            {"expect": {"gradient": "3 * input ** 2"}},
            {"expect": {"gradient": "numeric"}, "holds": "output == input ** 3"},
            {"expect": {"gradient": "numeric"}, "holds": "paths >= 2"},
            {"expect": {"gradient": "numeric"}, "given": "paths >= 2"},
            {"expect": {"gradient": "numeric"}, "unlike": "reference"},
            {"expect": {"gradient": "output / input"}, "holds": "1000 < gradient < 2000"},
            {"expect": {"gradient": "numeric"}, "holds": "varies == True"},
        ],
    )
    def test_by_what_it_returns_it_is(self, lines: dict[str, object]) -> None:
        fields = {"id": "a", "kind": "function", "function": ("f", "any"), "inputs": ({"value": 1}, {"value": 2.5})}
        FunctionCheck.model_validate(fields | lines)

    def test_only_what_is_used_is_measured(self) -> None:
        check = FunctionCheck.model_validate(
            {"id": "a", "kind": "function", "function": "f", "inputs": ({"value": 1},), "expect": {"output": "input"}}
        )
        (probe,) = check.probes("exercise", 0).calls
        assert (probe.own, probe.second, probe.branches, probe.numeric) == (False, False, False, ())


def given(**results: Any) -> dict[str, Any]:
    """A change of what autograd gave for the input, of a call that is forged."""
    return {"input_gives": results}


class TestForgedCalls:
    """The student's process wrote the stream, so the judge must not fail for any content."""

    SOURCE = "import torch\n" + RIGHT["an if"]

    @pytest.mark.parametrize(
        "change",
        [
            {"input": -1},
            {"input": 10**9},
            {"argument": None},
            {"arguments": ()},
            {"arguments": (ArgumentResult(path="w"),) * 100},
            given(shifts=None),
            given(gradient=Array(kind="tensor", dtype="float32", shape=(2,), data=None)),
            {"argument": Array(kind="tensor", dtype="float32", shape=(7,), data=None)},
            {"branches": "", "error": Raised(type="Stopped", text="")},
            {"weights": None},
            {"weights": Array(kind="ndarray", dtype="float64", shape=(2,), data=None)},
            given(weighed=Array(kind="tensor", dtype="float32", shape=(3,), data=np.ones(3, np.float32))),
            given(weighed=Array(kind="tensor", dtype="complex64", shape=(), data=np.array(1j, np.complex64))),
            given(weighed=None),
            {"arguments": (), "cuts": (("x" * 200, 2**31 - 1), ("", -1))},
            {"steady": False, "varies": True},
        ],
    )
    def test_are_no_error_of_ours(self, redesign: Course, change: dict[str, Any]) -> None:
        change = dict(change)
        handed_in = submission(self.SOURCE)
        observation = redesign.observe(handed_in)
        results = change.pop("input_gives", None)

        def forged_call(call: FunctionCall) -> FunctionCall:
            changed = {} if results is None else {"arguments": (replace(call.of(INPUT), **results),)}
            return replace(call, **change, **changed)

        forged = tuple(forged_call(event) if isinstance(event, FunctionCall) else event for event in observation.events)
        verdicts = redesign.judge_observed(handed_in, replace(observation, events=forged))
        assert set(verdicts) == {"depends", "right", "backward"}

    def test_repeated_calls_count_once(self, redesign: Course) -> None:
        handed_in = submission(self.SOURCE)
        observation = redesign.observe(handed_in)
        verdicts = redesign.judge_observed(handed_in, replace(observation, events=observation.events * 5))
        assert "all 6 hidden inputs" in verdicts["right"].message


def test_functions_that_are_all_wrong_are_not_called_missing(course: Any) -> None:
    made = course("function: any\ninputs: [own]\nholds: output == 7 * input", "def f(x): return 7 * x\nf(2.0)")
    assert made.judge("def f(x): return x\nf(2.0)")["check"].message == (
        "No function of one argument, called with a tensor or a number, does what is asked for."
    )
    assert made.judge("x = 2")["check"].message.endswith("was found.")
