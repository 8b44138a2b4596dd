from __future__ import annotations

from pathlib import Path

import pytest

from tests.workbench.small_course import write_small_course


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of two exercises that holds in every way, in the current folder."""
    root = write_small_course(tmp_path / "small")
    monkeypatch.chdir(root)
    return root
