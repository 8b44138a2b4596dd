"""What tests of commands share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.command_line import KeptWorkers


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of its own, so that no cache of the user's is read or written."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def workers() -> Iterator[KeptWorkers]:
    kept = KeptWorkers()
    yield kept
    kept.close()
