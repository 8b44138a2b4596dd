"""Hidden inputs: the tensors with which a function of one argument is called, as the entries of ``inputs``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import AfterValidator, Field, PlainValidator, SerializeAsAny, ValidationInfo, model_serializer

from grader.judging.functions.drawn_files import FromFile
from grader.judging.functions.drawn_values import (
    Booleans,
    Chance,
    Drawn,
    Integers,
    Normal,
    Numbers,
    Uniform,
    Value,
    model_of,
)
from grader.language.validation import YamlModel, describe

MAX_INPUTS = 200


class Inputs(YamlModel):
    """An entry of ``inputs``."""

    count: int = Field(default=1, ge=1, le=MAX_INPUTS, description="How many inputs are drawn.")

    def arrays(self, generator: np.random.Generator) -> list[Numbers]:
        """``count`` arrays."""
        assert isinstance(self, Drawn)  # every entry but `own`
        chance = Chance.of(generator)
        return [self.array(chance) for _ in range(self.count)]


class ValueInput(Value, Inputs):
    """One input, written out."""

    count: Literal[1] = Field(default=1, description="A value is one input.")


class NormalInputs(Normal, Inputs):
    """Inputs from the standard normal distribution."""


class UniformInputs(Uniform, Inputs):
    """Inputs whose elements lie anywhere between two numbers."""


class IntegerInputs(Integers, Inputs):
    """Inputs of whole numbers between two, both included."""


class BooleanInputs(Booleans, Inputs):
    """Inputs of truth values."""


class FileInputs(FromFile, Inputs):
    """Inputs from a file of the course; with ``rows``, another sample each time."""


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

    def arrays(self, generator: np.random.Generator) -> list[Numbers]:
        return []


_MODELS: Mapping[str, type[Inputs]] = {
    "value": ValueInput,
    "normal": NormalInputs,
    "uniform": UniformInputs,
    "integers": IntegerInputs,
    "booleans": BooleanInputs,
    "file": FileInputs,
}


def _read(value: object, info: ValidationInfo) -> Inputs:
    """The entry whose key is in the mapping. Raises ValidationError or ValueError."""
    if isinstance(value, Inputs):
        return value
    if value == OWN:
        return OwnInputs()
    if not isinstance(value, Mapping):
        examples = "`value: [1.0, 2.0]`, `normal: [3]` or `own`"
        raise ValueError(f"expected an input such as {examples}, found {describe(value)}")
    return model_of(value, _MODELS, instead="write two entries").model_validate(value, context=info.context)


InputSpec = Annotated[
    SerializeAsAny[Inputs],
    PlainValidator(
        _read,
        json_schema_input_type=ValueInput
        | NormalInputs
        | UniformInputs
        | IntegerInputs
        | BooleanInputs
        | FileInputs
        | Literal["own"],
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


def draw(specs: Sequence[Inputs], *, seed: int, key: str) -> tuple[Numbers, ...]:
    """Draw the inputs, read-only: values as written in the exercise first, then the others by size, smallest first.

    Equal ``seed`` (0 or more) and ``key`` give equal arrays. Every entry has its own generator, so that its numbers do
    not depend on what other entries draw.
    """
    words = words_of(key)
    drawn = []
    for index, spec in enumerate(specs):
        for array in spec.arrays(np.random.default_rng([seed, index, *words])):
            array.flags.writeable = False
            drawn.append((not isinstance(spec, ValueInput), array))
    drawn.sort(key=lambda pair: (pair[0], pair[1].size if pair[0] else 0))
    return tuple(array for _, array in drawn)


def words_of(key: str) -> list[int]:
    """A key as a part of a generator's seed."""
    return [int(word) for word in np.frombuffer(hashlib.sha256(key.encode()).digest(), dtype="<u4")]
