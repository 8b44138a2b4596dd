"""The data of an assignment, from the course's folder to where submissions and references run, in real pools."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.class_in_process import ClassWithRealPool
from tests.helpers.class_of import Class

EXERCISE = """
id: cube
title: The cube of the data
statement: Differentiate the sum of the cubes of points.csv.
checks:
  - {id: gradient, kind: backward, expect: {gradient: 3 * leaf ** 2, "size(leaf)": 3}}
"""
READS = """
import torch

points = [float(word) for word in open("points.csv").read().split(",")]
x = torch.tensor(points, requires_grad=True)
(x**3).sum().backward()
"""
WRITES = """
try:
    open("data/hw2/points.csv", "w").write("0")
except OSError as error:
    print("refused", error)
"""


@pytest.fixture
def klass(tmp_path: Path, home: Path) -> Class:
    """A class of a course whose only reference needs the data of its only assignment."""
    made = ClassWithRealPool(tmp_path, home)
    for name, text in {
        "exercises/cube.yaml": EXERCISE,
        "rubrics/cube.yaml": "exercise: cube\nchecks:\n  gradient: {points: 2}\n",
        "solutions/cube.py": READS,
        "assignments/hw2.yaml": "id: hw2\ntitle: Homework 2\nexercises: [cube]\ndata: data/hw2\n",
        "data/hw2/points.csv": "1,2,3",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    return made


def test_it_is_read_and_not_changed_and_a_students_own_file_is_not_there(klass: Class) -> None:
    work = klass.folder / "work"
    work.mkdir()
    (work / "b.py").write_text(READS + WRITES)
    (work / "points.csv").write_text("7")
    done = klass.grade("work/b.py", "--assignment", "hw2", "--format", "json")
    result = json.loads(done.stdout)
    assert (done.returncode, result["score"]) == (0, 2), done.stdout + done.stderr
    assert any("`points.csv` is not the file that was handed in" in notice for notice in result["run"]["notices"])
    assert (klass.folder / "data" / "hw2" / "points.csv").read_text() == "1,2,3"


def test_a_submission_for_no_assignment_has_the_data_of_the_assignments_that_ask_for_its_exercises(
    klass: Class,
) -> None:
    (klass.folder / "b.py").write_text(READS)
    # Written in a way that is not found before the course is loaded: the worker starts once more.
    (klass.folder / "assignments" / "hw2.yaml").write_text(
        '{id: hw2, title: Homework 2, exercises: [cube], "data": data/hw2}\n'
    )
    done = klass.grade("b.py")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_class_is_graded_again_when_the_data_has_changed(klass: Class) -> None:
    klass.hand_in({"ada.py": READS, "kurt.py": WRITES + READS})
    batch = ("batch", "class", "--assignment", "hw2", "--jobs", 1)
    first = klass.grade(*batch)
    assert first.returncode == 0, first.stderr
    (klass.folder / "data" / "hw2" / "points.csv").write_text("1,2,3,4")
    broken = klass.grade(*batch)
    assert broken.returncode == 2
    assert "solutions/cube.py:6: the check `gradient` fails." in broken.stderr
    (klass.folder / "data" / "hw2" / "points.csv").write_text("4,5,6")
    again = klass.grade(*batch)
    assert again.returncode == 0, again.stderr
    assert "2 graded" in again.stderr
