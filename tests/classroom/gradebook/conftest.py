"""An empty gradebook for a test: in an SQLite file, and in a PostgreSQL server's database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from grader.classroom.gradebook.gradebook import Gradebook
from tests.helpers import postgres


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.sqlite"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed; CI has it")
    with postgres.server() as url:
        yield url


@pytest.fixture
def empty_postgresql(postgresql: str) -> str:
    """The URL of the server's database, without any table."""
    with create_engine(postgresql).begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    connection.engine.dispose()
    return postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
def book(request: pytest.FixtureRequest, path: Path) -> Iterator[Gradebook]:
    """An empty gradebook: once in an SQLite file, once in a PostgreSQL database."""
    name = str(path) if request.param == "sqlite" else request.getfixturevalue("empty_postgresql")
    with Gradebook.open(name, create=True) as book:
        yield book
