"""What the main process asks of a Dask worker, and what comes back: frames, as everywhere else in the grader.

A request is one frame. An answer is one frame or more: entries of the lane's log, and the answer itself as the last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from grader.runtime.protocol.frames import HEADER, FrameError, Json, pack, parse, sizes

COURSE, OPEN, ASK, SURVEY = "course", "open", "ask", "survey"
"""Types of requests (``t``): keep a part of a course's archive; start a lane; hand a frame to the lane; say what the
machine offers.
"""
SURVEYED = "surveyed"
"""The answer to ``SURVEY`` (``host_survey``)."""
HOST = "host"
"""A frame before the answer to ``OPEN``, with the version of Dask there."""
KEPT, WANTED, DIED, UNKNOWN = "kept", "wanted", "died", "unknown"
"""Types of answers besides the lane's own: it is done, and the lane has nothing to say to it; the course's archive is
not here; the lane has ended; there is no such lane."""
PART_BYTES = 4 * 1024**2
"""The course's archive travels in parts of this size, so that no message is large."""


def request(kind: str, batch: str, fields: Mapping[str, Any], payload: bytes = b"") -> bytes:
    """Raises FrameError where it is larger than a reader would take."""
    return pack({**fields, "t": kind, "batch": batch}, payload)


def frames_of(data: bytes) -> Iterator[tuple[Json, bytes]]:
    """The frames that ``data`` consists of. Raises FrameError."""
    position = 0
    while position < len(data):
        if len(data) - position < HEADER.size:
            raise FrameError("the frame is too short")
        json_size, payload_size = sizes(data[position : position + HEADER.size])
        body = position + HEADER.size + json_size
        end = body + payload_size
        if end > len(data):
            raise FrameError("the frame's lengths do not add up")
        yield parse(data[position + HEADER.size : body]), data[body:end]
        position = end
