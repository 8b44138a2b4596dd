"""For tests: whether two gradebooks hold the same, row by row, but for times."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

TIMES = {"graded_at", "created_at", "seen_at", "handed_in_at", "duration_s", "finished_at", "kept_waiting_s"}
"""Columns, and fields of the packed documents."""
LOCKS = {"batch_lock", "alembic_version"}


def differences(one: Path, other: Path) -> list[str]:
    """What differs, a line for each value; empty: they hold the same."""
    first, second = rows_of(one), rows_of(other)
    assert any(first.values()), f"{one} is empty"
    return [*_differences("", first, second)]


def rows_of(gradebook: Path) -> dict[str, dict[str, Any]]:
    """The rows of every table, by their primary keys. Packed documents are unpacked, times are left out."""
    with closing(sqlite3.connect(f"file:{gradebook}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: _rows(database, name) for name in sorted(names) if name not in LOCKS}


def _rows(database: sqlite3.Connection, table: str) -> dict[str, Any]:
    key = [row["name"] for row in database.execute(f"PRAGMA table_info({table})") if row["pk"]]
    found = {}
    for row in database.execute(f"SELECT * FROM {table}"):
        name = "/".join(str(row[column]) for column in key)
        assert name not in found, f"{table} has {name} twice"
        found[name] = {column: _plain(row[column]) for column in row.keys() if column not in TIMES}  # noqa: SIM118
    return found


def _plain(value: Any) -> Any:
    """A value as it can be compared: JSON, and what is packed, as data."""
    if isinstance(value, bytes) and value:
        head, _, data = zlib.decompress(value).partition(b"\n")
        return _without_times(json.loads(head)), data
    if isinstance(value, str) and value.startswith(("{", "[")):
        with suppress(ValueError):
            return _without_times(json.loads(value))
    return value


def _without_times(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_times(each) for name, each in value.items() if name not in TIMES}
    return [_without_times(each) for each in value] if isinstance(value, list) else value


def _differences(where: str, one: Any, other: Any) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            here = f"{where}/{name}"
            if name in one and name in other:
                yield from _differences(here, one[name], other[name])
            else:
                yield f"{here}: only in the {'first' if name in one else 'second'}"
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        for number, (mine, yours) in enumerate(zip(one, other, strict=True)):
            yield from _differences(f"{where}[{number}]", mine, yours)
    elif one != other:
        yield f"{where}: {one!r:.200} and {other!r:.200}"
