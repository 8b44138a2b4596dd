"""Tests of a course's files."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes an empty folder the current one, so that messages have short paths."""
    monkeypatch.chdir(tmp_path)
