"""Courses that come with the grader, chosen by their names."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.course import named_courses
from grader.course.course import load_course
from grader.course.course_folder import find_course, name_of, source_of
from grader.course.course_list import listed_courses
from grader.course.named_courses import BUILT_IN, builtin_course, course_names, named_course
from grader.errors import UsageError
from grader.model import ListedCourse

SCRATCH = "from-scratch"


@pytest.fixture
def scratch() -> Path:
    folder = named_course(SCRATCH)
    assert folder is not None
    return folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, in which no course lies."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def add_course(folder: Path, title: str) -> Path:
    (folder / "exercises").mkdir(parents=True)
    (folder / "exercises" / "one.yaml").write_text("id: one\n", "utf-8")
    (folder / "course.yaml").write_text(f"title: {title}\n", "utf-8")
    return folder


class TestNames:
    def test_each_has_a_folder(self) -> None:
        assert course_names() == (BUILT_IN, SCRATCH)
        assert named_course(BUILT_IN) == builtin_course()
        assert named_course("scratch") is None

    def test_an_installed_grader_has_them_inside(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        package = tmp_path / "site-packages" / "grader"
        monkeypatch.setattr(named_courses, "_PACKAGE", package)
        assert course_names() == (BUILT_IN,)
        added = add_course(package / "courses" / "calculus", "Calculus")
        (package / "courses" / "empty" / "exercises").mkdir(parents=True)
        assert course_names() == (BUILT_IN, "calculus")
        assert named_course("calculus") == added

    def test_no_two_courses_have_an_exercise_or_a_sheet_of_one_name(self) -> None:
        courses = [load_course(folder) for name in course_names() if (folder := named_course(name)) is not None]
        ids = [item.exercise.id for course in courses for item in course.exercises]
        sheets = [sheet.id for course in courses for sheet in course.assignments]
        assert len(ids) == len(set(ids))
        assert len(sheets) == len(set(sheets))


class TestChoosing:
    def test_by_its_name(self, folder: Path, scratch: Path) -> None:
        found = find_course(folder, Path(SCRATCH))
        assert (found, name_of(found), source_of(found, Path(SCRATCH))) == (scratch, SCRATCH, "option")

    def test_a_folder_of_that_name_wins(self, folder: Path) -> None:
        add_course(folder / SCRATCH, "My own")
        found = find_course(folder, Path(SCRATCH))
        assert found == Path(SCRATCH)
        assert name_of(found) == "from-scratch (a folder)"

    @pytest.mark.parametrize("name", ["From-Scratch", "from_scratch", "from\u2011scratch"])
    def test_no_other_folder_looks_like_it_in_reports(self, folder: Path, name: str) -> None:
        assert name_of(add_course(folder / name, "My own")) == f"{name} (a folder)"

    def test_a_copy_that_is_equal_has_its_name(self, folder: Path, scratch: Path) -> None:
        shutil.copytree(scratch, folder / SCRATCH, ignore=shutil.ignore_patterns("__pycache__"))
        assert name_of(folder / SCRATCH) == SCRATCH
        (folder / SCRATCH / "course.yaml").write_text("title: Mine\n", "utf-8")
        assert name_of(folder / SCRATCH) == "from-scratch (a folder)"

    def test_a_folder_of_that_name_that_is_no_course_is_refused_and_not_passed_over(
        self, folder: Path, scratch: Path
    ) -> None:
        (folder / SCRATCH).mkdir()
        with pytest.raises(UsageError) as caught:
            find_course(folder, Path(SCRATCH))
        assert str(caught.value) == (
            "from-scratch is no course: it needs a folder `exercises` with a .yaml file for each exercise. It hides "
            f"the course of that name which comes with the grader, in {scratch}."
        )

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("from-scrach", "; did you mean `from-scratch`? Known: built-in, from-scratch"),
            ("nope", "; known: built-in, from-scratch"),
        ],
    )
    def test_a_name_that_is_unknown(self, folder: Path, name: str, said: str) -> None:
        with pytest.raises(UsageError) as caught:
            find_course(folder, Path(name))
        assert str(caught.value) == (
            f"{name} is no course: there is no such folder, and no course of that name comes with the grader{said}"
        )


class TestList:
    def test_where_no_course_lies_the_built_in_one_is_taken(self, folder: Path) -> None:
        assert [(each.name, each.is_taken) for each in listed_courses(folder)] == [(BUILT_IN, True), (SCRATCH, False)]

    def test_in_its_own_folder_a_named_course_is_taken(self, scratch: Path) -> None:
        listed = listed_courses(scratch / "solutions")
        assert [(each.name, each.is_taken) for each in listed] == [(BUILT_IN, False), (SCRATCH, True)]
        ids = {path.stem for path in (scratch / "exercises").glob("*.yaml")}
        assert listed[1].exercises == len(ids)

    def test_a_course_that_is_found_comes_first(self, folder: Path) -> None:
        add_course(folder, "Calculus")
        assert listed_courses(folder)[0] == ListedCourse(
            name=folder.name, title="Calculus", exercises=1, assignments=(), is_taken=True
        )

    def test_one_with_mistakes_is_listed(self, folder: Path) -> None:
        add_course(folder, "[")
        assert listed_courses(folder)[0].title == ""
