"""Assignments on the command line: which one a submission is graded for, and what is listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.cli import assignments, exercises, handout
from grader.course.named_courses import builtin_course
from grader.errors import ExerciseError, UsageError
from tests.cli.test_grade import Grade
from tests.helpers.class_of import RIGHT
from tests.helpers.command_line import KeptWorkers

HW2 = """
id: hw2
title: Homework 2
exercises:
  - {exercise: double-backward, number: 2, points: 10}
  - {exercise: sin-derivative, number: 3, bonus: true}
due: 2026-12-04 23:59 Europe/Berlin
late: {penalty: 10 %, per: day, until: 3 days}
"""
HW3 = "id: hw3\ntitle: Homework 3\nexercises: [sin-derivative, double-backward]\n"


@pytest.fixture
def grade(tmp_path: Path, home: Path, workers: KeptWorkers) -> Grade:
    """Grades in this process, in a course of two exercises and two assignments."""
    run = Grade(tmp_path, home, workers)
    for folder in ("exercises", "rubrics", "solutions"):
        for name in ("double-backward", "sin-derivative"):
            for path in (builtin_course() / folder).glob(f"{name}.*"):
                run.write(f"{folder}/{path.name}", path.read_text(encoding="utf-8"))
    run.write("assignments/hw2.yaml", HW2)
    run.write("assignments/hw3.yaml", HW3)
    return run


def notebook(code: str, **metadata: object) -> str:
    cell = {"cell_type": "code", "source": code, "metadata": {}, "outputs": [], "execution_count": None}
    return json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def test_all_of_an_assignment_counts_with_its_points_and_a_bonus_is_no_duty(grade: Grade) -> None:
    path = grade.write("work.py", RIGHT)
    done = grade(path, "--assignment", "hw2", "--format", "json")
    result = json.loads(done.stdout)
    assert (result["basis"], result["assignment"], result["assignment_title"]) == ("assignment", "hw2", "Homework 2")
    assert (result["score"], result["max_score"], result["passed"], done.returncode) == (10, 10, True, 0)
    assert [(one["id"], one["number"], one["bonus"], one["status"]) for one in result["exercises"]] == [
        ("double-backward", "2", False, "graded"),
        ("sin-derivative", "3", True, "not_attempted"),
    ]
    required = grade(path, "--assignment", "hw3", "--format", "json")
    result = json.loads(required.stdout)
    assert (result["score"], result["max_score"], result["passed"], required.returncode) == (4, 8, False, 1)


def test_the_same_is_all_that_was_found_where_nothing_was_asked_for(grade: Grade) -> None:
    done = grade(grade.write("work.py", RIGHT))
    assert done.returncode == 0
    assert "All that was found passed." in done.stdout
    assert "verything asked for" not in done.stdout


@pytest.mark.parametrize(
    ("name", "text", "assignment", "notice"),
    [
        ("hw2-ada.py", RIGHT, "hw2", "the name of the file or of its folder names"),
        ("hw3/ada.py", RIGHT, "hw3", "the name of the file or of its folder names"),
        ("hw3/hw2.py", RIGHT, "hw2", "the name of the file or of its folder names"),
        ("hw2.ipynb", notebook(RIGHT, grader={"assignment": "hw3"}), "hw3", "the notebook's metadata names"),
        ("a.ipynb", notebook(RIGHT, grader={"assignment": "hw9"}), "", "hw9`, which this course does not have"),
        ("work.py", RIGHT, "", ""),
    ],
)
def test_what_names_the_assignment(grade: Grade, name: str, text: str, assignment: str, notice: str) -> None:
    done = grade(grade.write(name, text), "--format", "json")
    assert json.loads(done.stdout)["assignment"] == assignment
    assert notice in done.stderr
    assert bool(done.stderr) == bool(notice)


def test_the_courses_default_is_for_whom_nothing_names_another(grade: Grade) -> None:
    grade.write("course.yaml", "default: hw3\n")
    results = grade.json(grade.write("a/work.py", RIGHT), grade.write("a/hw2.py", RIGHT))
    assert [one["assignment"] for one in results] == ["hw3", "hw2"]
    asked = grade.json("a/hw2.py", "--exercise", "double-backward")
    assert (asked["basis"], asked["assignment"], asked["max_score"]) == ("exercises", "hw2", 10)
    other = grade.json("a/hw2.py", "--assignment", "hw3")
    assert (other["basis"], other["assignment"]) == ("assignment", "hw3")


def test_an_unknown_assignment_is_wrong_usage_and_lists_the_known(grade: Grade) -> None:
    done = grade(grade.write("work.py", RIGHT), "--assignment", "hw4")
    assert done.returncode == 2
    assert "there is no assignment `hw4` in this course" in done.stderr
    assert "hw2, hw3" in done.stderr


def test_a_broken_assignment_grades_nobody(grade: Grade) -> None:
    grade.write("assignments/hw3.yaml", HW3.replace("sin-derivative", "sine"))
    done = grade(grade.write("work.py", RIGHT))
    assert done.returncode == 2
    assert "assignments/hw3.yaml:3: exercises[0]: there is no exercise `sine` in this course" in done.stderr


class TestTheHandout:
    """What the assignment names as its handout is no answer; `grade handout` shows its fingerprints."""

    @pytest.fixture(autouse=True)
    def _given(self, grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(grade.folder)
        grade.write("handout/hw2.ipynb", notebook(RIGHT))
        grade.write("assignments/hw2.yaml", HW2 + "handout: handout/hw2.ipynb\n")

    def test_handed_back_it_is_no_attempt(self, grade: Grade) -> None:
        path = grade.write("work.py", RIGHT)
        statuses = [one["status"] for one in grade.json(path, "--assignment", "hw2")["exercises"]]
        assert statuses == ["not_attempted", "not_attempted"]
        assert grade.json(path, "--assignment", "hw3")["exercises"][1]["status"] == "graded"

    def test_its_fingerprints_are_those_of_the_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert handout.main(["--assignment", "hw2"]) == 0
        named = capsys.readouterr().out
        assert handout.main(["handout/hw2.ipynb"]) == 0
        assert capsys.readouterr().out == named
        assert "documents:" in named

    def test_an_assignment_without_one_says_so(self) -> None:
        with pytest.raises(UsageError, match="`hw3` names no `handout`"):
            handout.main(["--assignment", "hw3"])

    def test_a_handout_that_cannot_be_read_is_the_courses_mistake(self, grade: Grade) -> None:
        grade.write("handout/hw2.ipynb", "{")
        done = grade(grade.write("work.py", RIGHT), "--assignment", "hw2")
        assert done.returncode == 2
        assert "The handout of the assignment `hw2` cannot be read." in done.stderr


class TestLists:
    @pytest.fixture(autouse=True)
    def _in_course(self, grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(grade.folder)
        monkeypatch.setenv("COLUMNS", "100")

    def test_of_the_assignments(self, capsys: pytest.CaptureFixture[str], grade: Grade) -> None:
        grade.write("course.yaml", "default: hw3\n")
        assert assignments.main([]) == 0
        rows = [line.split() for line in capsys.readouterr().out.splitlines()]
        assert rows[1] == ["hw2", "Homework", "2", "2", "Fri", "2026-12-04", "23:59", "Europe/Berlin"]
        assert rows[2] == ["hw3", "default", "Homework", "3", "2"]

    def test_of_what_an_assignment_asks_for(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert assignments.main(["hw2"]) == 0
        said = capsys.readouterr().out
        assert "Due Fri 2026-12-04 23:59 Europe/Berlin." in said
        assert "Late: 10 % of the points are taken away for each begun day; after 3 days, nothing is" in said
        assert ["2", "double-backward", "Backward,", "twice", "10"] in [line.split() for line in said.splitlines()]
        assert "10 points in all, and 4 as a bonus." in said

    def test_of_the_exercises(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert exercises.main([]) == 0
        assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]] == [
            "double-backward",
            "sin-derivative",
        ]
        assert exercises.main(["--assignment", "hw3"]) == 0
        assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]] == [
            "sin-derivative",
            "double-backward",
        ]

    def test_of_what_an_exercise_asks(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert exercises.main(["double-backward"]) == 0
        said = capsys.readouterr().out
        assert "Backward, twice  double-backward, 4 points" in said
        assert "Run `backward()` on your result" in said

    def test_of_those_that_are_right_beside_one_with_mistakes(self, capsys: pytest.CaptureFixture[str]) -> None:
        rubric = Path("rubrics/sin-derivative.yaml")
        content = rubric.read_text("utf-8")
        rubric.unlink()
        try:
            with pytest.raises(ExerciseError, match=r"sin-derivative\.yaml: is missing"):
                exercises.main([])
            assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]] == ["double-backward"]
            assert exercises.main(["double-backward"]) == 0
        finally:
            rubric.write_text(content, "utf-8")

    def test_an_unknown_one_is_wrong_usage(self) -> None:
        with pytest.raises(UsageError, match=r"there is no exercise `sine`.*known: double-backward, sin-derivative"):
            exercises.main(["sine"])
        with pytest.raises(UsageError, match=r"there is no assignment `hw4`"):
            assignments.main(["hw4"])
