"""Collects passes that are recorded in brief, and sends them together: an event for hundreds of passes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from ...protocol.record import BRIEF_PASSES, MAX_BRIEF_LEAVES, MAX_BRIEF_LINES, RUN_NOTE
from ..hands.found_hands import HandSet, hands_of
from ..recorder import Recorder
from ..stream import Json
from .left_gradients import LeafCopy
from .small_tensors import Kept, as_array, size_of

SENT_TOGETHER = 500
"""Passes of an event."""
MAX_WAITING = 100_000
"""Elements of the values in an event."""
MAX_KEPT = 2_000_000
"""Elements of the values that are kept in brief of a run. Of further passes it is known that they ran."""
MAX_SIZE = 1_000
"""Elements of a leaf. Of passes with larger leaves, no values are kept in brief."""
MAX_LEAVES = MAX_BRIEF_LEAVES - 20_000
"""Leaves of all passes in brief, below the bound of the reader."""


class BriefForm:
    """What passes have in common that stand in a ``BriefLine`` of the record. ``names`` are those of each leaf;
    ``hands`` are those in any of the passes so far.
    """

    __slots__ = ("call", "hands", "names", "order", "place")

    def __init__(self, *, place: Json, call: str, order: int, names: Sequence[Sequence[str]]) -> None:
        self.place = place
        self.call = call
        self.order = order
        self.names = names
        self.hands: HandSet = {}


class BriefPass(NamedTuple):
    form: BriefForm
    output_token: int
    output: Kept | None
    output_dtype: torch.dtype
    leaves: Sequence[LeafCopy]


class BriefPasses:
    """Passes in order, up to the next event."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._passes: list[BriefPass] = []
        self._forms: set[BriefForm] = set()
        self._waiting = self._kept = self._leaves = 0
        self._is_full = False

    def add(self, entry: BriefPass) -> None:
        """Add a pass; sends those before it where they are enough for an event."""
        if entry.form not in self._forms and len(self._forms) >= MAX_BRIEF_LINES:
            self.send()
        self._forms.add(entry.form)
        self._leaves += max(1, len(entry.leaves))
        if self._leaves > MAX_LEAVES:
            if not self._is_full:
                self._is_full = True
                text = "this ran more backward passes than can be counted."
                self._recorder.send(RUN_NOTE, place=entry.form.place, text=text)
            return
        # A single entry for the pass: an alarm between two would leave them of different lengths.
        self._passes.append(self._within_bounds(entry))
        if len(self._passes) >= SENT_TOGETHER or self._waiting >= MAX_WAITING:
            self.send()

    def send(self) -> None:
        """Send what was collected. Must not be interrupted by an alarm: passes would be sent twice."""
        if self._passes:
            passes: dict[BriefForm, list[BriefPass]] = {}
            for entry in self._passes:
                passes.setdefault(entry.form, []).append(entry)
            positions = {form: position for position, form in enumerate(passes)}
            sequence = np.array([positions[entry.form] for entry in self._passes], np.uint8)
            self._recorder.send(
                BRIEF_PASSES,
                place=self._passes[0].form.place,
                lines=[self._line(form, entries) for form, entries in passes.items()],
                sequence=self._recorder.stream.array(sequence),
            )
        self._passes.clear()
        self._forms.clear()
        self._waiting = 0

    def _within_bounds(self, entry: BriefPass) -> BriefPass:
        """A pass without the values that are too large, or for which there is no room."""
        size = 0
        for leaf in entry.leaves:
            value, gradient = leaf.value, leaf.gradient
            if type(value) is float and type(gradient) is float:
                size += 2
                continue
            of_leaf = size_of(value) + size_of(gradient)
            size += of_leaf if of_leaf <= 2 * MAX_SIZE else MAX_KEPT
        if self._kept + size <= MAX_KEPT:
            self._kept += size
            self._waiting += size
            return entry
        for leaf in entry.leaves:
            leaf.value = leaf.gradient = None
        return entry._replace(output=None)

    def _line(self, form: BriefForm, passes: Sequence[BriefPass]) -> Json:
        stream = self._recorder.stream
        columns = list(zip(*(entry.leaves for entry in passes), strict=True))
        return {
            "place": form.place,
            "call": form.call,
            "order": form.order,
            "hands": hands_of(form.hands),
            "output_tokens": stream.array(np.array([entry.output_token for entry in passes], np.int64)),
            "outputs": self._stacked([(entry.output, (entry.output_dtype, ())) for entry in passes]),
            "leaves": [
                {
                    "names": names,
                    "tokens": stream.array(np.array([leaf.token for leaf in column], np.int64)),
                    "states": stream.array(np.array([leaf.state for leaf in column], np.uint8)),
                    "values": self._stacked([(leaf.value, leaf.like) for leaf in column]),
                    "gradients": self._stacked([(leaf.gradient, leaf.like) for leaf in column]),
                }
                for names, column in zip(form.names, columns, strict=True)
            ],
        }

    def _stacked(self, column: Sequence[tuple[Kept | None, tuple[torch.dtype, tuple[int, ...]]]]) -> Json | None:
        """Values with a row for each pass, or a single row if they are all equal; None where they do not fit."""
        first, like = column[0]
        if any(value is None or one != like for value, one in column):
            return None
        if not isinstance(first, np.ndarray) and all(value == first for value, _ in column):
            column = column[:1]
        values = [value for value, _ in column if value is not None]
        kind = type(first)
        if kind in (float, list) and all(type(value) is kind for value in values):
            # All at once, which takes a tenth of the time of an array for each.
            return self._recorder.stream.array(as_array(values, like[0], (len(values), *like[1])), "tensor")
        rows = [as_array(value, *like) for value in values]
        if any(row.shape != rows[0].shape for row in rows):
            return None
        return self._recorder.stream.array(np.stack(rows), "tensor")
