"""Finds the steps of training loops, however they are made: by an optimiser, or by hand.

A step by hand is seen by the next pass, or at the end of the statement: the leaf then has another value than at the
pass before, something wrote to it, or another tensor has its name. Steps of optimisers are seen by torch's hooks for
all optimisers. What a loop does to a leaf besides, as a projection after ``step()``, belongs to the step.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import torch

from ..hands.found_hands import HandSet, add
from ..passes.describe_pass import tensors_in
from ..recorder import Recorder
from ..stream import Json, is_tensor
from .followed_leaf import FollowedLeaf
from .made_leaves import MadeLeaves
from .student_lines import Lines, student_lines
from .value_copy import ValueCopy
from .waiting_steps import WaitingSteps

MAX_FOLLOWED = 512
"""Leaves that are followed; those that no pass has reached for longest make room."""
MAX_LINES = 1_000
"""Lines of a statement whose last pass is remembered."""


class Steps:
    """Follows the leaves of passes, and sends their steps."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.waiting = WaitingSteps(recorder)
        self._made = MadeLeaves(recorder)
        self._leaves: dict[int, FollowedLeaf] = {}
        """By their tokens; those that a pass has reached last come last."""
        self._by_name: dict[str, FollowedLeaf] = {}
        self._at_line: dict[tuple[int, int], list[FollowedLeaf]] = {}
        """What the last pass from each line of the statement has reached."""
        self._written: dict[object, Lines] = {}
        """The lines that wrote last to tensors that no pass has reached, by their tokens and their storages."""
        self._lost: list[FollowedLeaf] = []
        """Leaves that made their last step before the pass that is noted now."""
        self._runs = 0
        self.passes = 0
        """How many passes were noted."""
        self.inside = 0
        """Above 0 while an optimiser steps: passes and writes are its own."""

    # ----------------------------------------------------------------------------------------------------------------
    # Passes
    # ----------------------------------------------------------------------------------------------------------------

    def note_pass(
        self,
        place: Json,
        root: torch.Tensor | None,
        leaves: Sequence[tuple[torch.Tensor, Sequence[str], torch.Tensor | None]],
        hands: HandSet,
        *,
        accumulates: bool,
    ) -> None:
        """Note a pass that has run. ``leaves``: each with its names and with the gradient that the pass computed; None:
        that is what ``.grad`` is now. ``accumulates``: it added to ``.grad``.
        """
        loss = None if root is None or root.numel() != 1 else ValueCopy(root, with_large=False)
        token_of = self._recorder.stream.tokens.of
        line = place["cell"], place["line"]
        known = self._at_line.get(line, [])
        before: Sequence[FollowedLeaf | None] = known if len(known) == len(leaves) else [None] * len(leaves)
        reached = [
            self._reached(tensor, token_of(tensor), names, earlier)
            for (tensor, names, _), earlier in zip(leaves, before, strict=True)
        ]
        if len(self._at_line) < MAX_LINES:
            self._at_line[line] = list(reached)
        if not self.inside:
            lost, self._lost = self._lost, []
            self.waiting.close(lost)
            self.waiting.close(leaf for leaf in reached if leaf.is_open and leaf.was_changed)
            self.waiting.settle(reached)
        self.passes += 1
        for leaf, (_, _, gradient) in zip(reached, leaves, strict=True):
            leaf.note_pass(gradient, accumulates=accumulates)
            leaf.pass_number = self.passes
            leaf.reached = leaf.reached + 1 if leaf.statement == self._recorder.statement else 1
            leaf.loss, leaf.pass_place, leaf.statement = loss, place, self._recorder.statement
            for hand in hands.values():
                add(leaf.hands, hand)

    def lose_track(self) -> None:
        """Note a pass of which the leaves are not known: what changes afterwards is no step of the pass before."""
        for leaf in self._leaves.values():
            leaf.is_open = False

    def _reached(
        self, tensor: torch.Tensor, token: int, names: Sequence[str], earlier: FollowedLeaf | None
    ) -> FollowedLeaf:
        """The leaf that a pass has reached: a known one, one that continues another, or a new one. ``earlier``: what
        the pass before from this line has reached in its place.
        """
        leaf = self._leaves.pop(token, None)
        if leaf is None:
            leaf = self._continued(tensor, token, names, earlier) or self._new(tensor, token)
        self._leaves[token] = leaf
        if names:
            leaf.names = names
            for name in names:
                self._by_name[name] = leaf
        while len(self._leaves) > MAX_FOLLOWED:
            self._forget(self._leaves.pop(next(iter(self._leaves))))
        if leaf.number and not leaf.is_open and leaf.stepped_statement != self._recorder.statement:
            self._begin_run(leaf)
        return leaf

    def _new(self, tensor: torch.Tensor, token: int) -> FollowedLeaf:
        self._runs += 1
        leaf = FollowedLeaf(tensor, token, self._runs)
        leaf.made_at = self._made.lines_of(token)
        leaf.first_written_at = self._written.get(token) or self._written.get(_storage_of(tensor), ())
        return leaf

    def _begin_run(self, leaf: FollowedLeaf) -> None:
        """Another statement goes on with a leaf: that may be another loop, or the next of steps that were written one
        after the other.
        """
        self._runs += 1
        leaf.run, leaf.continues, leaf.number = self._runs, leaf.run, 0
        leaf.first_value = leaf.value

    def _continued(
        self, tensor: torch.Tensor, token: int, names: Sequence[str], earlier: FollowedLeaf | None
    ) -> FollowedLeaf | None:
        """The leaf that had one of these names before, if this tensor is its next value: ``w = w - 0.1 * w.grad``.
        Leaves without a name, as those of a list that is made anew, are told by the order in which a pass reaches them.
        """
        before = next((known for name in names if (known := self._by_name.get(name)) is not None), None)
        if not names and earlier is not None:
            before = earlier
        if before is None or before.token == token or not before.is_open or before.was_changed:
            return None
        if not _are_alike(before.tensor, tensor):
            return None
        is_same_statement = before.statement == self._recorder.statement
        lines = self._made.lines_of(token)
        if is_same_statement and lines and lines == before.made_at and not self._goes_on(before, tensor, token, names):
            if before.carriers:
                before.is_open = False  # its last tensor was no leaf, and is not known
            else:
                self._note_lost(before)
            return None  # what made the first tensor of the run has made another first one
        if not is_same_statement and not self._made.reads(token, names):
            self._note_lost(before)
            return None
        self._replace(before, tensor, token)
        if not is_same_statement:
            before.statement = self._recorder.statement
        return before

    def _goes_on(self, before: FollowedLeaf, tensor: torch.Tensor, token: int, names: Sequence[str]) -> bool:
        """Whether a leaf that was made where the first one of a run was made is the next one, and no other first one:
        as where ``w.requires_grad_()`` stands at the head of a loop that ends with ``w = w.detach() - 0.1 * g``.
        """
        if (before.renewed_at and not before.carriers) or before.first_value.is_of(tensor):
            return False
        before.carriers = self._made.carriers(token, names)
        return bool(before.carriers)

    def _replace(self, leaf: FollowedLeaf, tensor: torch.Tensor, token: int) -> None:
        """Note a step in which the name was bound to another tensor, which is followed from now on."""
        self._leaves.pop(leaf.token, None)
        leaf.note_write(self._made.place_of(token) or leaf.pass_place)
        leaf.renewed_at, leaf.was_renewed = self._made.lines_of(token), True
        self._made.take(token)
        leaf.tensor, leaf.token = tensor, token

    def _note_lost(self, leaf: FollowedLeaf) -> None:
        """Note the last step of a leaf whose name was bound to a tensor that no pass reached: the lines that made its
        values before have made one more, or a later statement of the module did.
        """
        successor = None
        if leaf.renewed_at:
            successor = self._made.made_since(leaf.token, leaf.renewed_at, leaf.tensor)
        if successor is None and leaf.statement != self._recorder.statement:
            successor = self._made.made_of(leaf.token, leaf.names)
        if successor is not None and _are_alike(successor, leaf.tensor):
            self._replace(leaf, successor, self._recorder.stream.tokens.of(successor))
            self._lost.append(leaf)

    # ----------------------------------------------------------------------------------------------------------------
    # Steps
    # ----------------------------------------------------------------------------------------------------------------

    def settle(self, tensors: Iterable[torch.Tensor]) -> None:
        """Send the steps that wait: the next step of some tensors begins."""
        self.waiting.settle(leaf for tensor in tensors if (leaf := self.leaf_of(tensor)) is not None)

    def leaf_of(self, tensor: torch.Tensor) -> FollowedLeaf | None:
        """What is known of a tensor that some pass has reached."""
        leaf = self._leaves.get(self._recorder.stream.tokens.known(tensor))
        return leaf if leaf is not None and leaf.tensor is tensor else None

    # ----------------------------------------------------------------------------------------------------------------
    # Torch calls
    # ----------------------------------------------------------------------------------------------------------------

    def note_call(self, name: str, args: tuple[Any, ...]) -> None:
        """Note a call that may write to a leaf, before it runs."""
        if self.inside or self._recorder.paused or not args or not is_tensor(args[0]):
            return
        written = args[0]
        leaf = self.leaf_of(written) if name == "__set__" else self._leaf_written_to(written)
        lines, _ = student_lines(sys._getframe(1), self._recorder.files)
        if leaf is None:
            key = self._recorder.stream.tokens.of(written) if name == "__set__" else _storage_of(written)
            self._written.pop(key, None)
            self._written[key] = lines
            while len(self._written) > MAX_FOLLOWED:
                del self._written[next(iter(self._written))]
        elif not self._starts_anew(leaf, lines):
            leaf.note_write(self._recorder.place())

    def _starts_anew(self, leaf: FollowedLeaf, lines: Lines) -> bool:
        """Whether a write begins another run: the lines that gave a leaf its first value do it again, as where a loop
        over learning rates begins each time with the same weights. Closes the steps so far.
        """
        made = leaf.number + (leaf.is_open and leaf.was_changed)
        if not lines or lines != leaf.first_written_at or not made or leaf.is_written_each_time:
            return False
        if made == 1:
            leaf.is_written_each_time = True
            return False
        with self._recorder.pause(), torch._C.DisableTorchFunction(), torch.no_grad():
            together = [one for one in self._leaves.values() if one.pass_number == leaf.pass_number]
            self.waiting.close([one for one in together if one.is_open and one.was_changed])
            self.waiting.settle(together)
        leaf.is_open = False
        self._begin_run(leaf)
        return True

    def note_made(self, tensor: object, *, is_fresh: bool = False) -> None:
        """Note a call that has made a leaf, or turned a tensor into one. ``is_fresh``: of numbers of its own."""
        if not self.inside and not self._recorder.paused and is_tensor(tensor):
            self._made.note(tensor, is_fresh=is_fresh)

    def _leaf_written_to(self, tensor: torch.Tensor) -> FollowedLeaf | None:
        leaf = self.leaf_of(tensor)
        if leaf is not None:
            return leaf
        try:
            pointer = tensor.untyped_storage().data_ptr()
            for leaf in reversed(self._leaves.values()):
                is_followed = leaf.is_open or leaf.first_written_at
                if is_followed and leaf.tensor.untyped_storage().data_ptr() == pointer:
                    return leaf
        except Exception:  # a sparse tensor, or one inside a transform
            pass
        return None

    # ----------------------------------------------------------------------------------------------------------------
    # Ends
    # ----------------------------------------------------------------------------------------------------------------

    def end_statement(self) -> None:
        """Close the steps of the statement that ends. A pass that an earlier statement ran waits: what changes its
        leaves may be written in several statements.
        """
        self.inside = 0
        if not self._leaves:
            return
        with self._recorder.pause(), torch._C.DisableTorchFunction(), torch.no_grad():
            now = self._recorder.statement
            self._close_all([leaf for leaf in self._leaves.values() if leaf.is_open and leaf.statement == now])
            self.waiting.note_unmoved(sum(map(self._is_unmoved, self._leaves.values())))
            self.waiting.settle(self._leaves.values())
        self._made.clear()
        self._at_line.clear()
        self.waiting.end_statement()

    def _is_unmoved(self, leaf: FollowedLeaf) -> bool:
        """Whether the statement that ends has trained others beside a leaf, and never changed it."""
        now = self._recorder.statement
        return leaf.is_open and leaf.statement == now != leaf.stepped_statement and leaf.reached > 1 and leaf.has_slope

    def end_run(self) -> None:
        """Close all steps."""
        with self._recorder.pause(), torch._C.DisableTorchFunction(), torch.no_grad():
            self._close_all([leaf for leaf in self._leaves.values() if leaf.is_open])
            self.waiting.settle(())
        self.waiting.end_statement()

    def _close_all(self, leaves: Iterable[FollowedLeaf]) -> None:
        in_order = sorted(leaves, key=lambda leaf: leaf.token)  # that in which their next values were made, too
        in_lists = self._now_in_lists([leaf for leaf in in_order if leaf.carriers and not leaf.names])
        for leaf in in_order:
            if not leaf.was_changed:
                successor = in_lists.get(leaf.token)
                if successor is None:
                    successor = self._named_now(leaf)
                if successor is not None:
                    self._replace_named(leaf, successor)
                else:
                    self._note_lost(leaf)
        self._lost.clear()
        self.waiting.close([leaf for leaf in in_order if leaf.was_changed])

    def _named_now(self, leaf: FollowedLeaf) -> torch.Tensor | None:
        """The tensor that took the name of a leaf after its last pass."""
        namespace = self._recorder.namespace
        for name in (*leaf.names, *(leaf.carriers if leaf.names else ())):
            value = namespace.get(name)
            if not is_tensor(value) or value is leaf.tensor or not _are_alike(value, leaf.tensor):
                continue
            if not leaf.carriers and (not value.is_leaf or value.requires_grad != leaf.tensor.requires_grad):
                continue
            token = self._recorder.stream.tokens.of(value)
            is_new = token > leaf.token and token not in self._leaves
            if is_new and (leaf.was_renewed or self._made.reads(token, leaf.names)):
                return value
        return None

    def _now_in_lists(self, leaves: Sequence[FollowedLeaf]) -> dict[int, torch.Tensor]:
        """The tensors that took the places of leaves without a name, by the tokens of these: those of a list, tuple or
        dictionary that carries their numbers on.
        """
        for name in leaves[0].carriers if leaves else ():
            tensors = tensors_in(self._recorder.namespace.get(name))
            tokens = [self._recorder.stream.tokens.of(tensor) for tensor in tensors]
            is_new = all(token > leaves[-1].token and token not in self._leaves for token in tokens)
            if is_new and len(tensors) == len(leaves):
                pairs = list(zip(leaves, tensors, strict=True))
                if all(_are_alike(leaf.tensor, tensor) for leaf, tensor in pairs):
                    return {leaf.token: tensor for leaf, tensor in pairs}
        return {}

    def _replace_named(self, leaf: FollowedLeaf, successor: torch.Tensor) -> None:
        token = self._recorder.stream.tokens.of(successor)
        self._replace(leaf, successor, token)
        self._leaves[token] = leaf

    def _forget(self, leaf: FollowedLeaf) -> None:
        for name in leaf.names:
            if self._by_name.get(name) is leaf:
                del self._by_name[name]


def _storage_of(tensor: torch.Tensor) -> object:
    """What tensors with the same memory have in common; None: not known."""
    try:
        return "storage", tensor.untyped_storage().data_ptr()
    except Exception:  # a sparse tensor, or one inside a transform
        return None


def _are_alike(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.shape == other.shape and one.dtype == other.dtype
