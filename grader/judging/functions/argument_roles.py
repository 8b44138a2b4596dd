"""The arguments of a recorded call as variables of expressions: ``w``, ``w.gradient``, ``params[0].after``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.language.expression import Role
from grader.language.values import Undefined
from grader.model import ArgumentResult, Array, ChangedArgument, Opaque, Structure, Value, job

_RAISED = Undefined("the call raised an error, so nothing was differentiated")
UNKNOWN_GRADIENTS: Mapping[str, object] = {"gradient": _RAISED, "weighed_gradient": _RAISED}
"""Parts of a Role after a call that raised: a gradient of None would say that the graph was cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """What was recorded of the arguments of a call, by their paths: gradients, and what was changed in place.

    ``raised``: the call ended with an error, so nothing was differentiated, and no gradient is known.
    """

    results: Mapping[str, ArgumentResult]
    changed: Mapping[str, ChangedArgument]
    raised: bool = False

    @classmethod
    def of(
        cls, results: Iterable[ArgumentResult], changed: Iterable[ChangedArgument], *, raised: bool = False
    ) -> CallRecord:
        return cls(
            results={result.path: result for result in results},
            changed={argument.path: argument for argument in changed},
            raised=raised,
        )


def roles_of(arguments: job.Arguments, record: CallRecord) -> dict[str, object]:
    """The variables of all arguments of a call, by name."""
    pairs = (*arguments.by_position, *arguments.by_name)
    return {name: variable_of(name, argument, record) for name, argument in pairs}


def variable_of(path: str, argument: job.Argument, record: CallRecord) -> object:
    """A Role of a tensor and of what holds others; a plain value as it is."""
    match argument:
        case job.TensorArgument():
            return tensor_role(path, array_of(argument), record)
        case job.PlainArgument(value=value):
            return value
        case job.SupportArgument(name=name):
            return _role_of_recorded(path, Opaque(kind="other", text=name), record)
        case job.ManyArguments(kind=kind, items=items, keys=keys):
            inner = [
                variable_of(part, item, record)
                for part, item in zip(_paths(path, kind, keys, len(items)), items, strict=True)
            ]
            names: Iterable[int | str] = keys if kind == "dict" else range(len(items))
            roles = {
                name: value if isinstance(value, Role) else Role(value=_as_value(value))
                for name, value in zip(names, inner, strict=True)
            }
            values = tuple(role.value or Opaque(kind="none") for role in roles.values())
            afters = tuple(_after(role) for role in roles.values())
            # Other items than it had, such as one more; what was changed in an item has a record of its own.
            changed = record.changed.get(path)
            return Role(
                value=Structure(kind=kind, keys=keys, items=values),
                parts={
                    "after": Structure(kind=kind, keys=keys, items=afters) if changed is None else changed.after,
                    "changed": changed is not None or any(role.parts.get("changed") is True for role in roles.values()),
                },
                items=roles,
            )


def tensor_role(path: str, value: Array | None, record: CallRecord) -> Role:
    """The Role of a tensor that was handed in. ``value`` None: what it was before the call is not known."""
    result = record.results.get(path) or ArgumentResult(path=path)
    changed = record.changed.get(path)
    return Role(
        value=value,
        gradient=result.gradient,
        grad=None if value is None else value.grad,
        parts={
            "second": result.second,
            "weighed_gradient": result.weighed,
            "after": value if changed is None else changed.after,
            "changed": changed is not None and not changed.keeps_value,
            **(UNKNOWN_GRADIENTS if record.raised else {}),
        },
    )


def _role_of_recorded(path: str, value: Value, record: CallRecord) -> Role:
    """What a function of the course made: only its tensors are known here, as they were recorded, by their paths."""
    result = record.results.get(path)
    if result is not None:
        return tensor_role(path, result.value, record)
    inside = dict.fromkeys(name for name in (*record.results, *record.changed) if name.startswith(f'{path}["'))
    items: dict[int | str, Role] = {}
    for name in inside:
        known = record.results.get(name)
        items[name[len(path) + 2 : -2]] = tensor_role(name, None if known is None else known.value, record)
    parts: dict[str, object] = {"changed": any(role.parts.get("changed") is True for role in items.values())}
    if items:
        afters = tuple(map(_after, items.values()))
        parts["after"] = Structure(kind="module", keys=tuple(map(str, items)), items=afters)
    return Role(value=value, parts=parts, items=items)


def array_of(argument: job.TensorArgument) -> Array:
    """A tensor that is handed in, as it was recorded before the call."""
    array = _array(argument.data)
    return Array(
        kind="tensor",
        dtype=array.dtype,
        shape=array.shape,
        data=array.data,
        requires_grad=argument.requires_grad,
        grad=None if argument.grad is None else _array(argument.grad),
    )


def _array(data: npt.NDArray[Any]) -> Array:
    return Array(kind="tensor", dtype=data.dtype.name, shape=data.shape, data=data)


def _paths(path: str, kind: str, keys: tuple[str, ...], count: int) -> list[str]:
    return [f'{path}["{key}"]' for key in keys] if kind == "dict" else [f"{path}[{index}]" for index in range(count)]


def _as_value(value: object) -> Value:
    match value:
        case None:
            return Opaque(kind="none")
        case bool():
            return Opaque(kind="bool", text=str(value))
        case int() | float():
            data = np.asarray(value)
            return Array(kind="number", dtype=data.dtype.name, shape=(), data=data)
    return Opaque(kind="text", text=str(value))


def _after(role: Role) -> Value:
    after = role.parts.get("after", role.value)
    return after if isinstance(after, Array | Opaque | Structure) else Opaque(kind="none")
