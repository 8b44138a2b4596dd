"""Seeds random number generators, also those that a submission made itself, and shifts the seeds that it sets."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from types import FunctionType
from typing import Any

import numpy as np
import torch

from ..record.class_members import own_attributes
from ..record.stream import is_one_of

_TORCH, _NUMPY = torch.Generator, np.random.Generator
_KINDS = (_TORCH, _NUMPY, np.random.RandomState, random.Random)
"""Kinds of generators, bound at import: ``shifted_seeds`` puts other functions in the places of some."""
MAX_GENERATORS = 20
_SHIFT = 7919
"""Added to the seeds that a submission sets, inside ``shifted_seeds``."""


def seed_everything(seed: int, generators: Iterable[Any] = ()) -> None:
    """Seed all random number generators, so that every run and every call gets the same random numbers.

    ``generators`` are those that the submission made itself.
    """
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.default_generator.manual_seed(seed)  # torch.manual_seed seeds every device type, which takes 0.2 ms
    for generator in generators:
        kind = type(generator)
        if kind is _TORCH:
            generator.manual_seed(seed)
        elif kind is _NUMPY:
            bits = generator.bit_generator
            bits.state = type(bits)(seed).state
        else:
            generator.seed(seed % 2**32)


def generators_in(values: Iterable[Any], function: FunctionType | None = None, owner: object = None) -> tuple[Any, ...]:
    """The generators that a function may draw from: those among ``values``, in its closure, and of the object it is
    called on.
    """
    cells = [] if function is None else read_cells(function)
    own = attributes_of(owner)
    found = {id(value): value for value in (*values, *cells, *own) if _is_generator(value)}
    return tuple(found.values())[:MAX_GENERATORS]


@contextmanager
def shifted_seeds(namespace: dict[str, Any]) -> Iterator[None]:
    """Inside the ``with`` block, every seed that the submission sets itself becomes another one.

    So a number that it draws is another one, too, although it calls ``torch.manual_seed(0)`` before it draws.
    ``namespace`` is the submission's module, where such a function may have a name of its own.
    """
    places: list[tuple[Any, str, Any]] = [
        (torch, "manual_seed", _shifting(torch.manual_seed)),
        (torch.random, "manual_seed", _shifting(torch.random.manual_seed)),
        (torch, "Generator", _ShiftedGenerator),
        (np.random, "seed", _shifting(np.random.seed)),
        (np.random, "default_rng", _shifting(np.random.default_rng)),
        (np.random, "RandomState", _ShiftedRandomState),
        (random, "seed", _shifting(random.seed)),
        (random, "Random", _ShiftedRandom),
    ]
    originals = [(module, name, getattr(module, name)) for module, name, _ in places]
    by_identity = {id(original): shifted for (_, _, original), (_, _, shifted) in zip(originals, places, strict=True)}
    bound = [(name, value) for name, value in list(namespace.items()) if id(value) in by_identity]
    try:
        for module, name, shifted in places:
            setattr(module, name, shifted)
        for name, value in bound:
            namespace[name] = by_identity[id(value)]
        yield
    finally:
        for module, name, original in originals:
            setattr(module, name, original)
        namespace.update(bound)


def _shifting(original: Callable[..., Any]) -> Callable[..., Any]:
    def shifted(*args: Any, **kwargs: Any) -> Any:
        return original(*map(_moved, args), **{name: _moved(value) for name, value in kwargs.items()})

    return shifted


def _moved(seed: Any) -> Any:
    return seed + _SHIFT if type(seed) is int and seed < 2**32 - _SHIFT else seed


# Classes, since libraries ask whether something is an instance of them.
class _ShiftedGenerator(torch.Generator):
    def manual_seed(self, seed: int) -> torch.Generator:
        return super().manual_seed(_moved(seed))


class _ShiftedRandomState(np.random.RandomState):
    def __init__(self, seed: Any = None) -> None:
        super().__init__(_moved(seed))


class _ShiftedRandom(random.Random):
    def seed(self, a: Any = None, version: int = 2) -> None:
        super().seed(_moved(a), version)


def _is_generator(value: object) -> bool:
    return is_one_of(type(value), _KINDS)


def attributes_of(value: object) -> list[Any]:
    """The attributes of an object, read past a `__getattribute__` of the student's own."""
    found = own_attributes(value)
    return list(found.values()) if type(found) is dict else []


def read_cells(function: FunctionType) -> list[Any]:
    """The values in a function's closure, of the variables that have one yet."""
    found = []
    for cell in function.__closure__ or ():
        with suppress(ValueError):
            found.append(cell.cell_contents)
    return found
