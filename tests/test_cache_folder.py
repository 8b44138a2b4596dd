"""Without a home, or where the cache cannot be written or read, everything works and nothing is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cache_folder import cache_folder
from grader.cli import doctor
from grader.pipeline.folder_hash import LARGE, hash_of_folder
from grader.pipeline.references import ReferenceStore, cache_directory
from grader.sandbox import font_cache


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A user without ``HOME`` and without an entry in /etc/passwd."""

    def no_entry(uid: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    monkeypatch.setattr("pwd.getpwuid", no_entry)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("homeless")
def test_without_a_home_nothing_is_kept(tmp_path: Path) -> None:
    assert cache_folder() is None
    font_cache.store("key", {"list.json": "{}"})
    assert font_cache.load("key") == {}
    store = ReferenceStore()
    store.save("key", b"stream")
    assert not store.has("key")
    assert store.load("key") is None
    assert "set HOME" in doctor._cache(cache_directory())
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "large").write_bytes(bytes(LARGE))
    assert hash_of_folder(tmp_path / "data")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.mark.usefixtures("homeless")
@pytest.mark.parametrize("place", ["relative", "file", "file/below", "x" * 300])
def test_nor_where_the_environment_names_a_place_that_cannot_be_used(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", place if place == "relative" else str(tmp_path / place))
    font_cache.store("key", {"list.json": "{}"})
    assert font_cache.load("key") == {}
    store = ReferenceStore()
    store.save("key", b"stream")
    assert not store.has("key")
    assert store.load("key") is None
    assert doctor._cache(cache_directory())
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
