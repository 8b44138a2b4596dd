"""What the variables of checks can be, so that a line that no value of theirs meets, or every value, is found early."""

from __future__ import annotations

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
