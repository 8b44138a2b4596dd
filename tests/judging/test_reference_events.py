"""What of a reference's run goes into the recording of a pack: what the checks compare with, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from grader.course.exercise import Exercise
from grader.judging.checks.base import Check
from grader.judging.join_probes import join_probes
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.reference_events.needed_events import needed_events, observed_of
from grader.judging.reference_events.readers import READERS, Asking, reader_of
from grader.judging.reference_values import last_values
from grader.model import Backward, BriefPasses, ChangedNames, Event, FunctionCall, ModuleCall, Output, Probes
from grader.sandbox.encode_record import encode_record
from tests.helpers.observing import Observer

CODE = """
import torch

hidden_x = torch.tensor([3.0, 5.0], requires_grad=True)
(hidden_x**3).sum().backward()
secret_x = torch.arange(3.0, requires_grad=True)
(secret_x**2).sum().backward()

w = torch.tensor(7.0)
w = torch.tensor(8.0)
secret_w = torch.tensor(9.0)

def secret_first(a):
    return a + 1

def double(a):
    secret_local = a
    return 2 * secret_local

class Layer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.secret_child = [1]

    def forward(self, x):
        return 2 * x
"""
GIVEN = "root == sum(leaf ** 2)"


def needed(observe: Observer, *checks: dict[str, object], code: str = CODE) -> tuple[Exercise, Judge, Sequence[Event]]:
    exercise = Exercise.model_validate(
        {
            "id": "e",
            "title": "E",
            "statement": "S.",
            "checks": tuple({"id": f"c{n}", **as_read(c)} for n, c in enumerate(checks)),  # type: ignore[dict-item]
        }
    )
    judge = Judge("e", exercise.checks, seed=1)
    run = observe(code, probes=join_probes(judge.probes))
    return exercise, judge, needed_events(exercise.checks, judge, Observed(run))


def as_read(value: object) -> object:
    """With tuples for lists, as YAML is read."""
    if isinstance(value, dict):
        return {key: as_read(inner) for key, inner in value.items()}
    return tuple(map(as_read, value)) if isinstance(value, list) else value


PASS = {"kind": "backward", "given": GIVEN, "expect": {"gradient": "reference"}}
VALUE = {"kind": "value", "names": {"w": ["w"]}, "expect": {"w": "reference"}}
FUNCTION = {"kind": "function", "function": ["double"], "inputs": [{"normal": [2]}], "expect": {"output": "reference"}}
MODULE = {
    "kind": "module",
    "module": ["Layer"],
    "arguments": [{"x": {"normal": [2]}}],
    "expect": {"output": "reference"},
}
QUIET = {"kind": "value", "names": {"secret": ["secret_w"]}, "holds": "secret == 9"}


class TestEachKind:
    def test_passes_are_those_that_meet_given_without_names(self, observe: Observer) -> None:
        _, _, events = needed(observe, PASS)
        (event,) = events
        assert isinstance(event, Backward)
        assert event.leaves[0].value.data is not None
        assert event.leaves[0].value.data.tolist() == [0, 1, 2]
        assert (event.leaves[0].names, event.root_names, event.operations, event.functions) == ((), (), (), ())
        assert event.place.line == 0
        assert event.leaves[0].grad_after is None  # no line reads it

    def test_a_pass_has_no_gradients_where_no_line_is_about_them(self, observe: Observer) -> None:
        _, _, events = needed(observe, {**PASS, "expect": {"root": "reference"}})
        (event,) = events
        assert isinstance(event, Backward)
        assert [leaf.gradient for leaf in event.leaves] == [None]

    def test_values_are_the_last_ones_of_listed_names(self, observe: Observer) -> None:
        exercise, _, events = needed(observe, VALUE, QUIET)
        (event,) = events
        assert isinstance(event, ChangedNames)
        assert list(event.changed) == ["w"]
        assert last_values(exercise.checks[0], observed_of(events)).variables["w"].data == 8

    def test_a_function_is_the_one_that_others_are_compared_with(self, observe: Observer) -> None:
        _, _, events = needed(observe, FUNCTION)
        (event,) = events
        assert isinstance(event, FunctionCall)
        assert (event.name, event.names, event.place.line, event.weights) == ("double", (), 0, None)
        assert all(result.gradient is None for result in event.arguments)

    def test_gradients_stay_where_a_line_reads_them(self, observe: Observer) -> None:
        _, _, events = needed(observe, {**FUNCTION, "expect": {"gradient": "reference"}})
        assert all(result.gradient is not None for event in events for result in event.arguments)  # type: ignore[union-attr]

    def test_gradients_go_where_a_students_own_function_is_differentiated(self, observe: Observer) -> None:
        _, _, events = needed(observe, {**FUNCTION, "expect": {"output": "reference", "gradient": "numeric"}})
        results = [result for event in events for result in event.arguments]  # type: ignore[union-attr]
        assert len(results) == 1
        assert all((result.gradient, result.weighed) == (None, None) for result in results)

    def test_a_module_has_no_gradients_where_only_outputs_are_compared(self, observe: Observer) -> None:
        _, _, events = needed(observe, {**MODULE, "expect": {"output": "reference", "x.gradient": 2}})
        assert len(events) > 0
        for event in events:
            assert isinstance(event, ModuleCall)
            assert {result.gradient for result in event.arguments} <= {None}

    def test_how_much_else_the_solution_has_is_not_told(self, observe: Observer) -> None:
        """Statements, functions and tensors are counted anew, and a call says nothing of what it printed."""
        more = (
            "print('more')\nother = torch.ones(3)\ndef unused(a):\n    return a\n"
            "class Unused(torch.nn.Module):\n    pass\n"
        )
        loud = CODE.replace("    secret_local = a\n", "    secret_local = a\n    print(a)\n    a + 1\n    a + 2\n")
        checks = [PASS, {**PASS, "expect": {"root": "reference"}}, VALUE, FUNCTION, MODULE]
        short, long = (
            encode_record(needed(observe, *checks, code=code)[2])
            for code in (
                CODE,
                loud.replace("import torch\n", f"import torch\n{more}").replace("w = ", f"{more}w = ", 1),
            )
        )
        assert short == long != b""

    def test_a_module_has_no_attributes_that_no_line_reads(self, observe: Observer) -> None:
        _, _, events = needed(observe, MODULE)
        assert events
        for event in events:
            assert isinstance(event, ModuleCall)
            assert (event.name, event.type, event.unregistered, event.buffers) == ("Layer", "", (), None)

    def test_nothing_stays_where_no_check_compares_with_the_reference(self, observe: Observer) -> None:
        assert needed(observe, QUIET)[2] == ()


def test_several_checks_share_events_without_names_of_the_solution(observe: Observer) -> None:
    named = {**PASS, "names": {"w": ["w"]}, "given": [GIVEN], "expect": {"gradient": "reference", "root": "reference"}}
    both = {**FUNCTION, "expect": {"gradient": "reference"}}
    _, _, events = needed(observe, PASS, VALUE, FUNCTION, both, MODULE, QUIET, {**named, "holds": "w != 5"})
    record = encode_record(events)
    assert b"secret" not in record
    assert b"hidden_x" not in record
    calls = [event for event in events if isinstance(event, FunctionCall)]
    assert all(call.arguments[0].gradient is not None for call in calls)  # the second check reads it


def test_a_kind_of_another_package_gets_all_events_without_texts_and_lines(observe: Observer) -> None:
    run = Observed(observe(CODE + "print('secret')\n"))
    asking = Asking(way=None, probes=Probes(), ids=frozenset())
    events = [event for _, event in reader_of(READERS, cast(Check, None))(asking, run)]
    assert len(events) == sum(not isinstance(event, Output) for event in run.events) > 0
    assert all(event.place.line == 0 for event in events if isinstance(event, Backward))


def test_of_long_loops_no_name_stays_that_no_check_lists(observe: Observer) -> None:
    code = (
        "import torch\nsecret_x = torch.arange(3.0, requires_grad=True)\n"
        "for i in range(300):\n    (secret_x**2).sum().backward()\n"
    )
    counted = {"kind": "backward", "given": [GIVEN, "passes == 2"], "expect": {"grad": "reference"}}
    _, _, events = needed(observe, counted, code=code)
    assert any(isinstance(event, BriefPasses) for event in events)
    assert b"secret" not in encode_record(events)


def test_where_passes_are_counted_all_of_them_stay(observe: Observer) -> None:
    counted = {"kind": "backward", "given": [GIVEN, "passes == 2"], "expect": {"grad": "reference"}}
    code = "import torch\nx = torch.arange(3.0, requires_grad=True)\n" + "(x**2).sum().backward()\n" * 2
    _, _, events = needed(observe, counted, code=code)
    assert len([event for event in events if isinstance(event, Backward)]) == 2
