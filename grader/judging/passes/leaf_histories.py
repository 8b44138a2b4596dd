"""What values a leaf had at successive passes, in full and in brief: for what is said of all passes, and of the next.

A leaf is followed by its token, and where its name is bound to a new tensor in the same statement, by its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from grader.judging.passes.backward_passes import BackwardPass
from grader.model import Array, BriefLeaf, BriefLine, BriefPasses, Event, RunPlace, TrainingStep
from grader.runtime.protocol.record import GRAD_IS_NONZERO, GRAD_WAS_CHANGED, GRAD_WAS_EMPTY

MAX_BRIEF_ROWS = 20_000
"""Leaves of passes in brief that are looked at. What comes after these counts as not recorded."""

Rank = tuple[int, int]
"""The position of an event, and of a pass in it."""


class BriefValues(NamedTuple):
    """What is known of a leaf in a pass that was recorded in brief."""

    place: RunPlace
    gradient: Array | None
    output: Array | None
    order: int
    passes: int
    was_zeroed: bool
    token: int


class Row(NamedTuple):
    """A leaf at a pass. ``value`` is None where it was not recorded, ``brief`` where the pass is described in full."""

    rank: Rank
    value: Array | None
    brief: BriefValues | None


@dataclass(slots=True)
class _State:
    passes: int = 0
    is_nonzero: bool = False


@dataclass(slots=True)
class LeafHistory:
    """A leaf at successive passes. ``end`` is the last step that was seen: the position of its event, the token of the
    tensor that it began with, and the value after it.
    """

    rows: list[Row] = field(default_factory=list)
    names: tuple[str, ...] = ()
    statement: int = 0
    end: tuple[int, int, Array] | None = None
    has_gap: bool = False
    tokens: set[int] = field(default_factory=set)
    """Those of the tensors that had its name, one after the other."""


class LeafHistories:
    """The histories of all leaves of a run."""

    def __init__(self, events: Sequence[Event], passes: Sequence[BackwardPass]) -> None:
        self.histories: list[LeafHistory] = []
        self._by_token: dict[int, int] = {}
        self._by_name: dict[str, int] = {}
        self._states: dict[int, _State] = {}
        self._rows = 0
        self._next: dict[tuple[int, Rank], Array | None] | None = None
        in_full: dict[int, list[BackwardPass]] = {}
        for entry in passes:
            in_full.setdefault(entry.position, []).append(entry)
        for position, event in enumerate(events):
            for entry in in_full.get(position, ()):
                self._add_full(entry)
            if isinstance(event, BriefPasses):
                self._add_brief(position, event)
            elif isinstance(event, TrainingStep):
                self._add_step(position, event)

    def of(self, token: int) -> int | None:
        """The number of the history of a tensor."""
        return self._by_token.get(token)

    def next_value(self, number: int, rank: Rank) -> Array | None:
        """The value of the leaf of a history at the pass after one, or at the end; None: not recorded."""
        if self._next is None:
            self._next = {}
            for index, history in enumerate(self.histories):
                for row, following in zip(history.rows, [*history.rows[1:], None], strict=True):
                    if following is not None:
                        self._next[index, row.rank] = following.value
                    elif history.end is not None and history.end[0] > row.rank[0] and _token_of(row) == history.end[1]:
                        self._next[index, row.rank] = history.end[2]
                    elif len(history.tokens) > 1:
                        self._next[index, row.rank] = None  # its next value is a tensor that no pass has reached
                    else:
                        self._next[index, row.rank] = row.value
        return self._next.get((number, rank))

    def _history(self, token: int, names: tuple[str, ...], statement: int) -> LeafHistory:
        number = self._by_token.get(token)
        if number is None:
            number = next((known for name in names if (known := self._by_name.get(name)) is not None), None)
            if number is None or self.histories[number].statement != statement:
                number = len(self.histories)
                self.histories.append(LeafHistory())
            self._by_token[token] = number
            self.histories[number].tokens.add(token)
        history = self.histories[number]
        history.statement = statement
        history.names = names or history.names
        self._by_name |= dict.fromkeys(names, number)
        return history

    def _add_full(self, entry: BackwardPass) -> None:
        history = self._history(entry.leaf.token, entry.names, entry.event.place.statement)
        history.rows.append(Row((entry.position, 0), entry.leaf, None))
        data = None if entry.grad is None else entry.grad.data
        is_nonzero = data is not None and bool(np.any(data))
        self._states[entry.leaf.token] = _State(entry.passes, is_nonzero)

    def _add_step(self, position: int, event: TrainingStep) -> None:
        for leaf in event.leaves:
            number = self._by_token.get(leaf.before.token)
            if number is not None:
                self.histories[number].end = position, leaf.before.token, leaf.after

    def _add_brief(self, position: int, event: BriefPasses) -> None:
        seen = [0] * len(event.lines)
        for index, number in enumerate([] if event.sequence.data is None else event.sequence.data.tolist()):
            line, row = event.lines[number], seen[number]
            seen[number] += 1
            for leaf in line.leaves:
                self._add_brief_leaf((position, index), line, leaf, row)

    def _add_brief_leaf(self, rank: Rank, line: BriefLine, leaf: BriefLeaf, row: int) -> None:
        tokens, states = leaf.tokens.data, leaf.states.data
        if tokens is None or states is None:
            return  # the decoder lets none through
        token, bits = int(tokens[row]), int(states[row])
        history = self._history(token, leaf.names, line.place.statement)
        state = self._states.setdefault(token, _State())
        is_empty = bool(bits & GRAD_WAS_EMPTY)
        was_zeroed = is_empty and state.is_nonzero
        if is_empty or bits & GRAD_WAS_CHANGED:
            state.passes = 0
        state.passes += line.call == "backward"
        state.is_nonzero = bool(bits & GRAD_IS_NONZERO)
        self._rows += 1
        if self._rows > MAX_BRIEF_ROWS:
            if not history.has_gap:
                history.has_gap = True
                history.rows.append(Row(rank, None, None))
            return
        brief = BriefValues(
            place=line.place,
            gradient=_row_of(leaf.gradients, row, 0),
            output=_row_of(line.outputs, row, 0),
            order=line.order,
            passes=state.passes,
            was_zeroed=was_zeroed,
            token=token,
        )
        history.rows.append(Row(rank, _row_of(leaf.values, row, token), brief))


def _token_of(row: Row) -> int:
    return 0 if row.value is None else row.value.token


def _row_of(stacked: Array | None, row: int, token: int) -> Array | None:
    """The values of one pass, of those of several."""
    if stacked is None or stacked.data is None:
        return None
    data = stacked.data[0 if stacked.data.shape[0] == 1 else row]
    shape: tuple[int, ...] = stacked.shape[1:]
    return Array(kind="tensor", dtype=stacked.dtype, shape=shape, data=data, token=token, requires_grad=True)


def rows_in_common(histories: Sequence[LeafHistory]) -> Sequence[tuple[Row, ...]]:
    """The passes in brief that reached several leaves, with the row of each leaf."""
    by_rank: list[Mapping[Rank, Row]] = [
        {row.rank: row for row in history.rows if row.brief is not None} for history in histories
    ]
    ranks = [rank for rank in by_rank[0] if all(rank in rows for rows in by_rank[1:])] if by_rank else []
    return [tuple(rows[rank] for rows in by_rank) for rank in ranks]
