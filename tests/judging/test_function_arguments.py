"""Kind ``function`` with several arguments: mistakes of exercises, and verdicts on records that are made by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.course.exercise import Exercise, load_exercise
from grader.errors import ExerciseError
from grader.judging.context import Subject
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.sections import section_of
from grader.model import (
    ArgumentResult,
    Array,
    CallProbe,
    Cell,
    ChangedArgument,
    FunctionCall,
    Observation,
    Opaque,
    Outcome,
    Raised,
    RunPlace,
    Shifts,
    Structure,
    Submission,
    Value,
    Verdict,
    job,
)
from grader.submission.fingerprints import Handout

HEAD = "id: x\ntitle: X\nstatement: Do it.\nchecks:\n"
LOSS = """
  - id: loss
    kind: function
    function: loss
    arguments: {w: {normal: [3]}, b: {normal: []}, y: {integers: [3], low: 0, high: 2}, lr: 0.1}
    by-name: lr
    calls: 2
"""
PLACE = RunPlace(cell=0, line=1, statement=0)
Answer = Callable[[dict[str, Any]], dict[str, Any]]


def array(data: Any, dtype: str = "float32") -> Array:
    values = np.asarray(data, dtype=dtype)
    return Array(kind="tensor", dtype=dtype, shape=values.shape, data=values)


class Course:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "exercises" / "x.yaml"
        self.path.parent.mkdir()

    def load(self, checks: str) -> Exercise:
        self.path.write_text(HEAD + checks.strip("\n"), "utf-8")
        return load_exercise(self.path)

    def mistakes(self, checks: str) -> list[str]:
        with pytest.raises(ExerciseError) as caught:
            self.load(checks)
        return [line.partition("x.yaml:")[2] for line in str(caught.value).splitlines()]

    def verdicts(self, checks: str, answer: Answer, reference: Answer | None = None) -> dict[str, Verdict]:
        """The verdicts on a function that answers every call as ``answer`` does, from the arguments by name."""
        exercise = self.load(checks)
        judge = Judge(exercise.id, exercise.checks, seed=0)
        probes = {call.id: call for part in judge.probes for call in part.calls}.values()
        submission = Submission(
            path="a.py", format="py", sha256="", cells=(Cell(number=1, source="f = 1", code="f = 1"),)
        )
        subject = Subject(
            observed=Observed(observation(probes, answer)),
            submission=submission,
            section=section_of(exercise.names, submission),
            handout=Handout(),
        )
        verdicts = judge.judge(subject, reference=Observed(observation(probes, reference or answer)))
        return {verdict.check: verdict for verdict in verdicts}

    def message(self, checks: str, answer: Answer, reference: Answer | None = None) -> str:
        (verdict,) = self.verdicts(checks, answer, reference).values()
        assert verdict.status == "failed"
        return verdict.message


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


def observation(probes: Any, answer: Answer) -> Observation:
    events = [
        FunctionCall(
            place=PLACE,
            probe=probe.id,
            function=0,
            name="loss",
            names=("loss",),
            input=number,
            **{"output": None, "error": None, **answer(values_of(arguments))},
        )
        for probe in probes
        for number, arguments in enumerate(probe_arguments(probe))
    ]
    return Observation(outcome=Outcome.COMPLETED, events=tuple(events))


def probe_arguments(probe: CallProbe) -> Sequence[job.Arguments]:
    return probe.arguments


def values_of(arguments: job.Arguments) -> dict[str, Any]:
    pairs = (*arguments.by_position, *arguments.by_name)
    return {name: getattr(argument, "data", getattr(argument, "value", None)) for name, argument in pairs}


def raised(text: str) -> Answer:
    return lambda given: {"error": Raised(type="TypeError", text=text)}


def right(given: dict[str, Any]) -> dict[str, Any]:
    """As if it returned ``sum(w * w) + b``."""
    w, b = given["w"], given["b"]
    return {
        "output": array(np.sum(w * w) + b),
        "arguments": (
            ArgumentResult(path="w", gradient=array(2 * w), weighed=array(-1.5 * 2 * w)),
            ArgumentResult(path="b", gradient=array(1.0), weighed=array(-1.5)),
        ),
        "weights": array(-1.5),
    }


def returning(output: Value) -> Answer:
    return lambda given: {**right(given), "output": output}


FORMULAS = LOSS + "    expect: {output: sum(w * w) + b, w.gradient: 2 * w, b.gradient: reference}\n"


class TestMistakes:
    @pytest.mark.parametrize(
        ("lines", "expected"),
        [
            (
                "arguments: {w: {normal: [3]}}\ninputs: [{normal: [3]}]",
                "8: checks[0].arguments: `inputs` is there already: that is for a function of one tensor, `arguments` "
                "for all others; keep one",
            ),
            (
                "inputs: [{normal: [3]}]\ncalls: 3",
                "9: checks[0].calls: has a meaning with `arguments` only; an entry of `inputs` says how often it is "
                "drawn by `count`",
            ),
            (
                "inputs: [{normal: [3]}]\nby-name: lr",
                "9: checks[0].by-name: has a meaning with `arguments` only; leave it out",
            ),
            (
                "arguments: {w: {normal: [3]}, lr: 0.1}\nby-name: [rl]",
                "9: checks[0].by-name[0]: there is no argument `rl`; known: lr, w",
            ),
            (
                "arguments: {y: {integers: [3], low: 0, high: 2}}\nexpect: {output: reference, y.gradient: 1}",
                '9: checks[0].expect["y.gradient"]: `y` has no gradient: it holds no floating point numbers, or '
                "`requires-grad: false` stands there",
            ),
            (
                "arguments: {params: [{normal: [3]}]}\nexpect: {output: reference, params.gradient: numeric}",
                '9: checks[0].expect["params.gradient"]: `params` holds several arguments; name one of them, such as '
                "`params[0].gradient`",
            ),
            (
                "arguments: {params: [{normal: [3]}]}\nholds: any(params[1].gradient != 0)",
                "9: checks[0].holds: `params[1]` is no tensor that is handed in; did you mean `params[0]`?",
            ),
            (
                "arguments: [{w: {normal: [3]}}, {w: {normal: [2]}}, {w: {normal: [1]}}, {w: {normal: []}}, "
                "{w: {normal: [9]}}]\ncalls: 50",
                "9: checks[0].calls: 250 calls are asked for; at most 200 are possible",
            ),
            (
                "arguments: {w: {value: [3.0]}}\ncalls: 2",
                "9: checks[0].calls: means nothing here: nothing in `arguments` is random, so they are used once; "
                "leave it out",
            ),
            (
                "arguments: {w: {normal: [300, 300]}}\ncalls: 20",
                "9: checks[0].calls: all calls together get 1800000 elements; at most 1000000 are possible",
            ),
            (
                "arguments: {w: {normal: [3]}}\nexpect: {output: numeric}",
                "5: checks[0]: `numeric` is what `w.gradient` or `w.second` of an argument can be compared with, not "
                "`output`",
            ),
            (
                "arguments: {w: {normal: [3]}}\nexpect: {w.gradient: None}",
                "9: checks[0].expect: a gradient that is None proves nothing by itself: a function that returns a "
                "constant has none. Say what it has to return, such as `output: reference`, or compare another "
                "gradient",
            ),
            (
                "arguments: {w: {normal: [3]}}\nexpect: {gradient: 2 * w}",
                "9: checks[0].expect.gradient: each argument has its own `gradient`: write it after a name, as "
                "`w.gradient`; it is given `w`",
            ),
            (
                "arguments: {w: {value: [1.0, 1.0]}}\nexpect: {output: 2 * w}",
                "8: checks[0].arguments: a function that is called with nothing but 1 proves nothing: many functions "
                "are equal there, such as `x ** 2` and `x ** 3`. Add other inputs, for example `{normal: [3]}`",
            ),
        ],
    )
    def test_are_said_with_their_lines(self, course: Course, lines: str, expected: str) -> None:
        body = "".join(f"    {line}\n" for line in lines.split("\n"))
        assert expected in course.mistakes(f"  - id: c\n    kind: function\n    function: f\n{body}")

    def test_any_has_to_say_which_function_is_meant(self, course: Course) -> None:
        text = LOSS.replace("function: loss", "function: any") + "    expect: {w.gradient: numeric}\n"
        (said,) = course.mistakes(text)
        assert "`the sum of all arguments` and `three times their sum` pass as well" in said
        assert course.load(text.replace("expect: {", "expect: {output: sum(w * w) + b, "))

    def test_of_the_function_of_another_check(self, course: Course) -> None:
        second = FORMULAS.replace("id: loss", "id: second-one").replace("function: loss", "function: the-loss")
        assert course.mistakes(FORMULAS.replace("id: loss", "id: the-los") + second) == [
            "15: checks[1].function: `the-loss` is neither a name nor a check above; did you mean `the-los`?"
        ]
        assert course.mistakes(second + FORMULAS.replace("id: loss", "id: the-loss")) == [
            "7: checks[0].function: `the-loss` must stand above this check: checks are judged in order"
        ]
        hidden = FORMULAS.replace("id: loss", "id: the-loss") + "    visibility: hidden\n"
        (said,) = course.mistakes(hidden + second)
        assert said.startswith("16: checks[1].function: `the-loss` is hidden and `second-one` public")


class TestVerdicts:
    def test_all_arguments_are_known_by_name(self, course: Course) -> None:
        assert course.verdicts(FORMULAS, right)["loss"].status == "passed"

    def test_a_wrong_gradient_names_its_argument(self, course: Course) -> None:
        def wrong(given: dict[str, Any]) -> dict[str, Any]:
            w, b = right(given)["arguments"]
            return {**right(given), "arguments": (w, replace(b, gradient=array(3.0)))}

        said = course.message(FORMULAS, wrong, right)
        assert said.startswith("`loss` is wrong on all 2 hidden inputs. Given w = [")
        assert "lr = 0.1, the gradient of `b` is 3 times the expected value." in said

    def test_larger_arguments_are_given_by_their_shapes(self, course: Course) -> None:
        text = FORMULAS.replace("normal: [3]", "normal: [5]").replace("w = [", "")
        assert "Given w of shape (5,), b = " in course.message(text, returning(array(7.5)))

    def test_weighed_gradients_are_compared_for_each_argument(self, course: Course) -> None:
        def ignores(given: dict[str, Any]) -> dict[str, Any]:
            w, b = right(given)["arguments"]
            return {**right(given), "arguments": (w, replace(b, weighed=b.gradient))}

        said = course.message(FORMULAS, ignores, right)
        assert "the gradient of `b` is right only where each element of the result counts once" in said

    def test_a_gradient_that_must_not_flow(self, course: Course) -> None:
        text = LOSS + "    expect: {output: reference, b.gradient: None}\n"

        def cut(given: dict[str, Any]) -> dict[str, Any]:
            return {**right(given), "arguments": right(given)["arguments"][:1]}

        assert course.verdicts(text, cut)["loss"].status == "passed"
        said = course.message(text, right)
        assert "the gradient of `b` is 1 instead of None: a gradient flows there, and none may." in said
        assert "it raises TypeError: no" in course.message(text, raised("no"), cut)

    def test_a_call_that_raised_meets_no_line_that_is_true_of_what_did_not_happen(self, course: Course) -> None:
        assert "it raises TypeError: no" in course.message(LOSS + "    holds: not w.changed\n", raised("no"), right)
        asked = LOSS + '    holds: [not w.changed, error == "TypeError"]\n'
        assert course.verdicts(asked, raised("no"))["loss"].status == "passed"

    def test_slopes_are_measured_for_each_argument(self, course: Course) -> None:
        text = LOSS + "    expect: {output: reference, b.gradient: numeric}\n"

        def measured(slope: float) -> Answer:
            sums = np.array([[-slope * 1e-6, 0.0, slope * 1e-6]])
            shifts = Shifts(
                dtype="float64",
                gradient=array(1.0, "float64"),
                second=None,
                steps=array([[1e-6]], "float64"),
                outputs=array(sums, "float64"),
                slopes=array(np.full((1, 3), np.nan), "float64"),
                steady=array([True], "bool"),
            )
            return lambda given: {
                **right(given),
                "weights": None,
                "arguments": (ArgumentResult(path="b", gradient=array(1.0), shifts=shifts),),
            }

        assert course.verdicts(text, measured(1.0), right)["loss"].status == "passed"
        assert "the gradient of `b` is 1 where the slope measured at that point is 2" in course.message(
            text, measured(2.0), right
        )

    def test_what_is_changed_in_place_is_said(self, course: Course) -> None:
        def writes(given: dict[str, Any]) -> dict[str, Any]:
            changed = (ChangedArgument(path="w", after=array(given["w"] + 1)),)
            return {**right(given), "output": array(0.5), "changed": changed}

        assert course.message(FORMULAS, writes, right).endswith("It changes its argument `w` in place.")
        wanted = LOSS + "    expect: {w.after: w + 2}\n"
        assert "in place" not in course.message(wanted, writes)
        assert course.message(wanted, right).endswith("It does not change its argument `w` in place.")
        assert course.verdicts(wanted.replace("+ 2", "+ 1"), writes)["loss"].status == "passed"

    def test_a_function_of_the_course_that_fails_is_no_fault_of_the_student(self, course: Course) -> None:
        error = Raised(type="CourseError", text="support/bowl.py cannot be imported", origin="course")
        verdict = course.verdicts(FORMULAS, lambda given: {"error": error}, right)["loss"]
        assert verdict.status == "error"
        assert verdict.message == "`loss` could not be tried: support/bowl.py cannot be imported."

    def test_an_error_of_a_pass_counts_only_where_a_gradient_is_read(self, course: Course) -> None:
        def no_pass(given: dict[str, Any]) -> dict[str, Any]:
            return {**right(given), "arguments": (), "error": Raised(type="RuntimeError", text="freed")}

        assert course.verdicts(LOSS + "    expect: {output: sum(w * w) + b}\n", no_pass)["loss"].status == "passed"
        assert "it raises RuntimeError: freed" in course.message(FORMULAS, no_pass, right)

    def test_a_gradient_that_the_reference_does_not_have_is_the_courses_mistake(self, course: Course) -> None:
        def cut(given: dict[str, Any]) -> dict[str, Any]:
            return {**right(given), "arguments": right(given)["arguments"][:1]}

        verdict = course.verdicts(FORMULAS, right, cut)["loss"]
        assert verdict.status == "error"
        assert verdict.message.startswith("`b.gradient: reference` says nothing: the reference's function has no such")

    def test_an_error_that_is_asked_for(self, course: Course) -> None:
        text = LOSS + "    expect: {error: \"'TypeError'\"}\n"
        assert course.verdicts(text, raised("no"))["loss"].status == "passed"
        assert "it raises no error, where 'TypeError' is asked for." in course.message(text, right)

    def test_an_error_without_a_text(self, course: Course) -> None:
        assert course.message(FORMULAS, raised(""), right).endswith("it raises TypeError.")

    def test_the_function_that_an_earlier_check_found(self, course: Course) -> None:
        second = LOSS.replace("id: loss", "id: second").replace("function: loss", "function: values")
        text = LOSS.replace("id: loss", "id: values") + "    expect: {output: sum(w * w) + b}\n"
        text += second + "    expect: {w.gradient: 2 * w}\n"
        both = course.verdicts(text, returning(array(0.5)))
        assert [verdict.status for verdict in both.values()] == ["failed", "passed"]
        nothing = course.verdicts(text.replace("+ b}\n", "+ b}\n    given: b > 1000\n", 1), right)
        assert nothing["second"].message == "Nothing was found to look at: “Values” found no function."


class TestWhyItCannotBeCalled:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (
                "loss() takes 2 positional arguments but 3 positional arguments (and 1 keyword-only argument) were",
                "`loss` takes 2 arguments; it is called with 4: w, b, y, lr.",
            ),
            (
                "Net.loss() takes 3 positional arguments but 4 were given",
                "`loss` takes 2 arguments; it is called with 4: w, b, y, lr.",
            ),
            (
                "loss() missing 1 required positional argument: 'X'",
                "`loss` needs `X` as well; it is called with 4: w, b, y, lr.",
            ),
            (
                "loss() got an unexpected keyword argument 'lr'",
                "`loss` has no argument named `lr`; `lr` is given by its name.",
            ),
            (
                "loss() got multiple values for argument 'lr'",
                "`loss` has its argument `lr` at another place: it is given by its name, and the others in this order: "
                "w, b, y.",
            ),
        ],
    )
    def test_is_said(self, course: Course, text: str, said: str) -> None:
        assert course.message(FORMULAS, raised(text), right) == said

    @pytest.mark.parametrize("text", ["helper() missing 1 required positional argument: 'X'", "unsupported operand"])
    def test_other_errors_are_quoted(self, course: Course, text: str) -> None:
        assert f"it raises TypeError: {text}" in course.message(FORMULAS, raised(text), right)


class TestWhatItReturns:
    NUMBERS = (array(1.0), array(2.0), array(3.0))
    TUPLE = Structure(kind="tuple", items=NUMBERS)

    @pytest.mark.parametrize(
        ("output", "said"),
        [
            (array(1.0), "it returns one tensor where 3 values are needed."),
            (Structure(kind="tuple", items=(array(1.0),)), "it returns 1 value where 3 values are needed."),
            (Opaque(kind="none"), "it returns None: is a `return` missing"),
            (Opaque(kind="text", text="x"), "it returns a text where 3 values are needed."),
            (
                Structure(kind="tuple", items=(array(1.0), array(4.0), array(3.0))),
                "its output is not as expected in its item `[1]`",
            ),
        ],
    )
    def test_in_the_place_of_several_values(self, course: Course, output: Value, said: str) -> None:
        assert said in course.message(
            LOSS + "    expect: {output: reference}\n", returning(output), returning(self.TUPLE)
        )

    @pytest.mark.parametrize("lines", ["expect: {output: reference}", "holds: output == sum(w * w) + b"])
    def test_several_values_in_the_place_of_one(self, course: Course, lines: str) -> None:
        def in_a_tuple(given: dict[str, Any]) -> dict[str, Any]:
            return {**right(given), "output": Structure(kind="tuple", items=(right(given)["output"],))}

        said = course.message(f"{LOSS}    {lines}\n", in_a_tuple, right)
        assert "it returns several values at once (a tuple) where one tensor is needed." in said

    def test_fewer_values_than_a_line_asks_for(self, course: Course) -> None:
        text = LOSS + '    expect: {"output[2]": sum(w)}\n'
        output = Structure(kind="tuple", items=(array(1.0), array(2.0)))
        assert "it returns 2 values, so there is no `output[2]`." in course.message(text, returning(output))
        assert "it returns one tensor, and `output[2]` cannot be computed" in course.message(
            text, returning(array(1.0))
        )

    def test_one_number_of_the_reference_is_not_several(self, course: Course) -> None:
        text = LOSS + "    expect: {output: reference}\n"
        said = course.message(text, returning(array([2.0, 2.0])), returning(array(2.0)))
        assert "its output has shape (2,) where a single number is needed." in said
        several = Structure(kind="tuple", items=(array(1.0), array([2.0, 2.0]), array(3.0)))
        said = course.message(text, returning(several), returning(Structure(kind="list", items=self.NUMBERS)))
        assert "is not as expected in its item `[1]`, which has shape (2,) where a single number is needed." in said
