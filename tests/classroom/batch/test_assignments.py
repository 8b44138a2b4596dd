"""A class that is graded for an assignment, and batches that would take the place of another class or homework."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.class_of import RIGHT, Class, course_of

HW2 = """
id: hw2
title: Homework 2
exercises:
  - {exercise: double-backward, number: 2, points: 10}
  - {exercise: sin-derivative, number: 3, bonus: true}
due: 2026-12-04 23:59 Europe/Berlin
late: {penalty: 10 %, per: day, until: 3 days}
"""
HW3 = "id: hw3\ntitle: Homework 3\nexercises: [sin-derivative]\n"
SINE = """
import torch
import matplotlib.pyplot as plt
x = torch.linspace(-3, 3, 50, requires_grad=True)
y = torch.sin(x)
y.sum().backward()
plt.plot(x.detach(), y.detach())
plt.plot(x.detach(), x.grad)
"""
NOTHING = "x = 1\n"


@pytest.fixture
def without_assignments(klass: Class) -> Path:
    return course_of(("double-backward", "sin-derivative"), klass.folder / "course")


@pytest.fixture
def course(without_assignments: Path) -> Path:
    folder = without_assignments
    (folder / "assignments").mkdir()
    (folder / "assignments" / "hw2.yaml").write_text(HW2)
    (folder / "assignments" / "hw3.yaml").write_text(HW3)
    return folder


def make_zip(path: Path, files: Mapping[str, str]) -> str:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path.name


def gradescope(path: Path, people: Mapping[str, tuple[str, str]]) -> str:
    """An export of Gradescope: the time of handing in and the code of each person."""
    metadata, files = "", {}
    for number, (name, (time, code)) in enumerate(people.items(), start=1):
        metadata += f"submission_{number}:\n  :submitters:\n  - :name: {name}\n    :sid: '{name}'\n"
        metadata += f"  :created_at: {time} Z\n"
        files[f"submission_{number}/work.py"] = code
    return make_zip(path, {"submission_metadata.yml": metadata, **files})


def lines(klass: Class, *arguments: object) -> list[dict[str, Any]]:
    return [json.loads(line) for line in klass.grade("results", "--jsonl", *arguments).stdout.splitlines()]


def totals(klass: Class, *arguments: object) -> dict[str, tuple[float, float]]:
    return {one["student"]["name"]: (one["score"], one["max_score"]) for one in lines(klass, *arguments)}


def test_a_class_is_graded_for_its_assignment_and_changes_of_it_run_nothing(klass: Class, course: Path) -> None:
    gradescope(
        klass.folder / "export.zip",
        {
            "ada": ("2026-12-04 22:59:00", RIGHT + SINE),  # the moment when it is due
            "bob": ("2026-12-06 00:00:00", RIGHT),  # 25 hours later
            "eve": ("2026-12-09 00:00:00", RIGHT),  # after the last time
            "kim": ("2026-12-01 00:00:00", NOTHING),
        },
    )
    batch = ("batch", "export.zip", "--course", course, "--assignment", "hw2")
    done = klass.grade(*batch)
    assert "4 students of hw2: 3 passed, 1 failed, 0 broken." in done.stderr, done.stderr
    assert done.returncode == 1
    ada, bob, eve, kim = lines(klass)
    assert (ada["assignment"], ada["assignment_title"], ada["basis"]) == ("hw2", "Homework 2", "assignment")
    assert [(one["id"], one["number"], one["bonus"]) for one in kim["exercises"]] == [
        ("double-backward", "2", False),
        ("sin-derivative", "3", True),
    ]
    bonus = ada["exercises"][1]["score"]
    assert bonus > 0
    assert [(one["score"], one["max_score"]) for one in (ada, bob, eve, kim)] == [
        (10 + bonus, 10),
        (8, 10),
        (0, 10),
        (0, 10),
    ]
    assert [one["passed"] for one in (ada, bob, eve, kim)] == [True, True, True, False]
    assert (ada["late"], ada["lateness"], ada["handed_in_at"]) == (False, None, "2026-12-04T22:59:00Z")
    assert (bob["lateness"]["periods"], bob["lateness"]["score_before"], bob["lateness"]["penalty"]) == (2, 10, 2)
    assert (eve["lateness"]["ended"], eve["lateness"]["score_before"]) == (True, 10)

    shown = klass.grade("results", "--student", "bob").stdout
    assert "2. Backward, twice" in shown
    assert "Late by 1 day 1 h, at 2026-12-06 01:00: 20 % of 10 points" in shown

    changed = HW2.replace("points: 10", "points: 20").replace("10 %", "25 %").replace("2026-12-04", "2026-12-05")
    (course / "assignments" / "hw2.yaml").write_text(changed)
    again = klass.grade(*batch)
    assert "4 files: 0 graded" in again.stderr
    assert "3 marked again, 1 unchanged" in again.stderr  # two are alike
    scores = totals(klass)
    assert scores == {"ada": (20 + bonus, 20), "bob": (15, 20), "eve": (0, 20), "kim": (0, 20)}
    documents = klass.folder / "documents"
    klass.grade("results", "--documents", documents)
    written = json.loads((documents / "submission_2" / "work.py.json").read_text())
    assert (written["score"], written["max_score"]) == (20, 20)


def test_each_homework_has_a_name_of_its_own_also_where_the_archives_are_called_alike(
    klass: Class, course: Path
) -> None:
    make_zip(klass.folder / "submissions.zip", {"ada.py": RIGHT, "bob.py": NOTHING})
    klass.grade("batch", "submissions.zip", "--course", course, "--assignment", "hw2")
    make_zip(klass.folder / "submissions.zip", {"ada.py": SINE, "bob.py": SINE})
    klass.grade("batch", "submissions.zip", "--course", course, "--assignment", "hw3")
    assert totals(klass, "--assignment", "hw2")["ada"] == (10, 10)
    (ada, bob) = lines(klass, "--assignment", "Homework 3")
    assert ada["assignment"] == bob["assignment"] == "hw3"
    assert ada["score"] == ada["max_score"] > 0
    unknown = klass.grade("results", "--assignment", "hw4")
    assert unknown.returncode == 2
    assert "hw2 (Homework 2); hw3 (Homework 3)" in unknown.stderr


def test_another_homework_or_class_under_one_name_is_refused_before_anything_is_graded(klass: Class) -> None:
    def hand_in(people: Iterable[str], code: str) -> None:
        make_zip(klass.folder / "submissions.zip", {f"{name}/work.py": f"# {name}\n{code}" for name in people})

    def batch(*options: object) -> Any:
        return klass.grade("batch", "submissions.zip", *options)

    hand_in(["ada", "bob", "eve"], RIGHT)
    batch("--exercise", "double-backward")
    before = lines(klass)

    hand_in(["ada", "bob", "eve"], SINE)
    other_exercises = batch("--exercise", "sin-derivative")
    assert other_exercises.returncode == 2
    assert "graded for double-backward, and this batch is for sin-derivative. Nothing was graded." in (
        other_exercises.stderr
    )
    hand_in(["kim", "max", "ada", "zoe"], RIGHT)
    other_class = batch("--exercise", "double-backward")
    assert other_class.returncode == 2
    assert "Of the 3 students known under `submissions`, 1 comes back in this batch of 4" in other_class.stderr
    assert "--add" in other_class.stderr
    assert "--replace" in other_class.stderr
    assert lines(klass) == before

    assert batch("--exercise", "double-backward", "--add").returncode == 0
    assert list(totals(klass)) == ["ada", "bob", "eve", "kim", "max", "zoe"]
    hand_in(["max"], RIGHT)
    assert "1 student of submissions: 1 passed" in batch("--exercise", "double-backward", "--replace").stderr
    assert list(totals(klass)) == ["max"]
    assert batch("--exercise", "double-backward", "--add", "--replace").returncode == 2


def test_a_file_that_names_another_assignment_is_graded_for_this_one_and_that_is_said(
    klass: Class, course: Path
) -> None:
    (course / "course.yaml").write_text("default: hw2\n")
    cell = {"cell_type": "code", "source": RIGHT, "metadata": {}, "outputs": [], "execution_count": None}
    metadata = {"grader": {"assignment": "hw3"}}
    notebook = json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})
    klass.hand_in({"ada/hw3-ada.py": RIGHT, "bob/hw2.py": RIGHT, "eve/work.ipynb": notebook})
    done = klass.grade("batch", "class", "--course", course)
    assert "3 students of hw2: 3 passed" in done.stderr, done.stderr
    assert "2 files name another assignment, and were graded for hw2: ada/hw3-ada.py (hw3), eve/work.ipynb (hw3)." in (
        done.stderr
    )
    assert "When it was handed in is not known of anybody, so nobody counts as late" in done.stderr
    klass.grade("results", "--documents", klass.folder / "documents")
    said = {
        path.stem: json.loads(path.read_text())["run"]["notices"]
        for path in (klass.folder / "documents").rglob("*.json")
    }
    assert said["hw2.py"] == []
    assert said["hw3-ada.py"] == ["It names the assignment `hw3`; everybody was graded for `hw2`, and so was this."]
    assert [one["other_assignments"] for one in lines(klass)] == [["hw3"], [], ["hw3"]]
    again = klass.grade("batch", "class", "--course", course)
    assert "2 files name another assignment" in again.stderr


def test_another_homework_of_few_students_is_told_by_the_exercises_that_are_found(
    klass: Class, without_assignments: Path
) -> None:
    batch = ("batch", "class", "--course", without_assignments)
    klass.hand_in({"ada.py": RIGHT, "bob.py": "\n" + RIGHT})
    klass.grade(*batch)
    before = lines(klass)
    klass.hand_in({"ada.py": SINE, "bob.py": "\n" + SINE})
    done = klass.grade(*batch)
    assert done.returncode == 2
    assert "Under `class` there are answers to double-backward, and this batch has answers to sin-derivative" in (
        done.stderr
    )
    assert lines(klass) == before
    assert "2 students of homework 3: 2 passed" in klass.grade(*batch, "--name", "homework 3").stderr
    assert {one["exercises"][0]["id"] for one in lines(klass)} == {"sin-derivative"}
    klass.hand_in({"ada.py": "\n\n" + RIGHT, "bob.py": "\n\n\n" + RIGHT})
    improved = klass.grade(*batch)
    assert "2 files: 2 graded" in improved.stderr
    assert [one["exercises"][0]["id"] for one in lines(klass)] == ["double-backward", "double-backward"]
    assert lines(klass)[0]["assignment"] == "class"


def test_what_was_found_is_called_so(klass: Class, without_assignments: Path) -> None:
    klass.hand_in({"ada.py": RIGHT, "bob.py": NOTHING})
    done = klass.grade("batch", "class", "--course", without_assignments)
    assert "Note: No assignment and no --exercise says what was asked, so what was found counts: double-backward." in (
        done.stderr
    )
    shown = " ".join(klass.grade("results").stdout.split())
    assert "What was found: the exercises that at least one student attempted count." in shown
    assert {one["basis"] for one in lines(klass)} == {"found"}
