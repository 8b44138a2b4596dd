"""What a user asks for when submissions are graded. It imports nothing, since workers start before heavy imports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingOptions:
    """What a user asks for when submissions are graded, by any command.

    ``course`` is the course's folder. ``assignment`` is the id of the assignment to grade. ``exercises`` are asked for
    by name, of the assignment if there is one; with neither, all that a submission attempts are graded. ``seed`` and
    ``timeout_s``, which limits one run, are None where the user gave none. ``isolation`` is what a submission gets, no
    less and no more; None: the best that this machine allows. ``at_least``: nothing is run with less than this.
    ``python`` runs the submissions; None: the grader's own.
    ``skip_broken``: an exercise whose reference fails is an error, and does not keep the others from being graded.
    """

    course: Path
    assignment: str | None = None
    exercises: tuple[str, ...] = ()
    seed: int | None = None
    for_class: bool = False
    """Whether a class is graded: then the assignment's seed is used where the user gave none."""
    timeout_s: float | None = None
    isolation: str | None = None
    at_least: str | None = None
    """``strict``, ``landlock`` or ``reduced``, see ``model.Isolation.is_at_least``; None: any."""
    python: Path | None = None
    skip_broken: bool = False
    course_source: str = "option"
    """How the course was chosen, a ``model.CourseSource``."""
    holds_submission: bool = False
    """The course was found, and lies together with what was handed in."""
    audience: Literal["student", "staff"] = "staff"
    """Who reads what is said of broken references. Reports are the same for both; ``report.audience`` selects."""
    hide: tuple[Path, ...] = ()
    """What no submission may see besides the course: what was handed in, and what the grader writes. Absolute paths."""
