"""The way of a submission through all stages: which references are run for it, and what a fault of ours costs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader import submission
from grader.course.course import load_course
from grader.course.named_courses import builtin_course
from grader.errors import ReferenceError, SandboxError
from grader.judging.judge import Judge
from grader.model import Job, Limits, Submission
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings
from grader.sandbox.sandbox import Run, Sandbox
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


def grader_of(course: Path, sandbox: Sandbox, *asked: str, skip_broken: bool = False) -> Grader:
    loaded = load_course(course)
    settings = Settings(
        exercises=loaded.select(asked),
        basis="exercises" if asked else "found",
        seed=0,
        limits=Limits(),
        handout=loaded.handout,
        skip_broken=skip_broken,
    )
    return Grader(sandbox, settings, ReferenceStore(course / "cache"))


BROKEN = "import torch\nundefined\n"


def break_reference(course: Path, exercise: str) -> None:
    (course / "solutions" / f"{exercise}.py").write_text(BROKEN, "utf-8")


def test_a_failing_reference_of_an_exercise_that_was_asked_for_is_the_instructors_error(
    course: Path, sandbox: Sandbox
) -> None:
    for exercise in EXERCISES:
        break_reference(course, exercise)
    with pytest.raises(ReferenceError) as raised:
        grader_of(course, sandbox, *EXERCISES).grade(read("x = 1\n"))
    for exercise in EXERCISES:
        assert f"{exercise}.py:2: raised NameError: name 'undefined' is not defined" in str(raised.value)


def test_a_failing_reference_that_nobody_asked_for_blocks_nothing(course: Path, sandbox: Sandbox) -> None:
    break_reference(course, "detach-semantics")
    report = grader_of(course, sandbox).grade(read(RIGHT))
    right, broken = report.exercises
    assert (right.id, right.status, broken.id, broken.status) == (
        *("double-backward", "graded"),
        *("detach-semantics", "error"),
    )
    assert (report.score, report.max_score) == (right.max_score, right.max_score)
    assert (report.passed, report.complete) == (True, False)
    assert (broken.broken_reference, broken.named, broken.checks) == (True, False, ())
    assert "the course's own reference solution fails this exercise" in broken.message
    assert broken.message.endswith("solutions/detach-semantics.py:2: raised NameError: name 'undefined' is not defined")


def test_whether_the_submission_names_the_exercise_of_a_failing_reference_is_told(
    course: Path, sandbox: Sandbox
) -> None:
    break_reference(course, "detach-semantics")
    report = grader_of(course, sandbox).grade(read("# %% detach semantics\nx = 1\n"))
    by_id = {exercise.id: exercise for exercise in report.exercises}
    assert by_id["detach-semantics"].named
    assert by_id["double-backward"].status == "not_attempted"
    assert (report.score, report.max_score, report.passed) == (0, 0, False)


def test_an_exercise_that_was_asked_for_can_be_skipped(course: Path, sandbox: Sandbox) -> None:
    break_reference(course, "detach-semantics")
    report = grader_of(course, sandbox, *EXERCISES, skip_broken=True).grade(read(RIGHT))
    assert [exercise.status for exercise in report.exercises] == ["graded", "error"]
    assert report.score == report.max_score > 0
    assert not report.complete


def test_an_exercise_with_mistakes_that_nobody_asked_for_blocks_nothing(course: Path, sandbox: Sandbox) -> None:
    (course / "rubrics" / "detach-semantics.yaml").unlink()
    report = grader_of(course, sandbox).grade(read(RIGHT))
    right, unfinished = report.exercises
    assert (right.status, unfinished.status, unfinished.broken_reference) == ("graded", "error", True)
    assert unfinished.message == (
        "It could not be graded, because the exercise's own files in the course are not right. That is no mistake in "
        "the submission. rubrics/detach-semantics.yaml has a mistake."
    )
    assert report.score == report.max_score > 0
    assert grader_of(course, sandbox, "double-backward").grade(read(RIGHT)).passed


def test_an_exercise_with_mistakes_that_was_asked_for_is_the_instructors_error(course: Path, sandbox: Sandbox) -> None:
    for folder in ("rubrics", "solutions"):
        (course / folder / f"detach-semantics.{'py' if folder == 'solutions' else 'yaml'}").unlink()
    with pytest.raises(ReferenceError) as raised:
        grader_of(course, sandbox, *EXERCISES).grade(read(RIGHT))
    rubric, solution, advice = str(raised.value).splitlines()
    assert rubric.endswith("detach-semantics.yaml: is missing; it says what each check of `detach-semantics` is worth")
    assert "detach-semantics.py: is missing" in solution
    assert advice == "Nothing was graded. Mend this exercise."
    report = grader_of(course, sandbox, *EXERCISES, skip_broken=True).grade(read(RIGHT))
    assert [exercise.status for exercise in report.exercises] == ["graded", "error"]


def test_a_line_of_a_reference_that_python_cannot_read_is_said_also_where_the_others_pass(
    course: Path, sandbox: Sandbox
) -> None:
    solution = course / "solutions" / "double-backward.py"
    solution.write_text(f"{RIGHT}\ny = = x\n", "utf-8")
    with pytest.raises(ReferenceError, match=rf"double-backward\.py:{len(RIGHT.splitlines()) + 2}: raised SyntaxError"):
        grader_of(course, sandbox, "double-backward").grade(read(RIGHT))


def test_references_are_judged_before_a_submission_runs(
    course: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    run = Sandbox.run

    def note(self: Sandbox, job: Job, **more: float | None) -> Run:
        ran.append(job.file_name)
        return run(self, job, **more)

    monkeypatch.setattr(Sandbox, "run", note)
    grader = grader_of(course, sandbox)
    grader.grade(read("x = 1\n"))
    grader.grade(read("x = 2\n"))
    assert ran == ["detach-semantics.py", "double-backward.py", "homework.py", "homework.py"]


def test_a_reference_that_cannot_be_judged_is_a_fault_of_the_grader(
    course: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Judge, *arguments: object, **more: object) -> object:
        raise RuntimeError("it broke")

    monkeypatch.setattr(Judge, "judge", fail)
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
