"""Paths: files that are missing."""

from __future__ import annotations

import pytest

from grader.errors import SubmissionError
from grader.submission import load
from tests.helpers.submission_files import message, notebook


@pytest.mark.parametrize(("wanted", "near"), [("homewrok.ipynb", "homework.ipynb"), ("homework", "homework.ipynb")])
def test_a_missing_file_suggests_the_nearest(write, tmp_path, wanted, near):
    write("homework.ipynb", notebook())
    path = str(tmp_path / wanted)
    assert message(path) == f"{path}: no such file; did you mean {tmp_path / near}?"


def test_a_missing_folder_is_named(tmp_path):
    (tmp_path / "week1").mkdir()
    path = str(tmp_path / "week2" / "a" / "b.py")
    assert message(path) == f"{path}: there is no folder {tmp_path / 'week2'}; did you mean {tmp_path / 'week1'}?"


def test_a_folder_is_no_submission(tmp_path):
    assert "this is a folder" in message(str(tmp_path))


@pytest.mark.parametrize("path", ["a\0b.py", "x" * 5000 + ".py"])
def test_impossible_names_get_a_message(path):
    with pytest.raises(SubmissionError, match="cannot be read"):
        load(path)
