"""What is known of a leaf between its backward passes, and steps that are not sent yet."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ..hands.found_hands import HandSet
from ..passes.small_tensors import are_equal, is_zero
from ..stream import Json
from .student_lines import Lines
from .value_copy import MAX_COPIES, ValueCopy


class FollowedLeaf:
    """A leaf that a pass has reached. It keeps the tensor alive until another one takes its name."""

    __slots__ = (
        "carriers",
        "closed",
        "continues",
        "first_value",
        "first_written_at",
        "grad",
        "gradient",
        "hands",
        "is_open",
        "is_written_each_time",
        "loss",
        "made_at",
        "names",
        "number",
        "pass_number",
        "pass_place",
        "passes",
        "reached",
        "renewed_at",
        "run",
        "statement",
        "stepped_statement",
        "tensor",
        "token",
        "value",
        "was_renewed",
        "was_zeroed",
        "written_at",
    )

    def __init__(self, tensor: torch.Tensor, token: int, run: int) -> None:
        self.tensor = tensor
        self.token = token
        self.names: Sequence[str] = ()
        self.run = run
        self.continues = 0
        self.number = 0
        """How many steps its run has had."""
        self.made_at: Lines = ()
        """The lines that made the first tensor of its run; empty: not known."""
        self.first_written_at: Lines = ()
        """The lines that wrote to it last before the first pass of its run: where they write again, it starts anew."""
        self.is_written_each_time = False
        """They also write between two steps, as a projection does."""
        self.carriers: Sequence[str] = ()
        """Names that carry its numbers on, where each tensor of its run is turned into a leaf at the head of a turn."""
        self.renewed_at: Lines = ()
        """The lines that made the next tensor of its name; empty: none did."""
        self.was_renewed = False
        """Its name was bound to another tensor before."""
        self.is_open = False
        """A pass has reached it since its last step."""
        self.value = ValueCopy(tensor, token, with_large=True)
        """Its value at the last pass."""
        self.first_value = self.value
        """Its value at the first pass of its run."""
        self.gradient: ValueCopy | None = None
        self.grad: ValueCopy | None = None
        """Its ``.grad`` after the last pass, and from the first write to the leaf on what it was then."""
        self.loss: ValueCopy | None = None
        self.passes = 0
        self.was_zeroed = True
        self.hands: HandSet = {}
        self.statement = self.stepped_statement = 0
        self.pass_number = 0
        self.reached = 0
        """How many passes of the statement have reached it."""
        self.pass_place: Json = {}
        self.written_at: Json | None = None
        self.closed: SteppedLeaf | None = None
        """Its last step, as long as that may change: what follows in the same turn of a loop belongs to it."""

    @property
    def with_large(self) -> bool:
        """Whether values that are not small are copied, too."""
        return self.number < MAX_COPIES

    def note_pass(self, gradient: torch.Tensor | None, *, accumulates: bool) -> None:
        """Note what a pass has left. ``accumulates``: it added its gradient to ``.grad``."""
        tensor, copies = self.tensor, self.with_large
        grad = tensor.grad if tensor.is_leaf or tensor.retains_grad else None
        adds_up = accumulates and _was_zero_by_itself(self.grad, grad) and self.has_slope
        self.grad = None if grad is None else ValueCopy(grad, with_large=copies)
        if gradient is None or gradient is grad:
            self.gradient = self.grad
        else:
            self.gradient = ValueCopy(gradient, with_large=copies)
        was_empty = not accumulates or (not adds_up and _are_same(grad, gradient, self.grad, self.gradient))
        if not self.is_open:
            self.was_zeroed = False
            self.hands = {}
        self.was_zeroed = self.was_zeroed or was_empty
        self.passes = 1 if was_empty else self.passes + 1
        self.value = ValueCopy(tensor, self.token, with_large=copies)
        self.is_open = True
        self.written_at = None

    @property
    def has_slope(self) -> bool:
        """Whether the last pass gave it a gradient that is not zero, as far as that is known."""
        return self.gradient is not None and (self.gradient.values is None or not is_zero(self.gradient.values))

    def note_write(self, place: Json) -> None:
        """Note that something is about to write to its values, at a place."""
        if self.is_open and self.written_at is None:
            grad = self.tensor.grad if self.tensor.is_leaf else None
            if grad is not None:
                self.grad = ValueCopy(grad, with_large=self.with_large)
        self.written_at = place

    @property
    def was_changed(self) -> bool:
        """Whether it got a value since the last pass, be it the same one."""
        return self.written_at is not None or not self.value.is_of(self.tensor)


def _was_zero_by_itself(left: ValueCopy | None, grad: torch.Tensor | None) -> bool:
    """Whether passes left a ``.grad`` of zero, as where gradients cancel each other, and only one more pass has written
    to it since.
    """
    if left is None or grad is None or left.version + 1 != grad._version:
        return False
    return left.values is not None and is_zero(left.values)


def _are_same(
    grad: torch.Tensor | None, gradient: torch.Tensor | None, copied: ValueCopy | None, other: ValueCopy | None
) -> bool:
    """Whether ``.grad`` is the gradient of the last pass alone, so that it was empty before."""
    if gradient is None or gradient is grad or copied is other:
        return True
    if copied is not None and other is not None and copied.values is not None and other.values is not None:
        return are_equal(copied.values, other.values)
    if grad is None or grad.shape != gradient.shape or grad.layout != torch.strided or gradient.layout != torch.strided:
        return False
    return bool(torch.equal(grad, gradient))


def _of_shape(copied: ValueCopy | None, shape: torch.Size) -> ValueCopy | None:
    """A gradient, unless a transform gave it another shape than the leaf's."""
    return copied if copied is not None and copied.shape == shape else None


class SteppedLeaf:
    """A leaf in a step, as ``grader.model.SteppedLeaf``."""

    __slots__ = (
        "after",
        "before",
        "continues",
        "grad",
        "gradient",
        "names",
        "number",
        "passes",
        "run",
        "settings",
        "was_zeroed",
    )

    def __init__(
        self, leaf: FollowedLeaf, before: ValueCopy, after: ValueCopy, settings: dict[str, float | None]
    ) -> None:
        self.names = leaf.names
        self.before = before
        self.after = after
        self.gradient = _of_shape(leaf.gradient, before.shape)
        self.grad = _of_shape(leaf.grad, before.shape)
        self.passes = leaf.passes
        self.was_zeroed = leaf.was_zeroed
        self.run = leaf.run
        self.continues = leaf.continues
        self.number = leaf.number
        self.settings = settings


class Step:
    """A step, as ``grader.model.TrainingStep``."""

    __slots__ = ("hands", "inside_pass", "leaf_count", "leaves", "loss", "optimizer", "place", "unmoved")

    def __init__(self, place: Json, optimizer: str, loss: ValueCopy | None) -> None:
        self.place = place
        self.optimizer = optimizer
        self.loss = loss
        self.leaves: list[SteppedLeaf] = []
        self.leaf_count = 0
        self.unmoved = 0
        self.inside_pass = False
        """A hook made it while a pass ran."""
        self.hands: HandSet = {}
