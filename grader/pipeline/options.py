"""What a user asks for when submissions are graded. It imports nothing, since workers start before heavy imports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingOptions:
    """What a user asks for when submissions are graded, by any command.

    ``course`` is the course's folder. ``exercises`` are asked for by name; without any, all that a submission attempts
    are graded. ``timeout_s`` limits one run. ``isolation`` is the least that is accepted; None: the best that this
    machine allows. ``python`` runs the submissions; None: the grader's own.
    """

    course: Path
    exercises: tuple[str, ...] = ()
    seed: int = 0
    timeout_s: float = 20.0
    isolation: str | None = None
    python: Path | None = None
