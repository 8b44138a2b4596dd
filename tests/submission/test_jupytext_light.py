"""Scripts in Jupytext's light format, with Jupytext and without it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grader.submission import load
from grader.submission.jupytext_light import INSTALL_COMMAND, is_light

HEADER = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: light
# ---

"""
LIGHT = (
    HEADER
    + """\
# # Homework
# Words.

# %matplotlib inline
x = 1

# ## Exercise 2

# + tags=["ex-2"]
y = 2

z = 3
# -
"""
)


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "light.py"
    file.write_text(LIGHT, encoding="utf-8")
    return str(file)


def test_cells_and_headings_are_told_apart(path: str) -> None:
    submission = load(path)
    assert submission.format == "py"
    assert [(cell.number, cell.first_line, cell.source) for cell in submission.cells] == [
        (1, 12, "# %matplotlib inline\nx = 1"),
        (2, 18, "y = 2\n\nz = 3"),
    ]
    assert submission.cells[1].titles == ("ex-2",)
    assert [(text.text, text.level) for text in submission.prose] == [
        ("Homework", 1),
        ("Words.", 0),
        ("Exercise 2", 2),
    ]


def test_without_jupytext_it_is_a_plain_script_and_says_what_to_install(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jupytext", None)
    (cell,) = load(path).cells
    assert cell.source == LIGHT
    (note,) = cell.notes
    assert INSTALL_COMMAND in note


def test_where_jupytext_fails_it_is_a_plain_script(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise AttributeError("'str' object has no attribute 'append'")

    monkeypatch.setattr("jupytext.reads", fail)
    (cell,) = load(path).cells
    assert (cell.source, cell.notes) == (LIGHT, ())


def test_its_header_is_never_read_as_yaml(tmp_path: Path) -> None:
    bomb = "".join(f"#   a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 1}]\n" for n in range(12))
    file = tmp_path / "light.py"
    file.write_text(LIGHT.replace("# jupyter:\n", f"# jupyter:\n{bomb}"), encoding="utf-8")
    assert len(load(str(file)).cells) == 2


@pytest.mark.parametrize(
    "source", ["x = 1", "# ---\n# ---\n", HEADER.replace("light", "percent"), "# format_name: light\n"]
)
def test_other_scripts_are_not_light(source: str) -> None:
    assert not is_light(source)
