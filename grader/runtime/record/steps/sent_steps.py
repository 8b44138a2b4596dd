"""Sends steps: of a long loop the first ones and the last."""

from __future__ import annotations

from collections import deque

from ...protocol.record import MAX_STEP_LEAVES, RUN_NOTE, TRAINING_STEP
from ..hands.found_hands import hands_of
from ..recorder import Recorder
from ..stream import Json
from .followed_leaf import Step, SteppedLeaf
from .value_copy import ValueCopy

FIRST = 500
"""Steps of a statement that are sent as they happen; fewer where they have many leaves."""
LAST = 50
"""And steps at its end."""
MAX_LEAVES = 2_000
"""Leaves of all the first steps of a statement."""


class SentSteps:
    """The steps of the current statement."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._count = self._leaves = 0
        self._last: deque[Step] = deque()
        self._left_out = 0

    def add(self, step: Step) -> None:
        """Add a step that changes no more."""
        if not step.leaves:
            return
        self._count += 1
        self._leaves += len(step.leaves)
        if self._count <= FIRST and (self._leaves <= MAX_LEAVES or self._count <= LAST):
            self._send(step)
            return
        self._last.append(step)
        if len(self._last) > LAST:
            self._last.popleft()
            self._left_out += 1

    def end_statement(self) -> None:
        """Send the last steps, and say that others were left out."""
        while self._last:
            self._send(self._last.popleft())
        if self._left_out:
            text = f"this made {self._count} steps. {self._left_out} of them, in the middle, were not recorded."
            self._recorder.send(RUN_NOTE, place=self._recorder.place(), text=text)
        self._count = self._leaves = self._left_out = 0

    def _send(self, step: Step) -> None:
        self._recorder.send(
            TRAINING_STEP,
            place=step.place,
            optimizer=step.optimizer,
            leaves=[self._leaf(leaf) for leaf in step.leaves[:MAX_STEP_LEAVES]],
            leaf_count=step.leaf_count,
            unmoved=step.unmoved,
            inside_pass=step.inside_pass,
            loss=self._described(step.loss),
            hands=hands_of(step.hands),
        )

    def _leaf(self, leaf: SteppedLeaf) -> Json:
        return {
            "names": list(leaf.names),
            "before": self._described(leaf.before),
            "after": self._described(leaf.after),
            "gradient": self._described(leaf.gradient),
            "grad": self._described(leaf.grad),
            "passes": leaf.passes,
            "was_zeroed": leaf.was_zeroed,
            "run": leaf.run,
            "continues": leaf.continues,
            "number": leaf.number,
            **leaf.settings,
        }

    def _described(self, copy: ValueCopy | None) -> Json | None:
        return None if copy is None else copy.described(self._recorder.stream)
