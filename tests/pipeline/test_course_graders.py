"""Which files of a folder are graded: what the assignment says that the options, the folder or its notebooks name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from grader.handin import WorkFiles
from grader.model import AssignedExercise, Assignment
from grader.pipeline.course_graders import CourseGraders
from grader.pipeline.options import GradingOptions
from tests.helpers.builtin import loaded_course

EXERCISE = AssignedExercise(id="norm-squared")
HW2, HW3 = (
    Assignment(
        id=name, title=name, exercises=(AssignedExercise(id="norm-squared"),), files=(f"{name}.ipynb",), max_files=2
    )
    for name in ("hw2", "hw3")
)


@pytest.mark.parametrize(
    ("option", "path", "stated", "expected"),
    [
        (None, "work", (), WorkFiles()),
        (None, "work/hw2", (), WorkFiles(globs=("hw2.ipynb",), max_files=2)),
        (None, "hw3-ada.zip", (), WorkFiles(globs=("hw3.ipynb",), max_files=2)),
        ("hw2", "hw3", (), WorkFiles(globs=("hw2.ipynb",), max_files=2)),
        (None, "hw3", ("hw2",), WorkFiles(globs=("hw2.ipynb",), max_files=2)),
        (None, "work", ("hw2", "hw3"), WorkFiles()),
    ],
)
def test_which_files_are_graded(option: str | None, path: str, stated: tuple[str, ...], expected: WorkFiles) -> None:
    course = replace(loaded_course(), assignments=(HW2, HW3))
    graders = CourseGraders(course, GradingOptions(course=Path("course"), assignment=option), mock.Mock())
    assert graders.work_files(path, stated) == expected
