"""Real workers in real sandboxes, with a stand-in for ``runtime/execute/run.py`` that runs any Python."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from grader.model import Level
from grader.sandbox import bubblewrap, seccomp
from grader.sandbox.worker_handle import RUNTIME, WorkerHandle
from tests.sandbox.workers import STAND_IN, STAYS, Run, run_on, started


@pytest.fixture(scope="session")
def runtime() -> Iterator[Path]:
    """A copy of the runtime that every user can read, with the stand-in in place of what runs a submission."""
    with tempfile.TemporaryDirectory() as top:
        Path(top).chmod(0o755)
        folder = Path(top, "runtime")
        folder.mkdir()
        for name in STAYS:
            copy = shutil.copytree if (RUNTIME / name).is_dir() else shutil.copy
            copy(RUNTIME / name, folder / name)
        (folder / "execute").mkdir()
        (folder / "execute" / "__init__.py").touch()
        (folder / "execute" / "run.py").write_text(STAND_IN)
        yield folder


@pytest.fixture(scope="session")
def strict(runtime: Path) -> Iterator[WorkerHandle]:
    if bubblewrap.diagnose() is not None or seccomp.diagnose() is not None:
        pytest.skip("this machine has no namespaces or no seccomp")
    with started(runtime, Level.STRICT) as worker:
        yield worker


@pytest.fixture(scope="session")
def zygote(runtime: Path) -> Iterator[WorkerHandle]:
    """A worker that has imported and waits to fork two workers."""
    if bubblewrap.diagnose() is not None or seccomp.diagnose() is not None:
        pytest.skip("this machine has no namespaces or no seccomp")
    with started(runtime, Level.STRICT, workers=2) as worker:
        if (why := worker.why_alone) is not None:
            pytest.skip(why)
        yield worker


@pytest.fixture(scope="session")
def forked(zygote: WorkerHandle) -> Iterator[Sequence[WorkerHandle]]:
    """Two workers that another one has forked."""
    workers = zygote.split()
    yield workers
    for worker in workers:
        worker.close()


@pytest.fixture(scope="session")
def plain(runtime: Path) -> Iterator[WorkerHandle]:
    with started(runtime, Level.NONE) as worker:
        yield worker


@pytest.fixture(scope="session")
def reduced(runtime: Path) -> Iterator[WorkerHandle]:
    if seccomp.diagnose() is not None:
        pytest.skip("this machine has no seccomp")
    with started(runtime, Level.REDUCED) as worker:
        yield worker


@pytest.fixture(scope="session")
def spawning(runtime: Path) -> Iterator[WorkerHandle]:
    """A worker that does not fork."""
    with started(runtime, Level.NONE, forks=False) as worker:
        yield worker


@pytest.fixture(params=["strict", "plain", "spawning"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs code at the strongest and at the weakest level, and in a spawned child."""
    worker: WorkerHandle = request.getfixturevalue(request.param)
    return lambda code, **options: run_on(worker, code, **options)


@pytest.fixture
def inside(strict: WorkerHandle) -> Run:
    return lambda code, **options: run_on(strict, code, **options)
