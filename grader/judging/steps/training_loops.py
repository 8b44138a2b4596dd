"""Recorded steps as training loops: which steps of which leaves belong together.

A loop is a series of steps of the same leaves in one statement. Steps that several statements make, one after the
other, may be one loop as well, or a loop and the next exercise: then both are tried, each by itself and all together.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.model import Array, Event, Hand, SteppedLeaf, TrainingStep

MAX_LEAVES = 64
"""Leaves of a loop."""
MAX_HANDS = 20


@dataclass(frozen=True, kw_only=True)
class LoopStep:
    """A step of a loop, of all its leaves. ``number`` counts the steps before it, recorded or not."""

    position: int
    event: TrainingStep
    leaves: tuple[SteppedLeaf, ...]
    number: int
    still: tuple[SteppedLeaf, ...] = ()
    """Leaves that the passes of the loop reach and that it never changes, as the last pass found them."""

    def leaf(self, index: int) -> SteppedLeaf:
        """A leaf by its number: those that never change are counted after the others."""
        return self.leaves[index] if index < len(self.leaves) else self.still[index - len(self.leaves)]

    @property
    def loss(self) -> float | None:
        """What its last pass started from, if that is a number."""
        data = None if self.event.loss is None else self.event.loss.data
        return None if data is None or data.size != 1 or data.dtype.kind not in "fiu" else float(data.reshape(()))

    @cached_property  # each check of kind `steps` asks for it
    def norm(self) -> float | None:
        """The norm of all its gradients together, as ``.grad`` holds them at the step; None: not all are known."""
        total = 0.0
        for leaf in self.event.leaves:
            gradient = leaf.grad if leaf.grad is not None else leaf.gradient
            if gradient is None or gradient.data is None:
                return None
            with np.errstate(all="ignore"):
                total += float(np.sum(np.abs(gradient.data).astype(np.float64) ** 2))
        return math.sqrt(total) if self.event.leaf_count == len(self.event.leaves) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLoop:
    """Successive steps of the same leaves, as far as they were recorded. ``count`` is how many there were."""

    steps: tuple[LoopStep, ...]
    count: int
    cleared: tuple[bool, ...] = ()
    """Of each leaf in ``still``, whether the loop clears its ``.grad``: nobody does that for data."""
    beside: tuple[TrainingLoop, ...] = ()
    """The loops of other leaves that belong to this one: their leaves are reached by the same passes."""

    @property
    def leaf_count(self) -> int:
        return len(self.steps[0].leaves)

    def is_cleared(self, leaf: int) -> bool:
        """Whether the loop clears ``.grad`` of a leaf that it never changes; ``leaf`` as in ``LoopStep.leaf``."""
        return self.cleared[leaf - self.leaf_count]

    @property
    def hands(self) -> tuple[Hand, ...]:
        """What had a hand in its passes."""
        return tuple(dict.fromkeys(hand for step in self.steps for hand in step.event.hands))[:MAX_HANDS]

    def next_of(self, index: int) -> LoopStep | None:
        """The step after one; None: it is the last, or the next was not recorded."""
        follows = index + 1 < len(self.steps) and self.steps[index + 1].number == self.steps[index].number + 1
        return self.steps[index + 1] if follows else None

    def before(self, index: int) -> LoopStep | None:
        """The step before one; None: it is the first, or that was not recorded."""
        follows = index > 0 and self.steps[index - 1].number == self.steps[index].number - 1
        return self.steps[index - 1] if follows else None

    @property
    def loss_falls(self) -> float | None:
        """In what share of the steps the loss of the next step is smaller; None: there are no two losses."""
        pairs = [
            (step.loss, following.loss)
            for index, step in enumerate(self.steps)
            if (following := self.next_of(index)) is not None
        ]
        known = [(one, other) for one, other in pairs if one is not None and other is not None]
        return sum(other < one for one, other in known) / len(known) if known else None


def find_training_loops(events: Sequence[Event]) -> tuple[TrainingLoop, ...]:
    """All loops, and those that several of them may be together."""
    by_run: dict[int, list[tuple[int, TrainingStep, SteppedLeaf]]] = {}
    for position, event in enumerate(events):
        if isinstance(event, TrainingStep):
            for leaf in event.leaves:
                by_run.setdefault(leaf.run, []).append((position, event, leaf))
    together: dict[tuple[int, ...], list[int]] = {}
    for run, found in by_run.items():
        together.setdefault(tuple(position for position, _, _ in found), []).append(run)
    loops: dict[tuple[int, ...], TrainingLoop] = {}
    for group in together.values():
        runs = sorted(group)[:MAX_LEAVES]
        if loop := _loop([by_run[run] for run in runs]):
            loops[tuple(runs)] = loop
    return *loops.values(), *_joined(loops)


def _loop(runs: Sequence[Sequence[tuple[int, TrainingStep, SteppedLeaf]]]) -> TrainingLoop | None:
    steps = []
    for entries in zip(*runs, strict=True):
        leaves = tuple(leaf for _, _, leaf in entries)
        position, event, _ = entries[0]
        steps.append(LoopStep(position=position, event=event, leaves=leaves, number=leaves[0].number))
    numbers = [step.number for step in steps]
    # A record that was forged may count backwards.
    is_in_order = all(one < other for one, other in itertools.pairwise(numbers))
    return TrainingLoop(steps=tuple(steps), count=numbers[-1] + 1) if steps and is_in_order else None


def _joined(loops: dict[tuple[int, ...], TrainingLoop]) -> Iterator[TrainingLoop]:
    """The loops that one loop after the other may be, from the first to the last of each series."""
    following: dict[tuple[int, ...], tuple[int, ...]] = {}
    for runs, loop in loops.items():
        before = tuple(leaf.continues for leaf in loop.steps[0].leaves)
        if before in loops and before not in following:
            following[before] = runs
    for first in loops.keys() - set(following.values()):
        chain = [first]
        while (later := following.get(chain[-1])) is not None:
            chain.append(later)  # a run continues one of a smaller number, so this ends
        if len(chain) > 1:
            yield _chained(loops[runs] for runs in chain)


def _chained(loops: Iterable[TrainingLoop]) -> TrainingLoop:
    steps: list[LoopStep] = []
    count = 0
    for loop in loops:
        steps += [
            LoopStep(position=step.position, event=step.event, leaves=step.leaves, number=count + step.number)
            for step in loop.steps
        ]
        count += loop.count
    return TrainingLoop(steps=tuple(steps), count=count)


def change_in(leaf: SteppedLeaf) -> Array | None:
    """By how much a step changed a leaf; None: not recorded."""
    before, after = leaf.before, leaf.after
    if before.data is None or after.data is None:
        return None
    with np.errstate(all="ignore"):
        change = np.asarray(after.data - before.data)
    return Array(kind="tensor", dtype=before.dtype, shape=before.shape, data=change)
