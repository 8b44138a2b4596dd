"""What the variables of checks can be, so that a line that no value of theirs meets, or every value, is found early."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A whole number. ``least``: the smallest one that it can be."""

    least: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A text. ``known``: all texts that it can be; empty: any."""

    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """A tensor, an array, or a number of any size."""


VariableKind = Count | Flag | Word | Numbers

COUNT, FLAG, WORD, NUMBERS = Count(), Flag(), Word(), Numbers()

PARTS: Mapping[str, VariableKind] = {
    "source": Word(known=frozenset({"autograd", "other", "unknown"})),
    **dict.fromkeys(("changed", "is_leaf", "requires_grad", "was_zeroed"), FLAG),
    "passes": COUNT,
    **dict.fromkeys(("gradient", "second", "weighed_gradient", "tangent", "previous_change"), NUMBERS),
}
"""What can be asked of variables with a dot, whatever the kind of check."""
