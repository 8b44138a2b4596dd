"""What attacks share: one host, and a worker an isolation level, and one that was forked by another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.sandbox import bubblewrap, seccomp
from tests.attacks.attack import SHARED, Arena, short_of_grace
from tests.attacks.host import Host, host


@pytest.fixture(scope="session")
def attacked() -> Iterator[Host]:
    with host() as made:
        yield made


@pytest.fixture(scope="session")
def runtime() -> Iterator[Path]:
    with short_of_grace() as runtime:
        yield runtime


@pytest.fixture(scope="session")
def arena(attacked: Host, runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Arena]]:
    """The arena of a level, or of ``SHARED``; skips the test where this machine has no such level."""
    made: dict[str, Arena] = {}

    def at(level: str) -> Arena:
        missing = seccomp.diagnose() or (bubblewrap.diagnose() if level != "reduced" else None)
        if missing is not None:
            pytest.skip(missing)
        if level not in made:
            folder, name = tmp_path_factory.mktemp("arena"), "strict" if level == SHARED else level
            try:
                made[level] = Arena(attacked, name, folder, runtime=runtime, forked=level == SHARED)
            except SandboxError as error:
                pytest.skip(str(error))
        if level == "reduced" and "landlock" not in made[level].isolation.mechanisms:
            pytest.skip("this machine has no Landlock")
        return made[level]

    yield at
    for each in made.values():
        each.close()
