"""A course that equals the one that comes with the grader is that course; anything else in it is somebody's own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course import named_courses
from grader.course.course_folder import name_of, source_of
from grader.course.named_courses import builtin_course

PARTS = ("exercises", "rubrics", "solutions", "support", "assignments", "handout")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The built-in course as an installation has it, away from the checkout, and compiled."""
    package = tmp_path / "site-packages" / "grader"
    for part in PARTS:
        shutil.copytree(builtin_course() / part, package / "builtin_course" / part)
    (package / "builtin_course" / "solutions" / "__pycache__").mkdir()
    (package / "builtin_course" / "solutions" / "__pycache__" / "a.pyc").write_bytes(b"compiled")
    monkeypatch.setattr(named_courses, "_PACKAGE", package)
    return package / "builtin_course"


@pytest.fixture
def checkout(installed: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    for part in PARTS:
        shutil.copytree(installed / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "exercises" / ".DS_Store").write_bytes(b"\0")
    (folder / "README.md").write_text("Not a part of the course.")
    return folder


def test_a_checkout_is_the_built_in_course(checkout: Path) -> None:
    assert (name_of(checkout), source_of(checkout, None)) == ("built-in", "built-in")
    assert source_of(checkout, checkout) == "option"


def _longer(course: Path) -> None:
    with (course / "rubrics" / "double-backward.yaml").open("a") as rubric:
        rubric.write("\n")


def _of_equal_size(course: Path) -> None:
    path = course / "rubrics" / "double-backward.yaml"
    text = path.read_text()
    path.write_text(text.replace("points: 2", "points: 9"))
    assert path.read_text() != text
    assert len(path.read_text()) == len(text)


def _linked(course: Path) -> None:
    path = course / "solutions" / "double-backward.py"
    shutil.copy(path, course / "elsewhere.py")
    path.unlink()
    path.symlink_to("../elsewhere.py")


def _linked_folder(course: Path) -> None:
    (course / "support").rename(course / "elsewhere")
    (course / "support").symlink_to("elsewhere")


def _compiled(course: Path) -> None:
    (course / "support" / "d2l" / "__pycache__").mkdir()
    (course / "support" / "d2l" / "__pycache__" / "torch.cpython-311.pyc").write_bytes(b"anything")


def _with_a_pipe(course: Path) -> None:
    path = course / "rubrics" / "double-backward.yaml"
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    "change",
    [
        _longer,
        _of_equal_size,
        _linked,
        _linked_folder,
        _compiled,
        _with_a_pipe,
        lambda course: (course / "rubrics" / "double-backward.yaml").unlink(),
        lambda course: (course / "course.yaml").write_text("{}"),
        lambda course: (course / "exercises" / "mine.yaml").write_text("id: mine"),
        lambda course: shutil.rmtree(course / "handout"),
    ],
)
def test_a_course_with_anything_else_is_not(checkout: Path, change: Callable[[Path], object]) -> None:
    change(checkout)
    assert (name_of(checkout), source_of(checkout, None)) == ("clone", "found")
