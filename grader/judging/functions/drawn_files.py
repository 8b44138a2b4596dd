"""Tensors that come from a file of the course, and the type of a field with any tensor."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    PlainValidator,
    PrivateAttr,
    SerializeAsAny,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
    model_validator,
)

from grader.judging.functions.data_files import DataFile, read_data_file
from grader.judging.functions.drawn_values import (
    MAX_DIMENSIONS,
    MAX_ELEMENTS,
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
from grader.language.validation import describe

Column = int | str


class FromFile(Drawn):
    """A tensor from a file of the course, beside the exercise or in the folder ``data`` there."""

    file: str = Field(
        min_length=1,
        max_length=200,
        description="The file's name: `.npy`, or `.csv` with a first line of names or without. It lies beside the "
        "exercise, or in the folder `data` there.",
    )
    columns: Column | tuple[Column, ...] | None = Field(
        default=None,
        description="Which columns, by number from 0 or by name: a list for a matrix, one alone for a vector. Default: "
        "all.",
    )
    rows: Annotated[int, Field(ge=1, le=MAX_ELEMENTS)] | None = Field(
        default=None,
        description="So many rows, drawn at random; of files with equally many rows the same ones in one call. "
        "Default: all.",
    )
    dtype: Literal["float32", "float64", "int64", "bool"] | None = Field(
        default=None,
        description="The tensor's dtype. Default: float32 for numbers of a `.csv`; else what the `.npy` holds, with "
        "float32 for all floating point numbers.",
    )
    _read: DataFile = PrivateAttr()

    @model_validator(mode="after")
    def _is_there(self, info: ValidationInfo) -> Self:
        folder = info.context.get("folder") if isinstance(info.context, Mapping) else None
        if folder is None:
            raise ValueError("a file can be named in the file of an exercise only")
        self._read = read_data_file(folder, self.file, columns=self.columns, dtype=self.dtype)
        there = self._read.numbers.shape
        if self.rows is not None and (not there or self.rows > there[0]):
            raise ValueError(f"`rows: {self.rows}` are more than the {there[0] if there else 0} of {self.file}")
        asked = (self.rows, *there[1:]) if self.rows is not None else there
        if len(asked) > MAX_DIMENSIONS:
            raise ValueError(f"{self.file} has more than {MAX_DIMENSIONS} dimensions")
        if math.prod(asked) > MAX_ELEMENTS:
            raise ValueError(
                f"{self.file} has {math.prod(asked)} elements here; at most {MAX_ELEMENTS} are possible: take some "
                "`columns`, or a sample of `rows`"
            )
        return self

    @model_serializer(mode="wrap")
    def _with_its_content(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Results are kept under a hash of the exercise: it depends on what the file holds."""
        return {**handler(self), "sha256": self._read.sha256}

    @property
    def differs(self) -> bool:
        return self.rows is not None

    def is_float(self) -> bool:
        return self._read.numbers.dtype.kind == "f"

    def array(self, chance: Chance) -> Numbers:
        numbers = self._read.numbers
        return numbers.copy() if self.rows is None else numbers[chance.rows(len(numbers), self.rows)]


_MODELS: Mapping[str, type[Drawn]] = {
    "value": Value,
    "normal": Normal,
    "uniform": Uniform,
    "integers": Integers,
    "booleans": Booleans,
    "file": FromFile,
}


def _read_drawn(value: object, info: ValidationInfo) -> Drawn:
    if isinstance(value, Drawn):
        return value
    if not isinstance(value, Mapping):
        raise ValueError(f"expected a tensor such as `{{normal: [3]}}`, found {describe(value)}")
    return model_of(value, _MODELS, instead="keep one").model_validate(value, context=info.context)


DrawnTensor = Annotated[
    SerializeAsAny[Drawn],
    PlainValidator(_read_drawn, json_schema_input_type=Value | Normal | Uniform | Integers | Booleans | FromFile),
]
"""The type of a field with a tensor."""
