"""Every known submission of the built-in course gets the verdicts that its ``verdicts.yaml`` asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader import submission
from grader.course.course import load_course
from grader.course.course_folder import builtin_course
from grader.language import yaml_file
from grader.model import Limits, Report
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings
from grader.sandbox.sandbox import Sandbox

COURSE = load_course(builtin_course())
KNOWN = [
    pytest.param(item, path.parent / name, expected, id=f"{item.exercise.id}/{name}")
    for item in COURSE.exercises
    for path in [item.solution.parent / "mistakes" / item.exercise.id / "verdicts.yaml"]
    for name, expected in yaml_file.load(path).data.items()
]


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> ReferenceStore:
    return ReferenceStore(tmp_path_factory.mktemp("references"))


def grade(sandbox: Sandbox, store: ReferenceStore, item: Any, path: Path) -> Report:
    settings = Settings(exercises=(item,), basis="exercises", seed=0, limits=Limits())
    return Grader(sandbox, settings, store).grade(submission.load(str(path)))


@pytest.mark.parametrize(("item", "path", "expected"), KNOWN)
def test_a_known_submission_gets_its_verdicts(
    sandbox: Sandbox, store: ReferenceStore, item: Any, path: Path, expected: dict[str, Any]
) -> None:
    (exercise,) = grade(sandbox, store, item, path).exercises
    verdicts = {check.id: str(check.status) for check in exercise.checks}
    assert verdicts == expected["verdicts"], [check.message for check in exercise.checks]
    assert exercise.status == expected.get("status", "graded")
    if "score" in expected:
        assert exercise.score == pytest.approx(expected["score"])
    said = "\n".join(f"{check.message}\n{check.hint}" for check in exercise.checks)
    assert expected.get("says", "") in said


@pytest.mark.parametrize("item", COURSE.exercises, ids=lambda item: item.exercise.id)
def test_a_reference_solution_gets_full_marks(sandbox: Sandbox, store: ReferenceStore, item: Any) -> None:
    report = grade(sandbox, store, item, item.solution)
    assert report.passed
    (exercise,) = report.exercises
    # What only a person can mark is nobody's full mark here.
    assert report.score == sum(check.max_score for check in exercise.checks if check.status != "manual")


@pytest.mark.parametrize("item", COURSE.exercises, ids=lambda item: item.exercise.id)
def test_every_exercise_has_enough_wrong_and_enough_unusual_submissions(item: Any) -> None:
    path = item.solution.parent / "mistakes" / item.exercise.id / "verdicts.yaml"
    verdicts = [set(expected["verdicts"].values()) for expected in yaml_file.load(path).data.values()]
    right = sum("passed" in statuses and statuses <= {"passed", "manual"} for statuses in verdicts)
    assert right >= 4
    assert len(verdicts) - right >= 6


def test_every_file_beside_the_verdicts_is_listed_there() -> None:
    for item in COURSE.exercises:
        folder = item.solution.parent / "mistakes" / item.exercise.id
        listed = set(yaml_file.load(folder / "verdicts.yaml").data)
        assert {path.name for path in folder.iterdir() if path.suffix in (".py", ".ipynb")} == listed
