"""Classes on which ``grade`` runs: in the test's own process, or as a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.class_in_process import ClassInProcess, SharedSandboxes
from tests.helpers.class_of import Class


@pytest.fixture
def klass(tmp_path: Path, home: Path, sandboxes: SharedSandboxes) -> ClassInProcess:
    return ClassInProcess(tmp_path, home, sandboxes)


@pytest.fixture
def real(tmp_path: Path, home: Path) -> Class:
    """A class on which ``grade`` runs as its users run it: a command, whose pool starts processes."""
    return Class(tmp_path, home)
