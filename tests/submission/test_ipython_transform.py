"""IPython is asked about cells that it can change, and only about those."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.submission.ipython_transform import LineKeepingTransformer, tokens_by_line
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


@pytest.mark.parametrize(
    "broken",
    [
        *("x = 'abc", "don't", "print('abc)", "print(f'{x)", "f'{'", "print(f'{x:')", "x = '\\", "x = 3\\ 4"),
        *(
            "0x",
            "1_",
            "0b12",
            "x = “a”",
            "x = 5€",
            "if x:\n    a\n  b",
            "if x:\n  y = 'a\n  z",
            "a = 1\n]",
            "f'{{ {x}'",
        ),
    ],
)
def test_magics_after_an_error_are_recognised(broken: str) -> None:
    """On every version of Python, though the tokenizer of 3.12 and later stops at an error."""
    after = transformed(f"{broken}\n%matplotlib inline\n!ls\nr = !ls\nt = %time 3\nr?\n")[len(broken) :]
    assert after == (
        "\nget_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().system('ls')\n"
        "r = get_ipython().getoutput('ls')\nt = get_ipython().run_line_magic('time', '3')\n"
        "get_ipython().run_line_magic('pinfo', 'r')\n"
    )


@pytest.mark.parametrize("words", ["don't you?", "Why is it 'None?", 'a "b?'])
def test_words_with_a_question_mark_are_no_request_for_help(words: str) -> None:
    assert transformed(f"{words}\n") == f"{words}\n"


@pytest.mark.parametrize("opened", ["x = (", 'x = """a', "x = [1,\n  2,"])
def test_what_belongs_to_an_open_bracket_or_text_is_no_magic(opened: str) -> None:
    cell = f"{opened}\n%time f()\n"
    assert transformed(cell) == cell


@given(st.lists(st.sampled_from(PARTS), max_size=12).map("".join))
def test_tokens_are_in_lines_that_exist(cell: str) -> None:
    lines = cell.splitlines(keepends=True)
    for row in tokens_by_line(lines):
        assert row
        assert all(1 <= token.start[0] <= len(lines) + 1 for token in row)


def test_a_cell_of_errors_takes_linear_time() -> None:
    assert len(tokens_by_line(["x = 'a\n"] * 20_000)) == 20_000


@given(st.lists(st.sampled_from(PARTS), max_size=12).map("".join))
@example(" \nx = '''\n  \n")
def test_what_is_not_recognised_stays_as_it_is(cell: str) -> None:
    if not may_be_ipython(cell):
        changed = transformed(cell)
        assert without_spaces_in_blank_lines(changed) == without_spaces_in_blank_lines(cell)
