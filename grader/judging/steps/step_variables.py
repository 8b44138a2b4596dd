"""The variables of a step: what the expressions of a check may use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grader.judging.series import NOT_THERE
from grader.judging.steps.training_loops import LoopStep, TrainingLoop, change_in
from grader.language.expression import Role
from grader.language.values import Unrecorded
from grader.model import SteppedLeaf

BY_HAND = "by hand"

VARIABLES: Mapping[str, str] = {
    "leaf": "the leaf's value before the step, as the last pass found it",
    "after": "its value after the step",
    "gradient": "what the last pass before the step computed for the leaf",
    "grad": "the leaf's `.grad` when the step was made: the sum of `passes` gradients, clipped where it was clipped",
    "passes": "how many passes that sums",
    "was_zeroed": "whether `.grad` was cleared since the step before: it has nothing of what that step used",
    "previous_change": "by how much the step before changed the leaf: `after - leaf` there; 0 at the first step",
    "number": "how many steps came before in the loop: 0 at the first one",
    "steps": "how many steps the loop made",
    "lr": "the learning rate of the optimiser at this step; None where the step was made by hand",
    "weight_decay": "the optimiser's weight decay; None where it has none",
    "momentum": "the optimiser's momentum; None where it has none",
    "moved": "how many leaves the loop changed",
    "unmoved": "how many leaves the passes of the loop reached, with a gradient, that it never changed",
    "optimizer": f'the name of the optimiser\'s class, such as `"SGD"`; `"{BY_HAND}"` where there was none',
    "gradient_norm": "the norm of all gradients of the step together, as `.grad` holds them",
    "loss": "what the last pass before the step started from",
    "next_loss": "the `loss` of the next step; the last step has none, and lines that read it leave it out",
    "first_loss": "the `loss` of the loop's first step",
    "last_loss": "the `loss` of the loop's last step",
    "loss_falls": "in what share of the steps the next loss is smaller, from 0 to 1",
}
OF_LEAF = frozenset({"leaf", "after", "gradient", "grad", "passes", "was_zeroed", "previous_change"})
"""Variables that roles have instead: ``w``, ``w.after``, ``w.gradient``, …"""


class StepVariables:
    """Makes the variables of the steps of a loop; what all its steps share is computed once."""

    def __init__(self, loop: TrainingLoop) -> None:
        self._loop = loop
        first, last = loop.steps[0], loop.steps[-1]
        falls = loop.loss_falls
        self._of_loop: dict[str, Any] = {
            "steps": loop.count,
            "moved": max(loop.leaf_count, last.event.leaf_count),
            "unmoved": last.event.unmoved,
            "first_loss": first.event.loss if first.number == 0 else Unrecorded("the first step was not recorded"),
            "last_loss": last.event.loss,
            "loss_falls": NOT_THERE if falls is None else falls,
        }

    def of_leaf(self, index: int, leaf: int) -> dict[str, Any]:
        """A step, as seen from one leaf."""
        step = self._loop.steps[index]
        stepped = step.leaf(leaf)
        return {
            **self._of_step(index, stepped),
            "leaf": stepped.before,
            "gradient": stepped.gradient,
            "grad": stepped.grad,
            **self._parts(index, leaf),
        }

    def of_roles(self, index: int, roles: Sequence[str], leaves: Sequence[int]) -> dict[str, Any]:
        """A step, as seen from several leaves with their roles."""
        step = self._loop.steps[index]
        variables = self._of_step(index, step.leaf(leaves[0]))
        for role, leaf in zip(roles, leaves, strict=True):
            stepped = step.leaf(leaf)
            variables[role] = Role(
                value=stepped.before,
                gradient=stepped.gradient,
                grad=stepped.grad,
                parts=self._parts(index, leaf),
            )
        return variables

    def _parts(self, index: int, leaf: int) -> dict[str, Any]:
        stepped = self._loop.steps[index].leaf(leaf)
        return {
            "after": stepped.after,
            "passes": stepped.passes,
            "was_zeroed": stepped.was_zeroed,
            "previous_change": self._change_before(index, leaf),
        }

    def _change_before(self, index: int, leaf: int) -> object:
        if self._loop.steps[index].number == 0:
            return 0
        before = self._loop.before(index)
        if before is None:
            return NOT_THERE
        return change_in(before.leaf(leaf)) or Unrecorded("the step before was not recorded")

    def _of_step(self, index: int, stepped: SteppedLeaf) -> dict[str, Any]:
        step = self._loop.steps[index]
        following = self._loop.next_of(index)
        norm = step.norm
        return {
            **self._of_loop,
            "number": step.number,
            "lr": stepped.lr,
            "weight_decay": stepped.weight_decay,
            "momentum": stepped.momentum,
            "optimizer": step.event.optimizer or BY_HAND,
            "gradient_norm": Unrecorded("not all gradients of the step were recorded") if norm is None else norm,
            "loss": step.event.loss,
            "next_loss": NOT_THERE if following is None else following.event.loss,
        }


def elements_of(step: LoopStep) -> int:
    """How many elements the arrays of a step have, for the bounds of judging."""
    arrays = (
        array for leaf in (*step.leaves, *step.still) for array in (leaf.before, leaf.after, leaf.gradient, leaf.grad)
    )
    return sum(array.data.size for array in arrays if array is not None and array.data is not None)
