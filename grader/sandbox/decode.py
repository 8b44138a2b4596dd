"""What came out of the sandbox, as an Observation. Every byte of it may have been written by the student's code.

Nothing is unpickled, imported or evaluated: frames are JSON under a strict schema and raw buffers of known dtypes, with
caps on everything. What does not fit ends the reading; what came before it stands.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Discriminator, TypeAdapter, ValidationError

from grader.model import (
    Array,
    Backward,
    Event,
    Figure,
    FunctionCall,
    Moment,
    Notice,
    Observation,
    Outcome,
    Output,
    TorchCall,
    TorchError,
    UncaughtError,
    Warned,
)

HEADER = struct.Struct("!II")
MAX_JSON = 4 * 1024**2
MAX_DIMENSIONS = 16
MAX_EVENTS = 50_000
BROKEN, NO_MEMORY = 70, 71
"""Exit codes of a child whose recorder came to its end before the submission did, as ``runtime.children`` has them. A
submission that ends with one of them on purpose gains nothing.
"""

_DTYPES = frozenset({"<f2", "<f4", "<f8", "<c8", "<c16", "|b1", "|u1", "|i1", "<i2", "<i4", "<i8", "<u2", "<u4", "<u8"})


class MalformedStream(Exception):
    """The stream breaks its own rules: a submission wrote to it, or was cut off in the middle of a frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blob:
    kind: Literal["blob"] = "blob"
    id: int
    dtype: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    kind: Literal["end"] = "end"
    outcome: Literal["completed", "failed", "exited", "memory", "timeout", "output"]
    detail: str
    duration_s: float
    twin: bool
    """A second run follows, of which only the figures count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Broken:
    """The recorder itself failed. ``disturbed``: most likely because of what the submission did to it."""

    kind: Literal["broken"] = "broken"
    text: str
    disturbed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _TwinEnd:
    kind: Literal["twin_end"] = "twin_end"


_FRAME: TypeAdapter[Any] = TypeAdapter(
    Annotated[
        Backward
        | TorchError
        | TorchCall
        | Moment
        | Figure
        | FunctionCall
        | Output
        | UncaughtError
        | Warned
        | Notice
        | _Blob
        | _End
        | _Broken
        | _TwinEnd,
        Discriminator("kind"),
    ]
)


class _Blobs:
    """The arrays' bytes that have come so far, and the joining of an array's description with its bytes."""

    def __init__(self) -> None:
        self._known: dict[int, npt.NDArray[Any]] = {}

    def add(self, blob: _Blob, payload: bytes) -> None:
        if blob.dtype not in _DTYPES:
            raise MalformedStream(f"an array of dtype {blob.dtype[:20]!r}")
        dtype = np.dtype(blob.dtype)
        if len(payload) % dtype.itemsize:
            raise MalformedStream("an array whose bytes do not fit its dtype")
        self._known[blob.id] = np.frombuffer(payload, dtype)

    def array(self, value: object) -> Array:
        """Raise ValueError where the description is not one, or does not fit its bytes."""
        fields = value.get("$array") if isinstance(value, dict) else None
        if not isinstance(fields, dict):
            raise ValueError("not an array")
        shape, blob, grad = fields.get("shape"), fields.get("blob"), fields.get("grad")
        if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS:
            raise ValueError("no shape")
        if not all(type(size) is int and 0 <= size < 2**40 for size in shape):
            raise ValueError("sizes that are none")
        data = None
        if blob is not None:
            flat = self._known.get(blob) if type(blob) is int else None
            if flat is None or flat.size != math.prod(shape):
                raise ValueError("bytes that do not fit the shape")
            data = flat.reshape(shape)
        kind, dtype, token = fields.get("kind"), fields.get("dtype"), fields.get("token", 0)
        if kind not in ("tensor", "ndarray", "number") or type(dtype) is not str or type(token) is not int:
            raise ValueError("no kind, dtype or token")
        return Array(
            kind=kind,
            dtype=dtype[:40],
            shape=tuple(shape),
            data=data,
            token=token,
            requires_grad=fields.get("requires_grad") is True,
            is_leaf=fields.get("is_leaf", True) is True,
            grad=None if grad is None else self._plain(grad),
        )

    def _plain(self, grad: object) -> Array:
        """A gradient inside an array; its own ``grad`` is not looked at, so hostile nesting ends here."""
        if isinstance(grad, dict) and isinstance(grad.get("$array"), dict):
            grad = {"$array": {**grad["$array"], "grad": None}}
        return self.array(grad)


def decode(
    stream: bytes,
    *,
    exit_code: int | None,
    signal: int | None,
    timed_out: bool,
    truncated: bool,
    wall_s: float,
    exceeded: tuple[str, str] | None = None,
    twin_asked: bool = True,
) -> Observation:
    """Read a run's stream; the worker's own account of the child's end decides where the stream has no end.

    ``exit_code`` and ``signal`` say how the child ended, ``timed_out`` and ``truncated`` that the worker ended it, and
    ``exceeded`` that it did so for another limit: the outcome, and why. ``twin_asked``: the job
    asked for a twin; else what says that one follows is forged.
    """
    events, end, flaw, twin = _read(stream)
    if twin_asked and isinstance(end, _End) and end.twin:
        timed_out = truncated = False  # of the run itself nothing is missing
        exceeded = None
    if exceeded is not None:
        outcome, detail = Outcome(exceeded[0]), f"{exceeded[1]}, and was stopped; what came before counts"
    elif timed_out:
        outcome, detail = Outcome.TIMEOUT, "it did not end in time and was stopped; what came before counts"
    elif truncated:
        outcome, detail = Outcome.OUTPUT, "there was more to record than a submission may give"
    elif isinstance(end, _Broken):
        outcome = Outcome.CRASHED if end.disturbed else Outcome.SANDBOX_ERROR
        by = "by what the submission did" if end.disturbed else "while the submission was running"
        detail = f"the recorder was stopped {by} ({end.text[:200]}); what came before counts"
    elif end is not None:
        outcome, detail = Outcome(end.outcome), end.detail[:500]
    elif signal is not None:
        outcome, detail = Outcome.CRASHED, f"the interpreter was ended by {_signal_name(signal)}"
    elif flaw:
        outcome, detail = Outcome.CRASHED, f"the record of the run is damaged ({flaw}); what came before counts"
    elif exit_code == NO_MEMORY:
        outcome, detail = (
            Outcome.MEMORY,
            "no memory was left, not even to record what happened; what came before counts",
        )
    elif exit_code == BROKEN:
        outcome, detail = Outcome.CRASHED, "the recorder could not go on, nor say why; what came before counts"
    else:
        outcome, detail = Outcome.EXITED, f"it ended the interpreter itself (exit code {exit_code})"
    return Observation(events=events, outcome=outcome, detail=detail, duration_s=wall_s, twin=twin)


def decode_stream(stream: bytes) -> Observation:
    """Read the stream of a run that is known to have ended by itself (one kept on disk)."""
    return decode(stream, exit_code=0, signal=None, timed_out=False, truncated=False, wall_s=0.0)


def _read(stream: bytes) -> tuple[tuple[Event, ...], _End | _Broken | None, str, tuple[Figure, ...] | None]:
    """The events up to the end of the run or to the first flaw, that end if there is one, the flaw in words, and the
    figures of the twin, if that came to its end.
    """
    events: list[Event] = []
    figures: list[Figure] = []
    end: _End | _Broken | None = None
    try:
        for frame in _frames(stream):
            if isinstance(frame, _TwinEnd):
                return tuple(events), end, "", tuple(figures)
            if isinstance(frame, _Broken):
                return tuple(events), end or frame, "", None
            if end is not None:
                figures += [frame] if isinstance(frame, Figure) else []
            elif not isinstance(frame, _End):
                events.append(frame)
            elif not frame.twin:
                return tuple(events), frame, "", None
            else:
                end = frame
            if len(events) + len(figures) > MAX_EVENTS:
                raise MalformedStream(f"more than {MAX_EVENTS} events")
    except MalformedStream as error:
        return tuple(events), end, str(error), None
    return tuple(events), end, "", None


def _frames(stream: bytes) -> Iterator[Any]:
    """The frames of a stream; blobs are kept, everything else is given on."""
    blobs = _Blobs()
    context = {"array": blobs.array}
    position = 0
    while position < len(stream):
        if len(stream) - position < HEADER.size:
            raise MalformedStream("it ends in the middle of a frame")
        header_size, payload_size = HEADER.unpack_from(stream, position)
        position += HEADER.size
        if header_size > MAX_JSON or header_size + payload_size > len(stream) - position:
            raise MalformedStream("it ends in the middle of a frame")
        header = stream[position : position + header_size]
        payload = stream[position + header_size : position + header_size + payload_size]
        position += header_size + payload_size
        try:
            frame = _FRAME.validate_json(header, strict=True, context=context)
        except (ValidationError, RecursionError) as error:
            raise MalformedStream("a frame that does not fit the schema") from error
        if isinstance(frame, _Blob):
            blobs.add(frame, payload)
        else:
            yield frame


def _signal_name(number: int) -> str:
    import signal

    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
