"""What came out of the sandbox, as an Observation. Every byte of it may have been written by the student's code.

Nothing is unpickled, imported or evaluated: frames are JSON under a strict schema and raw buffers of known dtypes, with
caps on everything. What does not fit ends the reading; what came before it stands.

A blob is sent once and may be described any number of times, so a small stream can stand for a large record. The bounds
are therefore on what is described. The recorder has lower ones of its own, and leaves out what is beyond them.
"""

from __future__ import annotations

import gc
import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Discriminator, TypeAdapter, ValidationError

from grader.model import (
    Array,
    Backward,
    Curve,
    Event,
    Figure,
    FunctionCall,
    Moment,
    Observation,
    Outcome,
    Output,
    RunNote,
    TorchCall,
    TorchError,
    UncaughtError,
    Warned,
)

HEADER = struct.Struct("!II")
MAX_JSON = 4 * 1024**2
MAX_DIMENSIONS = 16
MAX_EVENTS = 35_000
"""The leaves of a pass are counted like events of their own."""
MAX_BLOBS = 200_000
MAX_ARRAYS = 200_000
"""Descriptions of arrays. Of one blob there may be many."""
MAX_SIZE = 250_000
"""Elements of one array; of a larger one the recorder sends dtype and shape only."""
MAX_ELEMENTS = 64 * 1024**2
"""Elements of all arrays that are described: as many as a stream has bytes. A loop over 2,000 points of a vector, one
backward for each, comes to half of them."""
MAX_VALUES = 5_000_000
"""JSON's own values, which take more memory than bytes in the stream."""
MAX_NUMBER = 2**31
"""What counts or numbers something stays below it."""
BROKEN, NO_MEMORY = 70, 71
"""Exit codes of a child whose recorder came to its end before the submission did, as ``runtime.children`` has them. A
submission that ends with one of them on purpose gains nothing.
"""

_DTYPES = frozenset({"<f2", "<f4", "<f8", "<c8", "<c16", "|b1", "|u1", "|i1", "<i2", "<i4", "<i8", "<u2", "<u4", "<u8"})


class MalformedStream(Exception):
    """The stream breaks its own rules: a submission wrote to it, or was cut off in the middle of a frame."""


class _FullError(MalformedStream):
    """There is more in the stream than a record may hold."""


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
        | RunNote
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
        self.arrays = 0
        """How many were described."""
        self.elements = 0
        """How many they have, all together."""
        self._added = 0

    def add(self, blob: _Blob, payload: bytes) -> None:
        self._added += 1
        if self._added > MAX_BLOBS:
            raise _FullError(f"more than {MAX_BLOBS} blobs")
        if blob.dtype not in _DTYPES:
            raise MalformedStream(f"an array of dtype {blob.dtype[:20]!r}")
        dtype = np.dtype(blob.dtype)
        if len(payload) % dtype.itemsize:
            raise MalformedStream("an array whose bytes do not fit its dtype")
        data = np.frombuffer(payload, dtype)
        if dtype.kind == "b":
            # A byte that is neither 0 nor 1 would be true to some of numpy and false to the rest.
            data = data.view(np.uint8) != 0
            data.flags.writeable = False
        self._known[blob.id] = data

    def array(self, value: object) -> Array:
        """Raise ValueError where the description is not one, or does not fit its bytes."""
        fields = value.get("$array") if isinstance(value, dict) else None
        if not isinstance(fields, dict):
            raise ValueError("not an array")
        self.arrays += 1
        shape, blob, grad = fields.get("shape"), fields.get("blob"), fields.get("grad")
        if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS:
            raise ValueError("no shape")
        for size in shape:
            if type(size) is not int or not 0 <= size < 2**40:
                raise ValueError("sizes that are none")
        data = None
        if blob is not None:
            flat = self._known.get(blob) if type(blob) is int else None
            if flat is None or flat.size != math.prod(shape) or flat.size > MAX_SIZE:
                raise ValueError("bytes that do not fit the shape")
            if not flat.size and math.prod(filter(None, shape)) > MAX_SIZE:
                raise ValueError("an array of nothing that no other dtype could have")
            data = flat if len(shape) == 1 else flat.reshape(shape)
            self.elements += flat.size
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
    ``exceeded`` that it did so for another limit: the outcome, and why. ``twin_asked``: the job asked for a
    twin; else what says that one follows is forged.
    """
    with _undisturbed():
        record = _read(stream)
    end, flaw = record.end, record.flaw
    if twin_asked and isinstance(end, _End) and end.twin:
        timed_out = truncated = False  # of the run itself nothing is missing
        exceeded = None
    if exceeded is not None:
        outcome, detail = Outcome(exceeded[0]), f"{exceeded[1]}, and was stopped; what came before counts"
    elif timed_out:
        outcome, detail = Outcome.TIMEOUT, "it did not end in time and was stopped; what came before counts"
    elif truncated or (record.is_full and end is None):
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
        outcome, detail = Outcome.MEMORY, "no memory was left, not even for the record; what came before counts"
    elif exit_code == BROKEN:
        outcome, detail = Outcome.CRASHED, "the recorder could not go on, nor say why; what came before counts"
    else:
        outcome, detail = Outcome.EXITED, f"it ended the interpreter itself (exit code {exit_code})"
    return Observation(events=tuple(record.events), outcome=outcome, detail=detail, duration_s=wall_s, twin=record.twin)


def decode_stream(stream: bytes) -> Observation:
    """Read the stream of a run that is known to have ended by itself (one kept on disk)."""
    return decode(stream, exit_code=0, signal=None, timed_out=False, truncated=False, wall_s=0.0)


@dataclass(slots=True)
class _Record:
    """What was read: the events up to the end of the run or to the first flaw, that end if there is one, the flaw in
    words, and the figures of the twin, if that came to its end.
    """

    events: list[Event] = field(default_factory=list)
    end: _End | _Broken | None = None
    flaw: str = ""
    is_full: bool = False
    """It was too much, which is the flaw then."""
    twin: tuple[Figure, ...] | None = None


def _read(stream: bytes) -> _Record:
    record, count = _Record(), 0
    figures: list[Figure] = []
    try:
        for frame in _frames(stream):
            if isinstance(frame, _TwinEnd):
                record.twin = tuple(figures)
                break
            if isinstance(frame, _Broken):
                record.end = record.end or frame
                break
            if record.end is not None:
                figures += [frame] if isinstance(frame, Figure) else []
            elif isinstance(frame, _End):
                record.end = frame
                if not frame.twin:
                    break
            else:
                record.events.append(frame)
                count += 1 + (len(frame.leaves) if isinstance(frame, Backward) else 0)
            if count + len(figures) > MAX_EVENTS:
                raise _FullError("more events than a record may hold")
    except MalformedStream as error:
        record.flaw, record.is_full = str(error), isinstance(error, _FullError)
    return record


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without the collector of garbage, of which there is none here; to look for it takes a quarter of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _frames(stream: bytes) -> Iterator[Any]:
    """The frames of a stream; blobs are kept, everything else is given on."""
    blobs = _Blobs()
    context = {"array": blobs.array}
    position = values = 0
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
        values += 1 + header.count(b",")
        if values > MAX_VALUES:
            raise _FullError(f"more than {MAX_VALUES} values")
        try:
            frame = _FRAME.validate_json(header, strict=True, context=context)
        except (ValidationError, RecursionError) as error:
            raise MalformedStream("a frame that does not fit the schema") from error
        if isinstance(frame, _Blob):
            blobs.add(frame, payload)
        elif not _keeps_promises(frame):
            raise MalformedStream("a frame that does not fit the schema")
        else:
            yield frame
        if blobs.arrays > MAX_ARRAYS or blobs.elements > MAX_ELEMENTS:
            raise _FullError("more arrays than a record may hold")


def _keeps_promises(frame: Any) -> bool:
    """Whether a frame is as ``model`` promises beyond its types: nobody counts that far, and a curve has as many
    numbers in ``x`` as in ``y``.
    """
    counts: tuple[int, ...] = ()
    if isinstance(frame, Backward):
        counts = (frame.order, frame.group)
    elif isinstance(frame, FunctionCall):
        counts = (frame.function, frame.input)
    elif isinstance(frame, Figure) and not all(map(_is_drawable, frame.curves)):
        return False
    if not isinstance(frame, RunNote | _End | _Broken | _TwinEnd):
        counts = (*counts, frame.place.cell, frame.place.line, frame.place.statement)
    return all(-MAX_NUMBER < number < MAX_NUMBER for number in counts)


def _is_drawable(curve: Curve) -> bool:
    x, y = curve.x.data, curve.y.data
    return x is not None and y is not None and x.ndim == 1 and x.shape == y.shape and x.dtype == y.dtype == np.float64


def _signal_name(number: int) -> str:
    import signal

    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
