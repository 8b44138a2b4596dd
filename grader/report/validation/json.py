"""A validation as JSON: a ``grader.validation/1`` object, documented in docs/validate.md.

The types below are the format. ``to_dict`` is checked against them by mypy, and the JSON Schema is made from them and
from the descriptions under their fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

# Not typing.TypedDict: pydantic cannot read that before Python 3.12.
from typing_extensions import TypedDict

from grader import model
from grader.report.json_schema import documented, schema_of
from grader.report.validation.words import findings_of, verdict
from grader.text import rounded, without_commands

SCHEMA: Literal["grader.validation/1"] = "grader.validation/1"


@documented
class Proven(TypedDict):
    """What one proof says of one exercise, or of the course."""

    proof: str
    """Its name, such as `references`, `known submissions` or `points`; `files`: that the files have no mistakes. New
    ones may appear."""
    holds: bool
    """Whether it found no error."""
    tried: int
    """How many things it looked at: runs, submissions, checks."""
    cell: str
    """What tables say of it, such as `22/22`; empty where they have no column for it."""
    figures: Mapping[str, float]
    """Numbers by name, such as `{"submissions": 22, "as_expected": 22}`. New ones may appear."""


@documented
class Exercise(TypedDict):
    """An exercise that was looked at."""

    id: str
    """Its id."""
    points: float
    """What its rubric gives in all; 0 where its files have mistakes."""
    unfinished: bool
    """Its files have mistakes, so that nothing could be proven of it."""
    seconds: float
    """How long the runs took that were done for it now, added up; 0 where all of them were kept."""
    proofs: list[Proven]
    """What each proof says of it."""


@documented
class Finding(TypedDict):
    """Something that was found."""

    severity: Literal["error", "warning", "note"]
    """`error`: the course is not proven. `warning`: somebody should look at it. `note`: worth knowing."""
    proof: str
    """The proof that found it."""
    exercise: str
    """The exercise that it is about; empty if it is about the course."""
    text: str
    """What was found, what was expected, what to do."""
    detail: str
    """More lines, such as what a check said, or a diff; usually empty."""
    file: str | None
    """The file that it is about, relative to the folder where the command ran if it lies below that."""
    line: int | None
    """The line, from 1; null if it is about the file as a whole."""


@documented
class CrossTalk(TypedDict):
    """Files of one exercise that also count as attempts at another, where nothing names the exercise."""

    exercise: str
    """The exercise that the files are of: its reference solution and known submissions."""
    counts_for: str
    """The other exercise."""
    files: list[str]
    """The names of the files."""


@documented
class Summary(TypedDict):
    """The validation in numbers."""

    errors: int
    """Findings of this severity."""
    warnings: int
    """Findings of this severity."""
    notes: int
    """Findings of this severity."""
    runs: int
    """How many runs it took."""
    kept: int
    """How many of these were kept from an earlier validation, and not done again."""
    seconds: float
    """How long the validation took."""


@documented
class Validation(TypedDict):
    """What a validation found. Fields may join; none is taken away, or changes its meaning, in this version."""

    schema: Literal["grader.validation/1"]
    """The format's name and version."""
    grader: str
    """The grader's version."""
    course: str
    """The course's name: that of its folder, or `built-in`."""
    holds: bool
    """Whether no error was found."""
    message: str
    """The same in a sentence."""
    summary: Summary
    """The validation in numbers."""
    exercises: list[Exercise]
    """The exercises that were looked at, in the order of the course."""
    course_proofs: list[Proven]
    """What each proof says of the course as a whole."""
    findings: list[Finding]
    """All findings: of the course first, then exercise by exercise, by file and line."""
    cross_talk: list[CrossTalk]
    """The pairs of exercises of which the files of one also count as attempts at the other; empty where that was not
    looked at."""
    notes: list[str]
    """What could not be proven of the course as a whole, and why."""


def to_dict(validation: model.Validation) -> Validation:
    return {
        "schema": SCHEMA,
        "grader": validation.version,
        "course": validation.course,
        "holds": validation.holds,
        "message": verdict(validation),
        "summary": {
            "errors": validation.count("error"),
            "warnings": validation.count("warning"),
            "notes": validation.count("note"),
            "runs": validation.works,
            "kept": validation.kept,
            "seconds": rounded(validation.seconds),
        },
        "exercises": [
            {
                "id": exercise.id,
                "points": rounded(exercise.points),
                "unfinished": exercise.unfinished,
                "seconds": rounded(exercise.seconds),
                "proofs": _proofs(validation, exercise.id),
            }
            for exercise in validation.exercises
        ],
        "course_proofs": _proofs(validation, ""),
        "findings": [
            {
                "severity": each.finding.severity,
                "proof": each.proof,
                "exercise": each.exercise,
                "text": each.finding.text,
                "detail": each.finding.detail,
                "file": None if each.finding.path is None else each.finding.path.as_posix(),
                "line": each.finding.line,
            }
            for each in findings_of(validation, "error", "warning", "note")
        ],
        "cross_talk": [
            {"exercise": exercise, "counts_for": other, "files": list(files)}
            for exercise, other, files in validation.cross_talk()
        ],
        "notes": list(validation.notes),
    }


def _proofs(validation: model.Validation, exercise: str) -> list[Proven]:
    return [
        {
            "proof": result.proof,
            "holds": result.holds,
            "tried": result.tried,
            "cell": result.cell,
            "figures": {name: rounded(number) for name, number in result.figures.items()},
        }
        for result in validation.results
        if result.exercise == exercise
    ]


def render(validation: model.Validation) -> str:
    # Commands to CI services, which begin a line, cannot begin one of these: texts stand in quotes.
    return without_commands(json.dumps(to_dict(validation), indent=2) + "\n")


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the format."""
    return schema_of(Validation, title="What a validation of a course found")
