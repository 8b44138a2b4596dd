"""The questions of a sheet by hashes: the file, the command that makes it, and what its mistakes say."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cli import main
from grader.course.questions_file import QUESTIONS_FILE, load_questions, questions_of, questions_text
from grader.errors import ExerciseError
from grader.judging.sections import ExerciseNames, find_sections
from grader.submission import read
from tests.helpers.builtin import loaded_course

SHEET = (
    "# Sheet 3\n\n"
    "slope: Work out how steep the parabola is at three points of your own choice.\n"
    "slope: 在你自己选的三个点上算出抛物线有多陡。\n"
    "other: Sketch the mirror image of the parabola below the first axis.\n"
)
SLOPE = ExerciseNames(id="slope", title="How steep")


def keep(course: Path, text: str) -> None:
    (course / QUESTIONS_FILE).parent.mkdir(exist_ok=True)
    (course / QUESTIONS_FILE).write_text(text, encoding="utf-8")


class TestTheFile:
    def test_what_is_written_is_read_back(self, tmp_path: Path) -> None:
        questions = questions_of(SHEET, Path("sheet.txt"))
        keep(tmp_path, questions_text(questions))
        assert load_questions(tmp_path, {"slope"}) == questions
        assert [question.exercise for question in questions] == ["slope", "slope", None]

    def test_it_holds_no_word_of_a_question(self) -> None:
        text = questions_text(questions_of(SHEET, Path("sheet.txt")))
        assert "steep" not in text
        assert "抛" not in text

    def test_a_course_without_one_knows_none(self, tmp_path: Path) -> None:
        assert load_questions(tmp_path, ()) == ()
        keep(tmp_path, questions_text(()))
        assert load_questions(tmp_path, ()) == ()

    def test_every_mistake_is_said_with_its_line(self, tmp_path: Path) -> None:
        keep(
            tmp_path,
            'question: []\nquestions:\n  - exercise: slop\n    hashes: ["0a76a891", "112e02bf", "21f6d1f9", 4]\n'
            "  - exercise: slope\n    hash: []\n  - no\n",
        )
        with pytest.raises(ExerciseError) as caught:
            load_questions(tmp_path, {"slope"})
        said = [(mistake.line, mistake.text) for mistake in caught.value.mistakes]
        assert [line for line, _ in said] == [1, 3, 4, 6, 5, 7]
        assert "did you mean `slope`?" in said[1][1]

    def test_the_built_in_course_has_one(self) -> None:
        course = loaded_course()
        known = {question.exercise for question in course.questions}
        assert {"double-backward", "second-derivative", "vector-control-flow", "sin-derivative", None} <= known


class TestTheSheet:
    def test_mistakes_in_it_are_said_all_at_once(self) -> None:
        with pytest.raises(ExerciseError) as caught:
            questions_of(f"What?\nslope: Why?\nother: {'word ' * 100}\n", Path("sheet.txt"))
        assert [(mistake.line, str(mistake.path)) for mistake in caught.value.mistakes] == [
            (1, "sheet.txt"),
            (2, "sheet.txt"),
            (3, "sheet.txt"),
        ]

    def test_the_command_prints_the_file(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        sheet = tmp_path / "sheet.txt"
        sheet.write_text(SHEET, encoding="utf-8")
        assert main(["handout", "--questions", str(sheet)]) == 0
        assert capsys.readouterr().out == questions_text(questions_of(SHEET, sheet))

    def test_the_command_says_what_it_cannot_read(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["handout", "--questions", str(tmp_path / "missing.txt")]) == 2
        assert "missing.txt" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "# 3. Work out how steep the parabola is at three points of your own choice.\n",
        "# > Work out how steep a parabola is at three points of your choice\n",
        "# **Question 3:** Work out how steep the parabola is at three points\n",
        "# Work out how steep the\n# parabola is at three points\n# of your own choice!\n",
        "# （3）在你自己选的三个点上，算出这条抛物线有多陡？\n",
    ],
    ids=["as it is", "edited and quoted", "in part", "wrapped", "in another language"],
)
def test_a_question_known_by_hashes_is_recognized(text: str) -> None:
    submission = read(f"{text}x = 1\n".encode(), "homework.py")
    questions = questions_of(SHEET, Path("sheet.txt"))
    assert find_sections(submission, [SLOPE], questions=questions)["slope"].by_heading


@pytest.mark.parametrize(
    "text",
    [
        "# Work out at the weekend: three times, of my own choice.\n",
        "# Sketch the mirror image of the parabola below the first axis.\n",
        "# The parabola is steep at the points that I chose.\n",
    ],
)
def test_other_texts_are_not_taken_for_it(text: str) -> None:
    submission = read(f"{text}x = 1\n".encode(), "homework.py")
    questions = questions_of(SHEET, Path("sheet.txt"))
    assert not find_sections(submission, [SLOPE], questions=questions)["slope"].named
