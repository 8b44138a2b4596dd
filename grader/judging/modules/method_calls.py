"""The field ``methods`` of a ``module`` check: methods that are called one after the other, with their arguments."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, TypeAdapter, ValidationInfo

from grader.judging.functions.hidden_arguments import ArgumentSet, ArgumentSets
from grader.language.validation import MistakeCollector, describe
from grader.runtime.protocol.record import MAX_METHODS

_SETS: TypeAdapter[tuple[ArgumentSet, ...]] = TypeAdapter(ArgumentSets)


def _read(value: object, info: ValidationInfo) -> tuple[tuple[str, ArgumentSet], ...]:
    """Raises ValidationError or ValueError."""
    example = "`[{forward: {x: {normal: [3]}}}, {backward: {dout: {normal: [3]}}}]`"
    if not isinstance(value, tuple | list):
        raise ValueError(f"expected a list such as {example}, found {describe(value)}")
    if len(value) > MAX_METHODS:
        raise ValueError(f"has more than {MAX_METHODS} entries")
    mistakes = MistakeCollector()
    read = []
    for index, item in enumerate(value):
        with mistakes.at(index):
            if isinstance(item, str):
                item = {item: {}}
            if not isinstance(item, Mapping) or len(item) != 1:
                raise ValueError(f"expected a method with its arguments, as in {example}, found {describe(item)}")
            ((method, arguments),) = item.items()
            if not isinstance(method, str) or not method.isidentifier() or keyword.iskeyword(method):
                raise ValueError(f"`{method}` cannot be the name of a method")
            with mistakes.at(method):
                (entries,) = _SETS.validate_python((arguments or {},), context=info.context)
                read.append((method, entries))
    mistakes.raise_if_any()
    return tuple(read)


def _as_written(methods: tuple[tuple[str, ArgumentSet], ...]) -> list[dict[str, Any]]:
    return [{method: _SETS.dump_python((entries,), mode="json")[0]} for method, entries in methods]


MethodSets = Annotated[
    tuple[tuple[str, ArgumentSet], ...],
    PlainValidator(_read, json_schema_input_type=list[str | dict[str, dict[str, Any] | None]]),
    PlainSerializer(_as_written),
]
"""The type of the field ``methods``."""
