"""Follows the names of parts of objects, such as ``model.weight`` or ``params["w"]``, in a submission's objects.

No code of the submission's runs: attributes are read from where Python keeps them, past ``__getattribute__`` and
``__getattr__``, properties and other descriptors, and items past ``__getitem__``. So a part that a property or a
``__getitem__`` of the submission's would compute is not found.
"""

from __future__ import annotations

import itertools
from collections import deque, namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FunctionType, MemberDescriptorType, ModuleType
from typing import Any

import torch

from ..protocol.name_paths import NamePath, Part, has_wildcards, name_matches
from .class_members import NOTHING, member_of, members_of, mro_of, own_attributes
from .stream import is_one_of, is_tensor

MAX_LOOKS = 5_000
"""Names, attributes and items that are looked at for all paths together, each time that they are followed."""
MAX_FOUND = 256
"""Parts that a pattern finds at each step."""
MAX_MEMBERS = 10_000
"""Of an object with more attributes, or a dictionary with more items, none is looked at."""

_grad_of: Callable[[torch.Tensor], Any] = torch._C.TensorBase.__dict__["grad"].__get__
_TupleField = type(namedtuple("_Single", "item").__dict__["item"])
"""The type of the descriptors of a namedtuple's fields."""
_SLOTS: tuple[type, ...] = (MemberDescriptorType, _TupleField)


class _Looks:
    """How many more names, attributes and items are looked at."""

    def __init__(self) -> None:
        self.left = MAX_LOOKS

    def take(self, count: int = 1) -> bool:
        self.left -= count
        return self.left >= 0


def parts_in(paths: Iterable[NamePath], space: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What some paths lead to in a scope, with the name of each: ``*.weight`` leads to ``model.weight``."""
    looks = _Looks()
    for path in paths:
        found: list[tuple[str, Any]] = [(name, space[name]) for name in _names(path.name, space, looks)]
        for part in path.parts:
            steps = ((f"{name}{step}", value) for name, of in found for step, value in _step(part, of, looks))
            found = list(itertools.islice(steps, MAX_FOUND))
        yield from found


def _names(pattern: str, space: Mapping[str, Any], looks: _Looks) -> list[str]:
    if not has_wildcards(pattern):
        return [pattern] if looks.take() and pattern in space else []
    # `globals()` and `exec` allow keys that are no texts.
    names = (name for name in list(space) if looks.take() and type(name) is str and _is_open_to(pattern, name))
    return list(itertools.islice(names, MAX_FOUND))


def _is_open_to(pattern: str, name: str) -> bool:
    """Whether a pattern stands for a name. Names that begin with ``_`` are not meant by ``*``."""
    return (pattern.startswith("_") or not name.startswith("_")) and name_matches(pattern, name)


def _step(part: Part, of: Any, looks: _Looks) -> list[tuple[Part, Any]]:
    """The parts of an object that a step leads to."""
    kind = type(of)
    if kind is float or kind is int or kind is str or kind is bool or of is None or kind is FunctionType:
        return []  # most values, which have no parts
    try:
        if part.attribute is None:
            return _items(part, of, looks)
        if not part.is_open:
            value = _attribute(of, part.attribute, looks)
            return [] if value is NOTHING else [(part, value)]
        names = (name for name in _attribute_names(of) if looks.take() and _is_open_to(part.attribute, name))
        chosen = dict.fromkeys(itertools.islice(names, MAX_FOUND))
        found = ((Part(attribute=name), _attribute(of, name, looks)) for name in chosen)
        return [(step, value) for step, value in found if value is not NOTHING]
    except Exception:  # an object that was never initialised, or that pretends to be a module
        return []


# --------------------------------------------------------------------------------------------------------------------
# Attributes
# --------------------------------------------------------------------------------------------------------------------


def _attribute(of: Any, name: str, looks: _Looks) -> Any:
    kind = type(of)
    if is_tensor(of):
        return _grad(of) if name == "grad" else NOTHING
    if issubclass(kind, ModuleType):
        return NOTHING
    if issubclass(kind, type):  # a class of the submission's: `Settings.rate`
        return _of_class(of, name)
    member = member_of(kind, name)
    if is_one_of(type(member), _SLOTS):
        try:
            return member.__get__(of, kind)
        except AttributeError:  # a slot that holds nothing
            return NOTHING
    if member is not NOTHING and _is_computed(member, always=True):
        return NOTHING
    attributes = own_attributes(of)
    found = _entry(attributes, name, looks)
    for group in _groups_of(kind, attributes):
        found = _entry(group, name, looks) if found is NOTHING else found
    if found is NOTHING and member is not NOTHING and not _is_computed(member):
        return member
    return found


def _attribute_names(of: Any) -> Iterator[str]:
    """The names of an object's own attributes, of a module's parameters, buffers and modules, and of its slots."""
    kind = type(of)
    if is_tensor(of) or issubclass(kind, ModuleType | type):
        return
    attributes = own_attributes(of)
    for group in (attributes, *_groups_of(kind, attributes)):
        yield from (name for name, _ in _pairs(group) if type(name) is str)
    for part in mro_of(kind):
        if not is_one_of(part, (object, torch.nn.Module)):
            members = members_of(part)
            yield from (name for name, member in list(members.items()) if is_one_of(type(member), _SLOTS))


def _groups_of(kind: type, attributes: dict[Any, Any]) -> Iterator[dict[Any, Any]]:
    """Where a module keeps its parameters, buffers and modules."""
    if issubclass(kind, torch.nn.Module):
        for name in ("_parameters", "_buffers", "_modules"):
            group: Any = dict.get(attributes, name)
            if issubclass(type(group), dict):
                yield group


def _of_class(kind: type, name: str) -> Any:
    member = member_of(kind, name)
    return NOTHING if member is NOTHING or _is_computed(member) else member


def _is_computed(member: Any, *, always: bool = False) -> bool:
    """Whether reading a class's member from an object would run a method of the member; ``always``: also where the
    object has an attribute of this name.
    """
    kind = type(member)
    names = ("__set__", "__delete__") if always else ("__get__",)
    return any(member_of(kind, name) is not NOTHING for name in names)


def _grad(tensor: torch.Tensor) -> Any:
    with torch._C.DisableTorchFunction():
        return _grad_of(tensor) if tensor.is_leaf or tensor.retains_grad else None


# --------------------------------------------------------------------------------------------------------------------
# Items
# --------------------------------------------------------------------------------------------------------------------


def _items(part: Part, of: Any, looks: _Looks) -> list[tuple[Part, Any]]:
    kind = type(of)
    if issubclass(kind, torch.nn.Module):
        of = _items_of_module(of, kind)
        kind = type(of)
    if issubclass(kind, dict):
        if not part.is_any_item:
            value = _entry(of, part.index if part.key is None else part.key, looks)
            return [] if value is NOTHING else [(part, value)]
        pairs = ((key, value) for key, value in _pairs(of) if is_one_of(type(key), (str, int)) and looks.take())
        return [
            (Part(key=key) if type(key) is str else Part(index=key), value)
            for key, value in itertools.islice(pairs, MAX_FOUND)
        ]
    base = next((one for one in (list, tuple, deque) if issubclass(kind, one)), None)
    if base is None:
        return []
    size = base.__len__(of)
    if part.index is not None:
        there = -size <= part.index < size and looks.take()
        return [(part, base.__getitem__(of, part.index))] if there else []
    indices = [index for index in range(min(size, MAX_FOUND)) if looks.take()] if part.is_any_item else []
    return [(Part(index=index), base.__getitem__(of, index)) for index in indices]


def _items_of_module(module: Any, kind: type) -> list[Any] | dict[Any, Any] | None:
    """What the brackets of torch's containers take their items from."""
    attributes = own_attributes(module)
    parameters, _, modules = _groups_of(kind, attributes)
    if issubclass(kind, torch.nn.Sequential | torch.nn.ModuleList):
        return list(dict.values(modules))
    if issubclass(kind, torch.nn.ModuleDict):
        return modules
    if issubclass(kind, torch.nn.ParameterList):
        return [value for key, value in _pairs(parameters) if type(key) is str and key.isdecimal()]
    return parameters if issubclass(kind, torch.nn.ParameterDict) else None


def _entry(of: dict[Any, Any], key: str | int | None, looks: _Looks) -> Any:
    """What a dictionary holds under a text or a whole number. Other keys are not compared: that could run any code."""
    pairs = _pairs(of)
    if not looks.take():
        return NOTHING
    return next((value for own, value in pairs if type(own) is type(key) and own == key), NOTHING)


def _pairs(of: dict[Any, Any]) -> list[tuple[Any, Any]]:
    """The items of a dictionary, past the methods of its class."""
    return list(dict.items(of)) if dict.__len__(of) <= MAX_MEMBERS else []
