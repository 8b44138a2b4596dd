"""Kind ``steps``, and what ``backward`` says of all passes, judged on records made by hand. What a worker records is in
``tests/runtime/test_steps.py``, and what exercises say with it in ``tests/language_course``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from grader.judging.checks.backward import BackwardCheck
from grader.judging.checks.base import Check
from grader.judging.checks.steps import StepsCheck
from grader.judging.context import Subject
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.sections import find_sections
from grader.judging.steps.training_loops import find_training_loops
from grader.model import (
    Array,
    Cell,
    Event,
    Hand,
    Observation,
    Outcome,
    RunPlace,
    SteppedLeaf,
    Submission,
    TrainingStep,
    Verdict,
)
from grader.submission.fingerprints import Handout
from tests.helpers.exercises import double_backward

PLACE = RunPlace(cell=0, line=7, statement=3)
RIGHT = {"expect": {"after": "leaf - 0.1 * gradient"}}


def array(values: object, *, token: int = 0, recorded: bool = True) -> Array:
    data = np.asarray(values, "float32")
    return Array(kind="tensor", dtype="float32", shape=data.shape, data=data if recorded else None, token=token)


def step(number: int, before: object, change: object, gradient: object, **fields: Any) -> TrainingStep:
    """A step of one leaf by hand; its loss is the square of its first element. ``fields`` are those of the leaf."""
    values = np.asarray(before, "float32")
    leaf = SteppedLeaf(
        names=("w",),
        before=array(values, token=1),
        after=array(values + np.asarray(change, "float32"), token=1),
        gradient=array(gradient),
        grad=array(gradient),
        passes=1,
        was_zeroed=True,
        run=1,
        number=number,
    )
    loss = array(float(values.ravel()[0]) ** 2)
    leaves = (replace(leaf, **fields),)
    return TrainingStep(place=PLACE, optimizer="", leaves=leaves, leaf_count=1, loss=loss)


def descent(*rates: float, start: float = 4.0) -> list[TrainingStep]:
    """Steps on the square of a number."""
    steps, value = [], start
    for number, rate in enumerate(rates):
        steps.append(step(number, [value, 1.0], [-rate * 2 * value, 0], [2 * value, 0]))
        value -= rate * 2 * value
    return steps


def judge(events: Sequence[Event], kind: type[Check] = StepsCheck, **fields: Any) -> Verdict:
    name = "steps" if kind is StepsCheck else "backward"
    check = kind.model_validate({"id": "loop", "kind": name, **fields})
    cells = (Cell(number=None, source="f()\n" * 20, code="f()\n" * 20),)
    submission = Submission(path="a.py", format="py", sha256="", cells=cells)
    observed = Observed(Observation(events=tuple(events), outcome=Outcome.COMPLETED))
    names = double_backward().names
    section = find_sections(submission, [names])[names.id]
    subject = Subject(observed=observed, submission=submission, section=section, handout=Handout())
    (verdict,) = Judge("sample", [check], seed=0).judge(subject, reference=None)
    return verdict


class TestRoles:
    def test_of_two_wrong_ways_the_one_by_the_names_is_told(self) -> None:
        """With the roles exchanged the numbers come closer, but `b` is what the student calls `b`."""
        (one,) = step(0, [0.0], [3.0], [-10.0]).leaves
        made = step(0, [0.0], [0.4], [-20.0])
        two = replace(made.leaves[0], names=("b",), before=array([0.0], token=2), after=array([0.4], token=2), run=2)
        fields = {"leaves": ("w", "b"), "expect": {"w.after": "w + 0.5", "b.after": "b + 3.1"}, "holds": "steps == 1"}
        found = judge([replace(made, leaves=(one, two), leaf_count=2)], **fields)
        assert found.message.endswith("is not right: its change of `w` is 6 times the expected value.")


class TestAllSteps:
    def test_pass_where_all_are_right(self) -> None:
        found = judge(descent(0.1, 0.1, 0.1), **RIGHT)
        assert (found.status, found.message) == ("passed", "All 3 steps are right.")

    def test_fail_with_the_first_that_is_wrong(self) -> None:
        found = judge(descent(0.1, 0.1, 0.3, 0.2), **RIGHT)
        assert found.status == "failed"
        assert found.message.startswith(
            "2 of 4 steps are right; the third step, line 7, is not: its change of `w` is 3"
        )
        assert found.share == pytest.approx(0.5)

    def test_say_that_a_step_went_the_other_way(self) -> None:
        assert "has the opposite sign" in judge(descent(-0.1, -0.1), **RIGHT).message

    def test_say_that_a_step_left_the_leaf_as_it_was(self) -> None:
        assert "it did not change `w`" in judge(descent(0.1, 0, 0.1), **RIGHT).message

    def test_name_gradients_that_have_added_up_only_where_they_did(self) -> None:
        first = step(0, [4.0], [-0.8], [8.0])
        second = step(1, [3.2], [-1.44], [6.4], grad=array([14.4]), passes=2, was_zeroed=False)
        assert "gradients of 2 passes have added up" in judge([first, second], **RIGHT).message
        unexplained = step(1, [3.2], [-1.44], [6.4], grad=array([14.4]))
        assert "added up" not in judge([first, unexplained], **RIGHT).message

    def test_are_all_leaves(self) -> None:
        one, other = descent(0.1, 0.1), descent(0.1, 0.2)
        together = [
            replace(a, leaves=(*a.leaves, replace(b.leaves[0], names=("b",), run=2)), leaf_count=2)
            for a, b in zip(one, other, strict=True)
        ]
        assert (
            "1 of 2 steps is right; the second step, line 7, is not: its change of `b`"
            in judge(together, **RIGHT).message
        )
        assert judge(together, leaf="w", **RIGHT).status == "passed"
        assert judge(together, leaf="v", **RIGHT).status == "failed"

    def test_count_where_given_holds(self) -> None:
        assert judge(descent(0.3, 0.1, 0.1), given="number > 0", **RIGHT).status == "passed"
        assert judge(descent(0.1, 0.1), given="number > 5", **RIGHT).found is False

    def test_of_a_loop_that_was_thinned_say_how_many_were_looked_at(self) -> None:
        steps = descent(0.1, 0.1, 0.1)
        far = [*steps[:2], replace(steps[2], leaves=(replace(steps[2].leaves[0], number=1999),))]
        assert judge(far, **RIGHT).message == "All 3 steps that were recorded, of 2,000, are right."
        found = judge(far, every="lr == 1")
        assert found.message.endswith("(of 2,000 steps, 3 were looked at).")

    def test_give_later_checks_the_leaf_as_it_is_after_the_loop(self) -> None:
        assert judge(descent(0.1, 0.1), **RIGHT).bound[0].objects == {"leaf": 1}
        in_roles = {"leaves": ("v",), "expect": {"v.after": "v - 0.1 * v.gradient"}}
        assert judge(descent(0.1, 0.1), **in_roles).bound[0].objects == {"v": 1}


class TestLines:
    def test_of_every_and_never_are_about_each_step(self) -> None:
        steps = descent(0.1, 0.1, 0.1)
        assert judge(steps, every="next_loss < loss", never="passes > 1").status == "passed"
        found = judge(
            [*steps[:2], replace(steps[2], leaves=(replace(steps[2].leaves[0], passes=3),))], never="passes > 1"
        )
        assert "the third step, line 7, is not: `passes > 1` holds there, and should not" in found.message

    def test_of_first_are_about_the_first_step(self) -> None:
        steps = descent(0.1, 0.1, 0.1)
        assert judge(steps, first="leaf[0] == 4").status == "passed"
        assert judge(steps, first="leaf[0] == 4", every="loss <= 16").message == "All 3 steps are right."
        found = judge(steps, first=["leaf[0] == 1", "was_zeroed"])
        assert found.status == "failed"
        assert found.message == "The first step, line 7, is not right: `leaf[0] == 1` does not hold there."

    def test_about_the_next_step_leave_out_the_last(self) -> None:
        assert judge(descent(0.1, 0.1), every="next_loss < loss").message == "The step is right."
        assert judge(descent(0.1), every=["next_loss < loss", "steps == 1"]).status == "failed"

    def test_about_the_step_before_begin_with_nothing(self) -> None:
        velocity, value, steps = 0.0, 4.0, []
        for number in range(4):
            velocity = 0.9 * velocity - 0.1 * 2 * value
            steps.append(step(number, [value], [velocity], [2 * value]))
            value += velocity
        momentum = {"after": "leaf + 0.9 * previous_change - 0.1 * gradient"}
        assert judge(steps, expect=momentum).status == "passed"
        assert judge(descent(0.1, 0.1, 0.1), expect=momentum).status == "failed"

    def test_about_the_loop_say_what_it_is_instead(self) -> None:
        found = judge(descent(0.1, 0.1), holds="steps == 10")
        assert found.message == "After 2 steps, `steps == 10` does not hold: `steps` is 2."

    def test_about_the_norm_know_all_leaves(self) -> None:
        steps = descent(0.1, 0.1)
        assert judge(steps, every="gradient_norm <= 8.01").status == "passed"
        more = [replace(one, leaf_count=70) for one in steps]
        assert judge(more, every="gradient_norm <= 8.01").status == "manual"


class TestWhatProvesNothing:
    def test_is_a_loop_of_one_step_unless_its_number_is_asked_for(self) -> None:
        assert "Only one step was seen" in judge(descent(0.1), **RIGHT).message
        assert judge(descent(0.1), holds="steps == 1", **RIGHT).status == "passed"

    def test_is_a_loop_in_which_nothing_changes(self) -> None:
        assert "nothing changed" in judge(descent(0, 0, 0), every="was_zeroed").message
        assert "nothing changed" in judge([step(n, [3.0], [0], [0]) for n in range(3)], **RIGHT).message

    def test_is_a_check_that_asks_for_no_change(self) -> None:
        with pytest.raises(ValidationError, match="asks that nothing changes"):
            StepsCheck.model_validate({"id": "a", "kind": "steps", "expect": {"after": "leaf"}})

    def test_is_a_check_that_asks_nothing(self) -> None:
        with pytest.raises(ValidationError, match="asks nothing of the steps"):
            StepsCheck.model_validate({"id": "a", "kind": "steps", "given": "number > 0"})


class TestWhatIsForAPerson:
    def test_are_values_that_were_not_recorded(self) -> None:
        unknown = array([0.0, 0.0], recorded=False)
        steps = [replace(one, leaves=(replace(one.leaves[0], after=unknown),)) for one in descent(0.1, 0.1)]
        assert (judge(steps, **RIGHT).status, judge(steps, **RIGHT).withheld) == ("manual", True)

    def test_but_not_where_some_were(self) -> None:
        steps = descent(0.1, 0.1, 0.1)
        gone = replace(steps[2], leaves=(replace(steps[2].leaves[0], after=array([0.0, 0.0], recorded=False)),))
        assert judge([*steps[:2], gone], **RIGHT).message == "All 2 steps that were recorded, of 3, are right."

    def test_is_a_hand_in_a_pass(self) -> None:
        hand = Hand(kind="hook", name="w", place=PLACE, changed=True)
        steps = [replace(one, hands=(hand,)) for one in descent(0.1, 0.1)]
        assert (judge(steps, **RIGHT).status, judge(steps, **RIGHT).withheld) == ("manual", True)
        assert judge(steps, allow="hooks", **RIGHT).status == "passed"


class TestLoops:
    def test_of_several_statements_are_tried_alone_and_together(self) -> None:
        one, other = descent(0.1, 0.1), descent(0.1, 0.1, 0.1, start=2.56)
        later = [replace(each, leaves=(replace(each.leaves[0], run=2, continues=1),)) for each in other]
        assert [loop.count for loop in find_training_loops([*one, *later])] == [2, 3, 5]
        for steps in (2, 3, 5):
            assert judge([*one, *later], holds=f"steps == {steps}", **RIGHT).status == "passed"
        assert judge([*one, *later], holds="steps == 4", **RIGHT).status == "failed"

    def test_that_count_backwards_or_continue_themselves_are_none(self) -> None:
        forged = [step(number, [1.0], [1.0], [1.0], continues=0) for number in (3, 2, 2)]
        assert find_training_loops(forged) == ()
        circle = [replace(each, leaves=(replace(each.leaves[0], run=run, continues=5 - run),)) for run, each in
                  ((2, step(0, [1.0], [1.0], [1.0])), (3, step(0, [1.0], [1.0], [1.0])))]  # fmt: skip
        assert len(find_training_loops(circle)) == 2


class TestMistakesOfAllPasses:
    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"next": {"gradient": "leaf"}}, "`next` is about the leaf of the pass: write `leaf`"),
            ({"leaves": ("w", "b"), "next": {"leaf": "w"}}, "write `w` or `b` in the place of `leaf`"),
            ({"steps": 3, "expect": {"gradient": "reference"}}, "`reference` is about one pass"),
            ({"next": "leaf"}, "expected `leaf: wanted` lines"),
            ({"every": "lr == 0.1"}, "unknown name `lr`"),
        ],
    )
    def test_are_said(self, fields: dict[str, Any], said: str) -> None:
        with pytest.raises(ValidationError) as caught:
            BackwardCheck.model_validate({"id": "a", "kind": "backward", **fields})
        assert said in str(caught.value)
