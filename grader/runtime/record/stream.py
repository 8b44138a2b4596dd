"""Writes the record: frames in shared memory or on a pipe, with values described as plain data.

Frames have the format of ``protocol.frames``. The bytes of an array are sent once, as a *blob*, and referred to by
number, so that a value that does not change is sent once.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import weakref
from collections.abc import Mapping
from typing import Any, TypeGuard

import numpy as np
import torch

from ..protocol.frames import HEADER, MAX_JSON
from ..protocol.record import BLOB, DTYPES, MAX_DIMENSIONS, MAX_ELEMENTS, MAX_LENGTH, RUN_NOTE
from ..protocol.record_memory import RecordMemory
from .passes.transforms import is_inside, outside, unwrapped

MAX_TOTAL = 32 * 1024**2
"""Beyond this total of elements, arrays are described by dtype and shape only."""
SMALL = 1_000
"""Elements of an array that is not too large to be sent while there is any room."""
MAX_LARGE_BYTES = 24 * 1024**2
"""Bytes that larger arrays may send, of which each statement may use half of what is left: a network that is trained
must not use up the room of the answers below it. The whole record may have 64 MiB."""
MAX_TEXT = 2_000
"""Characters kept of a string value or an exception's text."""
MAX_NAME = 200
"""Characters kept of a name. Python sets no limit to them."""

_NUMPY_DTYPES = {
    torch.float16,
    torch.float32,
    torch.float64,
    torch.complex64,
    torch.complex128,
    torch.bool,
    torch.uint8,
    torch.int8,
    torch.int16,
    torch.int32,
    torch.int64,
}
"""numpy has no bfloat16 and no 8-bit floats. Their values are sent as float32, which can represent all of them."""

Json = dict[str, Any]

_as_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_write = os.write
"""Bound at import, so that monkeypatching ``json`` or ``os`` does not affect the recorder."""


class Tokens:
    """Numbers objects. An object keeps its number as long as it exists; it is not kept alive by this."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Any], int]] = {}
        self._last = 0

    def of(self, value: object) -> int:
        known = self._known.get(id(value))
        if known is not None and known[0]() is value:
            return known[1]
        self._last += 1
        self._known[id(value)] = (weakref.ref(value), self._last)
        return self._last

    def known(self, value: object) -> int:
        """The number of an object that has one; else 0."""
        known = self._known.get(id(value))
        return known[1] if known is not None and known[0]() is value else 0


class Stream:
    """Writes frames where the worker reads them. Safe to use from several threads."""

    def __init__(self, fd: int, memory: RecordMemory | None = None) -> None:
        """``fd``: the pipe for what ``memory`` cannot hold; None: for everything."""
        self._fd = fd
        self._memory = memory
        self._lock = threading.RLock()
        self._blobs: dict[bytes, int] = {}
        self._waiting = bytearray()
        """Blobs that are written together with the next frame, which refers to them."""
        self.tokens = Tokens()
        self.arrays = 0
        """How many arrays were described."""
        self._elements = 0
        """Total elements of the described arrays whose values were sent, counted at each description."""
        self._large_bytes = 0
        """Bytes that larger arrays have sent; equal values are sent once."""
        self._room_for_large = MAX_LARGE_BYTES // 2
        self.muted = False
        """Frames are left out."""
        self._is_copy = False
        self.busy = 0
        """Above 0 while a frame is written, so that the alarm of the time limit does not interrupt it."""
        self.is_capturing = 0
        """Above 0 while the main thread, which alone takes alarms, stores output: half of that would go to the next
        statement.
        """

    def be_copy(self) -> None:
        """Write nothing any more: this process was forked by the submission. The frames of two processes, such as the
        workers of a pool, would be mixed up in one pipe, and each would count blobs and tokens for itself.
        """
        self._is_copy = True
        self._lock = threading.RLock()  # a thread that held it is not in this process

    def begin_statement(self) -> None:
        """Give the next statement its share of the room for large arrays."""
        self._room_for_large = (self._large_bytes + MAX_LARGE_BYTES) // 2

    def send(self, kind: str, /, **fields: object) -> None:
        """Write one frame at once, so that a crash loses only later events."""
        if self.muted or self._is_copy:
            return
        # A lone surrogate cannot be encoded as UTF-8 and becomes a question mark.
        header = _as_json({"kind": kind, **fields}).encode("utf-8", "replace")
        if len(header) > MAX_JSON:
            what = kind.replace("_", " ")
            header = _as_json({"kind": RUN_NOTE, "text": f"Too large to be recorded: an event ({what})."}).encode()
        with self._lock:
            self.busy += 1
            try:
                self._write(b"".join((self._waiting, HEADER.pack(len(header), 0), header)))
                self._waiting.clear()
            finally:
                self.busy -= 1

    def _write(self, data: bytes) -> None:
        if self._memory is not None:
            if self._memory.append(data):
                return
            self._memory = None  # the worker takes what is in the pipe for what follows
        rest = memoryview(data)
        while rest:
            rest = rest[_write(self._fd, rest) :]

    def blob(self, data: np.ndarray[Any, Any]) -> int:
        """Send an array's bytes together with the next frame, unless they were sent before; returns their number."""
        raw = data.tobytes()
        dtype = data.dtype.str
        key = hashlib.blake2b(raw, digest_size=16, person=dtype.encode()).digest()
        number = self._blobs.get(key)
        if number is None:
            with self._lock:
                self.busy += 1
                try:
                    number = self._blobs.get(key, len(self._blobs) + 1)
                    header = _as_json({"kind": BLOB, "id": number, "dtype": dtype}).encode()
                    if key not in self._blobs:
                        self._large_bytes += len(raw) if data.size > SMALL else 0
                        self._waiting += HEADER.pack(len(header), len(raw)) + header + raw
                    # Last: a number may be known only if its blob is certain to be sent.
                    self._blobs[key] = number
                finally:
                    self.busy -= 1
        return number

    # ----------------------------------------------------------------------------------------------------------------
    # Values as plain data
    # ----------------------------------------------------------------------------------------------------------------

    def tensor(self, tensor: torch.Tensor, *, with_grad: bool = False) -> Json:
        """Describe a tensor as it is now. ``with_grad``: its ``.grad`` too. The bytes are copied.

        Raises ValueError, or what torch raises, for a tensor that cannot be described, such as a nested tensor or one
        with too many dimensions.
        """
        with torch._C.DisableTorchFunction(), torch.no_grad():
            grad = tensor.grad if with_grad and (tensor.is_leaf or tensor.retains_grad) else None
            described = self.tensor_with(tensor, _view(tensor))
            if grad is not None:
                described["$array"]["grad"] = self.tensor(grad)
        return described

    def tensor_with(self, tensor: torch.Tensor, data: np.ndarray[Any, Any] | None) -> Json:
        """Describe a tensor with the values that it has or had; None: without values."""
        data = self._counted(data)
        shape = tuple(tensor.shape) if data is None else data.shape
        _check_shape(shape)
        return {
            "$array": {
                "kind": "tensor",
                "dtype": str(tensor.dtype).removeprefix("torch."),
                "shape": list(shape),
                "blob": None if data is None else self.blob(data),
                "token": self.tokens.of(tensor),
                "requires_grad": bool(tensor.requires_grad),
                "is_leaf": bool(tensor.is_leaf),
            }
        }

    def maybe_tensor(self, tensor: torch.Tensor | None) -> Json | None:
        """Describe a tensor; None where there is no tensor, or it cannot be described."""
        if tensor is None:
            return None
        try:
            return self.tensor(tensor)
        except Exception:
            return None

    def array(self, data: np.ndarray[Any, Any], kind: str = "ndarray") -> Json:
        """Describe a numpy array. Raises ValueError for dtypes that are not sent, such as objects or numbers of more
        than 64 bits, and for too many dimensions.
        """
        _check_shape(data.shape)
        data = data.astype(data.dtype.newbyteorder("="), copy=False)
        if data.dtype.str not in DTYPES:
            raise ValueError(f"an array of {data.dtype.name}")
        sent = self._counted(data if data.size <= MAX_ELEMENTS else None)
        blob = None if sent is None else self.blob(sent)
        return {"$array": {"kind": kind, "dtype": data.dtype.name, "shape": list(data.shape), "blob": blob}}

    @property
    def counts(self) -> tuple[int, int]:
        """How many arrays, and elements of arrays, were described; set back where a description is not sent."""
        return self.arrays, self._elements

    @counts.setter
    def counts(self, counts: tuple[int, int]) -> None:
        self.arrays, self._elements = counts

    def _counted(self, data: np.ndarray[Any, Any] | None) -> np.ndarray[Any, Any] | None:
        """An array's values, or None where the record has too many elements by now."""
        self.arrays += 1
        if data is None or self._elements + data.size > MAX_TOTAL:
            return None
        if data.size > SMALL and self._large_bytes + data.nbytes > self._room_for_large:
            return None
        self._elements += data.size
        return data

    def value(self, value: object) -> Json:
        """Describe any value. Only exact types are inspected: methods of a student's subclass could run any code."""
        kind = type(value)
        try:
            if is_tensor(value):
                return self.tensor(value, with_grad=True)
            if kind is np.ndarray:
                return self.array(value)  # type: ignore[arg-type]  # narrowed by `kind`
            if is_one_of(kind, (int, float, complex)) or issubclass(kind, np.number):
                return self.array(np.asarray(value), "number")
        except Exception:  # it cannot be described; its type can
            return {"kind": "other", "text": kind.__name__[:MAX_NAME]}
        if value is None:
            return {"kind": "none", "text": ""}
        if kind is bool:
            return {"kind": "bool", "text": str(value)}
        if kind is str:
            return {"kind": "text", "text": str(value)[:MAX_TEXT]}
        return {"kind": "other", "text": kind.__name__[:MAX_NAME]}


def _check_shape(shape: tuple[int, ...]) -> None:
    if len(shape) > MAX_DIMENSIONS or any(size >= MAX_LENGTH for size in shape):
        raise ValueError(f"the shape {shape}"[:MAX_NAME])


def is_tensor(value: object) -> TypeGuard[torch.Tensor]:
    """Whether a value is a tensor, by its type: ``isinstance`` asks ``__class__``, which may be the student's code."""
    return issubclass(type(value), torch.Tensor)


def is_one_of(kind: type, kinds: tuple[type, ...]) -> bool:
    """Whether a type is one of some; ``in`` would ask ``__eq__`` of its metaclass, which may be the student's code."""
    return any(kind is known for known in kinds)


def to_numpy(tensor: torch.Tensor) -> np.ndarray[Any, Any] | None:
    """A copy of a tensor's values; None where there are too many, or they cannot be read (sparse, meta, quantised).

    Tensors inside ``torch.func`` transforms are unwrapped; the result then has the dimension that ``vmap`` maps over.
    """
    view = _view(tensor)
    return None if view is None else np.array(view)


def _view(tensor: torch.Tensor) -> np.ndarray[Any, Any] | None:
    """As ``to_numpy``, without a copy where possible. The values change with the tensor."""
    if is_inside():
        with outside():
            return _view(tensor)
    tensor = unwrapped(tensor)
    if tensor.numel() > MAX_ELEMENTS or tensor.layout != torch.strided or tensor.is_meta or tensor.is_quantized:
        return None
    plain = tensor.detach().cpu().resolve_conj().resolve_neg()
    if plain.dtype not in _NUMPY_DTYPES:
        plain = plain.to(torch.float32)
    # The second derivative of `abs` is such a tensor: zeros without memory.
    view: np.ndarray[Any, Any] = plain.numpy(force=plain._is_zerotensor())
    return view


def raised(error: BaseException) -> Json:
    """An exception as data. Its ``__str__`` may be the student's code."""
    try:
        text = str(error)
    except BaseException:
        text = ""
    bases = [
        _name_of(kind)[:200] for kind in _mro_of(type(error))[1:] if kind is not object and kind is not BaseException
    ]
    return {"type": _name_of(type(error))[:200], "text": cut(str(text)), "bases": bases[:MAX_BASES]}


MAX_BASES = 10
_mro_of = type.__dict__["__mro__"].__get__
_name_of = type.__dict__["__name__"].__get__
"""The name of a class. Its metaclass may say another, or what is no name."""


def cut(text: str) -> str:
    """A message as it is recorded; an ellipsis says that it was cut."""
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def read_array(fields: Mapping[str, Any], payload: bytes) -> np.ndarray[Any, Any]:
    """An array of a job, by ``dtype``, ``shape`` and ``offset`` in the payload. A writable copy."""
    dtype = np.dtype(fields["dtype"])
    count = int(np.prod(fields["shape"], dtype=np.int64))
    flat = np.frombuffer(payload, dtype=dtype, count=count, offset=fields["offset"])
    return flat.reshape(fields["shape"]).copy()
