"""Hidden arguments: with what a function of several arguments is called, as the field ``arguments``."""

from __future__ import annotations

import keyword
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, ValidationInfo

from grader.judging.functions.argument_entries import Entry, Source
from grader.judging.functions.argument_structures import Passed, read_entry
from grader.judging.functions.hidden_inputs import words_of
from grader.language.expression import FUNCTIONS
from grader.language.validation import MistakeCollector, describe
from grader.model import job

MAX_ARGUMENTS = 20
MAX_SETS = 20
"""Mappings in the list ``arguments``."""
DEFAULT_CALLS = 4
MAX_CALLS = 50
MAX_ALL_CALLS = 200
"""Calls with all mappings together."""
MAX_ELEMENTS = 400_000
"""Elements of all tensors of one call."""
MAX_ALL_ELEMENTS = 1_000_000
"""Elements of all tensors of all calls. Each has a gradient or two as well, and of these only so many are judged."""
RESERVED = frozenset(
    {
        *("output", "error", "paths", "branches", "varies", "redraws", "torch_calls", "custom_function"),
        *("reference", "numeric"),
    }
)
"""What means something else in the expressions of a check."""

ArgumentSet = Mapping[str, Entry]
"""The arguments of one call, by the names that expressions know them by."""


def _read(value: object, info: ValidationInfo) -> tuple[ArgumentSet, ...]:
    """One mapping, or a list of them. Raises ValidationError or ValueError."""
    if isinstance(value, Mapping):
        return (_read_set(value, info.context),)
    if not isinstance(value, tuple | list):
        raise ValueError(f"expected arguments such as `{{w: {{normal: [3]}}, lr: 0.1}}`, found {describe(value)}")
    if not value:
        raise ValueError("must not be empty")
    if len(value) > MAX_SETS:
        raise ValueError(f"has more than {MAX_SETS} entries")
    mistakes = MistakeCollector()
    read = []
    for index, item in enumerate(value):
        with mistakes.at(index):
            if not isinstance(item, Mapping):
                raise ValueError(
                    f"expected arguments such as `{{w: {{normal: [3]}}, lr: 0.1}}`, found {describe(item)}"
                )
            read.append(_read_set(item, info.context))
    mistakes.raise_if_any()
    return tuple(read)


def _read_set(value: Mapping[str, Any], context: Any) -> ArgumentSet:
    mistakes = MistakeCollector()
    if len(value) > MAX_ARGUMENTS:
        raise ValueError(f"has more than {MAX_ARGUMENTS} arguments")
    read: dict[str, Entry] = {}
    for name, item in value.items():
        if not name.isidentifier() or keyword.iskeyword(name):
            mistakes.add((name,), f"`{name}` cannot be the name of an argument")
        elif name in FUNCTIONS:
            mistakes.add((name,), f"`{name}` is a function of the expression language; take another name")
        elif name in RESERVED:
            mistakes.add((name,), f"`{name}` has a meaning in this kind of check already; take another name")
        with mistakes.at(name):
            read[name] = read_entry(item, context)
    mistakes.raise_if_any()
    elements = sum(size_of(argument) for argument in draw_set(read, seed=0, key="size").values())
    if elements > MAX_ELEMENTS:
        raise ValueError(f"has {elements} elements in all tensors; at most {MAX_ELEMENTS} are possible")
    return read


def _as_written(sets: tuple[ArgumentSet, ...]) -> list[dict[str, Any]]:
    return [{name: entry.model_dump(mode="json", by_alias=True) for name, entry in one.items()} for one in sets]


_InYaml = dict[str, Passed | float | int | str | bool | list[Any] | None]

ArgumentSets = Annotated[
    tuple[ArgumentSet, ...],
    PlainValidator(_read, json_schema_input_type=_InYaml | list[_InYaml]),
    PlainSerializer(_as_written),
]
"""The type of the field ``arguments``."""


def draw_set(entries: ArgumentSet, *, seed: int, key: str, call: int = 0) -> Mapping[str, job.Argument]:
    """The arguments of one call. Equal ``seed``, ``key`` and ``call`` give equal arguments, and what one argument is
    does not depend on the others.
    """
    words = (seed, call, *words_of(key))
    return {name: entry.draw(Source(words=words, path=name)) for name, entry in entries.items()}


def draw_arguments(
    sets: Sequence[ArgumentSet], *, by_name: Sequence[str] = (), calls: int = DEFAULT_CALLS, seed: int, key: str
) -> tuple[job.Arguments, ...]:
    """The arguments of all calls: of each mapping so many as ``calls`` says, or one where nothing in it is random."""
    drawn = []
    for index, entries in enumerate(sets):
        for call in range(count_of(entries, calls)):
            one = draw_set(entries, seed=seed, key=f"{key}/{index}", call=call)
            drawn.append(
                job.Arguments(
                    by_position=tuple((name, one[name]) for name in one if name not in by_name),
                    by_name=tuple((name, one[name]) for name in one if name in by_name),
                )
            )
    return tuple(drawn)


def count_of(entries: ArgumentSet, calls: int) -> int:
    """How many calls are made with the arguments of a mapping."""
    return calls if any(entry.is_random for entry in entries.values()) else 1


def too_much(sets: Sequence[ArgumentSet], calls: int) -> str:
    """Why these are more calls than are made; empty where they are not."""
    counts = [count_of(entries, calls) for entries in sets]
    if sum(counts) > MAX_ALL_CALLS:
        return f"{sum(counts)} calls are asked for; at most {MAX_ALL_CALLS} are possible"
    sizes = [sum(map(size_of, draw_set(entries, seed=0, key="size").values())) for entries in sets]
    total = sum(count * size for count, size in zip(counts, sizes, strict=True))
    if total > MAX_ALL_ELEMENTS:
        return f"all calls together get {total} elements; at most {MAX_ALL_ELEMENTS} are possible"
    return ""


def size_of(argument: job.Argument) -> int:
    """Elements of the tensors of an argument."""
    match argument:
        case job.TensorArgument(data=data):
            return data.size
        case job.ManyArguments(items=items):
            return sum(map(size_of, items))
    return 0
