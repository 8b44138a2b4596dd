"""Where only what is judged has changed, works judge again by runs that are kept, and find what a run would show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from grader.course.course import load_course
from grader.model import Job
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.references import ReferenceStore
from grader.sandbox.kept_runs import KeptRuns
from grader.sandbox.sandbox import Run, Sandbox
from grader.workbench.bench import Bench
from grader.workbench.grade_file import GradedFile, GradeFile
from grader.workbench.proofs.found_attempts import FindAttempt
from grader.workbench.work import Work
from tests.helpers.packs import OnSandbox
from tests.workbench.small_course import change


class Counting(Sandbox):
    """A sandbox that lists what it runs."""

    def __init__(self, inner: Sandbox) -> None:
        self._inner = inner
        self.ran: list[str] = []

    @property
    def isolation(self) -> Any:
        return self._inner.isolation

    @property
    def versions(self) -> Any:
        return self._inner.versions

    @property
    def support(self) -> Any:
        return self._inner.support

    def run(self, job: Job, *, within_s: float | None = None) -> Run:
        self.ran.append(job.file_name)
        return self._inner.run(job, within_s=within_s)


Do = Callable[..., tuple[Any, list[str]]]


@pytest.fixture
def do(small: Path, sandbox: Sandbox, store: ReferenceStore, tmp_path: Path) -> Do:
    """The result of a work on the course as it is now, and the names of submissions that ran for it."""

    def do(work: Work, *, kept: bool = True) -> tuple[Any, list[str]]:
        counting = Counting(sandbox)
        runs = KeptRuns(tmp_path / "kept") if kept else None
        bench = Bench(load_course(small), cast(OpenGrader, OnSandbox(counting, store)), kept_runs=runs)
        result = work.do(bench)
        path: Path = cast("Any", work).path
        # References run, too, which the work needs for judging.
        return result, [name for name in counting.ran if name in (path.name, "homework.py")]

    return do


def known(small: Path, name: str) -> Path:
    return small / f"solutions/mistakes/{name}/another_function.py"


def checks(result: GradedFile) -> list[tuple[str, str, str | None]]:
    return [(check.id, check.status, check.hint) for one in result.exercises for check in one.checks]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("exercises/cube.yaml", "title: The cubes", "title: All cubes"),
        ("exercises/cube.yaml", "kind: backward", "kind: backward\n    tolerance: 0.25"),
        ("rubrics/cube.yaml", "hint: Which", "hint: What"),
    ],
)
def test_a_known_submission_is_judged_again_and_does_not_run(
    small: Path, do: Do, file: str, old: str, new: str
) -> None:
    work = GradeFile(path=known(small, "cube"), exercises=("cube",))
    _, ran = do(work)
    assert ran == ["another_function.py"]
    change(small / file, old, new)
    again, ran = do(work)
    assert ran == []
    anew, _ = do(work, kept=False)
    assert again == anew
    assert checks(again)


def test_it_runs_again_where_a_check_looks_at_something_else(small: Path, do: Do) -> None:
    work = GradeFile(path=known(small, "cube"), exercises=("cube",))
    do(work)
    with (small / "exercises/cube.yaml").open("a") as exercise, (small / "rubrics/cube.yaml").open("a") as rubric:
        exercise.write("  - {id: start, kind: value, names: {x: [x]}, expect: {x: reference}}\n")
        rubric.write("  start: {points: 1}\n")
    _, ran = do(work)
    assert ran == ["another_function.py"]


def test_a_reference_runs_each_time(small: Path, do: Do) -> None:
    work = GradeFile(path=small / "solutions/cube.py", exercises=("cube",))
    for _ in range(2):
        _, ran = do(work)
        assert "cube.py" in ran


def test_attempts_are_found_again_by_one_exercise_of_the_run_for_all(small: Path, do: Do) -> None:
    works = [FindAttempt(path=known(small, "cube"), exercise=name) for name in ("cube", "square")]
    found, ran = do(FindAttempt.at_once(works))
    assert (found.exercises, ran) == ((), ["homework.py"])
    change(small / "exercises/cube.yaml", "leaf ** 3", "leaf ** 5")
    change(small / "exercises/cube.yaml", "3 * leaf ** 2", "5 * leaf ** 4")
    change(small / "solutions/cube.py", "x**3", "x**5")
    found, ran = do(works[0])
    assert (found.exercises, ran) == (("cube",), [])
    assert do(works[0], kept=False)[0] == found
