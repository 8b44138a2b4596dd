"""How files are named, so that platforms take them back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.classroom.feedback.write_feedback import find_places
from grader.errors import UsageError
from grader.model import Student
from tests.classroom.feedback.classes import (
    CANVAS,
    CANVAS_ANONYMOUS,
    GRADESCOPE,
    MOODLE,
    MOODLE_FLAT,
    feedback_of,
    klass,
    layout_of,
    names,
    of_files,
    student_of,
    students_in,
    write,
)
from tests.helpers.report_samples import check, exercise, report

ADA = Student(key="77", name="Ada Lovelace", id="77", email="ada@example.org")
ALAN = Student(key="78", name="Alan Turing", id="78", email="alan@example.org")


@pytest.mark.parametrize(
    ("handed_in", "layout", "written"),
    [
        (CANVAS, "canvas", ["lovelaceada_1001_9001_hw_2_final.md", "turingalan_LATE_1002_9002_homework.tar.md"]),
        (CANVAS_ANONYMOUS, "canvas", ["anon_Xy3z9_67890_hw.md", "anon_ab12c_67891_hw.md"]),
        (
            MOODLE,
            "moodle",
            [
                "Ada Lovelace_4711_assignsubmission_file_/feedback.md",
                "Alan Turing_4712_assignsubmission_file_/feedback.md",
            ],
        ),
        (
            MOODLE_FLAT,
            "moodle",
            ["Ada Lovelace_4711_assignsubmission_file_hw.md", "Alan Turing_4712_assignsubmission_file_my_hw.md"],
        ),
        (GRADESCOPE, "gradescope", ["submission_98765/feedback.md", "submission_98766/feedback.md"]),
        ({"ada.ipynb": ("ada", "ada"), "Alan": ("Alan", "Alan")}, "plain", ["ada.md", "Alan.md"]),
    ],
)
def test_the_layout_is_that_by_which_the_class_was_handed_in(
    handed_in: dict[str, tuple[str, str]], layout: str, written: list[str]
) -> None:
    found = of_files(handed_in)
    assert (layout_of(found), names(found)) == (layout, written)


def test_in_a_class_that_lies_in_one_more_folder_names_are_those_of_the_platform() -> None:
    found = klass(*(student_of(f"hw2/{path}", *who) for path, who in CANVAS.items()))
    assert names(found) == ["lovelaceada_1001_9001_hw_2_final.md", "turingalan_LATE_1002_9002_homework.tar.md"]


class TestNbgrader:
    CLASS = klass(
        student_of("submitted/ada", "ada", "ada", "submitted/ada/ps1/problem 1.ipynb", "submitted/ada/ps1/p2.ipynb"),
        student_of("submitted/bob", "bob", "bob", "submitted/bob/ps1/problem 1.ipynb"),
    )

    def test_the_notebook_is_one_that_was_handed_in(self) -> None:
        assert layout_of(self.CLASS) == "nbgrader"
        assert names(self.CLASS) == ["ada/ps1/problem 1.md", "bob/ps1/problem 1.md"]

    def test_any_class_can_be_laid_out_so(self) -> None:
        assert names(of_files({"ada.py": ("ada", "ada"), "Bob": ("Bob", "Bob")}), "nbgrader") == [
            "ada/hw2/ada.md",
            "Bob/hw2/hw.md",
        ]


def test_a_student_of_whom_nothing_could_be_read_has_the_name_of_the_others() -> None:
    unread = [replace(student_of(path, path, path), files=()) for path in ("hana.pdf", "j.doe")]
    assert names(klass(*unread), "plain") == ["hana.md", "j.doe.md"]
    assert names(klass(*unread), "nbgrader") == ["hana/hw2/feedback.md", "j.doe/hw2/feedback.md"]


def test_a_group_has_one_file() -> None:
    both = [
        student_of("submission_1", each.key, each.name, "submission_1/a.py", group=(ADA, ALAN)) for each in (ADA, ALAN)
    ]
    assert names(klass(*both)) == ["submission_1/feedback.md"]


def test_a_layout_whose_names_the_class_does_not_have_is_refused() -> None:
    with pytest.raises(UsageError, match=r"--layout moodle: Moodle knows files .* What fits: canvas, plain\."):
        names(of_files(CANVAS), "moodle")


def test_what_the_platform_has_not_named_is_told_apart() -> None:
    odd = student_of("bob.py", "bob", "bob")
    places = find_places(feedback_of(klass(*of_files(CANVAS).students, odd)))
    assert [handin.path for handin in places.unnamed] == ["bob.py"]
    assert places.of[places.unnamed[0]] == ("bob.md",)
    without_number = {"Default group_assignsubmission_file_": ("Default group", "Default group")}
    assert [each.path for each in find_places(feedback_of(of_files(MOODLE | without_number))).unnamed] == [
        *without_number
    ]


@pytest.mark.parametrize("output", ["feedback.zip", "feedback"])
@pytest.mark.parametrize(
    ("handed_in", "platform"),
    [(CANVAS, "canvas"), (MOODLE, "moodle"), (MOODLE_FLAT, "moodle"), (GRADESCOPE, "gradescope")],
)
def test_our_own_intake_finds_the_students_of_the_class_in_it(
    handed_in: dict[str, tuple[str, str]], platform: str, output: str, tmp_path: Path
) -> None:
    write(of_files(handed_in), report(exercise(check())), tmp_path / output, format="html")
    assert students_in(tmp_path / output) == (platform, set(handed_in.values()))


def test_the_intake_finds_those_of_nbgrader_too(tmp_path: Path) -> None:
    write(TestNbgrader.CLASS, report(exercise(check())), tmp_path / "feedback.zip", format="html")
    assert students_in(tmp_path / "feedback.zip") == ("plain", {("ada", "ada"), ("bob", "bob")})
