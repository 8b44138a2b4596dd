"""Which lines of the submission's functions run in a call, and after which. Only what proves a course asks for it."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from ..record.recorder import Recorder

MAX_LINES = 5_000
"""Pairs of lines that are recorded of a call."""


class LineTrace:
    """Traces the code that runs inside the ``with`` block. ``lines`` has for each line that ran its cell, the line of
    the same call that ran before it (0: it is where the function begins), and the line itself (0: the call returned).
    Where an exception left a line, no line follows it. The block may be entered several times.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._lines: dict[tuple[int, int, int], None] = {}

    @property
    def lines(self) -> list[tuple[int, int, int]]:
        return list(self._lines)

    def __enter__(self) -> LineTrace:
        sys.settrace(self._called)
        return self

    def __exit__(self, *error: object) -> None:
        sys.settrace(None)

    def _called(self, frame: FrameType, event: str, argument: object) -> Any:
        file = frame.f_code.co_filename
        if file not in self._recorder.files:
            return None
        self._note(file, None, frame.f_code.co_firstlineno)
        before: int | None = None

        def traced(frame: FrameType, event: str, argument: object) -> Any:
            nonlocal before
            if event == "line":
                if before is not None:
                    self._note(file, before, frame.f_lineno)
                else:
                    self._note(file, frame.f_lineno, frame.f_lineno)
                before = frame.f_lineno
            elif event == "return" and before is not None:
                self._note(file, before, None)
            elif event == "exception":
                before = None
            return traced

        return traced

    def _note(self, file: str, before: int | None, line: int | None) -> None:
        if len(self._lines) < MAX_LINES:
            places = [None if each is None else self._recorder.place_of(file, each) for each in (before, line)]
            cell = next(place["cell"] for place in places if place is not None)
            first, second = (0 if place is None else place["line"] for place in places)
            self._lines[cell, first, second] = None
