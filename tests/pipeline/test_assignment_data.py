"""Which data a run has, and which of a student's files it takes the place of."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.course import load_course
from grader.model import CompanionFile, Submission
from grader.pipeline.assignment_data import replaced_files
from grader.pipeline.options import GradingOptions
from grader.pipeline.settings import settings_of


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course of three exercises; two assignments have data, and one has none."""
    for name in ("one", "two", "three"):
        checks = "checks:\n  - {id: a, kind: backward}\n"
        write(tmp_path / "exercises" / f"{name}.yaml", f"id: {name}\ntitle: T\nstatement: S\n{checks}")
        write(tmp_path / "rubrics" / f"{name}.yaml", f"exercise: {name}\nchecks:\n  a: {{points: 1}}\n")
        write(tmp_path / "solutions" / f"{name}.py", "x = 1\n")
    for name, exercises, data in (("hw1", "one", "data/hw1"), ("hw2", "two", "data/hw2"), ("hw3", "three", "")):
        line = f"data: {data}\n" if data else ""
        write(tmp_path / "assignments" / f"{name}.yaml", f"id: {name}\ntitle: T\nexercises: [{exercises}]\n{line}")
        if data:
            write(tmp_path / data / "points.csv", "1\n")
            write(tmp_path / data / "images" / "one.txt", "1\n")
    return tmp_path


@pytest.mark.parametrize(
    ("assignment", "exercises", "data"),
    [
        ("hw1", (), ["data/hw1"]),
        ("hw2", ("two",), ["data/hw2"]),
        ("hw3", (), []),
        (None, ("two",), ["data/hw2"]),
        (None, ("three",), []),
        (None, (), ["data/hw1", "data/hw2"]),
    ],
)
def test_a_run_has_the_data_of_its_assignment_or_of_those_that_ask_for_its_exercises(
    root: Path, assignment: str | None, exercises: tuple[str, ...], data: list[str]
) -> None:
    options = GradingOptions(course=root, assignment=assignment, exercises=exercises)
    settings = settings_of(load_course(root), options)
    assert dict(settings.data) == {path: root / path for path in data}


def notices(root: Path, *names: str, path: str = "work/b.py", folder: str = "") -> list[str]:
    files = tuple(CompanionFile(name, b"own") for name in names)
    submission = Submission(path=path, format="py", sha256="", cells=(), companions=files, folder=folder)
    return list(replaced_files(submission, {"data/hw1": root / "data" / "hw1"}))


def test_a_file_that_the_data_replaces_is_named(root: Path) -> None:
    assert notices(root, "points.csv", "own.csv", "data/own.csv") == [
        "`points.csv` is not the file that was handed in: the assignment's own `points.csv` is there instead."
    ]
    assert notices(root, "images/two.txt") == [
        "`images/two.txt` is not the file that was handed in: the assignment's own `images` is there instead."
    ]
    assert notices(root, "data/hw1/new.csv") == [
        "`data/hw1/new.csv` was left out: in that folder lies the assignment's own data."
    ]


def test_a_copy_of_the_data_needs_no_word(root: Path) -> None:
    copies = tuple(CompanionFile(name, b"1\n") for name in ("points.csv", "images/one.txt", "data/hw1/points.csv"))
    submission = Submission(path="b.py", format="py", sha256="", cells=(), companions=copies)
    assert list(replaced_files(submission, {"data/hw1": root / "data" / "hw1"})) == []


def test_only_where_it_runs(root: Path) -> None:
    assert notices(root, "points.csv", folder="part") == []
    assert len(notices(root, "part/points.csv", folder="part")) == 1


def test_the_submission_itself_stays(root: Path) -> None:
    write(root / "data" / "hw1" / "b.py", "x = 1\n")
    assert notices(root, "b.py") == []
    assert len(notices(root, "b.py", path="work/c.py")) == 1


def test_a_folder_that_is_gone_replaces_nothing(root: Path) -> None:
    (root / "data" / "hw1").rename(root / "data" / "elsewhere")
    assert notices(root, "points.csv") == []
