"""Backward calls are joined to passes and counted. Hand-built observations, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from grader.judging.passes.backward_passes import find_backward_passes
from grader.judging.passes.differentiated_points import gradients_of, leaves_of
from grader.model import Array, Backward, BriefLeaf, BriefLine, BriefPasses, Event, LeafPass, Raised
from grader.runtime.protocol.record import GRAD_IS_NONZERO, GRAD_WAS_CHANGED, GRAD_WAS_EMPTY, LEAF_MOVED
from tests.helpers.backward_events import HERE, backward_event


def array(values: object, token: int = 0) -> Array:
    data = np.array(values, dtype=np.float32)
    return Array(kind="tensor", dtype="float32", shape=data.shape, data=data, token=token, requires_grad=token > 0)


def backward(
    *,
    gradient: object,
    before: object | None,
    after: object | None,
    leaf: object = (1.0, 2.0),
    token: int = 1,
    call: str = "backward",
    weights: object | None = None,
    group: int = 0,
    error: Raised | None = None,
) -> Backward:
    entry = LeafPass(
        names=("x",),
        value=array(leaf, token),
        gradient=array(gradient),
        grad_before=None if before is None else array(before),
        grad_after=None if after is None else array(after),
    )
    return backward_event(
        entry,
        root=array(1.0),
        output=array(1.0),
        call=call,
        weights=None if weights is None else array(weights),
        group=group,
        error=error,
    )


def test_two_passes_are_counted_while_nothing_is_zeroed() -> None:
    first = backward(gradient=[2, 4], before=None, after=[2, 4])
    second = backward(gradient=[2, 4], before=[2, 4], after=[4, 8])
    assert [entry.passes for entry in find_backward_passes([first, second])] == [1, 2]


def test_zeroing_starts_the_count_again_and_is_noted() -> None:
    first = backward(gradient=[2, 4], before=None, after=[2, 4])
    second = backward(gradient=[2, 4], before=[0, 0], after=[2, 4])
    third = backward(gradient=[2, 4], before=None, after=[2, 4])
    passes = find_backward_passes([first, second, third])
    assert [entry.passes for entry in passes] == [1, 1, 1]
    assert [entry.was_zeroed for entry in passes] == [False, True, True]


def test_a_gradient_assigned_by_hand_is_no_pass() -> None:
    only = backward(gradient=[2, 4], before=[2, 4], after=[4, 8])
    assert [entry.passes for entry in find_backward_passes([only])] == [1]


def test_a_gradient_changed_by_hand_between_passes_starts_the_count_again() -> None:
    first = backward(gradient=[2, 4], before=None, after=[2, 4])
    second = backward(gradient=[2, 4], before=[9, 9], after=[11, 13])
    assert [entry.passes for entry in find_backward_passes([first, second])] == [1, 1]


def test_a_leaf_is_trained_where_a_line_finds_it_changed() -> None:
    def at(line: int, leaf: object, token: int = 1) -> Backward:
        event = backward(gradient=[2, 4], before=None, after=[2, 4], leaf=leaf, token=token)
        return replace(event, place=replace(HERE, line=line))

    before, after = [1.0, 2.0], [1.0, 3.0]
    loop = [at(5, before), at(6, before), at(5, after), at(6, after)]
    assert [entry.trained for entry in find_backward_passes(loop)] == [True] * 4
    # What stays is not trained by a loop, nor is another tensor, nor what changes from a line to the next.
    for events in (
        [at(5, before), at(5, before), at(6, before)],
        [at(5, before), at(5, after, 2)],
        [at(5, before), at(6, after), at(7, after)],
    ):
        assert not any(entry.trained for entry in find_backward_passes(events))


def test_autograd_grad_leaves_the_count_as_it_is() -> None:
    first = backward(gradient=[2, 4], before=None, after=[2, 4])
    aside = backward(gradient=[1, 1], before=[2, 4], after=[2, 4], call="grad")
    second = backward(gradient=[2, 4], before=[2, 4], after=[4, 8])
    assert [entry.passes for entry in find_backward_passes([first, aside, second])] == [1, 1, 2]


def test_a_pass_that_raised_is_none() -> None:
    failed = backward(gradient=[2, 4], before=None, after=None, error=Raised(type="RuntimeError", text="no"))
    assert find_backward_passes([failed]) == ()


def test_two_leaves_are_counted_apart() -> None:
    first = backward(gradient=[2, 4], before=None, after=[2, 4], token=1)
    other = backward(gradient=[2, 4], before=None, after=[2, 4], token=2)
    assert [entry.passes for entry in find_backward_passes([first, other])] == [1, 1]


class TestPieces:
    """A loop over the elements of a tensor is one pass."""

    def test_pieces_of_one_tensor_are_joined(self) -> None:
        first = backward(gradient=[2, 0], before=None, after=[2, 0], weights=[1, 0], group=7)
        second = backward(gradient=[0, 4], before=[2, 0], after=[2, 4], weights=[0, 1], group=7)
        (whole,) = find_backward_passes([first, second])
        assert whole.passes == 1
        assert whole.gradient is not None
        assert whole.gradient.data is not None
        assert whole.gradient.data.tolist() == [2, 4]
        assert whole.weights is not None
        assert whole.weights.data is not None
        assert whole.weights.data.tolist() == [1, 1]
        assert whole.grad_before is None

    def test_the_same_piece_again_begins_another_pass(self) -> None:
        first = backward(gradient=[2, 0], before=None, after=[2, 0], weights=[1, 0], group=7)
        again = backward(gradient=[2, 0], before=[2, 0], after=[4, 0], weights=[1, 0], group=7)
        assert [entry.passes for entry in find_backward_passes([first, again])] == [1, 2]

    def test_zeroing_between_pieces_does_not_part_them(self) -> None:
        first = backward(gradient=[2, 0], before=None, after=[2, 0], weights=[1, 0], group=7)
        second = backward(gradient=[0, 4], before=[0, 0], after=[0, 4], weights=[0, 1], group=7)
        (whole,) = find_backward_passes([first, second])
        assert whole.gradient is not None
        assert whole.gradient.data is not None
        assert whole.gradient.data.tolist() == [2, 4]


def test_points_of_a_loop_are_put_together_and_repeated_leaves_given_once() -> None:
    loop: list[Event] = [
        backward(gradient=1.0, before=None, after=1.0, leaf=float(value), token=value) for value in (1, 2, 3)
    ]
    vector = [backward(gradient=[1, 1], before=None, after=[1, 1]) for _ in range(2)]
    assert [points.tolist() for points in leaves_of([*loop, *vector])] == [[1.0, 2.0], [1.0, 2.0, 3.0]]


class TestPassesInBrief:
    """Passes of a long loop that were not described count as if they had been."""

    @staticmethod
    def brief(*states: int, token: int = 1, output: int = 0, call: str = "backward", line: int = 1) -> BriefPasses:
        def column(values: Sequence[int], dtype: type[np.generic]) -> Array:
            data = np.array(values, dtype)
            return Array(kind="ndarray", dtype=data.dtype.name, shape=data.shape, data=data)

        count = len(states)
        leaf = BriefLeaf(
            names=("x",),
            tokens=column([token] * count, np.int64),
            states=column(states, np.uint8),
            values=array([[1.0, 2.0]]),
            gradients=array([[2.0, 4.0]] * count),
        )
        lines = BriefLine(
            place=replace(HERE, line=line),
            call=call,
            order=1,
            output_tokens=column([output] * count, np.int64),
            outputs=None,
            leaves=(leaf,),
        )
        return BriefPasses(place=HERE, lines=(lines,), sequence=column([0] * count, np.uint8))

    def test_passes_that_add_up_are_counted(self) -> None:
        first = backward(gradient=[2, 4], before=None, after=[2, 4])
        between = self.brief(*[GRAD_IS_NONZERO] * 5)
        last = replace_leaf(backward(gradient=[2, 4], before=[12, 24], after=[14, 28]), unchanged=True)
        assert [entry.passes for entry in find_backward_passes([first, between, last])] == [1, 7]

    def test_clearing_between_them_is_seen(self) -> None:
        first = backward(gradient=[2, 4], before=None, after=[2, 4])
        between = self.brief(GRAD_IS_NONZERO, GRAD_WAS_EMPTY | GRAD_IS_NONZERO, GRAD_IS_NONZERO)
        last = replace_leaf(backward(gradient=[2, 4], before=[4, 8], after=[6, 12]), unchanged=True)
        *_, entry = find_backward_passes([first, between, last])
        assert (entry.passes, entry.cleared, entry.was_zeroed) == (3, 2, False)

    def test_clearing_after_them_is_seen(self) -> None:
        between = self.brief(GRAD_WAS_EMPTY | GRAD_IS_NONZERO, GRAD_IS_NONZERO)
        (entry,) = find_backward_passes([between, backward(gradient=[2, 4], before=[0, 0], after=[2, 4])])
        assert (entry.passes, entry.cleared, entry.was_zeroed) == (1, 2, True)

    def test_zero_gradients_that_stay_zero_are_not_cleared(self) -> None:
        between = self.brief(GRAD_WAS_EMPTY, GRAD_WAS_EMPTY)
        (entry,) = find_backward_passes([between, backward(gradient=[2, 4], before=[0, 0], after=[2, 4])])
        assert (entry.cleared, entry.was_zeroed) == (0, False)

    def test_a_change_by_hand_starts_the_count_again(self) -> None:
        between = self.brief(GRAD_WAS_EMPTY | GRAD_IS_NONZERO, GRAD_WAS_CHANGED | GRAD_IS_NONZERO)
        last = replace_leaf(backward(gradient=[2, 4], before=[4, 8], after=[6, 12]), unchanged=True)
        changed = replace_leaf(last, unchanged=False)
        assert [entry.passes for entry in find_backward_passes([between, last])] == [2]
        assert [entry.passes for entry in find_backward_passes([between, changed])] == [1]

    def test_autograd_grad_adds_nothing_up(self) -> None:
        first = backward(gradient=[2, 4], before=None, after=[2, 4])
        between = self.brief(*[GRAD_IS_NONZERO] * 5, call="grad")
        last = replace_leaf(backward(gradient=[2, 4], before=[2, 4], after=[4, 8]), unchanged=True)
        assert [entry.passes for entry in find_backward_passes([first, between, last])] == [1, 2]

    def test_passes_from_one_output_are_counted(self) -> None:
        output = array(1.0, token=9)
        first = replace(backward(gradient=[2, 4], before=None, after=[2, 4]), output=output)
        last = replace_leaf(backward(gradient=[2, 4], before=[8, 16], after=[10, 20]), unchanged=True)
        last = replace(last, output=output)
        brief = self.brief(*[GRAD_IS_NONZERO] * 3, output=9)
        assert [entry.repeats for entry in find_backward_passes([first, brief, last])] == [1, 5]
        assert [entry.repeats for entry in find_backward_passes([first, self.brief(4, output=8), last])] == [1, 2]

    def test_another_leaf_is_left_alone(self) -> None:
        first = backward(gradient=[2, 4], before=None, after=[2, 4])
        last = backward(gradient=[2, 4], before=[2, 4], after=[4, 8])
        passes = find_backward_passes([first, self.brief(GRAD_IS_NONZERO, token=5), last])
        assert [entry.passes for entry in passes] == [1, 2]

    def test_a_leaf_that_moved_in_brief_is_trained(self) -> None:
        first = backward(gradient=[2, 4], before=None, after=[2, 4])
        moved = [self.brief(GRAD_IS_NONZERO | LEAF_MOVED)]
        assert [entry.trained for entry in find_backward_passes([first, *moved])] == [True]
        for others in ([self.brief(GRAD_IS_NONZERO)], [self.brief(LEAF_MOVED, line=2)], [self.brief(8, token=2)]):
            assert [entry.trained for entry in find_backward_passes([first, *others])] == [False]

    def test_their_points_and_gradients_are_known(self) -> None:
        brief = self.brief(GRAD_WAS_EMPTY, GRAD_WAS_EMPTY)
        assert [points.tolist() for points in leaves_of([brief])] == [[1.0, 2.0]]
        assert [data.tolist() for data in gradients_of([brief])] == [[[2.0, 4.0], [2.0, 4.0]]]

    def test_points_of_one_element_are_joined_with_those_described(self) -> None:
        def point(value: float) -> Backward:
            return backward(gradient=1.0, before=None, after=1.0, leaf=value)

        brief = self.brief(1, 1, 1)
        leaf = replace(brief.lines[0].leaves[0], values=array([2.0, 3.0, 4.0]))
        brief = replace(brief, lines=(replace(brief.lines[0], leaves=(leaf,)),))
        assert [points.tolist() for points in leaves_of([point(1.0), brief, point(5.0)])] == [[1.0, 2.0, 3.0, 4.0, 5.0]]


def replace_leaf(event: Backward, **fields: object) -> Backward:
    return replace(event, leaves=(replace(event.leaves[0], **fields),))  # type: ignore[arg-type]


class TestCurvatures:
    """Where the recorder could not compute a curvature, a later pass over the gradient shows it."""

    @staticmethod
    def passes(later_leaf: float = 2.0, later_output: float = 12.0, order: int = 2) -> list[Array | None]:
        first = backward(gradient=12.0, before=None, after=None, leaf=2.0, call="jvp", weights=1.0)
        second = backward(gradient=[12.5], before=None, after=None, leaf=later_leaf, call="grad", weights=[1.0])
        second = replace(second, order=order, output=array(later_output))
        return [entry.curvature for entry in find_backward_passes([replace(first, output=array(8.0)), second])]

    def test_it_is_the_gradient_of_the_gradient(self) -> None:
        first, second = self.passes()
        assert first is not None
        assert first.data is not None
        assert (first.shape, first.data.tolist()) == ((), 12.5)
        assert second is None

    def test_other_points_and_outputs_show_nothing(self) -> None:
        assert self.passes(later_leaf=3.0) == [None, None]
        assert self.passes(later_output=11.0) == [None, None]
        assert self.passes(order=1) == [None, None]


def test_passes_of_other_orders_are_no_parts_of_one() -> None:
    first = backward(gradient=[2, 4], before=None, after=None, call="grad", weights=1.0, group=-1)
    second = backward(gradient=[1, 0], before=None, after=None, call="grad", weights=[1, 0], group=-1)
    assert len(find_backward_passes([first, replace(second, order=2, output=array([2.0, 4.0]))])) == 2
