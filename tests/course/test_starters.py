"""Starters: the code in ``handout/starters/`` with which students begin an exercise."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import submission
from grader.course.course import Course, load_course
from grader.errors import ExerciseError
from grader.judging.own_code import OwnCode
from grader.model import RunPlace
from tests.workbench.templates.small_course import write_small_course


def course_with(root: Path, **starters: str) -> Course:
    write_small_course(root)
    for name, code in starters.items():
        path = root / "handout" / "starters" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")
    return load_course(root)


class TestLoading:
    def test_an_exercise_knows_its_starter(self, tmp_path: Path) -> None:
        course = course_with(tmp_path, slope="\nimport torch\n\nx = ...\n")
        assert {item.exercise.id: item.starter for item in course.exercises} == {
            "slope": "import torch\n\nx = ...",
            "why": "",
        }

    def test_a_broken_starter_is_a_mistake_of_its_exercise(self, tmp_path: Path) -> None:
        course = course_with(tmp_path, slope="# %% one\nx = (\n")
        mistakes = [str(mistake) for item in course.exercises for mistake in item.mistakes]
        path = tmp_path / "handout" / "starters" / "slope.py"
        assert mistakes[0] == f"{path}:1: a starter is one cell; take the marker `# %%` out"
        assert mistakes[1].startswith(f"{path}:2: cannot be run: ")

    def test_an_empty_starter_is_refused(self, tmp_path: Path) -> None:
        (mistake,) = [mistake for item in course_with(tmp_path, slope="\n").exercises for mistake in item.mistakes]
        assert mistake.text == "is empty; delete it, and students begin with an empty cell"

    def test_a_starter_of_no_exercise_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ExerciseError, match="is the starter of no exercise; did you mean `slope`"):
            course_with(tmp_path, slopes="x = 1\n")


class TestWhatWasHandedOut:
    def test_the_code_of_a_starter_is_not_the_students_own(self, tmp_path: Path) -> None:
        course = course_with(tmp_path, slope="import torch\n\ndef f(x):\n    ...\n\nx = torch.arange(3.0)\n")
        handed_in = submission.read(b"import torch\ndef f(x):\n    return x\nx = torch.arange(3.0)", "a.py")
        own = OwnCode(handed_in, course.handout)
        lines = [own.is_own(RunPlace(cell=0, line=line, statement=0)) for line in (1, 3, 4)]
        assert lines == [False, True, False]

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            pytest.param("def f(x):\n    return x", [True, True], id="a function"),
            pytest.param("def f(x):\n    pass", [True, True], id="other words for nothing"),
            pytest.param("def f(x):\n    ...", [False, False], id="as it was handed out"),
            pytest.param("class A:\n    def g(self):\n        return 1", [True, True, True], id="a class"),
            pytest.param("class A:\n    def g(self):\n        ...", [False, False, False], id="the given class"),
        ],
    )
    def test_the_first_line_of_a_definition_belongs_to_who_wrote_its_inside(
        self, tmp_path: Path, code: str, expected: list[bool]
    ) -> None:
        starter = "def f(x):\n    ...\nclass A:\n    def g(self):\n        ...\n"
        own = OwnCode(submission.read(code.encode(), "a.py"), course_with(tmp_path, slope=starter).handout)
        lines = range(1, len(expected) + 1)
        assert [own.is_own(RunPlace(cell=0, line=line, statement=0)) for line in lines] == expected

    def test_the_sentences_of_a_statement_are_no_answer(self, tmp_path: Path) -> None:
        handout = course_with(tmp_path).handout
        assert handout.without_given("Say in a sentence why.\n\nIt is a constant.") == "It is a constant."
