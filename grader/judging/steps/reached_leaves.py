"""What the passes of a loop reach besides the leaves that it changes: leaves that it never changes, and the leaves of
other loops.

A pass that reaches two leaves wants both to change. So loops whose leaves one pass reaches, and whose steps take
turns, as those of two optimisers do, belong together; and a leaf that is reached again and again and never changes was
forgotten, unless it holds data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from grader.judging.steps.training_loops import LoopStep, TrainingLoop, find_training_loops
from grader.model import Array, Backward, Event, LeafPass, SteppedLeaf

MAX_STILL = 64
"""Leaves of a loop that it never changes."""
MAX_LOOPS = 200
"""Loops that one check looks at: the last ones."""
MAX_BESIDE = 64
"""Loops that belong to one."""
MAX_PASSES = 2_000
"""Passes of a loop that are read."""
_Reached = tuple[int, int, Mapping[int, LeafPass]]
"""The position of a pass, its statement, and the leaves that it reached by their tokens."""


def find_loops(events: Sequence[Event]) -> tuple[TrainingLoop, ...]:
    """The latest training loops, each with the leaves that its passes reach and it never changes, and with the loops
    that belong to it.
    """
    loops = find_training_loops(events)[-MAX_LOOPS:]
    if not loops:
        return ()
    tokens = [_tokens_of(loop) for loop in loops]
    stepped = frozenset[int]().union(*tokens)
    passes = [
        (position, event.place.statement, {leaf.value.token: leaf for leaf in event.leaves if leaf.value.token})
        for position, event in enumerate(events)
        if isinstance(event, Backward) and event.error is None and not event.stale
    ]
    group_of = _groups((leaves for _, _, leaves in passes), stepped)
    results = {token for _, _, leaves in passes for token, leaf in leaves.items() if not leaf.value.is_leaf}
    by_group: dict[int, list[int]] = {}
    by_token: dict[int, list[_Reached]] = {}
    for index, own in enumerate(tokens):
        for group in {group_of[token] for token in own if token in group_of}:
            by_group.setdefault(group, []).append(index)
    for reached in passes:
        for token in reached[2].keys() & stepped:
            by_token.setdefault(token, []).append(reached)
    found = []
    for loop, own in zip(loops, tokens, strict=True):
        statements = {step.event.place.statement for step in loop.steps}
        near = {
            position: leaves
            for token in own
            for position, statement, leaves in by_token.get(token, ())
            if statement in statements
        }
        groups = {group_of[token] for token in own if token in group_of}
        others = dict.fromkeys(other for group in groups for other in by_group[group][:MAX_BESIDE])
        together = [
            loops[other]
            for other in others
            if own.isdisjoint(tokens[other]) and results.isdisjoint(tokens[other]) and _take_turns(loop, loops[other])
        ]
        loop_with_still = _with_still(loop, sorted(near.items(), key=lambda one: one[0])[:MAX_PASSES], stepped)
        found.append(replace(loop_with_still, beside=tuple(together)))
    return tuple(found)


def _tokens_of(loop: TrainingLoop) -> frozenset[int]:
    return frozenset(
        array.token for step in loop.steps for leaf in step.leaves for array in (leaf.before, leaf.after) if array.token
    )


def _groups(passes: Iterable[Mapping[int, LeafPass]], stepped: frozenset[int]) -> Mapping[int, int]:
    """The leaves that some step changes, each with a number that leaves have in common which a pass reaches."""
    parents: dict[int, int] = {}

    def root(token: int) -> int:
        while parents.setdefault(token, token) != token:
            parents[token] = parents[parents[token]]
            token = parents[token]
        return token

    for leaves in passes:
        changed = [token for token in leaves if token in stepped]
        for token in changed:
            parents[root(token)] = root(changed[0])
    return {token: root(token) for token in list(parents)}


def _take_turns(one: TrainingLoop, other: TrainingLoop) -> bool:
    """Whether each of two loops goes on after the other has begun."""
    return (
        one.steps[0].position <= other.steps[-1].position
        and other.steps[0].position <= one.steps[-1].position
        and max(one.steps[0].number, other.steps[0].number) == 0
    )


def _with_still(
    loop: TrainingLoop, passes: Sequence[tuple[int, Mapping[int, LeafPass]]], stepped: frozenset[int]
) -> TrainingLoop:
    """A loop with the leaves that several of its passes reached, with a gradient, and nothing changed."""
    times: dict[int, list[tuple[int, LeafPass]]] = {}
    for position, leaves in passes:
        if loop.steps[0].number == 0 and position < loop.steps[-1].position:
            for token, leaf in leaves.items():
                if token not in stepped and leaf.value.is_leaf:
                    times.setdefault(token, []).append((position, leaf))
    still = [found for found in times.values() if len(found) > 1 and _is_still(found)][:MAX_STILL]
    if not still:
        return loop
    ways = [list(_beside_steps(loop, found)) for found in still]
    steps = (replace(step, still=tuple(way[index] for way in ways)) for index, step in enumerate(loop.steps))
    return replace(loop, steps=tuple(steps), cleared=tuple(map(_is_cleared, still)))


def _is_still(found: Sequence[tuple[int, LeafPass]]) -> bool:
    values = [leaf.value.data for _, leaf in found]
    first = values[0]
    has_slope = any(leaf.gradient is not None and _is_not_zero(leaf.gradient) for _, leaf in found)
    return has_slope and first is not None and all(one is not None and np.array_equal(one, first) for one in values)


def _is_not_zero(gradient: Array) -> bool:
    return gradient.data is not None and bool(np.any(gradient.data))


def _is_cleared(found: Sequence[tuple[int, LeafPass]]) -> bool:
    """Whether the loop clears the leaf's ``.grad``, as nobody does for data."""
    left = [leaf for _, leaf in found if leaf.gradient is not None and leaf.grad_after is not None]
    return len(left) > 1 and any(_was_empty(leaf) for leaf in left[1:])


def _was_empty(leaf: LeafPass) -> bool:
    before = leaf.grad_before
    return leaf.unchanged is None and (before is None or (before.data is not None and not np.any(before.data)))


def _beside_steps(loop: TrainingLoop, found: Sequence[tuple[int, LeafPass]]) -> Iterator[SteppedLeaf]:
    """For each step, the leaf as the last pass before it found it."""
    index, passes = 0, 0
    for step in loop.steps:
        while index + 1 < len(found) and found[index + 1][0] < step.position:
            index += 1
        leaf = found[index][1]
        passes = 1 if _was_empty(leaf) else passes + 1
        yield _stepped(step, leaf, passes)


def _stepped(step: LoopStep, leaf: LeafPass, passes: int) -> SteppedLeaf:
    first = step.leaves[0]
    return SteppedLeaf(
        names=leaf.names,
        before=leaf.value,
        after=leaf.value,
        gradient=leaf.gradient,
        grad=leaf.grad_after,
        passes=passes,
        was_zeroed=passes == 1,
        run=0,
        number=step.number,
        lr=first.lr,
        weight_decay=first.weight_decay,
        momentum=first.momentum,
    )
