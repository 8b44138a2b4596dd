"""IPython is asked about cells that it can change, and only about those."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.submission.ipython_transform import LineKeepingTransformer
from grader.submission.magics import may_be_ipython

PARTS = (
    "x",
    " = 1",
    "\n",
    "  ",
    "\t",
    "\f",
    "(",
    ")",
    "'''",
    "\\\n",
    "# a",
    "if a:",
    "..",
    "...: ",
    ">>> ",
    "In [1]: ",
)
PARTS += ("%time", "!ls", "?", ",f a", ";f a", "/f a", "0x", "\x1c", "\u2028", "f'{", "}'", "é", "$", "\r")


def transformed(cell: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return LineKeepingTransformer(1024**2).transform(cell)


def without_spaces_in_blank_lines(cell: str) -> str:
    return "\n".join("" if line.isspace() else line for line in cell.split("\n"))


@pytest.mark.parametrize(
    "cell",
    [
        *("%time f()", "x = 1\n!ls", "x?", "x = %pwd", "x = !ls", "%%bash\nls", "/f a", "\n  ,f a", "x = 1\n;f a"),
        *(">>> x", "In [1]: x", "x = 1\n...: y", "  x = 1\n  y = (", "\n \n\tx"),
    ],
)
def test_what_it_changes_is_recognised(cell: str) -> None:
    assert may_be_ipython(cell)
    assert transformed(cell) != cell


@pytest.mark.parametrize(
    "cell", ["", "x = (", "\nx = 1; y = (", "a = [1,\n  2", "def f(:\n    return 1 / 2", "f(x)\n\n)"]
)
def test_broken_python_is_not_taken_for_it(cell: str) -> None:
    assert not may_be_ipython(cell)
    assert transformed(cell) == cell


@given(st.lists(st.sampled_from(PARTS), max_size=12).map("".join))
@example(" \nx = '''\n  \n")
def test_what_is_not_recognised_stays_as_it_is(cell: str) -> None:
    if not may_be_ipython(cell):
        changed = transformed(cell)
        assert without_spaces_in_blank_lines(changed) == without_spaces_in_blank_lines(cell)
