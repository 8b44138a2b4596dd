"""Which cells headings, tags, titles and file names put into an exercise's section."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.judging.own_code import OwnCode
from grader.judging.sections import ExerciseNames, Section, section_of
from grader.judging.words.written_answers import passages
from grader.model import Cell, Prose, RunPlace, Submission
from grader.submission import load
from grader.submission.fingerprints import Handout


def exercise(*headings: str, title: str = "Backward, twice", identity: str = "double-backward") -> ExerciseNames:
    return ExerciseNames(id=identity, title=title, headings=headings)


def submission(*headings: str, path: str = "homework.ipynb", prose: tuple[Prose, ...] = ()) -> Submission:
    """One cell under each heading."""
    cells = tuple(Cell(number=number, source="x", code="x") for number, _ in enumerate(headings, 1))
    titles = tuple(Prose(text=text, level=2, after=index) for index, text in enumerate(headings) if text)
    return Submission(path=path, format="ipynb", sha256="0" * 64, cells=cells, prose=(*titles, *prose))


def at(cell: int) -> RunPlace:
    return RunPlace(cell=cell, line=1, statement=1)


@pytest.mark.parametrize(
    ("key", "heading"),
    [
        ("Exercise 2", "Exercise 2"),
        ("Exercise 2", "exercise 2: backward"),
        ("Exercise 2", "My EXERCISE-2."),
        ("Exercise 2", "Exercise2"),
        ("Exercise 2", "Exercise 2a"),
        ("Exercise 2", "Exercise ２"),
        ("Q3", "Q3:"),
        ("Q3", "q 3 (second part)"),
        ("练习 3", "练习3"),
        ("练习 3", "第2章练习3答案"),
        ("练习 3", "**练习３：** 再次执行"),
        ("反向传播", "练习：执行反向传播函数"),
        ("連鎖", "問題 連鎖律"),
        ("연습 3", "연습 3을 풀다"),
        ("แบบฝึกหัด 3", "ตอบแบบฝึกหัด 3"),
        ("Übung 4", "ÜBUNG 4"),
        ("Упражнение 4", "упражнение №4"),
        ("2.5.2", "2.5.2 Backward for vectors"),
        ("2.5.2", "2.5.2."),
        ("2.5.2", "§2.5.2"),
        ("double-backward", "# %% double_backward"),
    ],
)
def test_a_heading_names_an_exercise(key: str, heading: str) -> None:
    section = section_of(exercise(key), submission(heading, "Something else"))
    assert section.named
    assert at(0) in section
    assert at(1) not in section


@pytest.mark.parametrize(
    ("key", "heading"),
    [
        ("Exercise 1", "Exercise 12"),
        ("Exercise 1", "Exercise 1.2"),
        ("Exercise 1", "Exercises 1"),
        ("练习 1", "练习 12"),
        ("练习 1", "练习"),
        ("2.5", "2.5.2 Backward"),
        ("5.2", "2.5.2 Backward"),
        ("Q3", "FAQ3"),
        ("sum", "Summary"),
        ("?!", "Anything"),
        ("?!", "?!"),
    ],
)
def test_a_part_of_a_word_or_number_does_not(key: str, heading: str) -> None:
    assert not section_of(exercise(key), submission(heading)).named


def texts_in(section: Section, handed_in: Submission) -> list[str]:
    """The texts that are in a section."""
    nothing = Handout()
    found = passages(handed_in, section, nothing, OwnCode(handed_in, nothing))
    return [passage.text for passage in found if passage.in_section]


def test_without_any_heading_everything_is_in_the_section() -> None:
    section = section_of(exercise(), submission("", "Other"))
    assert not section.named
    assert at(0) in section
    assert at(1) in section


@pytest.mark.parametrize("path", ["double-backward.py", "a/b/ex_double_backward (1).ipynb", "练习3_王.md"])
def test_a_file_name_names_an_exercise(path: str) -> None:
    handed_in = submission("", prose=(Prose(text="words"),), path=path)
    section = section_of(exercise("练习 3"), handed_in)
    assert section.named
    assert section.by_file
    assert texts_in(section, handed_in) == ["words"]


def test_the_folder_of_a_file_does_not() -> None:
    assert not section_of(exercise(), submission("", path="double-backward/homework.py")).named


def test_a_heading_over_text_only_names_it_too() -> None:
    text, other = Prose(text="It raises.", after=1), Prose(text="else", after=1)
    prose = (Prose(text="Backward, twice", level=1, after=1), text, Prose(text="Next", level=1, after=1), other)
    handed_in = submission("", prose=prose)
    section = section_of(exercise(), handed_in)
    assert section.by_heading
    assert texts_in(section, handed_in) == [text.text]


def test_order_and_repetition_do_not_matter() -> None:
    section = section_of(
        exercise("Exercise 2"), submission("Exercise 3", "Exercise 2", "Exercise 1", "Exercise 2 again")
    )
    assert [at(number) in section for number in range(4)] == [False, True, False, True]


@pytest.mark.parametrize(
    "metadata",
    [{"tags": ["double-backward"]}, {"title": "Backward, twice"}, {"grader": {"exercise": "double-backward"}}],
)
@pytest.mark.parametrize("whole", [True, False])
def test_metadata_of_a_cell_or_a_notebook_names_it(tmp_path: Path, metadata: object, whole: bool) -> None:
    cell = {"cell_type": "code", "source": "x", "metadata": {} if whole else metadata}
    other = {"cell_type": "code", "source": "y", "metadata": {}}
    path = tmp_path / "n.ipynb"
    content = {"cells": [cell, other], "nbformat": 4, "metadata": metadata if whole else {}}
    path.write_text(json.dumps(content), encoding="utf-8")
    section = section_of(exercise(), load(str(path)))
    assert at(0) in section
    assert (at(1) in section) is whole


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("s.py", "# %% Exercise 2\nx = 1\n# %% Exercise 3\ny = 2\n"),
        ("s.py", "# %% [markdown]\n# ## Exercise 2\n# %%\nx = 1\n# %% [markdown]\n# ## Three\n# %%\ny = 2\n"),
        ("s.py", "# %%\n# Exercise 2\nx = 1\n# %%\n# Exercise 3\ny = 2\n"),
        ("s.md", "## Exercise 2\n```python\nx = 1\n```\n## Exercise 3\n```python\ny = 2\n```\n"),
        ("s.md", "**Exercise 2**\n\n```python\nx = 1\n```\n**Exercise 3**\n\n```python\ny = 2\n```\n"),
        ("s.md", "```{python exercise-2}\nx = 1\n```\n\n```{python exercise-3}\ny = 2\n```\n"),
        ("s.txt", "Exercise 2\nimport a\nx = 1\nExercise 3 is this one\ny = 2\nz = 3\n"),
    ],
)
def test_titles_in_scripts_and_notes_name_it(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    submission = load(str(path))
    section = section_of(exercise("Exercise 2"), submission)
    last_lines = [cell.first_line + cell.source.rstrip().count("\n") for cell in submission.cells]
    places = [RunPlace(cell=number, line=line, statement=1) for number, line in enumerate(last_lines)]
    assert [place in section for place in places] == [True, False]
