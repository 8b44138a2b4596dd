"""Frames between the worker and the host: ``!II`` (bytes of JSON, bytes of payload), a JSON object, the payload.

The host's side of the same format is ``grader.sandbox.channel``.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
from collections.abc import Mapping
from typing import Any

HEADER = struct.Struct("!II")
MAX_JSON = 4 * 1024**2
MAX_PAYLOAD = 64 * 1024**2

Json = dict[str, Any]


class FrameError(Exception):
    """What came in is no frame: too large, cut off in the middle, or not a JSON object with a ``t``."""


def write(fd: int, header: Mapping[str, object], payload: bytes | memoryview = b"") -> None:
    """Write one frame; blocks until the reader has taken it."""
    text = json.dumps(header).encode()
    write_all(fd, memoryview(HEADER.pack(len(text), len(payload)) + text))
    write_all(fd, memoryview(payload))


def write_all(fd: int, data: memoryview) -> None:
    """Write all of ``data``; blocks until the reader has taken it."""
    while data:
        data = data[os.write(fd, data) :]


def read(fd: int) -> tuple[Json, mmap.mmap | None] | None:
    """The next frame; None at the end of the stream. Raises FrameError.

    The payload comes in memory of its own, which goes back to the system when it is closed: what is in it never
    lies in the worker's heap, where a later child could find it.
    """
    start = _read_exactly(fd, HEADER.size, eof=True)
    if not start:
        return None
    json_size, payload_size = _sizes(start)
    header = _parse(_read_exactly(fd, json_size))
    if not payload_size:
        return header, None
    payload = mmap.mmap(-1, payload_size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with memoryview(payload) as view:
        position = 0
        while position < payload_size:
            with view[position:] as rest:
                count = os.readv(fd, [rest])
            if not count:
                raise FrameError("the stream ended in the middle of a frame")
            position += count
    return header, payload


def unpack(data: mmap.mmap) -> tuple[Json, bytes]:
    """The one frame that fills ``data``. Raises FrameError."""
    if len(data) < HEADER.size:
        raise FrameError("the frame is too short")
    json_size, payload_size = _sizes(data[: HEADER.size])
    body = HEADER.size + json_size
    if len(data) != body + payload_size:
        raise FrameError("the frame's lengths do not add up")
    return _parse(data[HEADER.size : body]), data[body:]


def _sizes(start: bytes) -> tuple[int, int]:
    json_size, payload_size = HEADER.unpack(start)
    if json_size > MAX_JSON or payload_size > MAX_PAYLOAD:
        raise FrameError(f"a frame of {json_size} + {payload_size} bytes is too large")
    return json_size, payload_size


def _parse(text: bytes) -> Json:
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FrameError(f"a frame's header is not JSON: {error}") from None
    if not isinstance(header, dict) or not isinstance(header.get("t"), str):
        raise FrameError("a frame's header has no type")
    return header


def _read_exactly(fd: int, size: int, *, eof: bool = False) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = os.read(fd, size - len(data))
        if not piece:
            if eof and not data:
                return b""
            raise FrameError("the stream ended in the middle of a frame")
        data += piece
    return bytes(data)
