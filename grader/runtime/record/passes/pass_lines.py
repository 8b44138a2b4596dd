"""Which passes of a long loop are described in full, and which are recorded in brief.

To describe a pass takes ten times as long as a small pass itself. The first passes from a line are described in full,
then pairs of neighbouring passes, so that what happens from one pass to the next is known from all parts of the loop.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Hashable
from types import FrameType
from typing import Any

from ..recorder import Recorder
from ..stream import Json
from .small_tensors import Kept

FULL = 100
"""The first passes from a line of a statement, which are described in full."""
PAIR_EVERY = 500
"""Of so many later passes, two successive passes are described in full."""
MAX_FRAMES = 3
"""A line is told from others by the calls that led to it, too: so many of the student's frames, the innermost first."""
MAX_LINES = 5_000
"""Lines whose passes are counted. Those of further lines are described in full."""


class PassLine:
    """The passes from a line, reached by the same calls, during a statement."""

    def __init__(self, place: Json) -> None:
        self.place = place
        self.passes = 0
        self.in_brief = 0
        self.templates: dict[Hashable, Any] = {}
        """The latest passes that were described in full, by what passes alike have in common."""
        self.values: OrderedDict[int, Kept] = OrderedDict()
        """The latest value of each leaf at this line, by its token; of a large leaf, a number that stands for it."""
        self.waiting = 0
        """How many of its passes wait."""

    @staticmethod
    def is_thinned(number: int) -> bool:
        """Whether the pass of this number may be recorded in brief."""
        return number > FULL and number % PAIR_EVERY > 1


class PassLines:
    """Counts the passes from each line."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._lines: dict[Hashable, PassLine] = {}
        self._statement = -1

    def next_in_brief(self, frame: FrameType) -> PassLine | None:
        """The line in a frame, with this pass counted, if the pass may be in brief. None: nothing was counted."""
        if self._recorder.statement != self._statement:
            return None
        line = self._lines.get(self._frames(frame))
        if line is None or not line.is_thinned(line.passes + 1):
            return None
        line.passes += 1
        return line

    def next(self) -> PassLine:
        """The line that runs a pass now, with this pass counted."""
        recorder = self._recorder
        if recorder.statement != self._statement:
            self._statement = recorder.statement
            self._lines.clear()
        key = self._frames(sys._getframe(1))
        line = self._lines.get(key)
        if line is None:
            line = PassLine(recorder.place())
            if len(self._lines) < MAX_LINES:
                self._lines[key] = line
        line.passes += 1
        return line

    def all(self) -> list[PassLine]:
        """The lines of the current statement."""
        return list(self._lines.values())

    def _frames(self, frame: FrameType | None) -> tuple[object, ...]:
        """The innermost lines of the student's code, with their files."""
        files = self._recorder.files
        found: tuple[object, ...] = ()
        while frame is not None:
            code = frame.f_code
            if code.co_filename in files:
                found += (code.co_filename, frame.f_lineno)
                if len(found) == 2 * MAX_FRAMES or code.co_name == "<module>":
                    break
            frame = frame.f_back
        return found
