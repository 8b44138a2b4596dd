from __future__ import annotations

import pytest

from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.gradebook.passwords import without_password
from grader.errors import GradebookError


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://ada:geheim@host:port/book",
        "postgresql+psycopg:/ada:geheim@host/book",
        "postgresql+psycopg:ada:geheim@host/book",
        "postgresql+psycopg://ada:ge/he@im:geheim@host:5432x/book",
        "postgresql+psycopg://:geheim@[::1/book",
        "nosuch://ada:geheim@host/book",
        "postgresql+psycopg://ada@nowhere.invalid:port/book?password=geheim",
        "postgresql+psycopg:/ada@nowhere/book?sslpassword=geheim&x=1",
    ],
)
def test_no_message_has_a_password(url: str) -> None:
    with pytest.raises(GradebookError) as caught:
        Gradebook.open(url, create=True)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["gradebook.sqlite", "C:/grades/hw1.sqlite", "postgresql+psycopg://me@host:5432/grades"]
)
def test_what_has_no_password_stays_as_it_is(name: str) -> None:
    assert without_password(name) == name
