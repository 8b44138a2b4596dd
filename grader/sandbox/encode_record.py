"""Writes events as the record of a run, which ``decode_observation`` reads: for recordings that have less in them than
the run itself recorded (``pipeline``)."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from grader.model import Array, Event
from grader.runtime.protocol.frames import HEADER

_END = {"kind": "end", "outcome": "completed", "detail": "", "duration_s": 0.0, "second_run": False}


def encode_record(events: Iterable[Event]) -> bytes:
    """The record of a run that came to its end; the same bytes for equal events."""
    record = bytearray()
    blobs: dict[tuple[str, bytes], int] = {}

    def number_of(data: Any) -> int:
        """The number of the blob with these numbers, which is written where it is new."""
        array = np.ascontiguousarray(data)
        key = array.dtype.str, array.tobytes()
        if key not in blobs:
            blobs[key] = len(blobs) + 1
            record.extend(_frame({"kind": "blob", "id": blobs[key], "dtype": key[0]}, key[1]))
        return blobs[key]

    def plain(value: Any) -> Any:
        if isinstance(value, Array):
            return {
                "$array": {
                    "kind": value.kind,
                    "dtype": value.dtype,
                    "shape": list(value.shape),
                    "blob": None if value.data is None else number_of(value.data),
                    "token": value.token,
                    "requires_grad": value.requires_grad,
                    "is_leaf": value.is_leaf,
                    "grad": plain(value.grad),
                }
            }
        if dataclasses.is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        if isinstance(value, Mapping):
            return {key: plain(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [plain(inner) for inner in value]
        return value

    for event in events:
        header = plain(event)
        record += _frame(header)
    return bytes(record + _frame(_END))


def _frame(header: Mapping[str, Any], payload: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return HEADER.pack(len(text), len(payload)) + text + payload
