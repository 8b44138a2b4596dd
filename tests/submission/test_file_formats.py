"""Which format a file has, by its name and content; what is refused, and with which advice."""

from __future__ import annotations

import pytest

from grader.submission import load
from tests.helpers.submission_files import code, message, notebook


def test_browsers_may_add_a_suffix(write):
    assert load(write("n.ipynb.txt", notebook(code("x")))).format == "ipynb"
    assert load(write("N.IPYNB", notebook(code("x")))).format == "ipynb"


@pytest.mark.parametrize("name", ["a.csv", "a.png", "a.ipynb.bak"])
def test_other_files_are_refused(write, name):
    text = message(write(name, "x = 1"))
    assert "not a notebook (.ipynb), a script (.py) or notes (.md, .qmd, .Rmd, .txt)" in text


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("a.pdf", b"%PDF-1.5 \xff", "this is a PDF. Hand in the notebook itself (.ipynb); in Jupyter: File"),
        ("a.html", "<p>x</p>", "this is an HTML export, or a web page. Hand in the notebook itself"),
        ("a.txt", "\ufeff\n<!DOCTYPE HTML>\n<html>", "this is an HTML export"),
        ("a.py", "<html lang='en'>", "this is an HTML export"),
        ("a.docx", b"PK\x03\x04....", "an archive or an office document"),
        ("a.zip", b"PK\x03\x04....", "an archive or an office document"),
        ("a.txt", "{\\rtf1 x}", "RTF"),
        ("a.py.gz", b"\x1f\x8b\x08", "a compressed file. Unpack it"),
        ("a.md", "", "the file is empty (0 bytes). Save it where it was written"),
        ("a.py", " \n", "the file is empty (2 bytes)"),
        ("a.json", '{"a": 1}', "this is JSON, but no notebook"),
        ("a.json", "[1", "the notebook is damaged"),
    ],
)
def test_exports_archives_and_empty_files_are_told_apart(write, name, content, part):
    path = write(name, content)
    text = message(path)
    assert text.startswith(f"{path}: ")
    assert part in text


@pytest.mark.parametrize("name", ["n.json", "n.txt", "n.py", "n.md", "n"])
def test_a_notebook_is_one_under_any_name(write, name):
    submission = load(write(name, notebook(code("x = 1"))))
    assert (submission.format, submission.cells[0].number) == ("ipynb", 1)


@pytest.mark.parametrize(
    ("name", "content", "format"),
    [
        ("a.txt", "import torch\nx = 1\n", "py"),
        ("a.txt", "In [1]: x = 1\n", "md"),
        ("a.txt", "some words\nimport torch\n", "md"),
        ("a.txt", "words", "md"),
        ("a", "# words\n\n```python\nx = 1\n```\n", "md"),
        ("a", "x = 1\nprint x\n", "py"),
        ("a.MD", "x = 1\n", "md"),
        ("a.Rmd", "x = 1\n", "md"),
        ("a.qmd", "x = 1\n", "md"),
    ],
)
def test_text_is_a_script_where_it_is_python_and_else_notes(write, name, content, format):
    assert load(write(name, content)).format == format
