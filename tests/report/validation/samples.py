"""Validations, made by hand."""

from __future__ import annotations

from pathlib import Path

from grader.model import Finding, ProofColumn, ProofResult, ValidatedExercise, Validation

HOSTILE = "::error::\x1b[31m<b>|`x`|</b>\n::warning::two"
WRONG = Finding(
    severity="error",
    text="mean.py: `slope` is passed, and must be failed.",
    path=Path("solutions/mistakes/cube/verdicts.yaml"),
    line=3,
    detail="The gradient is right.\n" + HOSTILE,
)
MANY = tuple(
    Finding(severity="warning", text=f"warning {number}", path=Path("rubrics/cube.yaml"), line=20 - number)
    for number in range(12)
)
NOTE = Finding(severity="note", text="Of 2 points there are 2 hidden.", path=Path("rubrics/cube.yaml"), line=2)
COLUMNS = (
    ProofColumn(proof="references", heading="References"),
    ProofColumn(proof="known submissions", heading="Known"),
    ProofColumn(proof="mutants", heading="Mutants"),
)


def right(exercise: str, cell: str = "22/22") -> tuple[ProofResult, ...]:
    known = {"submissions": 22, "as_expected": 22}
    return (
        ProofResult(proof="files", exercise=exercise),
        ProofResult(proof="references", exercise=exercise, cell="4/4", tried=4, figures={"runs": 4, "passed": 4}),
        ProofResult(proof="known submissions", exercise=exercise, cell=cell, tried=22, figures=known),
    )


def exercise(name: str, *, unfinished: bool = False) -> ValidatedExercise:
    return ValidatedExercise(id=name, points=4.0, seconds=1.25, unfinished=unfinished)


def validation(*results: ProofResult, exercises: tuple[str, ...] = ("cube", "square"), **others: object) -> Validation:
    fields: dict[str, object] = {
        "version": "1.0",
        "course": "my course",
        "exercises": tuple(map(exercise, exercises)),
        "proofs": COLUMNS,
        "results": results,
        "seconds": 83.2,
        "works": 410,
        "kept": 300,
    }
    return Validation(**{**fields, **others})  # type: ignore[arg-type]


HOLDS = validation(ProofResult(proof="files", exercise=""), *right("cube"), *right("square"))
BROKEN = validation(
    ProofResult(
        proof="files",
        exercise="",
        findings=(Finding(severity="error", text="unknown field `defualt`", path=Path("course.yaml"), line=1),),
    ),
    ProofResult(
        proof="known submissions",
        exercise="cube",
        findings=(NOTE, WRONG),
        figures={"submissions": 22, "as_expected": 21},
        cell="21/22",
        tried=22,
    ),
    ProofResult(proof="points", exercise="cube", findings=MANY, cell="4"),
    *right("square"),
)
