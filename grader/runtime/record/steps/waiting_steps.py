"""Steps that have been made and may still change: what follows in the same turn of a loop belongs to them."""

from __future__ import annotations

from collections.abc import Iterable

from ..hands.found_hands import add
from ..recorder import Recorder
from .followed_leaf import FollowedLeaf, Step, SteppedLeaf
from .sent_steps import SentSteps
from .value_copy import ValueCopy

NO_SETTINGS: dict[str, float | None] = {"lr": None, "weight_decay": None, "momentum": None}


class WaitingSteps:
    """Makes steps of followed leaves, and sends them when they change no more."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._sent = SentSteps(recorder)
        self._waiting: list[Step] = []

    def close(self, leaves: Iterable[FollowedLeaf]) -> None:
        """Close the step by hand that some leaves have made together."""
        changed = list(leaves)
        if not changed:
            return
        first = changed[0]
        step = Step(first.written_at or first.pass_place, "", first.loss)
        for leaf in changed:
            after = ValueCopy(leaf.tensor, leaf.token, with_large=leaf.with_large)
            self.add_leaf(step, leaf, leaf.value, after, NO_SETTINGS)
        self.add(step)

    def add_leaf(
        self, step: Step, leaf: FollowedLeaf, before: ValueCopy, after: ValueCopy, settings: dict[str, float | None]
    ) -> None:
        """Add a leaf to a step that it has made."""
        step.leaf_count += 1
        leaf.closed = None
        if before.shape == after.shape:  # `w.data = …` can give a leaf another shape
            leaf.closed = SteppedLeaf(leaf, before, after, settings)
            step.leaves.append(leaf.closed)
        for hand in leaf.hands.values():
            add(step.hands, hand)
        leaf.is_open = False
        leaf.written_at = None
        leaf.number += 1
        leaf.stepped_statement = self._recorder.statement
        leaf.value = after

    def add(self, step: Step) -> None:
        """Add a step with its leaves."""
        self._waiting.append(step)

    def note_unmoved(self, count: int) -> None:
        """Note with the last step of a statement how many leaves its loop never changed."""
        if self._waiting:
            self._waiting[-1].unmoved = count

    def settle(self, leaves: Iterable[FollowedLeaf]) -> None:
        """Send the steps that wait. What happened to leaves since their last step, in the same statement, is a part
        of it.
        """
        for leaf in leaves:
            if leaf.closed is not None and not leaf.is_open and not leaf.value.is_of(leaf.tensor):
                after = ValueCopy(leaf.tensor, leaf.token, with_large=leaf.with_large)
                leaf.closed.after = after if after.shape == leaf.closed.before.shape else leaf.closed.after
            leaf.closed = None
        waiting, self._waiting = self._waiting, []
        for step in waiting:
            self._sent.add(step)

    def end_statement(self) -> None:
        """Send what is left of the statement."""
        self._sent.end_statement()
