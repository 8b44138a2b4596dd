"""What a run knows about itself while it goes on: where it is, whose frames are the student's, what is stale.

The parts that watch (autograd, torch calls, figures, output) hold a Recorder and say ``recorder.send(...)``.
"""

from __future__ import annotations

import fnmatch
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FrameType, TracebackType
from typing import Any

import torch

from ..protocol.record import BACKWARD, FIGURE, MOMENT, NOTICE, TORCH_CALL, TORCH_ERROR
from .stream import Json, Stream, is_tensor

MAX_EVENTS = 25_000
"""Events recorded of one run, the leaves of a pass counted like events of their own."""
MAX_ARRAYS = 150_000
"""Arrays that they may describe, all together. Of both a statement may take half of what is left, so that a training
loop costs its own passes and not those that come after it.
"""
_COUNTED = frozenset({BACKWARD, MOMENT, TORCH_ERROR, TORCH_CALL})
MAX_NAMES = 64
MAX_KNOWN = 10_000
"""Names of which it is kept whether they are watched."""


class Recorder:
    """The place where a run stands, and the way out for everything that is observed there."""

    def __init__(
        self, stream: Stream, namespace: dict[str, Any], *, patterns: Iterable[str], figures_only: bool
    ) -> None:
        self.stream = stream
        self.namespace = namespace
        self.files: dict[str, int] = {}
        """File names of the student's code objects, each with the position of its cell in the job."""
        self.figures_only = figures_only
        self.reading_stale = False
        """The statement that runs now reads a name which a failed statement should have bound."""
        self.stale: set[str] = set()
        self._cell = self._line = self._statement = 0
        self._patterns = tuple(patterns)
        # Most patterns are plain names; to compile one takes longer than a statement.
        self._is_watched = dict.fromkeys((each for each in self._patterns if not _is_glob(each)), True)
        self._globs = tuple(filter(_is_glob, self._patterns))
        self._watched: dict[tuple[str, str], Json] = {}
        self._stale_sent: frozenset[str] = frozenset()
        self._events = self._room = self._room_for_arrays = 0
        self._counted_at = self._cut_at = -1
        self._paused = _Pause()

    def restart(self, namespace: dict[str, Any]) -> None:
        """The submission begins again, in another namespace."""
        self.namespace = namespace
        self.reading_stale = False
        self.stale.clear()

    # ----------------------------------------------------------------------------------------------------------------
    # Place and pause
    # ----------------------------------------------------------------------------------------------------------------

    def at(self, cell: int, line: int, statement: int) -> None:
        """The run has come to this statement."""
        self._cell, self._line, self._statement = cell, line, statement

    @property
    def statement(self) -> int:
        return self._statement

    def place(self) -> Json:
        """The innermost line of the student's own code that is running on this thread."""
        for frame in self.frames():
            return self.place_of(frame.f_code.co_filename, frame.f_lineno)
        return {"cell": self._cell, "line": self._line, "statement": self._statement}

    def place_of(self, file_name: str, line: int) -> Json:
        """A line of a file of the student's as a place; the statement is the one that runs now."""
        return {"cell": self.files.get(file_name, self._cell), "line": max(0, line), "statement": self._statement}

    @property
    def paused(self) -> bool:
        """Whether what happens on this thread is the recorder's own doing, not the student's."""
        return self._paused.depth > 0

    def pause(self) -> _Pause:
        """What happens on this thread inside ``with recorder.pause():`` is the recorder's own doing."""
        return self._paused

    def send(self, kind: str, /, **fields: Any) -> None:
        """Send an event. Of what a loop does by the thousand, some is left out, with a notice."""
        if self.figures_only and kind != FIGURE:
            return
        if kind not in _COUNTED or self._has_room(1 + len(fields.get("leaves", ()))):
            self.stream.send(kind, **fields)

    @property
    def is_full(self) -> bool:
        """Whether nothing more is recorded of what the statement that runs does by the thousand."""
        return self._cut_at == self._statement

    def _has_room(self, events: int) -> bool:
        if self._statement != self._counted_at:
            self._counted_at = self._statement
            self._room = (MAX_EVENTS - self._events) // 2
            self._room_for_arrays = self.stream.arrays + (MAX_ARRAYS - self.stream.arrays) // 2
        if events <= self._room and self.stream.arrays <= self._room_for_arrays:
            self._room -= events
            self._events += events
            return True
        if not self.is_full:
            self._cut_at = self._statement
            line = self.place()["line"]
            self.stream.send(NOTICE, text=f"Line {line} did more than is recorded: not all of it was looked at.")
        return False

    # ----------------------------------------------------------------------------------------------------------------
    # The student's frames and names
    # ----------------------------------------------------------------------------------------------------------------

    def frames(self) -> Iterator[FrameType]:
        """The student's frames on this thread, innermost first."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename in self.files:
                yield frame
            frame = frame.f_back

    def tensors_in_sight(self) -> list[tuple[str, torch.Tensor]]:
        """Every name of the student's that is bound to a tensor now, innermost frames first, then the module's."""
        found: list[tuple[str, torch.Tensor]] = []
        spaces: list[Mapping[str, Any]] = [
            frame.f_locals for frame in self.frames() if frame.f_locals is not self.namespace
        ]
        for space in (*spaces, self.namespace):
            for name, value in list(space.items()):
                if is_tensor(value):
                    found.append((name, value))
                    if len(found) >= 2_000:
                        return found
        return found

    # ----------------------------------------------------------------------------------------------------------------
    # Moments
    # ----------------------------------------------------------------------------------------------------------------

    def moment(self) -> None:
        """Send the watched names of the module that have changed since they were last sent, at the end of a statement:
        whatever that did, this is recorded.
        """
        if self._patterns and not self.figures_only:
            self._send_changes("", self.namespace, self.stream.send)

    def moment_in_functions(self) -> None:
        """The same for the functions that are running: answers inside functions leave no global behind."""
        if self._patterns and not self.figures_only and not self.is_full:
            for frame in self.frames():
                if frame.f_locals is not self.namespace:
                    self._send_changes(frame.f_code.co_name, frame.f_locals, self.send)

    def _send_changes(self, frame: str, space: Mapping[str, Any], send: Callable[..., None]) -> None:
        changed: dict[str, Json] = {}
        names = [name for name in list(space) if type(name) is str and self._watches(name)][:MAX_NAMES]
        for name in names:
            described = self.stream.value(space[name])
            if self._watched.get((frame, name)) != described:
                self._watched[frame, name] = changed[name] = described
        removed = [name for scope, name in self._watched if scope == frame and name not in space]
        for name in removed:
            del self._watched[frame, name]
        stale = frozenset(name for name in self.stale if self._watches(name))
        if changed or removed or stale != self._stale_sent:
            self._stale_sent = stale
            send(MOMENT, place=self.place(), frame=frame, changed=changed, removed=removed, stale=sorted(stale))

    def _watches(self, name: str) -> bool:
        known = self._is_watched.get(name)
        if known is None:
            known = any(fnmatch.fnmatchcase(name, pattern) for pattern in self._globs)
            if len(self._is_watched) < MAX_KNOWN:
                self._is_watched[name] = known
        return known


def _is_glob(pattern: str) -> bool:
    return not pattern.isidentifier()


class _Pause(threading.local):
    """How many pauses each thread is in. It is its own context manager: one is entered for every torch call."""

    depth = 0

    def __enter__(self) -> None:
        self.depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.depth -= 1
