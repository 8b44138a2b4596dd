"""Backward calls are joined to passes and counted. Hand-built observations, no torch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from grader.judging.backward_passes import find_backward_passes, leaves_of
from grader.model import Array, Backward, Event, LeafPass, Raised, RunPlace

HERE = RunPlace(cell=0, line=1, statement=1)


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
    return Backward(
        place=HERE,
        call=call,
        root=array(1.0),
        output=array(1.0),
        weights=None if weights is None else array(weights),
        root_names=(),
        output_names=(),
        through=(),
        functions=(),
        retain_graph=False,
        create_graph=False,
        order=1,
        operations=(),
        leaves=(entry,),
        group=group,
        stale=False,
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
