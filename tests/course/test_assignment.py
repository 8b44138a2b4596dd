"""Assignments and course.yaml: what is read, and all mistakes at once with file and line."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import pytest
import yaml

from grader.course.course import load_course
from grader.course.json_schema import assignment_schema
from grader.course.named_assignment import assignment_of_path, default_assignment, named_assignment
from grader.errors import ExerciseError, UsageError
from grader.model import AssignedExercise, Assignment, GivenLimits, LatePolicy
from tests.helpers.builtin import loaded_course

WHOLE = """
id: hw2
title: "Homework 2: automatic differentiation"
exercises:
  - {exercise: one, number: 2}
  - {exercise: two, number: [4, 5], points: 10}
  - {exercise: three, number: 1.3, bonus: true, limits: {time: 1 min}}
due: 2026-12-04 23:59 Europe/Berlin
late: {penalty: 10 %, per: day, until: 3 days}
files: ["*.ipynb"]
data: data/hw2
handout: handout/hw2.ipynb
limits: {time: 20 s, memory: 2 GB}
max-files: 10
seed: 7
"""


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of three exercises, worth 1, 3 and 0 points, in the current folder."""
    monkeypatch.chdir(tmp_path)
    for name, points in (("one", 1), ("two", 3), ("three", 0)):
        text = f"id: {name}\ntitle: T\nstatement: S\nchecks:\n  - {{id: a, kind: backward}}\n"
        write(tmp_path / "exercises" / f"{name}.yaml", text)
        write(tmp_path / "rubrics" / f"{name}.yaml", f"exercise: {name}\nchecks:\n  a: {{points: {points}}}\n")
        write(tmp_path / "solutions" / f"{name}.py", "x = 1\n")
    write(tmp_path / "data" / "hw2" / "points.csv", "1,2\n")
    write(tmp_path / "handout" / "hw2.ipynb", '{"cells": [], "metadata": {}, "nbformat": 4}')
    return tmp_path


def loaded(root: Path, text: str, name: str = "hw2") -> Assignment:
    write(root / "assignments" / f"{name}.yaml", text)
    return load_course(root).assignment(name)


def mistakes(root: Path, text: str, name: str = "hw2") -> list[str]:
    write(root / "assignments" / f"{name}.yaml", text)
    with pytest.raises(ExerciseError) as caught:
        load_course(root)
    return str(caught.value).splitlines()


def assignment_with(exercises: str, more: str = "") -> str:
    return f"id: hw2\ntitle: T\nexercises: {exercises}\n{more}"


class TestReading:
    def test_everything_that_a_sheet_says(self, root: Path) -> None:
        assert loaded(root, WHOLE) == Assignment(
            id="hw2",
            title="Homework 2: automatic differentiation",
            exercises=(
                AssignedExercise(id="one", numbers=("2",)),
                AssignedExercise(id="two", numbers=("4", "5"), points=10),
                AssignedExercise(id="three", numbers=("1.3",), bonus=True, limits=GivenLimits(time_s=60)),
            ),
            due=datetime(2026, 12, 4, 23, 59, tzinfo=ZoneInfo("Europe/Berlin")),
            late=LatePolicy(penalty=0.1, per=timedelta(days=1), until=timedelta(days=3)),
            files=("*.ipynb",),
            data=root / "data" / "hw2",
            handout=(root / "handout" / "hw2.ipynb",),
            limits=GivenLimits(time_s=20, memory_bytes=2 * 10**9),
            max_files=10,
            seed=7,
        )

    def test_a_bare_id_is_enough(self, root: Path) -> None:
        assert loaded(root, assignment_with("[two, one]")).exercises == (
            AssignedExercise(id="two"),
            AssignedExercise(id="one"),
        )

    def test_its_exercises_come_in_its_order_with_its_points(self, root: Path) -> None:
        write(root / "assignments" / "hw2.yaml", assignment_with("[{exercise: two, points: 10}, one]"))
        course = load_course(root)
        two, one = course.select((), course.assignment("hw2"))
        assert [(item.exercise.id, item.rubric.total) for item in (two, one)] == [("two", 10), ("one", 1)]

    def test_an_exercise_that_is_not_in_it_cannot_be_asked_for(self, root: Path) -> None:
        write(root / "assignments" / "hw2.yaml", assignment_with("[two]"))
        course = load_course(root)
        with pytest.raises(UsageError, match=r"there is no exercise `one` in the assignment `hw2`; known: two"):
            course.select(["one"], course.assignment("hw2"))

    def test_an_unknown_one_lists_them(self, root: Path) -> None:
        write(root / "assignments" / "hw2.yaml", assignment_with("[two]"))
        with pytest.raises(UsageError, match=r"there is no assignment `hw3` in this course.* Known: hw2"):
            load_course(root).assignment("hw3")

    def test_the_built_in_ones(self) -> None:
        course = loaded_course()
        assert {each.id: len(each.exercises) for each in course.assignments} == {"autograd-basics": 4, "autograd": 15}
        assert course.default is None
        assert {entry.id for entry in course.assignment("autograd").exercises} == {
            item.exercise.id for item in course.exercises
        }

    def test_the_schema_accepts_what_loads(self, root: Path) -> None:
        schema = assignment_schema()
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        assert not list(
            validator.iter_errors(
                yaml.load(WHOLE, yaml.BaseLoader)
                | {"max-files": 10, "seed": 7}
                | {"exercises": [{"exercise": "one", "number": 2}, "two"]}
            )
        )
        assert list(validator.iter_errors({"id": "hw2", "title": "T", "exercises": ["one"], "du": "x"}))


class TestMistakes:
    def test_all_at_once_with_their_lines(self, root: Path) -> None:
        text = """id: hw2
title: T
exercises:
  - {exercise: one, number: 2}
  - {exercise: twoo, number: 3}
  - {exercise: three, number: 2}
due: 2026-12-04 23:59
late: {penalty: 150 %}
"""
        assert mistakes(root, text) == [
            "assignments/hw2.yaml:5: exercises[1]: there is no exercise `twoo` in this course; did you mean `two`? "
            "Known: one, three, two",
            "assignments/hw2.yaml:6: exercises[2]: the number 2 is that of `one` already",
            "assignments/hw2.yaml:7: due: the text `2026-12-04 23:59` has no zone, so nobody knows when it ends; write "
            "it such as `2026-12-04 23:59 Europe/Berlin`",
            "assignments/hw2.yaml:8: late.penalty: the text `150 %` is more than 100 %",
        ]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (assignment_with("[]"), "exercises: must not be empty: an assignment has one exercise or more"),
            (assignment_with("one"), "exercises: expected a list of exercises, found the text `one`"),
            (assignment_with("[one, one]"), "exercises[1]: `one` is exercises[0] already"),
            (assignment_with("[{exercise: three, points: 5}]"), "the rubric of `three` gives no points"),
            (assignment_with("[{exercise: one, points: 0}]"), "exercises[0].points: must be greater than 0"),
            (assignment_with("[one]", "late: {penalty: 10 %}"), "late: nothing is late without `due`; add it"),
            (assignment_with("[one]", "data: data/hw3"), "there is no folder `data/hw3` in the course's folder"),
            (assignment_with("[one]", "data: ../x"), "`../x` must be below the course's folder"),
            (
                assignment_with("[one]", "data: solutions"),
                "data: `solutions` would show students what they must not see",
            ),
            (assignment_with("[one]", "handout: [x.ipynb]"), "there is no file `x.ipynb` in the course's folder"),
            (assignment_with("[one]", "handout: data/hw2/points.csv"), "`data/hw2/points.csv` is no notebook"),
            (assignment_with("[{exercise: one, number: []}]"), "exercises[0].number: must not be empty; leave it out"),
            (assignment_with("[one]", "files: []"), "files: must not be empty; leave it out for the default"),
            (assignment_with("[one]", "files: [*.ipynb]"), "a text that starts with `*` or `&`, such as a pattern"),
            (assignment_with("[one]", "due: 2026-12-04 23:59 +25:00"), "due: `+25:00` is no offset of a zone"),
            (assignment_with("[one]", "limits: {time: 2 days}"), "limits.time: must be from 1 s to 1 hour"),
            (assignment_with("[one]", "limits: {memory: 1 kB}"), "limits.memory: must be from 64 MB to 64 GiB"),
            (assignment_with("[one]", "max-files: 0"), "max-files: must be 1 or more"),
            (assignment_with("[one]", "max_files: 3"), "did you mean `max-files`?"),
            (assignment_with("[one]", "files: 3"), "files: expected a text, or a list of texts, found the number 3"),
            ("id: hw3\ntitle: T\nexercises: [one]", "id: `hw3` must be the file's name, `hw2`"),
        ],
    )
    def test_each_is_said_in_words(self, root: Path, text: str, message: str) -> None:
        (found,) = mistakes(root, text)
        assert found.startswith("assignments/hw2.yaml:")
        assert message in found

    def test_those_of_one_line_keep_their_order(self, root: Path) -> None:
        found = mistakes(root, assignment_with("[a1, a2, a3, a4, a5, a6]"))
        assert [text.split(": ")[1] for text in found] == [f"exercises[{number}]" for number in range(6)]

    def test_a_number_is_kept_as_it_is_written(self, root: Path) -> None:
        text = assignment_with("[{exercise: one, number: 1.10}, {exercise: two, number: [1.1, '1.20']}]")
        assert [entry.numbers for entry in loaded(root, text).exercises] == [("1.10",), ("1.1", "1.20")]

    def test_two_lists_may_share_a_number_because_editions_differ(self, root: Path) -> None:
        text = assignment_with("[{exercise: one, number: 4}, {exercise: two, number: [4, 5]}]")
        assert loaded(root, text).exercises[1].numbers == ("4", "5")

    def test_a_broken_exercise_is_not_called_unknown(self, root: Path) -> None:
        (root / "exercises" / "one.yaml").write_text("id: one\n", "utf-8")
        assert [entry.id for entry in loaded(root, assignment_with("[one]")).exercises] == ["one"]


class TestCourseYaml:
    def test_the_default(self, root: Path) -> None:
        write(root / "assignments" / "hw2.yaml", assignment_with("[one]"))
        write(root / "course.yaml", "id: dl\ntitle: Deep learning\ndefault: hw2\n")
        course = load_course(root)
        assert course.default == course.assignment("hw2")
        assert (course.settings.id, course.settings.title) == ("dl", "Deep learning")
        assert default_assignment(root) == "hw2"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("default: hw3\n", "course.yaml:1: default: there is no assignment `hw3`; did you mean `hw2`?"),
            ("id: DL\n", "course.yaml:1: id: `DL` must be made of small letters"),
            ("titel: x\n", "course.yaml:1: titel: unknown key; did you mean `title`?"),
        ],
    )
    def test_mistakes(self, root: Path, text: str, message: str) -> None:
        write(root / "assignments" / "hw2.yaml", assignment_with("[one]"))
        write(root / "course.yaml", text)
        with pytest.raises(ExerciseError) as caught:
            load_course(root)
        assert message in str(caught.value)

    def test_without_the_file_there_is_none(self, root: Path) -> None:
        assert load_course(root).default is None
        assert default_assignment(root) is None


class TestNames:
    IDS = ("hw2", "hw21", "autograd", "autograd-basics")

    @pytest.mark.parametrize(
        ("name", "assignment"),
        [
            ("hw2", "hw2"),
            ("HW2-lovelace", "hw2"),
            ("lovelace_hw_02", "hw2"),
            ("hw21", "hw21"),
            ("hw2 and hw21", None),
            ("hw3", None),
            ("homework", None),
            ("autograd", "autograd"),
            ("my-autograd-notes", None),
            ("autograd basics (2)", "autograd-basics"),
            ("", None),
        ],
    )
    def test_of_a_file_or_a_folder(self, name: str, assignment: str | None) -> None:
        assert named_assignment(name, self.IDS) == assignment

    @pytest.mark.parametrize(
        ("path", "assignment"),
        [
            ("hw2/lovelace.ipynb", "hw2"),
            ("hw2/lovelace-hw21.ipynb", "hw21"),
            ("hw2.ipynb.txt", "hw2"),
            ("deep/hw2/lovelace/work.ipynb", None),
            ("-", None),
        ],
    )
    def test_of_a_path(self, path: str, assignment: str | None) -> None:
        assert assignment_of_path(path, self.IDS) == assignment
