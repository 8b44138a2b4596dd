"""What an expression can ask of a value with a dot, as in ``x.gradient``.

``ATTRIBUTES`` is the only list of attributes; the table in the documentation is made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from grader.language.expression.arrays import compute
from grader.language.values import Undefined, numbers, plain
from grader.model import Array, Structure, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """An attribute of the language. ``usage`` is how it is written, ``about`` what it is, in a sentence."""

    usage: str
    about: str
    of_results: bool = False
    """It can be asked of whatever has elements, such as ``(a @ b).T``, and not only of what has a name."""

    of_arrays: bool = False
    """Every array has it, whatever kind of check looks at it."""


ATTRIBUTES: dict[str, Attribute] = {
    "T": Attribute(
        usage="x.T",
        about="The transpose: rows become columns. A vector stays as it is.",
        of_arrays=True,
        of_results=True,
    ),
    "after": Attribute(usage="w.after", about="The argument after the call, or the leaf after the step."),
    "changed": Attribute(usage="w.changed", about="Whether the call changed the argument in place."),
    "dtype": Attribute(
        usage="x.dtype", about='The type of its elements as a text: "float32".', of_arrays=True, of_results=True
    ),
    "grad": Attribute(
        usage="x.grad", about="Its `.grad`, which adds up over passes; None before the first one.", of_arrays=True
    ),
    "gradient": Attribute(usage="x.gradient", about="The gradient that this pass, or this call, gave for it."),
    "is_leaf": Attribute(
        usage="x.is_leaf", about="Whether it is a leaf of the graph: no operation made it.", of_arrays=True
    ),
    "mT": Attribute(
        usage="x.mT",
        about="The transpose of a matrix, or of each matrix in a stack: the last two axes change places.",
        of_arrays=True,
        of_results=True,
    ),
    "passes": Attribute(usage="w.passes", about="How many passes its `.grad` summed at the step."),
    "previous_change": Attribute(
        usage="w.previous_change", about="By how much the step before changed it; 0 at the first step."
    ),
    "requires_grad": Attribute(usage="x.requires_grad", about="Whether it requires a gradient.", of_arrays=True),
    "second": Attribute(usage="w.second", about="The gradient of the sum of its gradient: the second derivative."),
    "shape": Attribute(
        usage="x.shape",
        about="Its shape: `(2, 3)`; that of a vector of three is `(3,)`.",
        of_arrays=True,
        of_results=True,
    ),
    "source": Attribute(usage="x.source", about='Where the value came from: "autograd", "other" or "unknown".'),
    "tangent": Attribute(
        usage="x.tangent", about="The direction in which forward mode has differentiated by it; else None."
    ),
    "was_zeroed": Attribute(usage="w.was_zeroed", about="Whether its `.grad` was cleared since the step before."),
    "weighed_gradient": Attribute(
        usage="w.weighed_gradient", about="Its gradient where what was returned is multiplied by `weights` first."
    ),
}


SOURCE = "source"


def source_key(name: str) -> str:
    """The key of a candidate's variables under which they have where the value of a variable comes from."""
    return f"{name}.{SOURCE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """The value of a variable that stands for a leaf of a backward pass, or for an argument of a call.

    ``x`` is its value, ``x.gradient`` the gradient of this pass or call, ``x.grad`` its ``.grad`` afterwards.
    ``parts`` has what else can be asked of it, by the attribute: ``x.second``, ``x.after``. ``items`` has the roles of
    what is in a list or dictionary, by position or key: of ``params[0].gradient``, and of ``cache["x"].gradient``.
    """

    value: Value | None
    gradient: Array | None = None
    grad: Array | None = None
    parts: Mapping[str, object] = field(default_factory=dict)
    items: Mapping[int | str, Role] = field(default_factory=dict)
    curvature: Array | None = None
    """How its gradient changes where all its elements grow alike; None: not known. No expression reads it."""


def attribute_of(value: object, attribute: str, text: str) -> object:
    """The attribute of a value, which may be a Role. ``text`` is the source of what has the attribute."""
    if isinstance(value, Role):
        if attribute in value.parts:
            return value.parts[attribute]
        if attribute in {"grad", "gradient"}:
            return value.gradient if attribute == "gradient" else value.grad
        value = value.value
    value = plain(value)
    if isinstance(value, Undefined):
        return value
    if ATTRIBUTES[attribute].of_results:
        return _of_elements(value, attribute, text)
    if isinstance(value, Array) and attribute in {"grad", "is_leaf", "requires_grad"}:
        return getattr(value, attribute)
    if isinstance(value, Structure):
        return Undefined(f"`{text}` has no `.{attribute}` here; ask it of one of its items")
    return Undefined(f"`{text}` has no `.{attribute}` here")


def _of_elements(value: object, attribute: str, text: str) -> object:
    """The shape, dtype or transpose of a number or array, or of a list of numbers."""
    if isinstance(value, Array) and attribute not in ("T", "mT"):
        return value.shape if attribute == "shape" else value.dtype
    found = numbers(value)
    if isinstance(found, Undefined):
        if isinstance(value, Structure):
            return Undefined(f"`{text}` has no `.{attribute}`, but its items may have one")
        return found if isinstance(value, Array) else Undefined(f"`{text}` has no `.{attribute}` here")
    data, dtype = found
    if attribute == "T":
        if data.ndim > 2:
            return Undefined(f"`{text}` has shape {data.shape}; `.T` is for vectors and matrices, `.mT` for stacks")
        return compute(lambda matrix: matrix.T, value)
    if attribute == "mT":
        if data.ndim < 2:
            return Undefined(f"`{text}` has shape {data.shape}; `.mT` is for matrices and stacks of them")
        return compute(lambda stack: np.swapaxes(stack, -1, -2), value)
    return data.shape if attribute == "shape" else dtype
