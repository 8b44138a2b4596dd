"""The way out of the sandbox: frames on a pipe, and the description of values as plain data.

A frame is ``!II`` (lengths of the JSON and of the payload), a JSON object, the payload. Arrays travel as *blobs*: raw
bytes sent once and referred to by number, so that a leaf whose value never changes costs its bytes once.
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
from torch._C._functorch import get_unwrapped, is_functorch_wrapped_tensor, peek_interpreter_stack
from torch._functorch.pyfunctorch import temporarily_clear_interpreter_stack

from ..protocol.frames import HEADER, MAX_JSON
from ..protocol.record import BLOB, DTYPES, MAX_DIMENSIONS, MAX_ELEMENTS, MAX_LENGTH, NOTICE

MAX_TOTAL = 32 * 1024**2
"""Beyond this total of elements, arrays are described by dtype and shape only."""
MAX_TEXT = 2_000
"""Characters kept of a string value or an exception's text."""
MAX_NAME = 200
"""Characters kept of a name. Python sets no limit to them."""

# numpy has no bfloat16 nor the 8-bit floats; float32 holds each of their values.
_NUMPY_KINDS = {
    torch.float16, torch.float32, torch.float64, torch.complex64, torch.complex128, torch.bool, torch.uint8,
    torch.int8, torch.int16, torch.int32, torch.int64,
}  # fmt: skip

Json = dict[str, Any]

_as_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_write = os.write
"""By names of our own: what is replaced in ``json`` or ``os`` by a submission is its own loss."""


class Tokens:
    """Gives each object a running number, the same for as long as the object lives. Holds no object alive."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Any], int]] = {}
        self._last = 0

    def of(self, thing: object) -> int:
        known = self._known.get(id(thing))
        if known is not None and known[0]() is thing:
            return known[1]
        self._last += 1
        self._known[id(thing)] = (weakref.ref(thing), self._last)
        return self._last


class Stream:
    """Writes frames to the pipe that the worker reads. Safe to use from several threads."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lock = threading.RLock()
        self._blobs: dict[bytes, int] = {}
        self._waiting = bytearray()
        """Blobs that go out with the frame that speaks of them."""
        self.tokens = Tokens()
        self.arrays = 0
        """How many were described."""
        self._elements = 0
        """How many those have whose values were sent, however often."""
        self.busy = 0
        """Above 0 while a frame is written: the time limit's alarm waits for it."""

    def send(self, kind: str, /, **fields: object) -> None:
        """Write one frame at once, so that a crash loses only what came after it."""
        # Half a surrogate pair, which no UTF-8 can hold, becomes a question mark.
        header = _as_json({"kind": kind, **fields}).encode("utf-8", "replace")
        if len(header) > MAX_JSON:
            header = _as_json({"kind": NOTICE, "text": f"Too large to be recorded: a {kind}."}).encode()
        with self._lock:
            self.busy += 1
            try:
                data = memoryview(bytes(self._waiting) + HEADER.pack(len(header), 0) + header)
                self._waiting.clear()
                while data:
                    data = data[_write(self._fd, data) :]
            finally:
                self.busy -= 1

    def blob(self, data: np.ndarray[Any, Any]) -> int:
        """Send an array's bytes, before the next frame, unless they were sent before; returns their number."""
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
                        self._waiting += HEADER.pack(len(header), len(raw)) + header + raw
                    # Last, when nothing can go wrong any more: a number that is known is also on its way.
                    self._blobs[key] = number
                finally:
                    self.busy -= 1
        return number

    # ----------------------------------------------------------------------------------------------------------------
    # Values as plain data
    # ----------------------------------------------------------------------------------------------------------------

    def tensor(self, tensor: torch.Tensor, *, with_grad: bool = False) -> Json:
        """Describe a tensor as it is now. ``with_grad``: its ``.grad`` too. The bytes are copied.

        Raises ValueError, or whatever torch raises, for a tensor of a kind that cannot be described (a nested one, one
        of too many dimensions).
        """
        with torch._C.DisableTorchFunction(), torch.no_grad():
            token = self.tokens.of(tensor)
            requires_grad, is_leaf = bool(tensor.requires_grad), bool(tensor.is_leaf)
            grad = tensor.grad if with_grad and (is_leaf or tensor.retains_grad) else None
            data = self._counted(_view(tensor))
            shape = tuple(tensor.shape) if data is None else data.shape
            _check_shape(shape)
            fields: Json = {
                "kind": "tensor",
                "dtype": str(tensor.dtype).removeprefix("torch."),
                "shape": list(shape),
                "blob": None if data is None else self.blob(data),
                "token": token,
                "requires_grad": requires_grad,
                "is_leaf": is_leaf,
            }
            if grad is not None:
                fields["grad"] = self.tensor(grad)
        return {"$array": fields}

    def maybe_tensor(self, tensor: torch.Tensor | None) -> Json | None:
        """The same; None where there is no tensor, or none that can be described."""
        if tensor is None:
            return None
        try:
            return self.tensor(tensor)
        except Exception:
            return None

    def array(self, data: np.ndarray[Any, Any], kind: str = "ndarray") -> Json:
        """Describe a numpy array of numbers. Raises ValueError for numbers that do not travel (of more than 64 bits),
        and for too many dimensions.
        """
        _check_shape(data.shape)
        data = data.astype(data.dtype.newbyteorder("="), copy=False)
        if data.dtype.str not in DTYPES:
            raise ValueError(f"an array of {data.dtype.name}")
        sent = self._counted(data if data.size <= MAX_ELEMENTS else None)
        blob = None if sent is None else self.blob(sent)
        return {"$array": {"kind": kind, "dtype": data.dtype.name, "shape": list(data.shape), "blob": blob}}

    def _counted(self, data: np.ndarray[Any, Any] | None) -> np.ndarray[Any, Any] | None:
        """An array's values, or None where there were too many by now."""
        self.arrays += 1
        if data is None or self._elements + data.size > MAX_TOTAL:
            return None
        self._elements += data.size
        return data

    def value(self, value: object) -> Json:
        """Describe any value. Only exact types are looked into: a student's subclass could do anything when asked."""
        kind = type(value)
        try:
            if is_tensor(value):
                return self.tensor(value, with_grad=True)
            if kind is np.ndarray:
                return self.array(value)  # type: ignore[arg-type]  # narrowed by `kind`
            if kind in (int, float, complex) or issubclass(kind, np.number):
                return self.array(np.asarray(value), "number")
        except Exception:  # what cannot be described is some value all the same
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
    """Whether a value is a tensor: by its type, whatever its ``__class__``, which may be the student's code, claims."""
    return issubclass(type(value), torch.Tensor)


def to_numpy(tensor: torch.Tensor) -> np.ndarray[Any, Any] | None:
    """A copy of a tensor's values, shape kept; None where it has too many elements, or none to read (sparse, meta…).

    Tensors inside ``torch.func`` transforms are unwrapped; the dimension that ``vmap`` maps over comes along.
    """
    view = _view(tensor)
    return None if view is None else np.array(view)


def _view(tensor: torch.Tensor) -> np.ndarray[Any, Any] | None:
    """The same without a copy, where that can be: for whoever is done with it before anything else happens."""
    if peek_interpreter_stack() is not None:
        with temporarily_clear_interpreter_stack():
            return _view(tensor)
    while is_functorch_wrapped_tensor(tensor):
        tensor = get_unwrapped(tensor)
    if tensor.numel() > MAX_ELEMENTS or tensor.layout != torch.strided or tensor.is_meta or tensor.is_quantized:
        return None
    plain = tensor.detach().cpu().resolve_conj().resolve_neg()
    if plain.dtype not in _NUMPY_KINDS:
        plain = plain.to(torch.float32)
    view: np.ndarray[Any, Any] = plain.numpy()
    return view


def raised(error: BaseException) -> Json:
    """An exception as data. Its ``__str__`` may be the student's own."""
    try:
        text = str(error)
    except BaseException:
        text = ""
    return {"type": type(error).__name__[:200], "text": str(text)[:MAX_TEXT]}


def read_array(fields: Mapping[str, Any], payload: bytes) -> np.ndarray[Any, Any]:
    """An array that came in with a job: ``dtype``, ``shape``, ``offset`` into the payload. A copy, writable."""
    dtype = np.dtype(fields["dtype"])
    count = int(np.prod(fields["shape"], dtype=np.int64))
    flat = np.frombuffer(payload, dtype=dtype, count=count, offset=fields["offset"])
    return flat.reshape(fields["shape"]).copy()
