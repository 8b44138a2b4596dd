"""Hidden inputs, with which a student's functions are called: their fields in YAML, and how they are drawn."""

from __future__ import annotations

import hashlib
import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import (
    AfterValidator,
    Field,
    PlainValidator,
    SerializeAsAny,
    field_validator,
    model_serializer,
    model_validator,
)

from grader.language.validation import YamlModel, describe
from grader.suggestions import did_you_mean

MAX_INPUTS = 200
MAX_ELEMENTS = 100_000
MAX_DIMENSIONS = 8

T = TypeVar("T")
Array = npt.NDArray[Any]
Size = Annotated[int, Field(ge=1, le=MAX_ELEMENTS)]
Shape = Annotated[tuple[Size, ...], Field(max_length=MAX_DIMENSIONS)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=-(2**62), le=2**62)]


class Inputs(YamlModel):
    """An entry of ``inputs``. A subclass is recognized by its key: ``value``, ``normal``, ``uniform``, ``integers``."""

    count: int = Field(default=1, ge=1, le=MAX_INPUTS, description="How many inputs are drawn.")

    @abstractmethod
    def arrays(self, generator: np.random.Generator) -> list[Array]:
        """Draw ``count`` arrays."""


class ValueInput(Inputs):
    """One input, written out."""

    count: Literal[1] = Field(default=1, description="A value is one input.")
    value: Any = Field(
        description="A number, or nested lists of numbers: rows of equal length.",
        json_schema_extra={"type": ["number", "array"]},
    )
    dtype: Literal["float32", "float64", "int64"] = Field(default="float32", description="The tensor's dtype.")

    @field_validator("value")
    @classmethod
    def _is_rectangular(cls, value: Any) -> Any:
        shape = _shape_of(value)
        if len(shape) > MAX_DIMENSIONS:
            raise ValueError(f"has more than {MAX_DIMENSIONS} dimensions")
        _check_size(shape)
        return value

    @model_validator(mode="after")
    def _fits_the_dtype(self) -> Self:
        numbers = np.ravel(np.asarray(self.value, dtype=object))
        if self.dtype == "int64":
            if not all(isinstance(number, int) and -(2**63) <= number < 2**63 for number in numbers):
                raise ValueError("with `dtype: int64`, `value` must be made of whole numbers of 64 bits")
        elif not all(abs(number) <= float(np.finfo(self.dtype).max) for number in numbers):
            raise ValueError(f"`value` must be made of finite numbers within the range of {self.dtype}")
        return self

    def arrays(self, generator: np.random.Generator) -> list[Array]:
        return [np.array(self.value, dtype=self.dtype)]


class NormalInputs(Inputs):
    """Inputs from the standard normal distribution."""

    normal: Shape = Field(description="The shape, as a list: [] for a number, [3] for a vector, [2, 3] for a matrix.")
    dtype: Literal["float32", "float64"] = Field(default="float32", description="The tensors' dtype.")

    _size = field_validator("normal")(lambda shape: _check_size(shape))

    def arrays(self, generator: np.random.Generator) -> list[Array]:
        return [np.asarray(generator.standard_normal(self.normal)).astype(self.dtype) for _ in range(self.count)]


class UniformInputs(Inputs):
    """Inputs whose elements lie anywhere between two numbers."""

    uniform: Shape = Field(description="The shape, as a list: [] for a number, [3] for a vector, [2, 3] for a matrix.")
    low: Finite = Field(ge=-1e30, description="The smallest value.")
    high: Finite = Field(le=1e30, description="The largest value.")
    dtype: Literal["float32", "float64"] = Field(default="float32", description="The tensors' dtype.")

    _size = field_validator("uniform")(lambda shape: _check_size(shape))

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return _ordered(self, self.low, self.high)

    def arrays(self, generator: np.random.Generator) -> list[Array]:
        draws = (generator.uniform(self.low, self.high, self.uniform) for _ in range(self.count))
        return [np.asarray(draw).astype(self.dtype) for draw in draws]


class IntegerInputs(Inputs):
    """Inputs of whole numbers between two, both included."""

    integers: Shape = Field(description="The shape, as a list: [] for a number, [3] for a vector, [2, 3] for a matrix.")
    low: Whole = Field(description="The smallest value.")
    high: Whole = Field(description="The largest value, itself included.")
    dtype: Literal["float32", "float64", "int64"] = Field(
        default="int64", description="The tensors' dtype; int64 cannot require a gradient."
    )

    _size = field_validator("integers")(lambda shape: _check_size(shape))

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return _ordered(self, self.low, self.high)

    def arrays(self, generator: np.random.Generator) -> list[Array]:
        draws = (generator.integers(self.low, self.high, self.integers, endpoint=True) for _ in range(self.count))
        return [np.asarray(draw).astype(self.dtype) for draw in draws]


OWN = "own"
"""The entry, without fields, for inputs derived from the student's own calls."""


class OwnInputs(Inputs):
    """The arguments of the student's own calls of the function, moved a little, times ±1, ±0.01 and ±100.

    They are known only while the submission runs, so the sandbox makes them and nothing is drawn here.
    """

    count: Literal[1] = 1

    @model_serializer
    def _as_word(self) -> str:
        return OWN

    def arrays(self, generator: np.random.Generator) -> list[Array]:
        return []


_MODELS: Mapping[str, type[Inputs]] = {
    "value": ValueInput,
    "normal": NormalInputs,
    "uniform": UniformInputs,
    "integers": IntegerInputs,
}


def _read(value: object) -> Inputs:
    """The entry whose key is in the mapping. Raises ValidationError or ValueError."""
    if isinstance(value, Inputs):
        return value
    if value == OWN:
        return OwnInputs()
    if not isinstance(value, Mapping):
        examples = "`value: [1.0, 2.0]`, `normal: [3]` or `own`"
        raise ValueError(f"expected an input such as {examples}, found {describe(value)}")
    there = [key for key in _MODELS if key in value]
    if len(there) > 1:
        raise ValueError(f"{' and '.join(f'`{key}`' for key in there)} exclude each other; write two entries")
    if not there:
        hint = next((text for key in value if (text := did_you_mean(str(key), _MODELS))), "")
        raise ValueError(f"needs one of {', '.join(f'`{key}`' for key in _MODELS)}{hint}")
    return _MODELS[there[0]].model_validate(value)


InputSpec = Annotated[
    SerializeAsAny[Inputs],
    PlainValidator(
        _read, json_schema_input_type=ValueInput | NormalInputs | UniformInputs | IntegerInputs | Literal["own"]
    ),
]
"""The type of an entry of ``inputs``."""


def _few_enough(specs: tuple[Inputs, ...]) -> tuple[Inputs, ...]:
    total = sum(spec.count for spec in specs)
    if total > MAX_INPUTS:
        raise ValueError(f"{total} inputs are asked for; at most {MAX_INPUTS} are possible")
    return specs


InputSpecs = Annotated[tuple[InputSpec, ...], Field(min_length=1), AfterValidator(_few_enough)]
"""The type of the field ``inputs``."""


def draw(specs: Sequence[Inputs], *, seed: int, key: str) -> tuple[Array, ...]:
    """Draw the inputs, read-only: values as written in the exercise first, then the others by size, smallest first.

    Equal ``seed`` (0 or more) and ``key`` give equal arrays. Every entry has its own generator, so that its numbers do
    not depend on what other entries draw.
    """
    words = np.frombuffer(hashlib.sha256(key.encode()).digest(), dtype="<u4").tolist()
    drawn = []
    for index, spec in enumerate(specs):
        for array in spec.arrays(np.random.default_rng([seed, index, *words])):
            array.flags.writeable = False
            drawn.append((not isinstance(spec, ValueInput), array))
    drawn.sort(key=lambda pair: (pair[0], pair[1].size if pair[0] else 0))
    return tuple(array for _, array in drawn)


def _shape_of(value: Any) -> tuple[int, ...]:
    """The shape of nested sequences of numbers. Raises ValueError for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return ()
    if not isinstance(value, tuple | list):
        raise ValueError(f"expected numbers, found {describe(value)}")
    if not value:
        raise ValueError("a list must not be empty")
    shapes = {_shape_of(item) for item in value}
    if len(shapes) > 1:
        raise ValueError("the rows are not of equal length")
    return (len(value), *shapes.pop())


def _check_size(shape: tuple[int, ...]) -> tuple[int, ...]:
    if math.prod(shape) > MAX_ELEMENTS:
        raise ValueError(f"has more than {MAX_ELEMENTS} elements")
    return shape


def _ordered(entry: T, low: float, high: float) -> T:
    if low > high:
        raise ValueError(f"`low` ({low:g}) must not be greater than `high` ({high:g})")
    return entry
