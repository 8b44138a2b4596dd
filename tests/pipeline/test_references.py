"""The cache of reference observations: what is kept, what makes it stale, what a damaged entry costs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader import submission
from grader.course.course import load_course
from grader.course.course_folder import builtin_course
from grader.errors import ReferenceError
from grader.judging.judge import Judge
from grader.model import Job, Limits
from grader.pipeline.references import References, ReferenceStore
from grader.pipeline.settings import Settings
from grader.sandbox.sandbox import Run, Sandbox


class Counting:
    """A sandbox that counts the runs that go through it."""

    def __init__(self, sandbox: Sandbox, support: Path | None) -> None:
        self._sandbox = sandbox
        self.support = support
        self.runs = 0
        self.isolation = sandbox.isolation
        self.versions = sandbox.versions

    def run(self, job: Job, *, within_s: float | None = None) -> Run:
        self.runs += 1
        return self._sandbox.run(job, within_s=within_s)


class Bench:
    """A course of one exercise, a cache, and graders that share both."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._sandbox = sandbox
        self.cache = folder / "cache"
        self.course = folder / "course"
        for name in ("exercises", "rubrics", "solutions"):
            (self.course / name).mkdir(parents=True)
            for path in (builtin_course() / name).glob("double-backward.*"):
                shutil.copy(path, self.course / name)

    @property
    def solution(self) -> Path:
        return self.course / "solutions" / "double-backward.py"

    def runs(self, *, seed: int = 0, wall_s: float = 20.0) -> int:
        """How often something is run when a fresh grader is asked for the reference."""
        course = load_course(self.course)
        counting = Counting(self._sandbox, course.support)
        (item,) = course.exercises
        settings = Settings(exercises=(item,), basis="exercises", seed=seed, limits=Limits(wall_s=wall_s))
        judges = {item.exercise.id: Judge(item.exercise.id, item.exercise.checks, seed=seed)}
        store = ReferenceStore(self.cache)
        references = References(counting, settings, judges, store)  # type: ignore[arg-type]  # a stand-in
        observed = references.observe(item)
        assert observed.observation.events
        assert references.observe(item) is observed
        return counting.runs


@pytest.fixture
def bench(sandbox: Sandbox, tmp_path: Path) -> Bench:
    return Bench(sandbox, tmp_path)


def test_a_reference_is_run_once_and_then_read(bench: Bench) -> None:
    assert [bench.runs(), bench.runs()] == [1, 0]


def test_another_helper_module_is_another_run(bench: Bench) -> None:
    helper = bench.course / "support" / "draw" / "lines.py"
    counts = [bench.runs()]
    helper.parent.mkdir(parents=True)
    for text in ("x = 1\n", "x = 1\n", "x = 2\n"):
        helper.write_text(text)
        counts.append(bench.runs())
    assert counts == [1, 1, 0, 1]


def test_what_python_leaves_beside_a_helper_module_does_not_matter(bench: Bench) -> None:
    cached = bench.course / "support" / "__pycache__"
    cached.mkdir(parents=True)
    counts = [bench.runs()]
    (cached / "draw.cpython-311.pyc").write_bytes(b"1")
    assert [*counts, bench.runs()] == [1, 0]


def test_another_solution_is_another_run(bench: Bench) -> None:
    bench.runs()
    bench.solution.write_text(bench.solution.read_text("utf-8") + "\n# mended\n", encoding="utf-8")
    assert bench.runs() == 1


def test_another_exercise_seed_or_limit_is_another_run(bench: Bench) -> None:
    bench.runs()
    assert bench.runs(seed=1) == 1
    assert bench.runs(wall_s=10.0) == 1
    path = bench.course / "exercises" / "double-backward.yaml"
    path.write_text(path.read_text("utf-8").replace("passes >= 2", "passes > 1"), encoding="utf-8")
    assert bench.runs() == 1


def test_a_damaged_entry_is_run_again(bench: Bench) -> None:
    bench.runs()
    (entry,) = bench.cache.iterdir()
    entry.write_bytes(entry.read_bytes()[:-1])
    assert [bench.runs(), bench.runs()] == [1, 0]


def test_a_cache_that_cannot_be_written_is_done_without(bench: Bench) -> None:
    bench.cache.write_text("a file where the folder should be")
    assert [bench.runs(), bench.runs()] == [1, 1]


def test_a_reference_that_fails_is_not_kept(bench: Bench) -> None:
    bench.solution.write_text("import torch\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ReferenceError, match=r"double-backward\.py: the reference solution"):
            bench.runs()
    assert not bench.cache.exists()


def test_the_reference_of_a_notebook_is_a_notebook_too(bench: Bench) -> None:
    import nbformat

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(bench.solution.read_text("utf-8"))])
    bench.solution.unlink()
    path = bench.solution.with_suffix(".ipynb")
    nbformat.write(notebook, path)
    assert submission.load(str(path)).format == "ipynb"
    assert bench.runs() == 1
