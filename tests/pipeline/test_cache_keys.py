"""A kept run is taken only where nothing has changed that runs depend on besides their jobs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from grader.model import Isolation, Level
from grader.pipeline import cache_keys


class World:
    """What a worker runs with."""

    def __init__(self, folder: Path) -> None:
        for name in ("support", "data"):
            (folder / name).mkdir()
            (folder / name / "file.py").write_text("x = 1\n")
        self.support, self.data = folder / "support", folder / "data"
        self.sandbox: Any = SimpleNamespace(
            isolation=Isolation(level=Level.STRICT, mechanisms=("bubblewrap",)),
            versions={"torch": "2.6.0", "numpy": None},
            support=(self.support,),
        )

    def key(self) -> str:
        return cache_keys.of_worker(self.sandbox, {"data/hw2": self.data})


def _versions(world: World) -> None:
    world.sandbox.versions["torch"] = "2.7.0"


def _isolation(world: World) -> None:
    world.sandbox.isolation = Isolation(level=Level.REDUCED, mechanisms=())


def _support(world: World) -> None:
    (world.support / "file.py").write_text("x = 2\n")


def _further_module(world: World) -> None:
    (world.support / "more.py").touch()


def _data(world: World) -> None:
    (world.data / "file.py").write_text("x = 2\n")


@pytest.mark.parametrize("change", [_versions, _isolation, _support, _further_module, _data])
def test_what_a_run_depends_on_is_in_the_key(change: Callable[[World], None], tmp_path: Path) -> None:
    world = World(tmp_path)
    before = world.key()
    assert world.key() == before
    change(world)
    assert world.key() != before


def test_the_graders_code_is_in_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path)
    before = world.key()
    monkeypatch.setattr(cache_keys, "of_grader", lambda: "changed by hand")
    assert world.key() != before


def test_what_python_caches_beside_a_module_is_not(tmp_path: Path) -> None:
    world = World(tmp_path)
    before = world.key()
    (world.support / "__pycache__").mkdir()
    (world.support / "__pycache__/file.pyc").write_bytes(b"compiled")
    assert world.key() == before
