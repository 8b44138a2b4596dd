"""The arguments of hidden calls, which are made anew for each call, and what a call changed of them.

A function may write to its arguments, keep them, and change them later, so no two calls share a tensor, list or
dictionary.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import torch

from ..protocol.record import INPUT, MAX_ARGUMENTS
from ..record.stream import MAX_NAME, Json, Stream, read_array, to_numpy
from ..record.structures import described, tensors_in
from .support_functions import called

Numbers = np.ndarray[Any, Any]


class Moved(NamedTuple):
    """A tensor argument that gets other numbers."""

    path: str
    data: Numbers


class _Making(NamedTuple):
    """What a call is made with: ``wide`` makes all floating numbers float64."""

    made: MadeArguments
    wide: bool
    moved: Moved | None


class _MadeTensor(NamedTuple):
    """A tensor argument as it was made: the array whose memory it has, or None, its numbers, and its ``.grad``."""

    path: str
    tensor: torch.Tensor
    memory: Numbers | None
    before: Numbers | None
    address: int
    version: int
    requires_grad: bool
    grad: Numbers | None

    def is_leaf(self) -> bool:
        return self.tensor.requires_grad and self.tensor.is_leaf

    def has_changed(self) -> bool:
        """Whether it holds other numbers. ``.data`` writes past the version, so the memory is compared as well."""
        tensor, before = self.tensor, self.before
        if before is None:
            return tensor._version != self.version
        is_same_memory = tensor._version == self.version and tensor.data_ptr() == self.address
        if is_same_memory and self.memory is not None:
            return self.memory.tobytes() != before.tobytes() and not _equal(self.memory, before)
        return not _equal(to_numpy(tensor), before)

    def is_otherwise(self) -> bool:
        """Whether it has another ``.grad``, or requires grad and did not before, or the other way round."""
        tensor = self.tensor
        grad = tensor.grad if tensor.is_leaf else None
        if tensor.requires_grad != self.requires_grad or (grad is None) != (self.grad is None):
            return True
        return grad is not None and not _equal(to_numpy(grad), self.grad)


@dataclass(slots=True)
class MadeArguments:
    """The arguments of one call."""

    by_position: list[Any] = field(default_factory=list)
    by_name: dict[str, Any] = field(default_factory=dict)
    tensors: list[_MadeTensor] = field(default_factory=list)
    containers: list[tuple[str, Any, Any]] = field(default_factory=list)
    """Lists and dictionaries by their paths, with copies of them."""
    objects: list[tuple[str, Any]] = field(default_factory=list)
    """What functions of the course's made, by the paths of the arguments."""

    @property
    def leaves(self) -> list[tuple[str, torch.Tensor]]:
        """The tensors that require a gradient, by their paths; the first ``MAX_ARGUMENTS`` of them."""
        return [(made.path, made.tensor) for made in self.tensors if made.is_leaf()][:MAX_ARGUMENTS]

    def numbers_of(self, wanted: list[str]) -> list[Moved]:
        """The numbers of the leaves that are wanted, by their paths or as parts of a wanted argument."""
        known = {made.path: made.before for made in self.tensors}
        found = [Moved(path, data) for path, _ in self.leaves if (data := known[path]) is not None]
        return [moved for moved in found if any(_is_part(moved.path, path) for path in wanted)]

    def made_by_support(self, stream: Stream) -> dict[str, Json]:
        """The tensors that functions of the course's made, by their paths, as they were before the call."""
        found: dict[str, Json] = {}
        for made in self.tensors:
            if made.memory is None and made.before is not None:
                value = found[made.path] = stream.array(made.before, "tensor")
                value["$array"]["requires_grad"] = made.requires_grad
        return found

    def changed(self, stream: Stream) -> list[Json]:
        """What the call changed in place, as data of ``grader.model.ChangedArgument``."""
        found: list[Json] = []
        for path, container, copy in self.containers:
            if _has_other_items(container, copy):
                found.append({"path": path[:MAX_NAME], "after": described(container, stream)})
        now = self._now_in_objects()
        for made in self.tensors:
            tensor = made.tensor if made.memory is not None else now.pop(made.path, None)
            try:
                with torch._C.DisableTorchFunction():
                    has_changed = tensor is not made.tensor or made.has_changed()
                    if not has_changed and not made.is_otherwise():
                        continue
            except Exception:  # a tensor that cannot be read any more
                has_changed = True
            found.append({"path": made.path[:MAX_NAME], "after": stream.value(tensor), "keeps_value": not has_changed})
        found += [{"path": path[:MAX_NAME], "after": stream.value(tensor)} for path, tensor in now.items()]
        return found[:MAX_ARGUMENTS]

    def _now_in_objects(self) -> dict[str, torch.Tensor]:
        """The tensors that are now in what functions of the course's made: a layer may have been replaced."""
        return {inner: tensor for path, value in self.objects for inner, tensor in tensors_in(value, path)}

    def values_changed(self) -> tuple[object, ...]:
        """The numbers of the tensors that were changed, to be compared with those of another call."""
        with torch._C.DisableTorchFunction():
            changed = [made for made in self.tensors if made.has_changed()]
            return tuple((made.path, _bytes_of(made.tensor)) for made in changed)


class CallArguments:
    """How the arguments of one hidden call are made."""

    def __init__(self, fields: Json, payload: bytes, support: Callable[[str], Any]) -> None:
        """``fields`` are those of ``grader.model.Arguments``; ``support`` returns a function of the course's
        ``support/`` by its name.
        """
        self._by_position = [(name, _maker(argument, payload, support)) for name, argument in fields["by_position"]]
        self._by_name = [(name, _maker(argument, payload, support)) for name, argument in fields["by_name"]]
        self.calls_support = any(maker.calls_support for _, maker in (*self._by_position, *self._by_name))
        """A function of the course's is called to make them, which may draw random numbers."""

    @classmethod
    def of_input(cls, data: Numbers) -> CallArguments:
        """One tensor."""
        made = cls.__new__(cls)
        made._by_position, made._by_name = [(INPUT, _Tensor(data, True))], []
        made.calls_support = False
        return made

    @property
    def is_one_input(self) -> bool:
        """They are a hidden input, of a function that takes one tensor."""
        return [name for name, _ in self._by_position] == [INPUT] and not self._by_name

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the arguments that are passed by name."""
        return tuple(name for name, _ in self._by_name)

    @property
    def positions(self) -> int:
        """How many arguments are passed by position."""
        return len(self._by_position)

    def make(self, *, wide: bool = False, moved: Moved | None = None) -> MadeArguments:
        """Make them. Raises ``support_functions.CourseError``."""
        made = MadeArguments()
        making = _Making(made, wide, moved)
        for name, maker in self._by_position:
            made.by_position.append(maker.make(name, making))
        for name, maker in self._by_name:
            made.by_name[name] = maker.make(name, making)
        return made


class _Maker(ABC):
    """Makes one argument."""

    calls_support = False

    @abstractmethod
    def make(self, path: str, making: _Making) -> Any:
        """Made anew for each call."""


class _Tensor(_Maker):
    def __init__(self, data: Numbers, requires_grad: bool, grad: Numbers | None = None) -> None:
        self._data = data
        self._requires_grad = requires_grad and data.dtype.kind == "f"
        self._grad = grad

    def make(self, path: str, making: _Making) -> torch.Tensor:
        made, wide, moved = making
        data = self._data if moved is None or moved.path != path else moved.data
        memory = data.astype(np.float64) if wide and data.dtype.kind == "f" else data.copy()
        tensor = torch.from_numpy(memory)
        if self._requires_grad:
            tensor.requires_grad_(True)
        if self._grad is not None:
            tensor.grad = torch.from_numpy(self._grad.astype(memory.dtype))
        address = 0 if wide else tensor.data_ptr()
        requires_grad = self._requires_grad
        made.tensors.append(
            _MadeTensor(path, tensor, memory, data, address, tensor._version, requires_grad, self._grad)
        )
        return tensor


class _Plain(_Maker):
    def __init__(self, value: object) -> None:
        self._value = value

    def make(self, path: str, making: _Making) -> object:
        return self._value


class _Support(_Maker):
    """A function of the course's, or what it returns."""

    def __init__(self, name: str, is_called: bool, support: Callable[[str], Any]) -> None:
        self._name = name
        self.calls_support = is_called
        self._support = support

    def make(self, path: str, making: _Making) -> Any:
        function = self._support(self._name)
        if not self.calls_support:
            return function
        value = called(self._name, function)
        with torch._C.DisableTorchFunction(), torch.no_grad():
            for inner, tensor in tensors_in(value, path):
                if making.wide and tensor.is_floating_point():
                    tensor.data = tensor.data.double()
                if making.moved is not None and making.moved.path == inner:
                    tensor.data.copy_(torch.from_numpy(making.moved.data))
                grad = tensor.grad if tensor.is_leaf else None
                before = to_numpy(tensor), 0, tensor._version, tensor.requires_grad
                of_grad = None if grad is None else to_numpy(grad)
                making.made.tensors.append(_MadeTensor(inner, tensor, None, *before, of_grad))
        making.made.objects.append((path, value))
        return value


class _Many(_Maker):
    def __init__(self, kind: str, items: list[_Maker], keys: list[str]) -> None:
        self._kind = kind
        self._items = items
        self.calls_support = any(item.calls_support for item in items)
        self._keys = keys

    def make(self, path: str, making: _Making) -> Any:
        items = [maker.make(inner, making) for inner, maker in self._inside(path)]
        if self._kind == "tuple":
            return tuple(items)
        made: Any = dict(zip(self._keys, items, strict=True)) if self._kind == "dict" else items
        making.made.containers.append((path, made, made.copy()))
        return made

    def _inside(self, path: str) -> Iterator[tuple[str, _Maker]]:
        for position, maker in enumerate(self._items):
            key = f'"{self._keys[position]}"' if self._kind == "dict" else position
            yield f"{path}[{key}]", maker


def _maker(fields: Json, payload: bytes, support: Callable[[str], Any]) -> _Maker:
    """The maker of an argument, by the fields that ``grader.sandbox.encode_job`` writes."""
    match fields["kind"]:
        case "tensor":
            grad = None if fields["grad"] is None else read_array(fields["grad"], payload)
            return _Tensor(read_array(fields["data"], payload), fields["requires_grad"], grad)
        case "plain":
            return _Plain(fields["value"])
        case "support":
            return _Support(fields["name"], fields["is_called"], support)
        case kind:
            return _Many(kind, [_maker(item, payload, support) for item in fields["items"]], fields["keys"])


def _is_part(path: str, of: str) -> bool:
    return path == of or path.startswith(f"{of}[")


def _equal(one: Numbers | None, other: Numbers | None) -> bool:
    if one is None or other is None or one.shape != other.shape:
        return one is other
    return bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "fc"))


def _bytes_of(tensor: torch.Tensor) -> tuple[tuple[int, ...], bytes] | None:
    data = to_numpy(tensor)
    return None if data is None else (data.shape, data.tobytes())


def _has_other_items(container: Any, copy: Any) -> bool:
    """Whether a list or dictionary holds other objects than its copy, or others in another order."""
    if len(container) != len(copy):
        return True
    if type(copy) is list:
        return any(one is not other for one, other in zip(container, copy, strict=True))
    pairs = zip(container.items(), copy.items(), strict=True)
    return any(key is not other_key or item is not other for (key, item), (other_key, other) in pairs)
