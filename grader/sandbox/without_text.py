"""The record of a run without what the run printed: for recordings that are given to others (``pipeline``)."""

from __future__ import annotations

import json

from grader.runtime.protocol.frames import HEADER

TEXTS = ("output", "uncaught", "warning", "run_note")
"""Kinds of events that are nothing but text, in which lines of the code that ran may be quoted."""


def without_text(stream: bytes) -> bytes:
    """The record of a run that is known to have ended by itself, less these events."""
    kept = bytearray()
    position = 0
    while position < len(stream):
        header_size, payload_size = HEADER.unpack_from(stream, position)
        start, position = position, position + HEADER.size + header_size + payload_size
        header = json.loads(stream[start + HEADER.size : start + HEADER.size + header_size])
        if header.get("kind") not in TEXTS:
            kept += stream[start:position]
    return bytes(kept)
