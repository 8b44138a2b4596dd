"""What a pack for students has of a course and what it leaves out, as ``grade pack`` lists it for the author."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """A line of a check that goes in, and what a reader can take from it. ``path`` and ``line``: where it stands."""

    check: str
    field: str
    """Where in the check it stands: ``expect``, ``given``, ``mistakes``."""
    text: str
    tells: str
    path: str
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBack:
    """A check that does not go in, and why."""

    check: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedPart:
    """An exercise of the assignment. ``points``: of the checks that go in, of ``total``."""

    exercise: str
    title: str
    checks: tuple[str, ...]
    points: float
    total: float
    bonus: bool
    recorded_bytes: int
    """How long the recording of its reference is; 0: no check compares with it."""
    kept_back: tuple[KeptBack, ...]
    revealed: tuple[Revealed, ...]
    differences: tuple[str, ...]
    """What a check that goes in does otherwise than in the course, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackContents:
    """A whole pack."""

    assignment: str
    seed: int
    points: float
    total: float
    parts: tuple[PackedPart, ...]
    support_left_out: tuple[str, ...]
    files: tuple[tuple[str, int], ...]
    """The path of each file and how many bytes it has."""
