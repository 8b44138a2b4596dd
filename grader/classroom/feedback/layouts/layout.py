"""What every layout's module provides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.classroom.feedback.handed_in import HandedIn

Place = tuple[str, ...]
"""The folders and the name of a file, below the folder or zip of the feedback. Not made safe yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """``assignment``: what the assignment is called. ``suffix``: with its dot, as in ``.html``."""

    assignment: str
    suffix: str


def no_index(handins: Sequence[HandedIn]) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a platform wants files to be called.

    ``recognizes``: whether the class was handed in by this platform. ``places``: where the feedback for what was handed
    in goes; what the platform could not tell from its name is left out. ``index``: further files, by their names.
    """

    id: str
    name: str
    recognizes: Callable[[Sequence[HandedIn]], bool]
    places: Callable[[Sequence[HandedIn], Naming], Mapping[HandedIn, Place]]
    index: Callable[[Sequence[HandedIn]], Mapping[str, str]] = no_index
