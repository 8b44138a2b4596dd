"""Classes on which ``grade`` runs: in the test's own process, or as a command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox.sandbox import Sandbox
from tests.helpers.class_in_process import ClassInProcess, SharedSandboxes
from tests.helpers.class_of import Class


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of its own, so that no cache of the user's is read or written."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def sandboxes(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedSandboxes]:
    shared = SharedSandboxes(sandbox, tmp_path_factory.mktemp("support"))
    yield shared
    shared.close()


@pytest.fixture
def klass(tmp_path: Path, home: Path, sandboxes: SharedSandboxes) -> ClassInProcess:
    return ClassInProcess(tmp_path, home, sandboxes)


@pytest.fixture
def real(tmp_path: Path, home: Path) -> Class:
    """A class on which ``grade`` runs as its users run it: a command, whose pool starts processes."""
    return Class(tmp_path, home)
