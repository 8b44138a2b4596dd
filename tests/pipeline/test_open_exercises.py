"""A file with very many functions: those of a listed name are called first, the others where something stays open."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import submission
from grader.course.course import load_course
from grader.model import Job, Report
from grader.pipeline.grader import Grader
from grader.pipeline.options import GradingOptions
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import settings_of
from grader.runtime.protocol.record import MAX_CALLS_AT_ONCE
from grader.sandbox.sandbox import Run, Sandbox

EXERCISE = """\
id: {id}
title: {title}
statement: Write a function `{name}`.
checks:
  - id: values
    kind: function
    function: [{name}, any]
    inputs: [{{normal: [3], count: 8}}]
    expect: {{output: input ** {power}}}
  - id: gradients
    kind: function
    function: values
    expect: {{gradient: {power} * input ** ({power} - 1)}}
"""
RUBRIC = "exercise: {id}\nchecks:\n  values: {{points: 2}}\n  gradients: {{points: 1}}\n"
POWERS = {"square": 2, "cube": 3}
HELPERS = "\n".join(f"def helper_{n}(x):\n    return {n + 10} * x\n" for n in range(40))
"""With 8 inputs each, more calls than are made at once."""
SQUARE = "def square(x):\n    return x ** 2\n"
CUBE = "def cube(x):\n    return x ** 3\n"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for folder in ("exercises", "rubrics", "solutions"):
        (tmp_path / folder).mkdir()
    for name, power in POWERS.items():
        said = EXERCISE.format(id=f"the-{name}", title=f"The {name}", name=name, power=power)
        (tmp_path / f"exercises/the-{name}.yaml").write_text(said, "utf-8")
        (tmp_path / f"rubrics/the-{name}.yaml").write_text(RUBRIC.format(id=f"the-{name}"), "utf-8")
        (tmp_path / f"solutions/the-{name}.py").write_text(f"def {name}(x):\n    return x ** {power}\n", "utf-8")
    return tmp_path


class TestGrading:
    @pytest.fixture
    def jobs(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> list[Job]:
        """The runs of the submission."""
        found: list[Job] = []
        run = sandbox.run

        def noting(job: Job, *, within_s: float | None = None) -> Run:
            if job.file_name == "homework.py":
                found.append(job)
            return run(job, within_s=within_s)

        monkeypatch.setattr(sandbox, "run", noting)
        return found

    def grade(self, code: str, course: Path, sandbox: Sandbox) -> Report:
        loaded = load_course(course)
        settings = settings_of(loaded, GradingOptions(course=course))
        grader = Grader(sandbox, settings, ReferenceStore(course / "kept"))
        return grader.grade(submission.read(("import torch\n" + code).encode(), "homework.py"))

    def test_what_passes_by_its_listed_name_is_decided_by_one_run(
        self, course: Path, sandbox: Sandbox, jobs: list[Job]
    ) -> None:
        assert MAX_CALLS_AT_ONCE < 2 * 8 * 40
        report = self.grade(HELPERS + SQUARE + CUBE, course, sandbox)
        assert {each.id: each.score for each in report.exercises} == {"the-cube": 3, "the-square": 3}
        assert [job.probes.named_first for job in jobs] == [True]

    def test_an_answer_of_another_name_counts_beside_a_wrong_one_of_the_listed_name(
        self, course: Path, sandbox: Sandbox, jobs: list[Job]
    ) -> None:
        wrong = "def cube(x):\n    return x * x * 3\n\ndef third_power(x):\n    return x * x * x\n"
        report = self.grade(HELPERS + SQUARE + wrong, course, sandbox)
        assert {each.id: each.score for each in report.exercises} == {"the-cube": 3, "the-square": 3}
        first, further = jobs
        assert (first.probes.named_first, further.probes.named_first) == (True, False)
        # Only what stayed open is called again.
        assert {call.functions for call in first.probes.calls} == {("square", "any"), ("cube", "any")}
        assert {call.functions for call in further.probes.calls} == {("cube", "any")}

    def test_a_wrong_answer_is_told_what_is_wrong(self, course: Path, sandbox: Sandbox, jobs: list[Job]) -> None:
        report = self.grade(HELPERS + SQUARE + "def cube(x):\n    return 2 * x ** 3\n", course, sandbox)
        square, cube = report.exercises
        assert (cube.score, square.score, len(jobs)) == (0, 3, 2)
        assert "`cube`" in cube.checks[0].message
        assert "2 times" in cube.checks[0].message

    def test_without_a_listed_name_all_are_called_at_once(
        self, course: Path, sandbox: Sandbox, jobs: list[Job]
    ) -> None:
        others = "def f(x):\n    return x ** 2\n\ndef g(x):\n    return x ** 3\n"
        report = self.grade(HELPERS + others, course, sandbox)
        assert {each.id: each.score for each in report.exercises} == {"the-cube": 3, "the-square": 3}
        assert len(jobs) == 1

    def test_few_functions_are_called_at_once(self, course: Path, sandbox: Sandbox, jobs: list[Job]) -> None:
        wrong = "def cube(x):\n    return x * x * 3\n\ndef third_power(x):\n    return x * x * x\n"
        report = self.grade(SQUARE + wrong, course, sandbox)
        assert {each.id: each.score for each in report.exercises} == {"the-cube": 3, "the-square": 3}
        assert len(jobs) == 1
