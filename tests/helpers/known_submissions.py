"""The known submissions of a course, each with the verdicts that its ``verdicts.yaml`` asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader import submission
from grader.course.course import Course, CourseExercise
from grader.language import yaml_file
from grader.model import Limits, Report
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings
from grader.sandbox.sandbox import Sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A submission, and what its ``verdicts.yaml`` says of it."""

    item: CourseExercise
    path: Path
    expected: dict[str, Any]

    @property
    def id(self) -> str:
        return f"{self.item.exercise.id}/{self.path.name}"


def known_submissions(course: Course) -> Iterator[Known]:
    for item in course.exercises:
        folder = item.solution.parent / "mistakes" / item.exercise.id
        for name, expected in yaml_file.load(folder / "verdicts.yaml").data.items():
            yield Known(item=item, path=folder / name, expected=expected)


def grade_alone(sandbox: Sandbox, store: ReferenceStore, item: CourseExercise, path: Path) -> Report:
    """Grade a file for one exercise."""
    settings = Settings(exercises=(item,), basis="exercises", seed=0, limits=Limits())
    return Grader(sandbox, settings, store).grade(submission.load(str(path)))


def assert_gets_its_verdicts(sandbox: Sandbox, store: ReferenceStore, known: Known) -> None:
    (exercise,) = grade_alone(sandbox, store, known.item, known.path).exercises
    verdicts = {check.id: str(check.status) for check in exercise.checks}
    assert verdicts == known.expected["verdicts"], [check.message for check in exercise.checks]
    assert exercise.status == known.expected.get("status", "graded")
    if "score" in known.expected:
        assert exercise.score == pytest.approx(known.expected["score"])
    said = "\n".join(f"{check.message}\n{check.hint}" for check in exercise.checks)
    assert known.expected.get("says", "") in said


def assert_reference_gets_full_marks(sandbox: Sandbox, store: ReferenceStore, item: CourseExercise) -> None:
    report = grade_alone(sandbox, store, item, item.solution)
    (exercise,) = report.exercises
    assert report.passed, [check.message for check in exercise.checks]
    assert exercise.score == exercise.max_score
