"""The way of a submission through all stages: which references are run for it, and what a fault of ours costs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader import submission
from grader.course.course import load_course
from grader.course.course_folder import builtin_course
from grader.errors import ReferenceError, SandboxError
from grader.judging.judge import Judge
from grader.model import Limits, Submission
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings
from grader.sandbox.sandbox import Sandbox
from tests.helpers.class_of import RIGHT

EXERCISES = ("double-backward", "detach-semantics")
"""No check of theirs compares anything with the reference."""


def read(code: str) -> Submission:
    return submission.read(code.encode(), "homework.py")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for folder in ("exercises", "rubrics", "solutions"):
        (tmp_path / "course" / folder).mkdir(parents=True)
        for exercise in EXERCISES:
            for path in (builtin_course() / folder).glob(f"{exercise}.*"):
                shutil.copy(path, tmp_path / "course" / folder)
    return tmp_path / "course"


def grader_of(course: Path, sandbox: Sandbox, *asked: str) -> Grader:
    loaded = load_course(course)
    settings = Settings(
        exercises=loaded.select(asked),
        basis="exercises" if asked else "found",
        seed=0,
        limits=Limits(),
        handout=loaded.handout,
    )
    return Grader(sandbox, settings, ReferenceStore(course / "cache"))


def test_a_failing_reference_of_an_attempted_exercise_is_the_instructors_error(course: Path, sandbox: Sandbox) -> None:
    (course / "solutions" / "double-backward.py").write_text("import torch\n", "utf-8")
    with pytest.raises(ReferenceError, match="double-backward"):
        grader_of(course, sandbox, "double-backward").grade(read(RIGHT))


def test_a_reference_that_nothing_is_compared_with_is_not_run_for_who_did_not_attempt_the_exercise(
    course: Path, sandbox: Sandbox
) -> None:
    (course / "solutions" / "double-backward.py").write_text("import torch\n", "utf-8")
    report = grader_of(course, sandbox).grade(read("x = 1\n"))
    assert {exercise.status for exercise in report.exercises} == {"not_attempted"}
    assert not (course / "cache").exists()


def test_a_reference_that_cannot_be_judged_is_a_fault_of_the_grader(
    course: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, calls = Judge.judge, []

    def fail_for_the_reference(self: Judge, *arguments: object, **more: object) -> object:
        calls.append(self)
        if len(calls) == 2:
            raise RuntimeError("it broke")
        return judge(self, *arguments, **more)  # type: ignore[arg-type]  # handed on

    monkeypatch.setattr(Judge, "judge", fail_for_the_reference)
    with pytest.raises(SandboxError, match=r"double-backward\.py could not be judged: RuntimeError: it broke\."):
        grader_of(course, sandbox, "double-backward").grade(read(RIGHT))
    assert not (course / "cache").exists()


def test_a_fault_of_the_grader_costs_one_exercise(
    course: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    grader = grader_of(course, sandbox)
    grader.grade(read(RIGHT))  # now the references are known
    judge = Judge.judge

    def fail(self: Judge, *arguments: object, **more: object) -> object:
        if self is grader._judges["double-backward"]:
            raise RuntimeError("it broke")
        return judge(self, *arguments, **more)  # type: ignore[arg-type]  # handed on

    monkeypatch.setattr(Judge, "judge", fail)
    report = grader.grade(read(RIGHT))
    by_id = {exercise.id: exercise for exercise in report.exercises}
    assert by_id["double-backward"].status == "error"
    assert "RuntimeError: it broke" in by_id["double-backward"].message
    assert by_id["detach-semantics"].status == "not_attempted"
