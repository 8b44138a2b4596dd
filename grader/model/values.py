"""Values of a submission as they were recorded: arrays, other plain values, and structures of these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy.typing as npt
from pydantic_core import core_schema

from grader.model.bounded_fields import Name, Text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Array:
    """A tensor, numpy array, number or list of numbers with its values at the time of the event.

    ``data`` has the tensor's shape; None: the value was too large to record. ``dtype`` is torch's or numpy's name
    (``float32``, ``bfloat16``); ``data`` has a numpy dtype that can represent its values. ``token`` identifies the
    object, whatever names it is bound to; 0: not tracked.
    """

    kind: Literal["tensor", "ndarray", "number", "list"]
    dtype: str
    shape: tuple[int, ...]
    data: npt.NDArray[Any] | None
    token: int = 0
    requires_grad: bool = False
    is_leaf: bool = True
    grad: Array | None = None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Array], handler: object) -> core_schema.CoreSchema:
        """The bytes of an array are not in its JSON: the validation context's ``array`` joins the two."""

        def read(value: object, info: core_schema.ValidationInfo) -> Array:
            array: Array = info.context["array"](value)  # type: ignore[index]  # the decoder always passes a context
            return array

        return core_schema.with_info_plain_validator_function(read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """A value that is no array: None, a string (shortened), a bool, or the name of its type.

    ``missing`` is a declared name that nothing was bound to; ``text`` then says which names were looked for.
    """

    kind: Literal["none", "text", "bool", "other", "missing"]
    text: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A tuple, list or dictionary with its values, or a module with its parameters and buffers by their dotted names.

    ``keys`` of a tuple or list are empty; ``items`` are in order. ``cut``: it has more items than were recorded.
    """

    kind: Literal["tuple", "list", "dict", "module"]
    keys: tuple[Name, ...] = ()
    items: tuple[Array | Opaque | Structure, ...]
    cut: bool = False


Value = Array | Opaque | Structure


def arrays_in(value: Value) -> Iterator[Array]:
    """An array, or all arrays in a structure."""
    if isinstance(value, Array):
        yield value
    elif isinstance(value, Structure):
        for item in value.items:
            yield from arrays_in(item)
