"""Extensions: what installed packages add to the grader by entry points, such as kinds of checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.errors import GraderError


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """An object that a package offers. ``origin`` says in messages what it is and which package it comes from."""

    loaded: object
    origin: str
    value: str
    """Where the package says that the object is: ``module:attribute``."""


def load_extensions(group: str, what: str, error: type[GraderError]) -> Iterator[Extension]:
    """All extensions of a group of entry points. Messages call them ``what``. Raises ``error`` where loading fails."""
    from importlib.metadata import entry_points  # slow to import, and rarely needed

    for point in entry_points(group=group):
        package = f" of the package {point.dist.name}" if point.dist else ""
        origin = f"{what} `{point.name}`{package}"
        try:
            loaded = point.load()
        except Exception as cause:  # importing somebody else's package can raise anything
            raise error(f"{origin} cannot be loaded: {type(cause).__name__}: {cause}") from cause
        yield Extension(loaded=loaded, origin=origin, value=point.value)
