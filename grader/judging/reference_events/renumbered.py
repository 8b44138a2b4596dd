"""Counts what stays of a run anew: by the recorder's own numbers it would show how much the solution has besides.

Statements, tensors, functions and modules are counted through the whole run. Judging asks only which of them are the
same, and which come first, so numbers without gaps do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np

from grader.model import Array, BriefLeaf, BriefLine, Curve, Event, FunctionCall, ModuleCall, RunPlace
from grader.runtime.protocol.record import ARRANGED

_TOKENS: Mapping[type, tuple[str, ...]] = {BriefLeaf: ("tokens",), BriefLine: ("output_tokens",)}
"""The arrays that hold tokens of tensors."""


def renumbered(events: Sequence[Event]) -> tuple[Event, ...]:
    """The events with statements, tokens of tensors, functions and modules counted from 1, in their order.

    The token 0 stays: it is none. Curves name tensors and each other in ways of their own, so that a run with curves
    keeps its tokens.
    """
    seen = _Seen(statements=set(), tokens={0}, functions=set(), modules=set())
    has_curves = False
    for part in _parts(events):
        has_curves = has_curves or isinstance(part, Curve)
        seen.add(part)
    counted = _Counted(
        statements=_new_numbers(seen.statements, start=1),
        tokens={} if has_curves else _new_numbers(seen.tokens, start=0),
        functions=_new_numbers(seen.functions, start=1),
        modules=_new_numbers(seen.modules, start=1),
    )
    return tuple(map(counted.event, events))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """The numbers that stand in some events."""

    statements: set[int]
    tokens: set[int]
    functions: set[int]
    modules: set[int]

    def add(self, part: object) -> None:
        if isinstance(part, RunPlace):
            self.statements.add(part.statement)
        elif isinstance(part, Array):
            self.tokens.add(part.token)
        elif isinstance(part, FunctionCall):
            self.functions.add(part.function)
        elif isinstance(part, ModuleCall):
            self.modules.add(part.module % ARRANGED)
        self.tokens.update(getattr(part, "through_tokens", ()))
        for name in _TOKENS.get(type(part), ()):
            data = getattr(part, name).data
            self.tokens.update(() if data is None else data.ravel().tolist())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """The new numbers by the old ones; a number that is not in it stays."""

    statements: Mapping[int, int]
    tokens: Mapping[int, int]
    functions: Mapping[int, int]
    modules: Mapping[int, int]
    """Of what modules were made of, in whatever order their parameters are matched."""

    def event(self, value: Any) -> Any:
        if isinstance(value, RunPlace):
            return replace(value, statement=self.statements[value.statement])
        if isinstance(value, tuple):
            return tuple(map(self.event, value))
        if isinstance(value, Mapping):
            return {key: self.event(item) for key, item in value.items()}
        if not is_dataclass(value) or isinstance(value, type):
            return value
        changed: dict[str, Any] = {}
        for part in fields(value):
            before = getattr(value, part.name)
            if isinstance(before, tuple | Mapping) or is_dataclass(before):
                changed[part.name] = self.event(before)
        if isinstance(value, Array):
            changed["token"] = self.tokens.get(value.token, value.token)
        elif isinstance(value, FunctionCall):
            changed["function"] = self.functions[value.function]
        elif isinstance(value, ModuleCall):
            way, number = divmod(value.module, ARRANGED)
            changed["module"] = way * ARRANGED + self.modules[number]
        if hasattr(value, "through_tokens"):
            changed["through_tokens"] = tuple(self.tokens.get(token, token) for token in value.through_tokens)
        for name in _TOKENS.get(type(value), ()):
            changed[name] = self._array(changed[name])
        return replace(value, **changed) if changed else value

    def _array(self, tokens: Array) -> Array:
        if tokens.data is None or not self.tokens:
            return tokens
        new = [self.tokens.get(token, token) for token in tokens.data.ravel().tolist()]
        return replace(tokens, data=np.array(new, dtype=tokens.data.dtype).reshape(tokens.data.shape))


def _new_numbers(numbers: Iterable[int], *, start: int) -> Mapping[int, int]:
    """New numbers for these, in their order."""
    return {number: new for new, number in enumerate(sorted(numbers), start=start)}


def _parts(value: object) -> Iterator[object]:
    """All values with fields in some events, the events themselves, too."""
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for item in value:
            yield from _parts(item)
    elif is_dataclass(value) and not isinstance(value, type):
        yield value
        for part in fields(value):
            yield from _parts(getattr(value, part.name))
