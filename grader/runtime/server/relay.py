"""Passes on a child's record to the host."""

from __future__ import annotations

import mmap
import os

from ..protocol import frame_types, frames
from ..protocol.record_memory import RecordMemory


class Relay:
    """Passes on a child's record to the host, unread, up to a limit."""

    def __init__(self, stream: int, memory: RecordMemory | None, control_out: int, limit: int) -> None:
        """``memory`` has what comes before the bytes of the pipe ``stream``; None: nothing does."""
        self.stream = stream
        self.truncated = False
        """The child wrote more than the limit."""
        self.ended = False
        """The pipe is at its end."""
        self._memory = memory
        self._taken = self._seen = 0
        self._control_out = control_out
        self._room = limit

    def look(self) -> None:
        """Pass on what the memory had at the look before. What the child writes at this moment may be incomplete.

        Called now and then, so that the host has nearly all of the record if this process is held up later.
        """
        if self._memory is not None:
            self._take(self._memory, self._seen)
            self._seen = self._memory.written()

    def pass_on_memory(self) -> None:
        """Pass on the rest of the memory, to which the child does not write any more."""
        if self._memory is not None:
            self._take(self._memory, self._memory.written())

    def pass_on(self, buffer: mmap.mmap) -> None:
        """Read from the pipe, at most what ``buffer`` holds. A blocking pipe that is empty blocks."""
        with memoryview(buffer) as view:
            try:
                count = os.readv(self.stream, [view])
            except BlockingIOError:
                count = 0
            self.ended = count == 0
            if count:
                self.pass_on_memory()
                with view[:count] as part:
                    self._send(part)

    def _take(self, memory: RecordMemory, end: int) -> None:
        if end > self._taken:
            with memory.part(self._taken, end) as part:
                self._send(part)
            self._taken = end

    def _send(self, data: memoryview) -> None:
        """Send it to the host, as far as the limit allows."""
        count = min(len(data), self._room)
        self.truncated = self.truncated or count < len(data)
        self._room -= count
        if count:
            with data[:count] as part:
                frames.write(self._control_out, {"t": frame_types.CHUNK}, part)
