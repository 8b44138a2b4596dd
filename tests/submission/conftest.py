"""Files that tests hand in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.model import Cell
from grader.submission import load
from tests.helpers.submission_files import notebook


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Any], str]:
    """Writes a file with this name and content (a notebook as a dict), and gives its path."""

    def write(name: str, content: Any) -> str:
        path = tmp_path / name
        if isinstance(content, dict):
            content = json.dumps(content)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


@pytest.fixture
def cells(write: Callable[[str, Any], str]) -> Callable[..., tuple[Cell, ...]]:
    """The cells of a notebook made of the given ones, or of a script."""

    def cells(*content: Any) -> tuple[Cell, ...]:
        if len(content) == 1 and isinstance(content[0], str | bytes):
            return load(write("s.py", content[0])).cells
        return load(write("n.ipynb", notebook(*content))).cells

    return cells
