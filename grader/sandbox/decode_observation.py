"""Decodes the record of a run, which came out of the sandbox, into an Observation.

The student's code may have written any byte of it. Nothing is unpickled, imported or evaluated: frames are JSON under a
strict schema, and raw buffers of known dtypes, and everything is bounded. The first frame that breaks a rule ends the
reading; the events before it count.

Texts are cut to the bounds of ``grader.text_bounds`` (``model.bounded_fields``).

A blob is sent once and may be described any number of times, so a small stream can describe a large record. The bounds
are therefore on what is described. The recorder's own bounds are lower, so honest records stay within these.
"""

from __future__ import annotations

import gc
import math
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
    ChangedNames,
    Event,
    Figure,
    GraphEvidence,
    Observation,
    Outcome,
    TrainingStep,
)
from grader.model.bounded_fields import Note
from grader.runtime.protocol import child_exit_codes
from grader.runtime.protocol.frames import HEADER, MAX_JSON
from grader.runtime.protocol.record import (
    ARRAY_KINDS,
    DTYPES,
    MAX_BRIEF_LEAVES,
    MAX_DIMENSIONS,
    MAX_ELEMENTS,
    MAX_GRAPHS,
    MAX_LENGTH,
)
from grader.sandbox.raw_run import RawRun
from grader.sandbox.record_bounds import brief_leaves_in, is_within_bounds
from grader.sandbox.recorded_graphs import RecordedGraph, graph_of
from grader.text_bounds import NAME, bounded

MAX_EVENTS = 35_000
"""Events of one run. Each leaf of a backward pass or of a step counts as one more event."""
MAX_BLOBS = 200_000
MAX_ARRAYS = 200_000
"""Descriptions of arrays. Many of them may refer to one blob."""
MAX_TOTAL_ELEMENTS = 64 * 1024**2
"""Elements of all described arrays together: as many as a stream has bytes. A loop over 2,000 points with a backward
for each element of a vector needs half of them."""
MAX_VALUES = 5_000_000
"""Values in the JSON of all frames. In memory they take more than their bytes in the stream."""


class MalformedStream(Exception):
    """The stream breaks the rules: a submission wrote to it, or it was cut off in the middle of a frame."""


class _FullError(MalformedStream):
    """The stream exceeds a bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blob:
    kind: Literal["blob"] = "blob"
    id: int
    dtype: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    kind: Literal["end"] = "end"
    outcome: Literal["completed", "failed", "exited", "memory", "timeout"]
    detail: Note
    duration_s: float
    second_run: bool
    """A second run follows. Only its figures and the values of names count."""
    lacked_time: bool = False
    left_out: frozenset[str] = frozenset()
    """See ``Observation``, as of ``lacked_time``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Broken:
    """The recorder itself failed. ``disturbed``: most likely because the submission tampered with it."""

    kind: Literal["broken"] = "broken"
    text: Note
    disturbed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _SecondRunEnd:
    kind: Literal["second_run_end"] = "second_run_end"


_FRAME: TypeAdapter[Any] = TypeAdapter(
    Annotated[Event | _Blob | RecordedGraph | _End | _SecondRunEnd | _Broken, Discriminator("kind")]
)
"""Every frame of a record. The kinds are those of ``grader.runtime.protocol.record``; a test holds the two together."""


class _Blobs:
    """Keeps the bytes of arrays that have come so far, and joins descriptions of arrays with them."""

    def __init__(self) -> None:
        self._known: dict[int, npt.NDArray[Any]] = {}
        self.arrays = 0
        """How many arrays were described."""
        self.elements = 0
        """The elements of all described arrays together."""
        self._added = 0

    def add(self, blob: _Blob, payload: bytes) -> None:
        self._added += 1
        if self._added > MAX_BLOBS:
            raise _FullError(f"more than {MAX_BLOBS} blobs")
        if blob.dtype not in DTYPES:
            raise MalformedStream("an array of an unknown dtype")
        dtype = np.dtype(blob.dtype)
        if len(payload) % dtype.itemsize:
            raise MalformedStream("an array whose bytes do not fit its dtype")
        data = np.frombuffer(payload, dtype)
        if dtype.kind == "b":
            # numpy's functions disagree on whether a byte that is neither 0 nor 1 is true.
            data = data.view(np.uint8) != 0
            data.flags.writeable = False
        self._known[blob.id] = data

    def array(self, value: object) -> Array:
        """Join a description with its bytes. Raises ValueError where it is malformed or does not fit the bytes."""
        fields = value.get("$array") if isinstance(value, dict) else None
        if not isinstance(fields, dict):
            raise ValueError("not an array")
        self.arrays += 1
        shape, blob, grad = fields.get("shape"), fields.get("blob"), fields.get("grad")
        if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS:
            raise ValueError("no shape")
        for size in shape:
            if type(size) is not int or not 0 <= size < MAX_LENGTH:
                raise ValueError("sizes that are no whole numbers, or too large")
        data = None
        if blob is not None:
            flat = self._known.get(blob) if type(blob) is int else None
            if flat is None or flat.size != math.prod(shape) or flat.size > MAX_ELEMENTS:
                raise ValueError("bytes that do not fit the shape")
            if not flat.size and math.prod(filter(None, shape)) > MAX_ELEMENTS:
                raise ValueError("an empty array with dimensions that are too large")
            data = flat if len(shape) == 1 else flat.reshape(shape)
            self.elements += flat.size
        kind, dtype, token = fields.get("kind"), fields.get("dtype"), fields.get("token", 0)
        if kind not in ARRAY_KINDS or type(dtype) is not str or type(token) is not int:
            raise ValueError("no kind, dtype or token")
        return Array(
            kind=kind,
            dtype=bounded(dtype, NAME),
            shape=tuple(shape),
            data=data,
            token=token,
            requires_grad=fields.get("requires_grad") is True,
            is_leaf=fields.get("is_leaf", True) is True,
            grad=None if grad is None else self._plain(grad),
        )

    def _plain(self, grad: object) -> Array:
        """The gradient of an array. Its own ``grad`` is dropped, so that a hostile record cannot nest gradients."""
        if isinstance(grad, dict) and isinstance(grad.get("$array"), dict):
            grad = {"$array": {**grad["$array"], "grad": None}}
        return self.array(grad)


def decode(run: RawRun, *, second_run_asked: bool = True) -> Observation:
    """Read the record of a run. How the worker saw the child end counts more than what the record says about it.

    ``second_run_asked``: the job asked for a second run. Otherwise a record that announces one is forged.
    """
    with _without_garbage_collection():
        record = _read(run.stream)
    outcome, detail = _outcome(run, record, second_run_asked=second_run_asked)
    return Observation(
        events=tuple(record.events),
        outcome=outcome,
        detail=detail,
        duration_s=run.wall_s,
        waited_s=run.waited_s,
        lacked_time=record.end.lacked_time
        if isinstance(record.end, _End) and outcome == record.end.outcome
        else outcome is Outcome.TIMEOUT,
        left_out=record.end.left_out if isinstance(record.end, _End) else frozenset(),
        second_run_figures=record.second_run_figures,
        second_run_names=record.second_run_names,
        graphs=record.graphs,
    )


def _outcome(run: RawRun, record: _Record, *, second_run_asked: bool) -> tuple[Outcome, str]:
    """How a run ended, and the reason in words."""
    end = record.end
    # Where the first run has ended and the second was stopped, nothing of the first is missing.
    was_stopped = not (second_run_asked and isinstance(end, _End) and end.second_run)
    if was_stopped and run.exceeded is not None:
        outcome, reason = run.exceeded
        return Outcome(outcome), f"{reason}, and was stopped; what came before counts"
    if was_stopped and run.timed_out:
        return Outcome.TIMEOUT, "it did not end in time and was stopped; what came before counts"
    if (was_stopped and run.truncated) or (record.is_full and end is None):
        return Outcome.OUTPUT, "there was more to record than a submission may give"
    if isinstance(end, _Broken):
        by = "by what the submission did" if end.disturbed else "while the submission was running"
        outcome = Outcome.CRASHED if end.disturbed else Outcome.SANDBOX_ERROR
        return outcome, f"the recorder was stopped {by} ({end.text}); what came before counts"
    if end is not None:
        return Outcome(end.outcome), end.detail
    if run.signal is not None:
        return Outcome.CRASHED, f"the interpreter was ended by {_signal_name(run.signal)}"
    if record.flaw:
        return Outcome.CRASHED, f"the record of the run is damaged ({record.flaw}); what came before counts"
    if run.exit == child_exit_codes.NO_MEMORY:
        return Outcome.MEMORY, "no memory was left, not even for the record; what came before counts"
    if run.exit == child_exit_codes.RECORDER_FAILED:
        return Outcome.CRASHED, "the recorder could not go on, nor say why; what came before counts"
    return Outcome.EXITED, f"it ended the interpreter itself (exit code {run.exit})"


def decode_stream(stream: bytes) -> Observation:
    """Read the record of a run that is known to have ended by itself, such as a reference's in the cache."""
    return decode(RawRun(stream=stream, exit=0))


@dataclass(slots=True)
class _Record:
    """What was read: the events up to the end of the run or up to the first flaw."""

    events: list[Event] = field(default_factory=list)
    end: _End | _Broken | None = None
    flaw: str = ""
    """Why the reading stopped before the end of the stream."""
    is_full: bool = False
    """The reading stopped at a bound."""
    second_run_figures: tuple[Figure, ...] | None = None
    """None where there was no second run, or it did not end."""
    second_run_names: tuple[ChangedNames, ...] | None = None
    graphs: dict[int, GraphEvidence] = field(default_factory=dict)


def _read(stream: bytes) -> _Record:
    record, count, brief = _Record(), 0, 0
    figures: list[Figure] = []
    names: list[ChangedNames] = []
    try:
        for frame in _frames(stream):
            if isinstance(frame, _SecondRunEnd):
                record.second_run_figures, record.second_run_names = tuple(figures), tuple(names)
                break
            if isinstance(frame, _Broken):
                record.end = record.end or frame
                break
            if isinstance(frame, RecordedGraph):
                graph = graph_of(frame)
                if graph is None or len(record.graphs) >= MAX_GRAPHS:
                    raise MalformedStream("a graph that does not fit the schema")
                record.graphs[frame.id] = graph
                continue
            if record.end is not None:
                figures += [frame] if isinstance(frame, Figure) else []
                names += [frame] if isinstance(frame, ChangedNames) else []
            elif isinstance(frame, _End):
                record.end = frame
                if not frame.second_run:
                    break
            else:
                record.events.append(frame)
                count += 1 + (len(frame.leaves) if isinstance(frame, Backward | TrainingStep) else 0)
                brief += brief_leaves_in(frame)
            if count + len(figures) + len(names) > MAX_EVENTS or brief > MAX_BRIEF_LEAVES:
                raise _FullError("more events than a record may hold")
    except MalformedStream as error:
        record.flaw, record.is_full = str(error), isinstance(error, _FullError)
    return record


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Decoding makes no reference cycles. Looking for them would take a quarter of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _frames(stream: bytes) -> Iterator[Any]:
    """The frames of a stream, apart from blobs, which are kept for the arrays that refer to them."""
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
        elif not is_within_bounds(frame):
            raise MalformedStream("a frame that does not fit the schema")
        else:
            yield frame
        if blobs.arrays > MAX_ARRAYS or blobs.elements > MAX_TOTAL_ELEMENTS:
            raise _FullError("more arrays than a record may hold")


def _signal_name(number: int) -> str:
    import signal

    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
