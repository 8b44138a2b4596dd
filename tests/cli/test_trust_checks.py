"""``--trust-checks``: kinds of a course's own in the commands, and a student's ``checks.py``, which nothing imports."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from grader.course.course_checks import WHERE_IMPORTED
from tests.course.test_course_checks import CHECKS, FILES, write
from tests.helpers.command_line import KeptWorkers, run_here


class Desk:
    """Where commands are run: with a course that has kinds of its own, and what a student handed in."""

    def __init__(self, folder: Path, home: Path, workers: KeptWorkers) -> None:
        self.folder = folder
        self._home, self._workers = home, workers
        self.course = write(folder / "cs101", {**FILES, "checks.py": CHECKS})
        self.homework = write(folder / "handed-in", {"homework.py": "a = 2\n"}) / "homework.py"

    def run(self, *arguments: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        return run_here(arguments, folder=folder or self.folder, home=self._home, workers=self._workers)


@pytest.fixture
def desk(tmp_path: Path, home: Path, workers: KeptWorkers) -> Desk:
    return Desk(tmp_path, home, workers)


def test_a_submission_is_graded_by_the_kind_of_the_course(desk: Desk) -> None:
    twice = ("--course", "cs101", "--trust-checks", "cs101")
    done = desk.run(desk.homework, "--exercise", "a", *twice, "--format", "json")
    (check,) = json.loads(done.stdout)["exercises"][0]["checks"]
    assert (check["kind"], check["status"], done.returncode) == ("lucky", "passed", 0)
    assert desk.run("exercises", *twice).returncode == 0
    assert "lucky" in desk.run("explain", "a", *twice).stdout
    schema = json.loads(desk.run("schema", "exercise", *twice).stdout)
    assert schema["$defs"]["Lucky"]["properties"]["number"]["description"] == "Any number."


def test_a_course_that_is_named_once_says_what_to_do(desk: Desk) -> None:
    for command in ((desk.homework, "--exercise", "a"), ("exercises",)):
        done = desk.run(*command, "--course", "cs101")
        assert done.returncode == 2
        assert "unknown kind `lucky`; known: answer" in done.stderr
        assert WHERE_IMPORTED in done.stderr


def test_what_a_student_brings_along_is_never_imported(desk: Desk) -> None:
    """A whole course beside the homework, with a checks.py that would do anything."""
    student, sign = desk.homework.parent, desk.folder / "imported"
    write(student, {**FILES, "checks.py": f"import pathlib\npathlib.Path({str(sign)!r}).touch()\n"})
    write(desk.folder / "own", {"course.yaml": "extends: ../handed-in\n"})
    base = ("--course", "own", "--trust-checks", "handed-in")
    for command, folder in (
        (("homework.py",), student),
        (("watch", "homework.py", "--course", ".", "--trust-checks", "."), student),
        ((".", "--course", ".", "--trust-checks", "."), student),
        (("handed-in", "--course", "handed-in", "--trust-checks", "handed-in"), desk.folder),
        (("batch", ".", "--course", "handed-in", "--trust-checks", "handed-in"), desk.folder),
        (("handed-in", *base), desk.folder),
        (("handed-in/homework.py", *base), desk.folder),
        (("watch", "handed-in/homework.py", *base), desk.folder),
        (("observe", "handed-in/homework.py", *base), desk.folder),
        (("batch", "handed-in", *base), desk.folder),
        (("explain", "a", "--try", "handed-in/homework.py", *base), desk.folder),
        (("exercises",), student),
        (("explain", "a"), student),
    ):
        done = desk.run(*command, folder=folder)
        assert done.returncode == 2, command
        assert "handed in" in done.stderr, command
        assert not sign.exists(), command
