"""Tensors that an exercise writes out, draws at random, or takes from a file: their fields in YAML, and the drawing."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import (
    Field,
    field_validator,
    model_validator,
)

from grader.language.validation import YamlModel, describe
from grader.suggestions import did_you_mean

MAX_ELEMENTS = 100_000
MAX_DIMENSIONS = 8

T = TypeVar("T")
Numbers = npt.NDArray[Any]
Size = Annotated[int, Field(ge=1, le=MAX_ELEMENTS)]
Shape = Annotated[tuple[Size, ...], Field(max_length=MAX_DIMENSIONS)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=-(2**62), le=2**62)]
_SHAPE = "The shape, as a list: [] for a number, [3] for a vector, [2, 3] for a matrix."


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """Where random numbers come from. ``rows`` draws a sample of so many rows (the second number) of a file's rows (the
    first): equal ones for all files in one call, so that inputs and labels stay together.
    """

    generator: np.random.Generator
    rows: Callable[[int, int], Numbers]

    @classmethod
    def of(cls, generator: np.random.Generator) -> Chance:
        return cls(
            generator=generator,
            rows=lambda there, asked: np.sort(generator.choice(there, asked, replace=False)),
        )


class Drawn(YamlModel):
    """A tensor of an exercise. A subclass is recognized by its first key: ``value``, ``normal``, ``uniform``, …"""

    IS_RANDOM: ClassVar[bool] = True

    @abstractmethod
    def array(self, chance: Chance) -> Numbers:
        """One tensor."""

    @property
    def differs(self) -> bool:
        """Whether another call draws something else."""
        return self.IS_RANDOM

    def is_float(self) -> bool:
        """Whether its dtype lets it require a gradient."""
        return str(getattr(self, "dtype", "")).startswith("float")


class Value(Drawn):
    """A tensor that is written out."""

    IS_RANDOM = False

    value: Any = Field(
        description="A number or truth value, or nested lists of these: rows of equal length.",
        json_schema_extra={"type": ["number", "boolean", "array"]},
    )
    dtype: Literal["float32", "float64", "int64", "bool"] = Field(
        default_factory=lambda data: "bool" if _kinds_in(data.get("value")) == {bool} else "float32",
        description="The tensor's dtype. Default: float32; of truth values bool.",
    )

    @field_validator("value")
    @classmethod
    def _is_rectangular(cls, value: Any) -> Any:
        shape = _shape_of(value)
        if len(shape) > MAX_DIMENSIONS:
            raise ValueError(f"has more than {MAX_DIMENSIONS} dimensions")
        _check_size(shape)
        if bool in (kinds := _kinds_in(value)) and len(kinds) > 1:
            raise ValueError("numbers and truth values cannot stand in one tensor")
        return value

    @model_validator(mode="after")
    def _fits_the_dtype(self) -> Self:
        numbers = np.ravel(np.asarray(self.value, dtype=object))
        if (self.dtype == "bool") != (_kinds_in(self.value) == {bool}):
            raise ValueError("`dtype: bool` is for truth values, and these for `dtype: bool`")
        if self.dtype == "bool":
            return self
        if self.dtype == "int64":
            if not all(isinstance(number, int) and -(2**63) <= number < 2**63 for number in numbers):
                raise ValueError("with `dtype: int64`, `value` must be made of whole numbers of 64 bits")
        elif not all(abs(number) <= float(np.finfo(self.dtype).max) for number in numbers):
            raise ValueError(f"`value` must be made of finite numbers within the range of {self.dtype}")
        return self

    def array(self, chance: Chance) -> Numbers:
        return np.array(self.value, dtype=self.dtype)


class Normal(Drawn):
    """A tensor drawn from the standard normal distribution."""

    normal: Shape = Field(description=_SHAPE)
    dtype: Literal["float32", "float64"] = Field(default="float32", description="The tensor's dtype.")

    _size = field_validator("normal")(lambda shape: _check_size(shape))

    def array(self, chance: Chance) -> Numbers:
        return np.asarray(chance.generator.standard_normal(self.normal)).astype(self.dtype)


class Uniform(Drawn):
    """A tensor whose elements lie anywhere between two numbers."""

    uniform: Shape = Field(description=_SHAPE)
    low: Finite = Field(ge=-1e30, description="The smallest value.")
    high: Finite = Field(le=1e30, description="The largest value.")
    dtype: Literal["float32", "float64"] = Field(default="float32", description="The tensor's dtype.")

    _size = field_validator("uniform")(lambda shape: _check_size(shape))

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return in_order(self, self.low, self.high)

    def array(self, chance: Chance) -> Numbers:
        return np.asarray(chance.generator.uniform(self.low, self.high, self.uniform)).astype(self.dtype)


class Integers(Drawn):
    """A tensor of whole numbers between two, both included."""

    integers: Shape = Field(description=_SHAPE)
    low: Whole = Field(description="The smallest value.")
    high: Whole = Field(description="The largest value, itself included.")
    dtype: Literal["float32", "float64", "int64"] = Field(
        default="int64", description="The tensor's dtype; int64 cannot require a gradient."
    )

    _size = field_validator("integers")(lambda shape: _check_size(shape))

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return in_order(self, self.low, self.high)

    def array(self, chance: Chance) -> Numbers:
        drawn = chance.generator.integers(self.low, self.high, self.integers, endpoint=True)
        return np.asarray(drawn).astype(self.dtype)


class Booleans(Drawn):
    """A tensor of truth values, each true or false with equal probability."""

    booleans: Shape = Field(description=_SHAPE)

    _size = field_validator("booleans")(lambda shape: _check_size(shape))

    def array(self, chance: Chance) -> Numbers:
        return np.asarray(chance.generator.integers(0, 2, self.booleans)).astype(np.bool_)


Model = TypeVar("Model", bound=YamlModel)


def model_of(
    value: Mapping[str, object], models: Mapping[str, type[Model]], *, instead: str, hint: str = ""
) -> type[Model]:
    """The model whose key is in a mapping. Raises ValueError: ``instead`` is what to do where there are several, and
    ``hint`` what else may be meant where there is none.
    """
    there = [key for key in models if key in value]
    if len(there) > 1:
        raise ValueError(f"{' and '.join(f'`{key}`' for key in there)} exclude each other; {instead}")
    if not there:
        meant = next((text for key in value if (text := did_you_mean(str(key), models))), hint)
        raise ValueError(f"needs one of {', '.join(f'`{key}`' for key in models)}{meant}")
    return models[there[0]]


def in_order(entry: T, low: float, high: float) -> T:
    """Raises ValueError where ``low`` is greater than ``high``."""
    if low > high:
        raise ValueError(f"`low` ({low:g}) must not be greater than `high` ({high:g})")
    return entry


def _shape_of(value: Any) -> tuple[int, ...]:
    """The shape of nested sequences of numbers. Raises ValueError for anything else."""
    if isinstance(value, int | float):
        return ()
    if not isinstance(value, tuple | list):
        raise ValueError(f"expected numbers, found {describe(value)}")
    if not value:
        raise ValueError("a list must not be empty")
    shapes = {_shape_of(item) for item in value}
    if len(shapes) > 1:
        raise ValueError("the rows are not of equal length")
    return (len(value), *shapes.pop())


def _kinds_in(value: Any) -> set[type]:
    """The types in nested sequences."""
    if isinstance(value, tuple | list):
        return set().union(*map(_kinds_in, value))
    return {type(value)}


def _check_size(shape: tuple[int, ...]) -> tuple[int, ...]:
    if math.prod(shape) > MAX_ELEMENTS:
        raise ValueError(f"has more than {MAX_ELEMENTS} elements")
    return shape
