"""The texts that a student wrote, their places, and the exercises that they answer."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from grader import submission
from grader.judging.own_code import OwnCode
from grader.judging.sections import section_of
from grader.judging.words.written_answers import has_only_choices, passages, written_words
from grader.model import Submission
from grader.submission.fingerprints import Handout
from tests.helpers.exercises import double_backward


@pytest.mark.parametrize(("text", "expected"), [("M1: b\n\nM2: a", True), ("M1: b\nM2: a, since it stores", False)])
def test_a_text_may_be_nothing_but_choices(text: str, expected: bool) -> None:
    assert has_only_choices(text) is expected


@pytest.fixture
def notebook(tmp_path: Path) -> Submission:
    cells = [
        nbformat.v4.new_markdown_cell("Intro\n\n# One\nfirst\n\n## Two ##\nsecond\n\nstill second"),
        nbformat.v4.new_code_cell("x = 1"),
        nbformat.v4.new_markdown_cell("third\n\n# Three\n```\n# no heading\n```"),
    ]
    path = tmp_path / "notes.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return submission.load(str(path))


def test_texts_are_kept_under_their_headings(notebook: Submission) -> None:
    assert [(prose.text, prose.level, prose.after, prose.line) for prose in notebook.prose] == [
        ("Intro", 0, 0, 1),
        ("One", 1, 0, 3),
        ("first", 0, 0, 4),
        ("Two", 2, 0, 6),
        ("second\n\nstill second", 0, 0, 7),
        ("third", 0, 1, 1),
        ("Three", 1, 1, 3),
        ("```\n# no heading\n```", 0, 1, 4),
    ]


def test_markdown_cells_of_scripts_are_texts(tmp_path: Path) -> None:
    path = tmp_path / "notes.py"
    path.write_text("# %% [markdown]\n# ## Why\n# Because.\n# %%\nx = 1\n", encoding="utf-8")
    heading, text = submission.load(str(path)).prose
    assert (heading.text, heading.level, heading.line) == ("Why", 2, 2)
    assert (text.text, text.level, text.line) == ("Because.", 0, 3)


def test_strings_keep_their_first_and_last_letters(tmp_path: Path) -> None:
    path = tmp_path / "p.py"
    code = "print('running backward frees the buffer')\nprint(f\"for a rub, {1}\")\nx = rb'bare facts or fur'\n"
    path.write_text(code + "y = '''runs of forward beef'''\n", encoding="utf-8")
    one = submission.load(str(path))
    section = section_of(double_backward().names, one)
    assert [passage.text for passage in passages(one, section, Handout(), OwnCode(one, Handout()))] == [
        "running backward frees the buffer",
        "for a rub, {1}",
        "bare facts or fur",
        "runs of forward beef",
    ]


@pytest.mark.parametrize(
    ("written", "anywhere", "shown"),
    [
        (
            "c = 1  # hmm\n# It fails, because the buffers are freed.\n",
            True,
            "It fails, because the buffers are freed.",
        ),
        ("print(1)  # left over from last week\n", False, ""),
        ("c = 1  # raises an error\n", False, "raises an error"),
        ("c = 1  # hmm\n", True, "hmm"),  # a person has to read it, and there is nothing else
    ],
)
def test_a_remark_beside_code_is_no_answer(tmp_path: Path, written: str, anywhere: bool, shown: str) -> None:
    names = double_backward().names
    path = tmp_path / "remarks.py"
    path.write_text(f"# %% [markdown]\n# ## {double_backward().title}\n# %%\n{written}", encoding="utf-8")
    one = submission.load(str(path))
    found = tuple(passages(one, section_of(names, one), Handout(), OwnCode(one, Handout())))
    assert written_words(found, anywhere=anywhere)[0] == shown
