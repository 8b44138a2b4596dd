"""What classes and objects are made of, read past their own code, which may say something else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import GetSetDescriptorType, MemberDescriptorType
from typing import Any

mro_of: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
"""A class and those above it, in the order in which members are looked for."""
members_of: Callable[[type], Mapping[str, Any]] = type.__dict__["__dict__"].__get__
"""The members of a class itself."""
NOTHING: Any = object()
"""Stands for a member that is not there."""


def member_of(kind: type, name: str, *, below: type | None = None) -> Any:
    """A member of a class or of those above it, as it stands there; with ``below`` only of classes below that one."""
    for part in mro_of(kind):
        if part is below:
            break
        members = members_of(part)
        if name in members:
            return members[name]
    return NOTHING


def own_attributes(of: object) -> dict[Any, Any]:
    """The dictionary of an object's own attributes; empty where it has none, or where its class puts something else in
    the place of ``__dict__``.
    """
    kind = type(of)
    getter = member_of(kind, "__dict__")
    if type(getter) is not GetSetDescriptorType and type(getter) is not MemberDescriptorType:
        return {}
    attributes: dict[Any, Any] = getter.__get__(of, kind)
    return attributes if issubclass(type(attributes), dict) else {}
