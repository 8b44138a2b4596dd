"""The recorder: the current place in the student's code, the values of watched names, and the sending of events.

The modules that observe a run (autograd, torch calls, figures, output) hold a Recorder and call ``recorder.send(...)``.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from types import FrameType, TracebackType
from typing import Any

import torch

from ..protocol.record import (
    BACKWARD,
    BRIEF_PASSES,
    CHANGED_NAMES,
    FIGURE,
    OUTPUT,
    RUN_NOTE,
    TORCH_CALL,
    TORCH_ERROR,
    TRAINING_STEP,
)
from .hands.installed import Installed
from .local_names import local_names, runs_module
from .stream import Json, Stream, is_tensor
from .watched_names import WatchedNames
from .written_files import WrittenFiles

MAX_EVENTS = 25_000
"""Events recorded of one run. Each leaf of a backward pass counts as one more event."""
MAX_ARRAYS = 150_000
"""Arrays that all events together may describe. Each statement may use at most half of the remaining events and
arrays, so that a long training loop cannot use up the room of later statements.
"""
_COUNTED = frozenset({BACKWARD, BRIEF_PASSES, CHANGED_NAMES, TORCH_ERROR, TORCH_CALL, TRAINING_STEP})
"""Events that a loop can cause by the thousand. Only these are counted; the other kinds have bounds of their own."""
_OF_SECOND_RUN = frozenset({FIGURE, CHANGED_NAMES})
"""Events that are recorded of a second run."""
_OF_PASSES = frozenset({BACKWARD, BRIEF_PASSES, OUTPUT, RUN_NOTE, TRAINING_STEP})
"""Events before which waiting passes need not be sent: passes, steps of leaves, and text that a loop prints at each."""
MAX_LOOKS_INTO_BLOCK = 100
"""Passes of a loop of the module before which the watched names of the module are looked at."""
MAX_LOOKS_IN_SECOND_RUN = 200
"""Passes of a statement before which watched names are looked at in the second run, where no passes are described."""


class Recorder:
    """Knows the current place of a run, and sends the events that are observed there."""

    def __init__(
        self, stream: Stream, namespace: dict[str, Any], *, patterns: Iterable[str], figures_only: bool
    ) -> None:
        self.stream = stream
        self.namespace = namespace
        self.files: dict[str, int] = {}
        """File names of the student's code objects, with the position of the cell in the job."""
        self.written = WrittenFiles()
        """Of these, the files that cells wrote."""
        self.installed = Installed()
        self.figures_only = figures_only
        self.reading_stale = False
        """The current statement reads a stale name."""
        self.stale: set[str] = set()
        """Names to which a failed statement should have bound something new: what they are bound to is older."""
        self.imported: set[str] = set()
        """Names of the module that an import bound last."""
        self.flush_passes: Callable[[], None] | None = None
        """Sends the passes that wait to be recorded; None: none do. They come before any other event that is sent."""
        self._cell = self._line = self._statement = self._looks_into_block = 0
        self._looks_left = 0
        self.watched = WatchedNames(stream, patterns)
        self._events = self._room = self._room_for_arrays = 0
        self._counted_at = self._cut_at = -1
        self._paused = _Pause()

    def restart(self, namespace: dict[str, Any], patterns: Iterable[str]) -> None:
        """Reset for a second run, in another namespace, in which other names are watched."""
        self.watched = WatchedNames(self.stream, patterns)
        self.namespace = namespace
        self.reading_stale = False
        self.stale.clear()
        self.imported.clear()

    # ----------------------------------------------------------------------------------------------------------------
    # Place and pause
    # ----------------------------------------------------------------------------------------------------------------

    def set_statement(self, cell: int, line: int, statement: int, *, is_block: bool = False) -> None:
        """Set the statement that runs now. ``is_block``: it has statements inside, such as a loop."""
        self._cell, self._line, self._statement = cell, line, statement
        self.stream.begin_statement()
        self._looks_into_block = MAX_LOOKS_INTO_BLOCK if is_block else 0
        self._looks_left = MAX_LOOKS_IN_SECOND_RUN

    @property
    def statement(self) -> int:
        return self._statement

    def place(self) -> Json:
        """The innermost line of the student's code that is running on this thread, as ``grader.model.RunPlace``."""
        for frame in self.frames():
            return self.place_of(frame.f_code.co_filename, frame.f_lineno)
        return {"cell": self._cell, "line": self._line, "statement": self._statement}

    def place_of(self, file_name: str, line: int | None) -> Json:
        """A line of one of the student's files as a place, with the current statement.

        ``line`` is None where Python knows none: some instructions have no line, and the time limit may stop one.
        """
        line = self._line if line is None else line
        cell, line = self.written.place(file_name, line) or (self.files.get(file_name, self._cell), line)
        return {"cell": cell, "line": max(0, line), "statement": self._statement}

    @property
    def paused(self) -> bool:
        """Whether the recorder itself is running on this thread, so that nothing is recorded."""
        return self._paused.depth > 0

    def pause(self) -> _Pause:
        """Record nothing of what happens on this thread inside ``with recorder.pause():``."""
        return self._paused

    def send(self, kind: str, /, **fields: Any) -> None:
        """Send an event. Counted events are left out where the statement has no room for more; a note says so."""
        if self.figures_only and kind not in _OF_SECOND_RUN:
            return
        if self.flush_passes is not None and kind not in _OF_PASSES:
            self.flush_passes()
        if kind not in _COUNTED or self._has_room(1 + len(fields.get("leaves", ()))):
            self.stream.send(kind, **fields)

    @property
    def is_full(self) -> bool:
        """Whether the current statement has no room for more counted events."""
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
            text = "this did more than is recorded, so not all of it was looked at."
            self.stream.send(RUN_NOTE, place=self.place(), text=text)
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
        """All names in the student's code that are bound to a tensor now: innermost frames first, the module last; and
        the names of parts of objects that are watched.
        """
        found: list[tuple[str, torch.Tensor]] = []
        scopes = [local_names(frame, self.namespace) for frame in self.frames()]
        spaces = (*(scope[1] for scope in scopes if scope is not None), self.namespace)
        for space in spaces:
            for name, value in list(space.items()):
                if type(name) is str and is_tensor(value):  # `globals()` and `exec` allow other keys
                    found.append((name, value))
                    if len(found) >= 2_000:
                        return found
        for space in spaces:
            found += self.watched.tensors_in_parts(space)
        return found

    def name_of(self, tensor: torch.Tensor) -> str:
        """A name in the student's code that is bound to the tensor now; empty if there is none."""
        return next((name for name, value in self.tensors_in_sight() if value is tensor), "")

    def stale_names_of(self, through: Iterable[tuple[str, torch.Tensor]]) -> list[str]:
        """Of the names and tensors that a graph goes through, the stale names that are bound to results.

        A leaf is no result: whatever is computed from an older one is computed after the statement that failed.
        """
        if not self.stale:
            return []
        return sorted(
            {
                name
                for name, tensor in through
                if name in self.stale and self.namespace.get(name) is tensor and tensor.grad_fn is not None
            }
        )

    def tokens_through(self, nodes: Container[Any], in_sight: Iterable[torch.Tensor]) -> list[int]:
        """Tokens of the tensors of a graph that have a name now, and of those that a watched name was bound to.

        The latter may be in a list, an attribute, or under another name by now.
        """
        found = dict.fromkeys(self.stream.tokens.of(tensor) for tensor in in_sight)
        return list(found | dict.fromkeys(self.watched.known_tokens(nodes)))

    # ----------------------------------------------------------------------------------------------------------------
    # Watched names
    # ----------------------------------------------------------------------------------------------------------------

    def send_changed_names(self) -> None:
        """Send the watched names of the module that have changed since they were last sent.

        Called at the end of each statement. Sent even where the statement has no room for more events.
        """
        if self.watched.any:
            self._send_changes("", self.namespace, None, self.stream.send)

    def send_names_in_between(self) -> None:
        """Send the watched names that have changed since the statement began: those of running functions, and in a
        block such as ``for`` those of the module, for answers of which nothing is left when the statement ends.
        """
        if not self.watched.any or self.is_full or (self.figures_only and self._looks_left <= 0):
            return
        self._looks_left -= 1
        frames = list(self.frames())
        if self._looks_into_block > 0 and frames and runs_module(frames[-1], self.namespace):
            self._looks_into_block -= 1
            if self._send_changes("", self.namespace, frames[-1], self.send):
                self.watched.forget_functions()
        for frame in frames:
            scope = local_names(frame, self.namespace)
            if scope is not None:
                self._send_changes(*scope, frame, self.send)

    def _send_changes(
        self, frame: str, space: Mapping[str, Any], running: FrameType | None, send: Callable[..., None]
    ) -> bool:
        """Send the changed names of a scope, if there are any. ``running`` is its frame, if that is running: then its
        line is the place of the event.
        """
        changes = self.watched.changes(frame, space, self.stale)
        if changes is None:
            return False
        place = self.place() if running is None else self.place_of(running.f_code.co_filename, running.f_lineno)
        send(CHANGED_NAMES, place=place, **changes)
        return True


class _Pause(threading.local):
    """How many pauses each thread has entered. Itself the context manager, so that torch calls need not make one."""

    depth = 0

    def __enter__(self) -> None:
        self.depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.depth -= 1
