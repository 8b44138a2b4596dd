"""Scripts, with and without cells."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.submission import load
from tests.helpers.submission_files import headings_over, message


def test_without_marks_is_one_cell(cells):
    (cell,) = cells("# Exercise 2: detach\nimport torch\n")
    assert (cell.number, cell.first_line, cell.code) == (None, 1, "# Exercise 2: detach\nimport torch\n")


def test_marks_make_cells(write):
    submission = load(write("s.py", "import torch\n# %% Exercise 2\nx = 1\nx;\n#%%\n# Third\n\ny = 2\n"))
    assert [(cell.number, cell.first_line) for cell in submission.cells] == [(1, 1), (2, 2), (3, 5)]
    assert [(prose.text, prose.level, prose.after, prose.line) for prose in submission.prose] == [
        ("Exercise 2", 7, 1, 2)
    ]
    assert submission.cells[1].source == "# %% Exercise 2\nx = 1\nx;"
    assert submission.cells[1].quiet
    assert "\n".join(cell.source for cell in submission.cells) == Path(submission.path).read_text()


def test_comments_before_the_first_mark_are_no_cell(cells):
    (cell,) = cells("# ---\n# jupyter: x\n# ---\n\n# %%\nx = 1")
    assert (cell.number, cell.first_line) == (1, 5)


def test_markdown_cells_are_headings(read):
    submission = read(
        '# %% [markdown]\n# # Homework\n# ## One\n# %%\nx\n# %% [markdown]\n"""\n## Two\n"""\n# %%\ny\n'
        "# %% [markdown]\nz = 'code after all'\n"
    )
    _, second, third = submission.cells
    assert headings_over(submission)[:2] == [("One", "Homework"), ("Two", "Homework")]
    assert (second.number, second.first_line) == (2, 10)
    assert "code after all" in third.code


def test_scripts_exported_by_jupyter_have_cells(cells):
    assert [cell.first_line for cell in cells("#!/usr/bin/env python\n\n# In[1]:\n\nx\n\n# In[ ]:\n\ny\n")] == [
        3,
        7,
    ]


def test_marks_within_a_statement_do_not_tear_it(cells):
    (cell,) = cells('x = """\n# %% no\n"""\ndef f():\n    a = 1\n# %% no\n    return a\n')
    assert cell.number is None
    ast.parse(cell.code)


def test_marks_split_where_one_cell_does_not_parse(cells):
    good, bad, last = cells("# %%\nx = 1\n# %%\nx = = 1\n# %%\n!ls\n")
    assert (good.code, bad.code) == ("# %%\nx = 1", "# %%\nx = = 1")
    assert last.notes == ("line 6: `!ls` does nothing here",)


def test_a_script_of_remarks_is_a_submission(cells):
    assert [cell.code for cell in cells("# only a remark")] == ["# only a remark"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("x = 'é'".encode(), "x = 'é'"),
        ("\ufeffx = 'é'".encode(), "x = 'é'"),
        ("# coding: latin-1\nx = 'é'".encode("latin-1"), "# coding: latin-1\nx = 'é'"),
        ("# -*- coding: gbk -*-\nx = '数'".encode("gbk"), "# -*- coding: gbk -*-\nx = '数'"),
        (b"x = 1\r\ny = 2\r\n", "x = 1\ny = 2\n"),
        (b"x = 1\n\x0c\ny = 2\n", "x = 1\n\x0c\ny = 2\n"),
    ],
)
def test_is_decoded_as_python_does(cells, raw, text):
    (cell,) = cells(raw)
    assert cell.source == text
    ast.parse(cell.code)


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        ("x = '数'".encode("gbk"), "line 1 is not text in utf-8"),
        ("x = 1\ny = 2\nz = '数'".encode("gbk"), "line 3 is not text in utf-8"),
        (b"# coding: ascii\n\nx = '\xff'", "line 3 is not text in ascii"),
        (b"# coding: klingon\n", "its encoding cannot be used (unknown encoding: klingon)"),
        (b"# coding: punycode\nx-a", "its encoding cannot be used"),
        (b"# coding: hex\n", "its encoding cannot be used"),
        ("x = 1".encode("utf-16"), "null bytes"),
        (b"\x7fELF\x00", "null bytes"),
    ],
)
def test_what_is_no_text_gets_one_message(write, raw, part):
    text = message(write("s.py", raw))
    assert part in text
    assert "UTF-8" in text
