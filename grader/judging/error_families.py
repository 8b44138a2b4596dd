"""Families of torch's errors: a family has every wording of an error in the supported versions of torch."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass

from grader.language.expression import Expression
from grader.model import Raised

_TEXT = re.compile(r"""["']([\w.-]+)["']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A family of errors. ``pattern`` is searched in the exception's text; ``words`` is what messages call it."""

    types: tuple[str, ...]
    pattern: re.Pattern[str]
    words: str

    def matches(self, error: Raised) -> bool:
        return error.type in self.types and self.pattern.search(error.text) is not None


def family_from_torch(error: Raised) -> str:
    """The name of the family of an error; empty if it is in none.

    It is in none, either, if a hook or another function of the student's raised it in torch's words: the causes that
    such an error of torch's has need not be there.
    """
    if error.origin != "torch":
        return ""
    return next((name for name, family in FAMILIES.items() if family.matches(error)), "")


def _family(pattern: str, words: str, types: tuple[str, ...] = ("RuntimeError",)) -> Family:
    return Family(types=types, pattern=re.compile(pattern), words=words)


ONE_ELEMENT_ONLY = "one-element-only"
"""The family of errors about a vector where only a single number is allowed."""

FAMILIES = {
    "backward-twice": _family(
        r"Trying to backward through the graph a second time", "Trying to backward through the graph a second time"
    ),
    "nonscalar-backward": _family(
        r"grad can be implicitly created only for scalar outputs",
        "grad can be implicitly created only for scalar outputs",
    ),
    "no-graph": _family(
        r"does not require grad and does not have a grad_fn",
        "element 0 of tensors does not require grad and does not have a grad_fn",
    ),
    "leaf-without-grad": _family(
        r"One of the differentiated Tensors does not require grad",
        "One of the differentiated Tensors does not require grad",
    ),
    "unused-leaf": _family(
        r"differentiated Tensors? (at index \d+ )?appears to not have been used in the graph",
        "One of the differentiated Tensors appears to not have been used in the graph",
    ),
    "integer-requires-grad": _family(
        r"[Oo]nly Tensors of floating point( and complex)? dtype can require gradients",
        "only tensors of floating point and complex dtype can require gradients",
    ),
    "numpy-requires-grad": _family(
        r"Can't call numpy\(\) on Tensor that requires grad", "Can't call numpy() on Tensor that requires grad"
    ),
    "inplace-on-leaf": _family(
        r"a (view of a )?leaf Variable that requires grad is being used in an in-place operation",
        "a leaf Variable that requires grad is being used in an in-place operation",
    ),
    "inplace-modified": _family(
        r"one of the variables needed for gradient computation has been modified by an inplace operation",
        "one of the variables needed for gradient computation has been modified by an inplace operation",
    ),
    "no-broadcast": _family(
        r"The size of tensor a \(\d+\) must match the size of tensor b \(\d+\)",
        "The size of tensor a must match the size of tensor b",
    ),
    ONE_ELEMENT_ONLY: _family(
        r"Boolean value of Tensor with more than one value|elements cannot be converted to Scalar"
        r"|only (one element tensors|length-1 arrays|0-dimensional arrays) can be converted",
        "Boolean value of Tensor with more than one value is ambiguous",
        ("RuntimeError", "TypeError", "ValueError"),
    ),
}


def name_of(error: Raised, asked: Container[str] = ()) -> str:
    """The family of an error; the name of its type if it is in none, or if the student's own code raised it.

    ``asked`` are the texts that a check asks for: an error of another type is also one of each type above its own.
    """
    name = family_from_torch(error) or error.type
    return name if name in asked else next((base for base in error.bases if base in asked), name)


def texts_in(lines: Iterable[Expression]) -> frozenset[str]:
    """The texts that stand in some expressions, such as the names of errors."""
    return frozenset(text for line in lines for text in _TEXT.findall(line.text))
