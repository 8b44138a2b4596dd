"""`grade explain`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.helpers.command_line import run_in_process


def grade(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return run_in_process(["explain", *arguments], folder=folder, environment={})


def test_an_exercise_of_a_course_in_every_format(tmp_path: Path) -> None:
    assert run_in_process(["new", "--course", "cs101"], folder=tmp_path, environment={}).returncode == 0
    screen = grade(tmp_path, "first-exercise", "--course", "cs101")
    assert (screen.returncode, screen.stderr) == (0, "")
    assert "  Counts if  output is leaf × sin(leaf)\n" in screen.stdout
    assert "The reference solution is solutions/first-exercise.py." in screen.stdout
    assert "1 known submission: 1 wrong." in screen.stdout

    page = grade(tmp_path / "cs101", "first-exercise", "--format", "markdown")
    assert page.stdout.startswith("# The slope of x times its sine\n")
    document = json.loads(grade(tmp_path / "cs101", "first-exercise", "--format", "json").stdout)
    assert document["format"] == "grader.explanation/1"
    assert document["explanation"]["solution"] == "solutions/first-exercise.py"

    student = grade(tmp_path / "cs101", "first-exercise", "--format", "json", "--audience", "student")
    assert json.loads(student.stdout)["explanation"]["solution"] == ""


def test_an_exercise_that_is_not_there_or_has_mistakes_is_refused(tmp_path: Path) -> None:
    assert run_in_process(["new", "--course", "."], folder=tmp_path, environment={}).returncode == 0
    done = grade(tmp_path, "first-exercis")
    assert done.returncode == 2
    assert "there is no exercise `first-exercis` in this course; did you mean `first-exercise`?" in done.stderr
    path = tmp_path / "exercises" / "first-exercise.yaml"
    path.write_text(path.read_text("utf-8").replace("given: output", "given: outputs"), encoding="utf-8")
    done = grade(tmp_path, "first-exercise")
    assert done.returncode == 2
    assert "outputs" in done.stderr
    assert ".yaml:" in done.stderr
