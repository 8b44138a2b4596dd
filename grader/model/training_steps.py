"""A step of a training loop: leaves of backward passes got new values, from an optimiser or by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.model.bounded_fields import Name
from grader.model.run_places import Hand, RunPlace
from grader.model.values import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class SteppedLeaf:
    """A leaf in a step. ``before`` is its value at the last pass before the step, ``after`` its value at the next pass
    or at the end of the statement: of another tensor where the name was bound to a new one.

    ``gradient`` is what the last pass computed, ``grad`` what ``.grad`` held at the step, ``passes`` how many passes
    that sums. ``was_zeroed``: ``.grad`` was empty when a pass since the step before began.
    """

    names: tuple[Name, ...]
    before: Array
    after: Array
    gradient: Array | None
    grad: Array | None
    passes: int
    was_zeroed: bool
    run: int
    """The number of the run of steps that it belongs to: steps of one tensor, or of one name, in one statement."""
    continues: int = 0
    """The run that this one may continue, since it is about the same tensor or name; 0: none."""
    number: int
    """How many steps of this run came before."""
    lr: float | None = None
    weight_decay: float | None = None
    momentum: float | None = None
    """What the optimiser's group says; None: it says nothing of this, or the step was made by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingStep:
    """A step. ``optimizer`` is the name of the optimiser's class; empty: the leaves were changed by hand.

    ``place`` is the line of ``step()``, or that which wrote to the leaf, or else that of the last pass. ``loss`` is
    what that pass started from. ``leaf_count``: how many leaves it changed, of which the first are in ``leaves``.
    """

    kind: Literal["training_step"] = "training_step"
    place: RunPlace
    optimizer: Name
    leaves: tuple[SteppedLeaf, ...]
    leaf_count: int
    unmoved: int = 0
    """At the last step of a loop: how many leaves its passes reached, with a gradient, that it never changed."""
    inside_pass: bool = False
    """A hook made it while a pass ran: what the pass computed for its leaves is not known then."""
    loss: Array | None
    hands: tuple[Hand, ...] = ()
    """What had a hand in its passes."""
