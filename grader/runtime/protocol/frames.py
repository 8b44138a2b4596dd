"""Frames, the messages between host, worker and child: ``!II`` (bytes of JSON, bytes of payload), a JSON object, the
payload.

Reading here blocks. ``grader.sandbox.channel`` reads with a time limit, for the host.

The JSON of a frame is ASCII, in which an emoji takes twelve bytes, and at most MAX_JSON. What a student sizes therefore
travels in the payload, as JSON in UTF-8 (``text_part``).
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
    """The bytes are no frame: too large, cut off in the middle, or without a JSON object that has a ``t``."""


def pack(header: Mapping[str, object], payload: bytes = b"") -> bytes:
    """One frame as bytes. Raises FrameError where it is larger than a reader would take."""
    text = json.dumps(header).encode()
    _check_sizes(len(text), len(payload))
    return HEADER.pack(len(text), len(payload)) + text + payload


def text_part(value: object) -> bytes:
    """A value as a part of a payload: JSON in UTF-8. Lone surrogates pass."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def read_text_part(part: bytes) -> Any:
    """The value that ``text_part`` wrote."""
    return json.loads(part.decode("utf-8", "surrogatepass"))


def sizes(start: bytes | bytearray) -> tuple[int, int]:
    """The bytes of JSON and of payload, as a frame's first 8 bytes announce them. Raises FrameError."""
    json_size, payload_size = HEADER.unpack_from(start)
    _check_sizes(json_size, payload_size)
    return json_size, payload_size


def parse(text: bytes) -> Json:
    """The JSON object of a frame. Raises FrameError."""
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FrameError(f"a frame's header is not JSON: {error}") from None
    if not isinstance(header, dict) or not isinstance(header.get("t"), str):
        raise FrameError("a frame's header has no type")
    return header


def write(fd: int, header: Mapping[str, object], payload: bytes | memoryview = b"") -> None:
    """Write one frame; blocks until the reader has taken it. The payload is not copied."""
    text = json.dumps(header).encode()
    write_all(fd, memoryview(HEADER.pack(len(text), len(payload)) + text))
    write_all(fd, memoryview(payload))


def write_all(fd: int, data: memoryview) -> None:
    """Write all of ``data``; blocks until the reader has taken it."""
    while data:
        data = data[os.write(fd, data) :]


def read(fd: int) -> tuple[Json, mmap.mmap | None] | None:
    """The next frame; None at the end of the stream. Raises FrameError.

    The payload gets a memory mapping of its own, which is unmapped when it is closed. In the worker's heap, a later
    child could find it.
    """
    start = _read_exactly(fd, HEADER.size, eof=True)
    if not start:
        return None
    json_size, payload_size = sizes(start)
    header = parse(_read_exactly(fd, json_size))
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
    """The frame that fills ``data``. Raises FrameError."""
    if len(data) < HEADER.size:
        raise FrameError("the frame is too short")
    json_size, payload_size = sizes(data[: HEADER.size])
    body = HEADER.size + json_size
    if len(data) != body + payload_size:
        raise FrameError("the frame's lengths do not add up")
    return parse(data[HEADER.size : body]), data[body:]


def _check_sizes(json_size: int, payload_size: int) -> None:
    if json_size > MAX_JSON:
        raise FrameError(f"a frame's header of {json_size} bytes is too large; {MAX_JSON} are allowed")
    if payload_size > MAX_PAYLOAD:
        raise FrameError(f"a frame's payload of {payload_size} bytes is too large; {MAX_PAYLOAD} are allowed")


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
