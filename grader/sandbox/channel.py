"""The host's two pipes to a worker, or its socket, with a time limit for reading. See
``grader.runtime.protocol.frames``.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Mapping

from grader.runtime.protocol.frames import HEADER, FrameError, Json, pack, parse, sizes, write_all


class Channel:
    """Sends and receives frames. The caller opened the two pipes, or the socket, which is both; and closes them."""

    def __init__(self, *, read_fd: int, write_fd: int) -> None:
        self.read_fd = read_fd
        self._write_fd = write_fd
        self._buffer = bytearray()

    def send(self, header: Mapping[str, object], payload: bytes = b"") -> None:
        """Write one frame. Raises FrameError, and BrokenPipeError where the worker has gone."""
        frame = memoryview(pack(header, payload))
        try:
            write_all(self._write_fd, frame)
        except ConnectionResetError as error:  # what a socket says where a pipe is broken
            raise BrokenPipeError(*error.args) from None

    def receive(self, timeout_s: float) -> tuple[Json, bytes] | None:
        """The next frame; None at the end of the stream. Raises FrameError, and TimeoutError after ``timeout_s``."""
        deadline = time.monotonic() + timeout_s
        if not self._fill(HEADER.size, deadline):
            if self._buffer:
                raise FrameError("the stream ended in the middle of a frame")
            return None
        json_size, payload_size = sizes(self._buffer)
        body = HEADER.size + json_size
        end = body + payload_size
        if not self._fill(end, deadline):
            raise FrameError("the stream ended in the middle of a frame")
        text, payload = bytes(self._buffer[HEADER.size : body]), bytes(self._buffer[body:end])
        del self._buffer[:end]
        return parse(text), payload

    @property
    def holds_frame(self) -> bool:
        """Whether ``receive`` would return or raise without reading: the buffer holds a whole frame, or the header of
        one that is too large. A poll of the descriptor does not tell that.
        """
        if len(self._buffer) < HEADER.size:
            return False
        try:
            json_size, payload_size = sizes(self._buffer)
        except FrameError:
            return True
        return len(self._buffer) >= HEADER.size + json_size + payload_size

    def _fill(self, size: int, deadline: float) -> bool:
        """Read until the buffer holds ``size`` bytes. False: the stream ended before."""
        poller = select.poll()
        poller.register(self.read_fd, select.POLLIN)
        while len(self._buffer) < size:
            if not poller.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise TimeoutError
            try:
                piece = os.read(self.read_fd, 1024**2)
            except ConnectionResetError:  # the other end was closed before it had read everything
                return False
            if not piece:
                return False
            self._buffer += piece
        return True
