"""Courses: which folder is found, all mistakes of a course at once, and which exercises are selected."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.course import named_courses
from grader.course.course import load_course, refuse_unfinished
from grader.course.course_folder import find_course, name_of
from grader.course.named_assignment import assignment_ids, default_assignment
from grader.course.named_courses import builtin_course
from grader.errors import CourseError, ExerciseError, UsageError
from tests.course.exercise_files import KINDS
from tests.helpers.builtin import loaded_course


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def add(root: Path, name: str) -> None:
    """An exercise with one check, its rubric and its solution."""
    write(
        root / "exercises" / f"{name}.yaml",
        f"id: {name}\ntitle: T\nstatement: S\nchecks:\n  - {{id: a, kind: backward}}\n",
    )
    write(root / "rubrics" / f"{name}.yaml", f"exercise: {name}\nchecks:\n  a: {{points: 1}}\n")
    write(root / "solutions" / f"{name}.py", "x = 1\n")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, with a course of two exercises."""
    monkeypatch.chdir(tmp_path)
    add(tmp_path, "two")
    add(tmp_path, "one")
    return tmp_path


def mistakes(root: Path) -> list[str]:
    with pytest.raises(ExerciseError) as caught:
        refuse_unfinished(load_course(root).exercises)
    return str(caught.value).splitlines()


class TestFinding:
    def test_the_named_one_comes_first(self, root: Path, tmp_path: Path) -> None:
        add(tmp_path / "other", "three")
        assert find_course(root, tmp_path / "other") == tmp_path / "other"

    def test_the_nearest_upwards(self, root: Path) -> None:
        (root / "a" / "b" / "exercises").mkdir(parents=True)
        assert find_course(root / "a" / "b") == root

    def test_a_relative_start_is_looked_at_from_its_whole_path(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (root / "a").mkdir()
        monkeypatch.chdir(root / "a")
        assert find_course(Path()) == root

    def test_the_built_in_one_where_there_is_none(self, tmp_path: Path) -> None:
        assert find_course(tmp_path) == builtin_course()

    @pytest.mark.parametrize("name", ["built-in", "Built_In", "built\u2011in"])
    def test_no_other_course_is_called_built_in(self, root: Path, name: str) -> None:
        add(root / name, "three")
        assert name_of(root / name) == f"{name} (a folder)"
        assert name_of(builtin_course()) == "built-in"

    def test_a_named_folder_without_exercises_is_refused(self, root: Path) -> None:
        (root / "solutions").mkdir(exist_ok=True)
        with pytest.raises(UsageError, match=r"^a/nope is no course: there is no such folder\.$"):
            find_course(root, Path("a/nope"))
        with pytest.raises(UsageError) as caught:
            find_course(root, Path("solutions"))
        assert (
            str(caught.value)
            == "solutions is no course: it needs a folder `exercises` with a .yaml file for each exercise."
        )

    def test_the_folder_of_the_exercises_themselves_is_refused(self, root: Path) -> None:
        with pytest.raises(UsageError) as caught:
            find_course(root, Path("exercises"))
        assert str(caught.value) == "exercises holds the exercises of a course; name the folder above it."

    def test_the_built_in_one_lies_in_the_package_once_installed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        package = tmp_path / "site-packages" / "grader"
        monkeypatch.setattr(named_courses, "_PACKAGE", package)
        with pytest.raises(CourseError, match="install it again"):
            builtin_course()
        add(package / "builtin_course", "one")
        assert builtin_course() == package / "builtin_course"


class TestLoading:
    def test_exercises_come_in_the_order_of_their_names(self, root: Path) -> None:
        loaded = load_course(root)
        assert loaded.root == root
        assert [(item.exercise.id, item.rubric.exercise, item.solution.name) for item in loaded.exercises] == [
            ("one", "one", "one.py"),
            ("two", "two", "two.py"),
        ]

    def test_a_solution_may_be_a_notebook(self, root: Path) -> None:
        (root / "solutions" / "one.py").rename(root / "solutions" / "one.ipynb")
        assert load_course(root).exercises[0].solution == root / "solutions" / "one.ipynb"

    def test_the_built_in_course_loads(self) -> None:
        ids = {item.exercise.id for item in loaded_course().exercises}
        assert ids >= {"double-backward", "vector-control-flow", "detach-semantics", "sin-derivative"}


class TestFiles:
    JUNK = ("._one.yaml", ".#one.yaml", ".one.yaml.swp", "one.yaml~", "#one.yaml#", "Thumbs.db", "._one.yml")

    def test_hidden_files_and_those_of_editors_are_none_of_the_course(self, root: Path) -> None:
        before = load_course(root)
        for folder in ("", "exercises", "rubrics", "solutions", "assignments", "handout", "support", "data"):
            (root / folder / ".ipynb_checkpoints").mkdir(parents=True)
            write(root / folder / ".ipynb_checkpoints" / "one.yaml", "\t")
            for name in self.JUNK:
                if name == ".#one.yaml":
                    (root / folder / name).symlink_to("me@host.1234:567")
                else:
                    (root / folder / name).write_bytes(b"\x00\x05\x16\x07")
        (root / "support").rename(root / "other")
        assert load_course(root) == before
        assert find_course(root) == root

    def test_yml_is_read(self, root: Path) -> None:
        write(root / "assignments" / "hw1.yml", "id: hw1\ntitle: Homework\nexercises: [one, two]\n")
        write(root / "course.yml", "default: hw1\n")
        for folder in ("exercises", "rubrics"):
            for path in (root / folder).glob("*.yaml"):
                path.rename(path.with_suffix(".yml"))
        course = load_course(root)
        assert [item.exercise.id for item in course.exercises] == ["one", "two"]
        assert course.default is not None
        assert course.default.id == default_assignment(root) == "hw1"
        assert assignment_ids(root) == ("hw1",)
        assert find_course(root / "solutions") == root
        write(root / "course.yaml", "title: T\n")
        assert mistakes(root) == ["course.yml: stands beside course.yaml, which is read; delete one of the two"]

    def test_a_course_without_an_exercise_is_said(self, root: Path, tmp_path: Path) -> None:
        for path in (root / "exercises").iterdir():
            path.rename(path.with_name(f"._{path.name}"))
        below = root / "solutions"
        for start in (root, below):
            with pytest.raises(CourseError, match=r"has no exercise: there is no \.yaml file in"):
                find_course(start)
        with pytest.raises(UsageError, match="is no course"):
            find_course(below, root)
        shutil.rmtree(root / "rubrics")
        with pytest.raises(CourseError, match="has no exercise"):
            find_course(below)
        shutil.rmtree(root / "exercises")
        empty = tmp_path / "empty"
        (empty / "exercises").mkdir(parents=True)
        with pytest.raises(CourseError, match="has no exercise"):
            find_course(empty)
        (empty / "exercises" / "hw1.ipynb").touch()  # a student's own folder
        assert find_course(empty) == builtin_course()


class TestMistakes:
    def test_those_of_all_files_come_at_once(self, root: Path) -> None:
        write(root / "exercises" / "one.yaml", "id: one\ntitle: T\nstatement: S\nchecks: []\n")
        write(root / "rubrics" / "two.yaml", "exercise: two\nchecks:\n  b: {points: 1}\n")
        (root / "solutions" / "two.py").unlink()
        add(root, "three")
        (root / "rubrics" / "three.yaml").rename(root / "rubrics" / "thre.yaml")
        shutil.copy(root / "solutions" / "three.py", root / "solutions" / "three.ipynb")
        write(root / "exercises" / "two.yml", "id: two\n")
        assert mistakes(root) == [
            "exercises/one.yaml:4: checks: must not be empty: an exercise has one check or more",
            "rubrics/thre.yaml: belongs to no exercise: there is no exercises/thre.yaml; did you mean `three`?",
            "rubrics/three.yaml: is missing; it says what each check of `three` is worth",
            "solutions/three.ipynb: is a second reference solution beside three.py; keep one",
            "exercises/two.yml: stands beside two.yaml, which is read; delete one of the two",
            "rubrics/two.yaml:2: checks: `a` is missing; every check of the exercise needs its points",
            "rubrics/two.yaml:3: checks.b: the exercise has no check `b`; it has a",
            "solutions/two.py: is missing; write the reference solution of `two` there, as .py or .ipynb",
        ]

    def test_a_broken_exercise_says_nothing_false_about_its_rubric(self, root: Path) -> None:
        write(root / "exercises" / "one.yaml", "\tid: one\n")
        assert mistakes(root) == ["exercises/one.yaml:1: the line is indented with a tab; YAML is indented with spaces"]

    def test_a_broken_rubric_is_said_together_with_its_broken_exercise(self, root: Path) -> None:
        write(root / "exercises" / "one.yaml", "id: one\ntitle: T\nstatement: S\nchecks: []\n")
        write(root / "rubrics" / "one.yaml", "exercise: on\nchecks:\n  a: {piont: 1}\n")
        assert mistakes(root) == [
            "exercises/one.yaml:4: checks: must not be empty: an exercise has one check or more",
            "rubrics/one.yaml:1: exercise: `on` must be `one`, as the file is named",
            "rubrics/one.yaml:3: checks.a.piont: unknown key; did you mean `points`?",
        ]

    def test_those_of_one_exercise_leave_the_others_as_they_are(self, root: Path) -> None:
        before = load_course(root).exercises
        write(
            root / "exercises" / "half.yaml", "id: half\ntitle: Half of it\nheadings: [Task 3]\nchecks:\n  - {id: a}\n"
        )
        write(root / "assignments" / "hw.yaml", "id: hw\ntitle: H\nexercises: [one, half]\n")
        course = load_course(root)
        half, *others = course.exercises
        assert tuple(others) == before
        assert [str(mistake) for mistake in half.mistakes] == [
            "exercises/half.yaml:1: `statement` is missing",
            f"exercises/half.yaml:5: checks[0]: `kind` is missing; known: {KINDS}",
            "rubrics/half.yaml: is missing; it says what each check of `half` is worth",
            "solutions/half.py: is missing; write the reference solution of `half` there, as .py or .ipynb",
        ]
        assert (half.exercise.id, half.exercise.title, half.exercise.checks) == ("half", "Half of it", ())
        assert "Task 3" in half.exercise.names.headings
        assert [item.exercise.id for item in course.select((), course.assignment("hw"))] == ["one", "half"]


class TestSelecting:
    def test_in_the_order_of_the_course_and_each_once(self, root: Path) -> None:
        chosen = load_course(root).select(["two", "one", "two"])
        assert [item.exercise.id for item in chosen] == ["one", "two"]

    def test_none_named_means_all(self, root: Path) -> None:
        course = load_course(root)
        assert course.select([]) == course.exercises
        assert [item.exercise.id for item in course.select([])] == ["one", "two"]

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("oen", "there is no exercise `oen` in this course; did you mean `one`? Known: one, two"),
            ("zzz", "there is no exercise `zzz` in this course; known: one, two"),
        ],
    )
    def test_an_unknown_id_is_refused(self, root: Path, name: str, expected: str) -> None:
        with pytest.raises(UsageError) as caught:
            load_course(root).select(["one", name])
        assert str(caught.value) == expected

    def test_where_the_course_is_the_built_in_one_it_is_named(self) -> None:
        built_in = loaded_course()
        with pytest.raises(UsageError, match="This is the built-in course; --course names another one"):
            built_in.select(["mine"])
