"""What a user asks for when submissions are graded. It imports nothing, since workers start before heavy imports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal


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
    trusted_checks: tuple[Path, ...] = ()
    """The folders of courses whose ``checks.py`` may be imported (``course.trusted_checks``)."""
    hide: tuple[Path, ...] = ()
    """What no submission may see besides the course: what was handed in, and what the grader writes. Absolute paths."""


def encode_options(options: GradingOptions) -> dict[str, Any]:
    """The options for another process, as values that JSON has."""
    return {
        "course": str(options.course),
        "assignment": options.assignment,
        "exercises": options.exercises,
        "seed": options.seed,
        "for_class": options.for_class,
        "timeout_s": options.timeout_s,
        "isolation": options.isolation,
        "at_least": options.at_least,
        "python": None if options.python is None else str(options.python),
        "skip_broken": options.skip_broken,
        "course_source": options.course_source,
        "holds_submission": options.holds_submission,
        "trusted_checks": [str(path) for path in options.trusted_checks],
        "hide": [str(path) for path in options.hide],
    }


def decode_options(encoded: Mapping[str, Any]) -> GradingOptions:
    """The options that ``encode_options`` wrote."""
    return GradingOptions(
        course=Path(encoded["course"]),
        assignment=encoded["assignment"],
        exercises=tuple(encoded["exercises"]),
        seed=encoded["seed"],
        for_class=encoded["for_class"],
        timeout_s=encoded["timeout_s"],
        isolation=encoded["isolation"],
        at_least=encoded["at_least"],
        python=None if encoded["python"] is None else Path(encoded["python"]),
        skip_broken=encoded["skip_broken"],
        course_source=encoded["course_source"],
        holds_submission=encoded["holds_submission"],
        trusted_checks=tuple(map(Path, encoded["trusted_checks"])),
        hide=tuple(map(Path, encoded["hide"])),
    )
