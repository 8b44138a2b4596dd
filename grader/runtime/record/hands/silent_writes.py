"""Finds values that were written past autograd between a calculation and the backward pass through it.

``x.data``, ``set_`` and the memory that a numpy array shares with a tensor change values without autograd knowing: the
gradients then belong to no function. Only tensors count that such a way was opened to; their values are read again
whenever they are used.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from ..recorder import Recorder
from ..stream import Json, is_tensor
from .found_hands import made

MAX_TENSORS = 64
MAX_WRITES = 64
MAX_ELEMENTS = 50_000
"""Larger tensors are not read again and again."""
OPENING = frozenset({"__get__", "__set__", "detach", "numpy", "__array__", "storage", "untyped_storage", "data_ptr"})
"""Names of calls that may open a way to a tensor's memory. ``__get__`` and ``__set__`` are those of any attribute."""
_REPLACING = frozenset({"__set__", "set_"})
_data: Any = torch.Tensor.data
_DATA = (_data.__get__, _data.__set__)
_sequence = torch._C._autograd._get_sequence_nr
"""Counts the graph's nodes as they are made, on each thread."""
_watching: SilentWrites | None = None
"""Is told of what function modes do not see; None until a run begins."""


class _Opened:
    """A tensor to whose memory there is a way past autograd."""

    def __init__(self, tensor: torch.Tensor, forget: Any) -> None:
        self.tensor = weakref.ref(tensor, forget)
        self.place: Json | None = None
        self.replaced = False
        """It was given other memory since its values were read last."""
        self.data, self.version = _read(tensor)
        self.writes: list[tuple[int, Json]] = []
        """When values were found to be others: the number of the next node then, and where the way was opened."""


class SilentWrites:
    """``exposed``: the tensors with such a way, by their id; empty in most submissions."""

    def __init__(self, recorder: Recorder) -> None:
        self.exposed: dict[int, _Opened] = {}
        self._recorder = recorder
        self.in_call = False
        """A function of the submission's is called by the recorder, which is paused then."""

    def install(self) -> None:
        global _watching  # the worker has replaced what its children watch
        _watching = self

    def note_opening(self, name: str, func: Any, args: tuple[Any, ...]) -> None:
        """Called before a call that may open a way to the memory of its first argument."""
        if name[0] == "_" and name != "__array__" and func not in _DATA:
            return
        tensor = args[0] if args else None
        if not is_tensor(tensor) or (self._recorder.paused and not self.in_call) or self._recorder.figures_only:
            return
        with torch._C.DisableTorchFunction():
            for one in (tensor, tensor._base):
                if one is not None:
                    self._open(one)
                    opened = self.exposed.get(id(one))
                    if name in _REPLACING and opened is not None:
                        opened.replaced = True

    def note_uses(self, args: Iterable[Any]) -> None:
        """Called before a call with these arguments, where any tensor is exposed."""
        for argument in args:
            opened = self.exposed.get(id(argument))
            tensor = None if opened is None else opened.tensor()
            if opened is not None and tensor is not None and tensor is argument:
                self._read_again(opened, tensor)

    def in_graph(self, nodes: set[Any], leaves: Iterable[torch.Tensor]) -> Iterator[Json]:
        """The hands of writes since the calculation of a graph, in the values of the graph's tensors."""
        of_leaves = {id(leaf) for leaf in leaves}
        earliest: int | None = None
        for opened in list(self.exposed.values()):
            tensor = opened.tensor()
            if tensor is None:
                continue
            node = tensor.grad_fn
            if id(tensor) not in of_leaves and node not in nodes:
                continue
            self._read_again(opened, tensor)
            if not opened.writes:
                continue
            if earliest is None:
                earliest = min((node._sequence_nr() for node in nodes), default=0)
            if opened.writes[-1][0] > earliest:
                used = _first_use(tensor, nodes) if node is None else node._sequence_nr()
                for number, place in opened.writes:
                    if used is not None and number > used:
                        yield made(self._recorder, "data", self._recorder.name_of(tensor)) | {"place": place}

    def _open(self, tensor: torch.Tensor) -> None:
        opened = self.exposed.get(id(tensor))
        if opened is None or opened.tensor() is not tensor:
            if tensor.numel() > MAX_ELEMENTS:
                return
            while len(self.exposed) >= MAX_TENSORS:
                del self.exposed[next(iter(self.exposed))]
            key = id(tensor)
            opened = self.exposed[key] = _Opened(tensor, lambda _: self.exposed.pop(key, None))
        elif tensor._version != opened.version:  # otherwise the values that were read last still tell
            self._read_again(opened, tensor)
        opened.place = self._recorder.place()

    def _read_again(self, opened: _Opened, tensor: torch.Tensor) -> None:
        """Look whether the values are others. An in-place operation that autograd saw counts the version up."""
        data, version = _read(tensor)
        if data == opened.data:
            opened.version = version
            return
        if (opened.replaced or version == opened.version) and opened.place is not None:
            opened.writes = [*opened.writes[1 - MAX_WRITES :], (_sequence(), opened.place)]
        opened.data, opened.version, opened.replaced = data, version, False


class WritesInCall(TorchFunctionMode):
    """Watches the writes of a function of the submission's that the recorder calls inside the ``with`` block."""

    def __init__(self, writes: SilentWrites) -> None:
        super().__init__()
        self._writes = writes

    def __enter__(self) -> Any:
        self._writes.in_call = True
        return super().__enter__()  # type: ignore[no-untyped-call]  # torch's

    def __exit__(self, *error: object) -> None:
        self._writes.in_call = False
        super().__exit__(*error)  # type: ignore[no-untyped-call]  # torch's

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name = getattr(func, "__name__", "")
        if name in OPENING:
            self._writes.note_opening(name, func, args)
        elif self._writes.exposed:
            self._writes.note_uses(args)
        return func(*args, **(kwargs or {}))


def _read(tensor: torch.Tensor) -> tuple[bytes, int]:
    try:
        with torch._C.DisableTorchFunction():
            return tensor.detach().numpy().tobytes(), tensor._version
    except Exception:  # a tensor whose values cannot be read, or one inside of a transform
        return b"", 0


def _first_use(leaf: torch.Tensor, nodes: set[Any]) -> int | None:
    """The number of the earliest node of a graph that took a leaf; None if none did."""
    numbers = [
        node._sequence_nr()
        for node in nodes
        if any(getattr(below, "variable", None) is leaf for below, _ in node.next_functions)
    ]
    return min(numbers, default=None)


def _replace_openings() -> None:
    """Once, at import, in the worker: in every child it would copy the worker's memory."""
    package: Any = torch
    from_numpy, set_ = package.from_numpy, package.Tensor.set_

    @functools.wraps(from_numpy)
    def watched_from_numpy(array: Any) -> Any:
        tensor = from_numpy(array)
        if _watching is not None:
            _watching.note_opening("from_numpy", from_numpy, (tensor,))
        return tensor

    @functools.wraps(set_)
    def watched_set(tensor: Any, *args: Any, **kwargs: Any) -> Any:
        if _watching is not None:
            _watching.note_opening("set_", set_, (tensor,))
        return set_(tensor, *args, **kwargs)

    package.from_numpy, package.Tensor.set_ = watched_from_numpy, watched_set


_replace_openings()
