"""Results of earlier validations are found by their keys, and losing them does no harm."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from grader.workbench import kept
from grader.workbench.kept import Kept


def test_what_was_saved_is_found(tmp_path: Path) -> None:
    Kept(tmp_path).save({"a": "1", "b": "2"})
    assert Kept(tmp_path).load(["a", "c"]) == {"a": "1"}


def test_more_keys_than_one_query_takes(tmp_path: Path) -> None:
    results = {f"key-{number}": str(number) for number in range(1200)}
    Kept(tmp_path).save(results)
    assert Kept(tmp_path).load(results) == results


def test_a_damaged_database_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "validation.sqlite3").write_bytes(b"this is no database" * 100)
    Kept(tmp_path).save({"a": "1"})
    assert Kept(tmp_path).load(["a"]) == {"a": "1"}


@pytest.mark.parametrize("folder", [None, Path("/dev/null/cache")], ids=["no folder", "a folder that cannot be made"])
def test_where_nothing_can_be_kept_nothing_is_found(folder: Path | None) -> None:
    Kept(folder).save({"a": "1"})
    assert Kept(folder).load(["a"]) == {}


def test_what_nobody_asked_for_is_deleted(tmp_path: Path) -> None:
    Kept(tmp_path).save({"old": "1", "asked": "2"})
    with sqlite3.connect(tmp_path / "validation.sqlite3") as database:
        database.execute("UPDATE kept SET used = used - ?", [(kept.UNUSED_DAYS + 1) * kept.DAY_S])
    database.close()
    assert Kept(tmp_path).load(["asked"]) == {"asked": "2"}
    Kept(tmp_path).save({"new": "3"})
    assert Kept(tmp_path).load(["old", "asked", "new"]) == {"asked": "2", "new": "3"}
