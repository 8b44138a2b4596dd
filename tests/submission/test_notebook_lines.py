"""The lines of the ``.ipynb`` file on which the code of its cells stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grader.model import Submission
from grader.submission.loading import read
from grader.submission.notebook_lines import find_source_lines
from tests.helpers.submission_files import code, markdown, notebook

LINES = ["import torch\n", "x = torch.ones(3)\n", "\n", "x.sum()"]


def loaded(text: str) -> Submission:
    return read(text.encode(), "homework.ipynb")


def file_lines(text: str) -> list[tuple[int, ...]]:
    return [cell.file_lines for cell in loaded(text).cells]


def as_jupyter(*cells: Any) -> str:
    return json.dumps(notebook(*cells), indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_line_of_the_file_has_the_code(end: str) -> None:
    text = as_jupyter(markdown(["# A\n", "text"]), code(LINES), code(["y = 'é'"])).replace("\n", end)
    submission = loaded(text)
    shown = text.split("\n")
    for index, cell in enumerate(submission.cells):
        for number, line in enumerate(cell.source.split("\n"), 1):
            place = submission.location(index, number)
            assert place.file_line is not None
            assert json.dumps(line, ensure_ascii=False)[1:-1] in shown[place.file_line - 1]
            assert f"line {number}" in place.in_words()


def test_a_notebook_on_one_line_has_all_its_code_there() -> None:
    assert file_lines(json.dumps(notebook(code(LINES), code("y")))) == [(1, 1, 1, 1), (1,)]


def test_a_source_may_be_one_text_or_in_pieces_that_are_no_lines() -> None:
    text = as_jupyter(code("a\r\nb\rc\n"), code(["a", " = 1\r", "\n", "b\nc", "", "\n", "d"]))
    first, second = loaded(text).cells
    assert len(set(first.file_lines)) == 1
    assert len(first.file_lines) == 3
    start = second.file_lines[0]
    assert second.source == "a = 1\nb\nc\nd"
    assert second.file_lines == (start, start + 3, start + 3, start + 6)


def test_an_end_of_a_line_may_be_split_but_once() -> None:
    (cell,) = loaded(as_jupyter(code(["a\r", "\n", "\n", "b"]))).cells
    start = cell.file_lines[0]
    assert cell.source == "a\n\nb"
    assert cell.file_lines == (start, start + 2, start + 3)


def test_of_a_key_that_stands_twice_the_last_counts() -> None:
    cell = '{"source": ["old"],\n "cell_type": "code",\n "source":\n ["new"]}'
    assert file_lines(f'{{"cells": [{{}}], "nbformat": 4,\n"cells": [{cell}]}}') == [(5,)]


def test_brackets_and_sources_elsewhere_are_no_code() -> None:
    output = {"output_type": "stream", "text": ['{"cells": [{"source": ["x"]}]\n'], "source": ["no"]}
    (lines,) = file_lines(as_jupyter(code(["x = 1"], outputs=[output], metadata={"source": ["no"], "cells": []})))
    assert len(lines) == 1


def test_a_script_and_notes_have_the_line_that_they_tell() -> None:
    place = read(b"# %%\nx = 1\n# %%\ny = 2\n", "a.py").location(1, 4)
    assert (place.line, place.file_line) == (4, 4)


def test_what_is_not_known_is_not_told() -> None:
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [code("x") | {"input": "x"}]}]}
    submission = loaded(json.dumps(old))
    assert submission.location(0, 1).file_line is None
    assert loaded(as_jupyter(code(["x"]))).location(0, 99).file_line is None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"cells"', '{"cells": [', '{"cells": [{"source": [', '{"cells": 3}'])
def test_another_document_has_no_lines(text: str) -> None:
    assert find_source_lines(text) == {}


def test_sources_of_more_strings_than_are_looked_at_have_no_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.submission.notebook_lines.MAX_STRINGS", 2)
    assert file_lines(as_jupyter(code(["a\n", "b\n", "c"]))) == [()]
