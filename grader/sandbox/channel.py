"""Frames between the host and the worker: ``!II`` (bytes of JSON, bytes of payload), a JSON object, the payload.

The worker's side of the same format is ``runtime/frames.py``. That travels into the sandbox: neither imports the other.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from collections.abc import Mapping
from typing import Any

HEADER = struct.Struct("!II")
MAX_JSON = 4 * 1024**2
MAX_PAYLOAD = 64 * 1024**2

Json = dict[str, Any]


class FrameError(Exception):
    """A frame that breaks the rules: too large, cut off in the middle, or not a JSON object with a ``t``."""


def encode(header: Mapping[str, object], payload: bytes = b"") -> bytes:
    """One frame as bytes. Raises FrameError where it is larger than a reader would take."""
    text = json.dumps(header).encode()
    _check(len(text), len(payload))
    return HEADER.pack(len(text), len(payload)) + text + payload


class Channel:
    """The two pipes to a worker. Owns neither: who opened them closes them."""

    def __init__(self, *, read_fd: int, write_fd: int) -> None:
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._buffer = bytearray()

    def send(self, header: Mapping[str, object], payload: bytes = b"") -> None:
        """Write one frame. Raises FrameError, and BrokenPipeError where the worker has gone."""
        rest = memoryview(encode(header, payload))
        while rest:
            rest = rest[os.write(self._write_fd, rest) :]

    def receive(self, timeout_s: float) -> tuple[Json, bytes] | None:
        """The next frame; None at the end of the stream. Raises FrameError, and TimeoutError after ``timeout_s``."""
        deadline = time.monotonic() + timeout_s
        if not self._fill(HEADER.size, deadline):
            if self._buffer:
                raise FrameError("the stream ended in the middle of a frame")
            return None
        json_size, payload_size = HEADER.unpack_from(self._buffer)
        _check(json_size, payload_size)
        body = HEADER.size + json_size
        end = body + payload_size
        if not self._fill(end, deadline):
            raise FrameError("the stream ended in the middle of a frame")
        text, payload = bytes(self._buffer[HEADER.size : body]), bytes(self._buffer[body:end])
        del self._buffer[:end]
        try:
            header = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise FrameError(f"a frame's header is not JSON: {error}") from None
        if not isinstance(header, dict) or not isinstance(header.get("t"), str):
            raise FrameError("a frame's header has no type")
        return header, payload

    @property
    def holds_frame(self) -> bool:
        """Whether ``receive`` has something to say of what came in already: of that the descriptor tells no more."""
        if len(self._buffer) < HEADER.size:
            return False
        json_size, payload_size = HEADER.unpack_from(self._buffer)
        too_large = json_size > MAX_JSON or payload_size > MAX_PAYLOAD
        return bool(too_large or len(self._buffer) >= HEADER.size + json_size + payload_size)

    def _fill(self, size: int, deadline: float) -> bool:
        """Read until the buffer holds ``size`` bytes. False: the stream ended before."""
        poller = select.poll()
        poller.register(self._read_fd, select.POLLIN)
        while len(self._buffer) < size:
            if not poller.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise TimeoutError
            piece = os.read(self._read_fd, 1024**2)
            if not piece:
                return False
            self._buffer += piece
        return True


def _check(json_size: int, payload_size: int) -> None:
    if json_size > MAX_JSON:
        raise FrameError(f"a frame's header of {json_size} bytes is too large; {MAX_JSON} are allowed")
    if payload_size > MAX_PAYLOAD:
        raise FrameError(f"a frame's payload of {payload_size} bytes is too large; {MAX_PAYLOAD} are allowed")
