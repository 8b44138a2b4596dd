"""Arguments that hold other arguments, and how an argument is read from YAML."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field, SerializeAsAny, model_serializer

from grader.judging.functions.argument_entries import (
    BooleansArgument,
    Entry,
    FileArgument,
    FunctionArgument,
    IntegersArgument,
    MadeArgument,
    NormalArgument,
    NumberArgument,
    PlainEntry,
    Source,
    TensorEntry,
    UniformArgument,
    ValueArgument,
    WholeArgument,
)
from grader.judging.functions.drawn_values import model_of
from grader.language.validation import MistakeCollector, YamlModel, describe
from grader.model import job

MAX_ITEMS = 100
"""Items of one list or mapping."""
MAX_NESTING = 3
"""Lists and mappings in each other."""
MAX_TEXT = 1_000
MAX_WHOLE = 2**62


class ListEntry(Entry):
    """A list or a tuple of arguments."""

    kind: Literal["list", "tuple"]
    items: tuple[SerializeAsAny[Entry], ...]

    @model_serializer
    def _as_written(self) -> object:
        items = [entry.model_dump(by_alias=True) for entry in self.items]
        return items if self.kind == "list" else {"tuple": items}

    @property
    def is_random(self) -> bool:
        return any(entry.is_random for entry in self.items)

    def draw(self, source: Source) -> job.ManyArguments:
        drawn = tuple(entry.draw(source.of(f"[{index}]")) for index, entry in enumerate(self.items))
        return job.ManyArguments(kind=self.kind, items=drawn)

    def parts(self) -> Iterator[tuple[str, Entry]]:
        yield "", self
        for index, entry in enumerate(self.items):
            yield from ((f"[{index}]{path}", part) for path, part in entry.parts())


class DictEntry(Entry):
    """A dictionary of arguments."""

    entries: Mapping[str, SerializeAsAny[Entry]]

    @model_serializer
    def _as_written(self) -> object:
        return {"dict": {key: entry.model_dump(by_alias=True) for key, entry in self.entries.items()}}

    @property
    def is_random(self) -> bool:
        return any(entry.is_random for entry in self.entries.values())

    def draw(self, source: Source) -> job.ManyArguments:
        drawn = tuple(entry.draw(source.of(f'["{key}"]')) for key, entry in self.entries.items())
        return job.ManyArguments(kind="dict", items=drawn, keys=tuple(self.entries))

    def parts(self) -> Iterator[tuple[str, Entry]]:
        yield "", self
        for key, entry in self.entries.items():
            yield from ((f'["{key}"]{path}', part) for path, part in entry.parts())


class ChosenEntry(Entry):
    """One of several arguments, chosen at random, as `{one-of: [mean, sum]}`."""

    choices: tuple[SerializeAsAny[Entry], ...]

    @model_serializer
    def _as_written(self) -> object:
        return {"one-of": [entry.model_dump(by_alias=True) for entry in self.choices]}

    @property
    def is_random(self) -> bool:
        return True

    def draw(self, source: Source) -> job.Argument:
        chosen = int(source.generator(f"{source.path} one-of").integers(len(self.choices)))
        return self.choices[chosen].draw(source)

    def parts(self) -> Iterator[tuple[str, Entry]]:
        for entry in self.choices:
            yield from entry.parts()


def requiring_no_grad(entry: Entry) -> Entry:
    """An argument of which no tensor requires a gradient, but those of which it is said."""
    match entry:
        case TensorEntry(requires_grad=None):
            return entry.model_copy(update={"requires_grad": False})
        case ListEntry(items=items):
            return entry.model_copy(update={"items": tuple(map(requiring_no_grad, items))})
        case DictEntry(entries=entries):
            return entry.model_copy(update={"entries": {key: requiring_no_grad(one) for key, one in entries.items()}})
        case ChosenEntry(choices=choices):
            return entry.model_copy(update={"choices": tuple(map(requiring_no_grad, choices))})
    return entry


_MODELS: Mapping[str, type[Entry]] = {
    "value": ValueArgument,
    "normal": NormalArgument,
    "uniform": UniformArgument,
    "integers": IntegersArgument,
    "booleans": BooleansArgument,
    "file": FileArgument,
    "number": NumberArgument,
    "whole": WholeArgument,
    "function": FunctionArgument,
    "made-by": MadeArgument,
    # Read by `read_entry` itself.
    "one-of": ChosenEntry,
    "dict": DictEntry,
    "tuple": ListEntry,
}


def read_entry(value: object, context: Any, nesting: int = MAX_NESTING) -> Entry:
    """An argument as it is written in YAML. Raises ValidationError or ValueError."""
    match value:
        case Entry():
            return value
        case tuple() | list():
            return ListEntry(kind="list", items=_read_all(value, context, nesting))
        case Mapping():
            return _read_mapping(value, context, nesting)
        case float() if not math.isfinite(value):
            raise ValueError(f"expected a finite number, found {describe(value)}")
        case int() if abs(value) > MAX_WHOLE:
            raise ValueError(f"expected a number of 64 bits, found {describe(value)}")
        case str() if len(value) > MAX_TEXT:
            raise ValueError(f"is longer than {MAX_TEXT} characters")
    return PlainEntry.model_validate({"plain": value})


def _read_mapping(value: Mapping[str, Any], context: Any, nesting: int) -> Entry:
    hint = "; a dictionary that is passed is written `{dict: {…}}`"
    model = model_of(value, _MODELS, instead="keep one", hint=hint)
    key = {DictEntry: "dict", ListEntry: "tuple", ChosenEntry: "one-of"}.get(model)
    if key is None:
        return model.model_validate(value, context=context)
    mistakes = MistakeCollector()
    for other in value:
        if other != key:
            mistakes.add((other,), f"unknown key beside `{key}`")
    entry: Entry | None = None
    with mistakes.at(key):
        inner = value[key]
        if model is DictEntry:
            if not isinstance(inner, Mapping):
                raise ValueError(f"expected `key: argument` lines, found {describe(inner)}")
            items = _read_all(tuple(inner.values()), context, nesting, tuple(inner))
            entry = DictEntry(entries=dict(zip(inner, items, strict=True)))
        elif not isinstance(inner, tuple | list):
            raise ValueError(f"expected a list, found {describe(inner)}")
        elif model is ListEntry:
            entry = ListEntry(kind="tuple", items=_read_all(inner, context, nesting))
        elif len(inner) < 2:
            raise ValueError("needs 2 or more arguments to choose from")
        else:
            entry = ChosenEntry(choices=_read_all(inner, context, nesting))
    mistakes.raise_if_any()
    assert entry is not None  # else there was a mistake
    return entry


def _read_all(
    values: tuple[Any, ...] | list[Any], context: Any, nesting: int, keys: tuple[str, ...] = ()
) -> tuple[Entry, ...]:
    if nesting == 0:
        raise ValueError(f"lists and mappings are nested more than {MAX_NESTING} deep")
    if len(values) > MAX_ITEMS:
        raise ValueError(f"has more than {MAX_ITEMS} items")
    mistakes = MistakeCollector()
    read = []
    for index, value in enumerate(values):
        with mistakes.at(keys[index] if keys else index):
            read.append(read_entry(value, context, nesting - 1))
    mistakes.raise_if_any()
    return tuple(read)


class OneOf(YamlModel):
    """One of several arguments, chosen at random."""

    one_of: list[Any] = Field(alias="one-of", min_length=2, description="The arguments of which one is chosen.")


class Dict(YamlModel):
    """A dictionary of arguments."""

    entries: Mapping[str, Any] = Field(alias="dict", description="The arguments by their keys.")


class Tuple(YamlModel):
    """A tuple of arguments."""

    items: list[Any] = Field(alias="tuple", description="The arguments in order.")


Passed = (
    ValueArgument
    | NormalArgument
    | UniformArgument
    | IntegersArgument
    | BooleansArgument
    | FileArgument
    | NumberArgument
    | WholeArgument
    | FunctionArgument
    | MadeArgument
    | OneOf
    | Dict
    | Tuple
)
"""What is written as a mapping, for editors."""
