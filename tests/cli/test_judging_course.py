"""Which course judged is said everywhere; one that may be the student's own is never taken silently."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from grader.cli import batch, watch
from grader.course.course_folder import find_course
from grader.course.named_courses import builtin_course
from grader.sandbox.sandbox import Sandbox
from tests.helpers.class_in_process import ClassInProcess, SharedSandboxes
from tests.helpers.class_of import RIGHT, Class, course_of
from tests.helpers.command_line import KeptWorkers, run_here

NOTICE = (
    "Judged by the course `eve`, which was found from the current folder upwards. It shares a folder with what was "
    "handed in: if that folder is a student's, so may the course be, and --course names the one that is meant."
)
NO_PACK = {"covered": None, "whole": None}
BUILT_IN = {"name": "built-in", "source": "built-in", "holds_submission": False, **NO_PACK}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A student's repository, with a course of the student's own beside the homework."""
    folder = course_of(["double-backward"], tmp_path / "class" / "eve")
    (folder / "support").rmdir()
    (folder / "hw.py").write_text(RIGHT)
    return folder


@pytest.fixture(scope="module")
def sandboxes(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedSandboxes]:
    shared = SharedSandboxes(sandbox, tmp_path_factory.mktemp("support"))
    yield shared
    shared.close()


def test_the_report_says_which_course_judged(checkout: Path, home: Path, workers: KeptWorkers) -> None:
    def graded(*arguments: object, folder: Path) -> Mapping[str, object]:
        done = run_here((*arguments, "--format", "json"), folder=folder, home=home, workers=workers)
        report: Mapping[str, object] = json.loads(done.stdout)
        assert str(checkout) not in json.dumps(report["course"])
        return report

    inside = graded("hw.py", folder=checkout)
    assert inside["course"] == {"name": "eve", "source": "found", "holds_submission": True, **NO_PACK}
    assert inside["run"]["notices"][0] == NOTICE  # type: ignore[index]
    elsewhere = graded(checkout / "hw.py", "--exercise", "double-backward", folder=checkout.parents[1])
    assert (elsewhere["course"], elsewhere["run"]["notices"]) == (BUILT_IN, [])  # type: ignore[index]
    named = graded("hw.py", "--course", ".", folder=checkout)
    assert named["course"] == {"name": "eve", "source": "option", "holds_submission": False, **NO_PACK}
    shown = run_here(("hw.py",), folder=checkout, home=home, workers=workers).stdout
    assert "\nCourse: eve\n" in shown
    assert "\nNote: Judged by the course `eve`, which was found" in shown


def test_a_class_names_it_in_every_export(
    checkout: Path, tmp_path: Path, home: Path, sandboxes: SharedSandboxes
) -> None:
    (tmp_path / "semester").mkdir()
    klass: Class = ClassInProcess(tmp_path / "semester", home, sandboxes)
    checkout.rename(klass.folder / "class" / "eve")
    klass.hand_in({"ada.py": f"{RIGHT}print(1)\n"})
    done = klass.batch()
    assert "\nCourse: built-in\n" in done.stderr
    assert "Judged by" not in done.stderr
    assert klass.scores() == {"ada": 4, "eve": 4}
    lines = klass.grade("results", "--jsonl").stdout.splitlines()
    assert [json.loads(line)["course"] for line in lines] == [BUILT_IN, BUILT_IN]
    for table in ("otter", "nbgrader"):
        exported = klass.grade("results", "--csv", table)
        heading, *rows = exported.stdout.splitlines()
        assert heading.endswith(",course")
        assert all(row.endswith(",built-in") for row in rows)
        assert "Course: built-in\n" in exported.stderr
    assert "\nCourse: built-in\n" in klass.grade("results").stdout


@pytest.mark.parametrize(
    ("folder", "given", "holds"),
    [
        ("class/eve", "..", True),
        ("class/eve/exercises", "..", True),
        ("class/eve", "../ada", False),
        (".", "class", False),
    ],
)
def test_a_batch_sees_that_the_course_lies_with_the_class(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, given: str, holds: bool
) -> None:
    monkeypatch.chdir(tmp_path / folder)
    options = batch.parse([given, "--exercise", "double-backward"])
    asked = options.grading(find_course(Path.cwd()), given=[options.folder])
    assert asked.holds_submission is holds
    assert asked.course_source == ("found" if folder != "." else "built-in")
    assert asked.course == (checkout if folder != "." else builtin_course())


def test_watching_sees_it_too(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(checkout)
    options = watch.parse(["hw.py"])
    assert options.grading(find_course(Path.cwd()), given=[options.file]).holds_submission
