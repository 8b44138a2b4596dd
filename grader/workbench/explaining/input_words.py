"""Hidden inputs in words: how many, of which shapes, and where their numbers come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grader.judging.functions.argument_entries import (
    Entry,
    FunctionArgument,
    MadeArgument,
    NumberArgument,
    PlainEntry,
    TensorEntry,
    WholeArgument,
)
from grader.judging.functions.argument_structures import ChosenEntry, DictEntry, ListEntry
from grader.judging.functions.drawn_files import FromFile
from grader.judging.functions.drawn_values import Booleans, Drawn, Integers, Normal, Uniform, Value
from grader.judging.functions.hidden_arguments import ArgumentSet, count_of
from grader.judging.functions.hidden_inputs import Inputs, OwnInputs
from grader.text import count, shorten

_MAX = 100
"""Characters of a value that is written out."""


def inputs_in_words(inputs: Sequence[Inputs]) -> tuple[str, ...]:
    """The entries of ``inputs``."""
    return tuple(map(_input, inputs))


def arguments_in_words(sets: Sequence[ArgumentSet], calls: int, by_name: Sequence[str] = ()) -> tuple[str, ...]:
    """The mappings of ``arguments``: for each, how many calls are made with it, and its arguments."""
    found = []
    for entries in sets:
        number = count_of(entries, calls)
        each = "; ".join(
            f"{name}: {_entry(entry)}{' (by name)' if name in by_name else ''}" for name, entry in entries.items()
        )
        found.append(f"{count(number, 'call')} with {each or 'no argument'}")
    return tuple(found)


def set_in_words(entries: Mapping[str, Entry]) -> str:
    """The arguments of one call."""
    return "; ".join(f"{name}: {_entry(entry)}" for name, entry in entries.items())


def _input(spec: Inputs) -> str:
    if isinstance(spec, OwnInputs):
        return "what the student called it with: moved a little, times -1, ±0.01 and ±100"
    assert isinstance(spec, Drawn)
    return f"{spec.count} × {_drawn(spec)}" if spec.count > 1 else _drawn(spec)


def _drawn(drawn: Drawn) -> str:
    match drawn:
        case Value(value=value):
            return f"the tensor {_shown(value)}"
        case Normal(normal=shape):
            return f"{_shaped(shape)}, normally distributed"
        case Uniform(uniform=shape, low=low, high=high):
            return f"{_shaped(shape)}, from {low:g} to {high:g}"
        case Integers(integers=shape, low=low, high=high):
            return f"{_shaped(shape)}, whole numbers from {low} to {high}"
        case Booleans(booleans=shape):
            return f"{_shaped(shape)}, of truth values"
        case FromFile(file=file, rows=rows):
            return f"numbers from {file}" if rows is None else f"{count(rows, 'row')} drawn from {file}"
    return "a tensor"


def _entry(entry: Entry) -> str:
    match entry:
        case TensorEntry():
            assert isinstance(entry, Drawn)
            apart = ", without a gradient" if entry.is_float() and not entry.can_have_gradient else ""
            return f"{_drawn(entry)}{apart}{', with something in its .grad' if entry.grad is not None else ''}"
        case PlainEntry(plain=plain):
            return _shown(plain)
        case NumberArgument(number=between):
            return f"a number from {between.low:g} to {between.high:g}"
        case WholeArgument(whole=between):
            return f"a whole number from {between.low} to {between.high}"
        case FunctionArgument(function=name):
            return f"the function {name}"
        case MadeArgument(made_by=name):
            return f"what {name} makes"
        case ListEntry(kind=kind, items=items):
            return f"a {kind} of {_joined([_entry(item) for item in items])}"
        case DictEntry(entries=entries):
            return f"a dictionary with {_joined([f'{key}: {_entry(item)}' for key, item in entries.items()])}"
        case ChosenEntry(choices=choices):
            return f"one of {_joined([_entry(choice) for choice in choices])}"
    return "something else"


def _joined(texts: Sequence[str]) -> str:
    return f"({'; '.join(texts)})"


def _shaped(shape: Sequence[int]) -> str:
    return (
        f"a tensor of shape ({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
        if shape
        else "a single number"
    )


def _shown(value: Any) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(_lists(value))
    return shorten(text, _MAX)


def _lists(value: Any) -> Any:
    return [_lists(item) for item in value] if isinstance(value, tuple | list) else value
