"""Files that tests hand in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.model import Cell, Submission
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
def read(write: Callable[[str, Any], str]) -> Callable[..., Submission]:
    """A notebook made of the given cells, or a script."""

    def read(*content: Any) -> Submission:
        if len(content) == 1 and isinstance(content[0], str | bytes):
            return load(write("s.py", content[0]))
        return load(write("n.ipynb", notebook(*content)))

    return read


@pytest.fixture
def cells(read: Callable[..., Submission]) -> Callable[..., tuple[Cell, ...]]:
    """The cells of a notebook made of the given ones, or of a script."""

    def cells(*content: Any) -> tuple[Cell, ...]:
        return read(*content).cells

    return cells
