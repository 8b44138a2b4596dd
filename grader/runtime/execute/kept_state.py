"""The state of a submission at its end, to which it is set back before each call of its functions.

A function that counts its calls would do something else at each hidden input, whatever the input is: then nobody can
say what of a result comes from the input. What is kept: the names of the module and what closures hold, and the
contents of what these lead to in a few steps, which are lists, dictionaries, sets, objects of the submission's own
classes, and small tensors. Iterators, files and clocks go on.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import CellType, FunctionType
from typing import Any

import torch

from ..record.class_members import members_of, own_attributes
from ..record.stream import is_one_of, is_tensor

MAX_KEPT = 200
"""Containers and objects whose contents are kept."""
DEPTH = 3
"""So many steps from a name: an object, its dictionary of buffers, the buffers."""
MAX_SIZE = 1_000
"""Larger ones are left as they are, and so are tensors with more elements."""
_MAPPINGS = (dict, defaultdict, Counter)
_SEQUENCES = (list, deque, bytearray)


class KeptState:
    """The state when it was made; ``restore`` brings it back."""

    def __init__(self, namespace: dict[str, Any], functions: Iterable[FunctionType | None]) -> None:
        self._namespace = namespace
        self._names = dict(namespace)
        self._look = _look_of(namespace)
        self._cells: list[tuple[CellType, Any]] = []
        self._restorers: list[Callable[[], None]] = []
        self._tensors: list[list[Any]] = []
        """Each with its values, and its version when they were its values."""
        self._seen: set[int] = {id(namespace)}
        held = list(namespace.values())
        for function in functions:
            if function is not None:
                held += [function, *(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
                self._keep_cells(function, held)
        for value in held:
            self._keep(value, DEPTH)

    def restore(self) -> None:
        """Set back what has changed. Never raises."""
        names, namespace = self._names, self._namespace
        if _look_of(namespace) != self._look and (
            len(names) != len(namespace) or any(namespace.get(name, self) is not value for name, value in names.items())
        ):
            namespace.clear()
            namespace.update(names)
        for cell, value in self._cells:
            cell.cell_contents = value
        for restore in self._restorers:
            with suppress(Exception):  # a key may have an `__eq__` of the student's own
                restore()
        for kept in self._tensors:
            if kept[0]._version != kept[2]:
                self._restore_tensor(kept)

    def _restore_tensor(self, kept: list[Any]) -> None:
        tensor, values, _ = kept
        with suppress(Exception), torch._C.DisableTorchFunction(), torch.no_grad():  # it may have been resized
            tensor.detach().copy_(values)
        kept[2] = tensor._version

    def _keep_cells(self, function: FunctionType, held: list[Any]) -> None:
        for cell in function.__closure__ or ():
            try:
                value = cell.cell_contents
            except ValueError:  # the variable has no value yet
                continue
            self._cells.append((cell, value))
            held.append(value)

    def _keep(self, value: Any, depth: int) -> None:
        """Keep the contents of a value, and of what it holds, to some depth."""
        if depth == 0 or id(value) in self._seen or len(self._restorers) + len(self._tensors) >= MAX_KEPT:
            return
        self._seen.add(id(value))
        kind = type(value)
        inner: list[Any] = []
        if is_tensor(value):
            self._keep_tensor(value)
        elif is_one_of(kind, _MAPPINGS) and len(value) <= MAX_SIZE:
            self._restorers.append(_restorer_of_mapping(value))
            inner = list(value.values())
        elif is_one_of(kind, _SEQUENCES) and len(value) <= MAX_SIZE:
            self._restorers.append(_restorer_of_sequence(value))
            inner = list(value)
        elif kind is set and len(value) <= MAX_SIZE:
            self._restorers.append(_restorer_of_set(value))
        elif kind is FunctionType or _is_own_class(value) or _is_own_class(kind):
            inner = self._keep_attributes(value)
        for part in inner:
            self._keep(part, depth - 1)

    def _keep_attributes(self, value: Any) -> list[Any]:
        if issubclass(type(value), type):
            members = dict(members_of(value))
            self._restorers.append(_restorer_of_class(value, members))
            return list(members.values())
        found = own_attributes(value)
        if type(found) is dict and len(found) <= MAX_SIZE:
            self._restorers.append(_restorer_of_mapping(found))
            return list(found.values())
        return []

    def _keep_tensor(self, tensor: torch.Tensor) -> None:
        with suppress(Exception), torch._C.DisableTorchFunction(), torch.no_grad():  # some cannot be read
            if tensor.numel() <= MAX_SIZE and tensor.layout == torch.strided and not tensor.is_meta:
                self._tensors.append([tensor, tensor.detach().clone(), tensor._version])


def _look_of(value: dict[Any, Any]) -> list[int]:
    """Equal as long as a mapping has these objects. To compare it takes no step of Python's for each of them, and there
    are many mappings to be compared before each call.
    """
    return [*map(id, value), *map(id, value.values())]


def _restorer_of_mapping(value: dict[Any, Any]) -> Callable[[], None]:
    kept, look = dict(value), _look_of(value)

    def restore() -> None:
        if _look_of(value) != look and (
            len(value) != len(kept) or any(value.get(key, kept) is not item for key, item in kept.items())
        ):
            value.clear()
            value.update(kept)

    return restore


def _restorer_of_sequence(value: Any) -> Callable[[], None]:
    kept = list(value)
    look = [*map(id, kept)]

    def restore() -> None:
        if [*map(id, value)] != look:
            value.clear()
            value.extend(kept)

    return restore


def _restorer_of_set(value: set[Any]) -> Callable[[], None]:
    kept = list(value)

    def restore() -> None:
        if len(value) != len(kept) or {id(part) for part in value} != {id(part) for part in kept}:
            value.clear()
            value.update(kept)

    return restore


def _restorer_of_class(value: type, members: dict[str, Any]) -> Callable[[], None]:
    def restore() -> None:
        now = members_of(value)
        for name, member in members.items():
            if now.get(name, members) is not member:
                type.__setattr__(value, name, member)

    return restore


def _is_own_class(value: Any) -> bool:
    """Whether a value is a class of the submission's own."""
    if not issubclass(type(value), type):
        return False
    return bool(members_of(value).get("__module__") == "__main__")
