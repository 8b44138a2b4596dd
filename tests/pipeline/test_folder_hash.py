"""The hash of a folder: every change of its files changes it, and large files that have not changed are not read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.pipeline import folder_hash
from grader.pipeline.folder_hash import LARGE, hash_of_folder

OLD = 10**9
"""A time long ago, in seconds."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "data"
    (found / "deep").mkdir(parents=True)
    (found / "small.txt").write_text("a")
    (found / "deep" / "large.bin").write_bytes(b"a" * LARGE)
    return found


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files whose content is hashed."""
    found: list[str] = []
    hash_of_file = folder_hash._hash_of_file

    def note(path: Path) -> str:
        found.append(path.name)
        return hash_of_file(path)

    monkeypatch.setattr(folder_hash, "_hash_of_file", note)
    return found


def settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all files have been changed long ago."""
    monkeypatch.setattr(folder_hash, "SETTLED_S", -1.0)


def test_every_change_changes_it(folder: Path, tmp_path: Path) -> None:
    seen = {hash_of_folder(folder, tmp_path / "cache")}
    for change in (
        lambda: (folder / "small.txt").write_text("b"),
        lambda: (folder / "deep" / "large.bin").write_bytes(b"b" * LARGE),
        lambda: (folder / "small.txt").rename(folder / "other.txt"),
        lambda: (folder / "other.txt").rename(folder / "deep" / "other.txt"),
        lambda: (folder / "new.txt").touch(),
        lambda: (folder / "new.txt").unlink(),
    ):
        change()
        seen.add(hash_of_folder(folder, tmp_path / "cache"))
    assert len(seen) == 7 - 1  # at the end, it is as it was before there was a new file


def test_a_copy_has_the_hash_of_its_original(folder: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(folder, tmp_path / "copy")
    assert hash_of_folder(folder, tmp_path / "cache") == hash_of_folder(tmp_path / "copy", tmp_path / "cache")


def test_the_files_of_a_large_folder_are_read_once(
    folder: Path, tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(monkeypatch)
    first = hash_of_folder(folder, tmp_path / "cache")
    assert read == ["small.txt", "large.bin"]
    read.clear()
    assert hash_of_folder(folder, tmp_path / "cache") == first
    assert read == []


def test_a_small_folder_is_read_each_time(
    folder: Path, tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(monkeypatch)
    (folder / "deep" / "large.bin").unlink()
    for _ in range(2):
        hash_of_folder(folder, tmp_path / "cache")
    assert read == ["small.txt"] * 2
    assert not (tmp_path / "cache").exists()


def test_a_change_that_keeps_size_and_time_of_modification_is_seen(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(monkeypatch)
    large = folder / "deep" / "large.bin"
    os.utime(large, (OLD, OLD))
    first = hash_of_folder(folder, tmp_path / "cache")
    large.write_bytes(b"b" * LARGE)
    os.utime(large, (OLD, OLD))
    assert hash_of_folder(folder, tmp_path / "cache") != first


def test_what_was_changed_just_now_is_not_kept(folder: Path, tmp_path: Path, read: list[str]) -> None:
    for _ in range(2):
        hash_of_folder(folder, tmp_path / "cache")
    assert read == ["small.txt", "large.bin"] * 2


@pytest.mark.parametrize("content", [b"no json", b"[]", b'{"deep/large.bin": 3}', b'{"deep/large.bin": []}'])
def test_a_damaged_entry_counts_as_missing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    settle(monkeypatch)
    first = hash_of_folder(folder, tmp_path / "cache")
    (entry,) = (tmp_path / "cache").iterdir()
    entry.write_bytes(content)
    assert hash_of_folder(folder, tmp_path / "cache") == first


def test_a_cache_that_cannot_be_written_is_done_without(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert hash_of_folder(folder, tmp_path / "cache") == hash_of_folder(folder, tmp_path / "other")


def test_links_that_lead_in_a_circle_do_no_harm(folder: Path, tmp_path: Path) -> None:
    (folder / "deep" / "up").symlink_to(folder)
    (folder / "nowhere").symlink_to(tmp_path / "nothing")
    assert hash_of_folder(folder, tmp_path / "cache")
