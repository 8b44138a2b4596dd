"""Submissions that are too large."""

from __future__ import annotations

import pytest

from grader.submission import size_limits
from tests.helpers.submission_files import code, message, notebook


def test_too_large_a_file(write, monkeypatch):
    monkeypatch.setattr(size_limits, "MAX_BYTES", 10)
    assert "Clear its outputs" in message(write("n.ipynb", notebook()))


def test_too_many_cells(write):
    assert "10001 cells; at most 10000" in message(write("n.ipynb", notebook(*[code("")] * 10_001)))


@pytest.mark.parametrize("name", ["n.ipynb", "s.py"])
def test_too_much_code(write, name):
    source = "x = 1\n" * 100_000
    assert "more than 512 KiB of code" in message(write(name, notebook(code(source)) if name == "n.ipynb" else source))
