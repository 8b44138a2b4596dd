"""A function of the submission's as what can be called with some arguments: a method with its object, a class method
with its class, everything else as it is.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Mapping
from inspect import Parameter
from typing import Any

from .class_members import members_of
from .functions import DefinedFunction

_BY_POSITION = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def callable_of(
    known: DefinedFunction,
    namespace: Mapping[str, Any],
    positions: int = 1,
    names: Collection[str] = (),
    *,
    is_meant: bool = False,
) -> Callable[..., Any] | None:
    """The function as a callable of so many arguments by position, and of others by these names; None where it takes
    others. ``is_meant``: it is to be called all the same, so that Python's error says what it takes.

    ``namespace`` is the submission's module. May run the student's code: a method needs an object, which may have to be
    made.
    """
    function = known.function
    call: Any = known.call or known.decorated or function
    if function is None:
        library: Callable[..., Any] = call
        return library
    try:
        # A module and `Function.apply` take anything; the function that they call says what it needs.
        by_function = known.call is None or (known.owner is not None and type(known.call) is not functools.partial)
        parameters = list(inspect.signature(function if by_function else known.call).parameters.values())
    except Exception:  # it follows `__wrapped__`, which the student may have set to anything
        return None
    if inspect.iscoroutinefunction(function) or (inspect.isgeneratorfunction(function) and not is_meant):
        return None
    positional = [each for each in parameters if each.kind in _BY_POSITION]
    first = positional[0].name if positional and known.call is None else ""
    is_method = first in ("self", "cls")
    given = (known.filled if by_function else 0) + is_method
    others = [each for each in parameters if each.kind not in _BY_POSITION]
    if not is_meant and not _takes(positional[given:], others, positions, names):
        return None
    if not is_method:
        as_it_is: Callable[..., Any] = call
        return as_it_is
    owner = _class_with(call, namespace) if first == "cls" else _object_for(call, namespace)
    return None if owner is None else functools.partial(call, owner)


def _takes(positional: list[Parameter], others: list[Parameter], positions: int, names: Collection[str]) -> bool:
    """Whether a function can be called with so many arguments by position, and with others by these names. ``others``
    are the parameters that cannot be given by position.
    """
    kinds = {each.kind for each in others}
    if positions > len(positional) and Parameter.VAR_POSITIONAL not in kinds:
        return False
    left = [*positional[positions:], *(each for each in others if each.kind is each.KEYWORD_ONLY)]
    by_name = {each.name for each in left if each.kind is not each.POSITIONAL_ONLY}
    if Parameter.VAR_KEYWORD not in kinds and not by_name.issuperset(names):
        return False
    needed = [each for each in left if each.default is each.empty]
    return all(each.name in by_name and each.name in names for each in needed)


def _class_with(method: Callable[..., Any], namespace: Mapping[str, Any]) -> type | None:
    """The class with a class method."""
    for kind, members in _classes_in(namespace):
        for member in list(members.values()):
            if type(member) is classmethod and member.__func__ is method:
                return kind
    return None


def _object_for(method: Callable[..., Any], namespace: Mapping[str, Any]) -> object | None:
    """An object to call a method on: one that the submission made, otherwise a new one."""
    owners = [
        kind for kind, members in _classes_in(namespace) if any(value is method for value in list(members.values()))
    ]
    for value in list(namespace.values()):
        if any(type(value) is owner for owner in owners):  # not `in`, which would call the metaclass's `__eq__`
            found: object = value
            return found
    for owner in owners:
        try:
            made: object = owner()
            return made
        except Exception:
            continue
    return None


def _classes_in(namespace: Mapping[str, Any]) -> list[tuple[type, Mapping[str, Any]]]:
    """The classes that names are bound to, with their members.

    Not by `isinstance`, which asks `__class__`, nor by `vars`: both may be the student's code.
    """
    classes = [value for value in list(namespace.values()) if issubclass(type(value), type)]
    return [(kind, members_of(kind)) for kind in classes]
