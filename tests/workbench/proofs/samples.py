"""A loaded course of two exercises, and results of its works, for proofs that run nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.course.course import Course, load_course
from grader.model import Finding
from grader.workbench.grade_file import GradedCheck, GradedExercise, GradedFile
from grader.workbench.proof import Proof


def loaded(root: Path) -> Course:
    return load_course(root)


def check(status: Any, **fields: Any) -> GradedCheck:
    values = {"id": "slope", "message": "", "hint": None, "mistake": None, "withheld": False}
    return GradedCheck(status=status, **{**values, **fields})


def graded(*checks: GradedCheck) -> GradedFile:
    one = GradedExercise(id="cube", status="graded", score=0, max_score=2, message="", checks=checks)
    return GradedFile(exercises=(one,))


def findings(proof: type[Proof], course: Course, results: Mapping[Any, Any]) -> list[Finding]:
    """Those of the exercise ``cube``."""
    (item,) = course.select(["cube"])
    return [finding for result in proof().conclude(course, [item], results) for finding in result.findings]


def works(proof: type[Proof], course: Course) -> list[Any]:
    (item,) = course.select(["cube"])
    return list(proof().plan(course, [item]))
