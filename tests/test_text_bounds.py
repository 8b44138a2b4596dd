"""How text from outside is cut and cleaned."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import text_bounds
from grader.runtime.record import stream
from grader.text import clean_line
from grader.text_bounds import (
    KEY,
    NAME,
    PATH,
    PERSON,
    TEXT,
    TextBound,
    bounded,
    bounded_name,
    bounded_path,
)

BOUNDS = [value for value in vars(text_bounds).values() if isinstance(value, TextBound)]
SHORT = TextBound(characters=60, bytes=120)
ANY = st.text(st.characters(), max_size=200) | st.text("\0\ud800😀é/.", max_size=200)


@given(ANY)
def test_what_is_bounded_fits_everywhere_and_stays_as_it_is(text: str) -> None:
    for cut in (bounded(text, SHORT), bounded_path(text, SHORT), bounded_name(text, SHORT)):
        assert len(cut) <= SHORT.characters
        assert len(cut.encode("utf-8")) <= SHORT.bytes
        assert len(json.dumps(cut)) - 2 <= SHORT.json_bytes
        assert "\0" not in cut
        assert bounded(cut, SHORT) == cut
    if bounded(text, SHORT) != text:
        assert "…" in bounded(text, SHORT) or "\0" in text or not text.isprintable()


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
        ("😀" * 30, "😀" * 30),
        ("😀" * 31, "😀" * 29 + "…"),
        ("a\0b\udcffc", r"a\x00b\udcffc"),
        ("ends here" + " " * 100, "ends here…"),
    ],
)
def test_cutting(text: str, cut: str) -> None:
    assert bounded(text, SHORT) == cut


def test_paths_stay_distinct_and_keep_their_suffix() -> None:
    deep = "folder/" * 300
    paths = [bounded_path(f"{deep}{number}/{'x' * 200}/homework.ipynb") for number in range(100)]
    assert len(set(paths)) == 100
    assert all(path.startswith("folder/folder/") and path.endswith("x/homework.ipynb") for path in paths)
    assert bounded_path("ada/homework.ipynb") == "ada/homework.ipynb"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("k\0", r"k\x00"),
        ("x\udcff.py", r"x\udcff.py"),
        ("a" * 600, bounded_path("a" * 600)),
        (r"k\x00", bounded_path(r"k\x00")),
        ("\0" * 400, r"\x00" * 400),
    ],
)
def test_no_path_becomes_equal_to_another(one: str, other: str) -> None:
    assert one != other
    assert bounded_path(one) != bounded_path(other)


@given(st.sets(st.text("a\0x\\0…/.", max_size=80), min_size=2, max_size=20))
def test_paths_are_never_equal(paths: set[str]) -> None:
    assert len({bounded_path(path, SHORT) for path in paths}) == len(paths)


@pytest.mark.parametrize(
    "name", ["\u3164", "\u2800\u2800", "\u115f\u1160", "\ufe0f", "\u200b", "\u00a0", " ", "\ue000"]
)
def test_a_name_that_shows_nothing_is_written_out(name: str) -> None:
    shown = bounded_name(name, PERSON)
    assert shown.isascii()
    assert shown.strip()
    assert clean_line(shown) == shown


@pytest.mark.parametrize("name", ["Ada", "李华", "👩\u200d💻", "❤\ufe0f", "علی\u200cرضا", ""])
def test_other_names_stay(name: str) -> None:
    assert bounded_name(name, PERSON) == clean_line(name) == name


@pytest.mark.parametrize("blank", ["\u3164", "\u2800", "\uffa0", "\u034f"])
def test_blanks_in_a_text_are_written_out_where_they_are_shown(blank: str) -> None:
    assert clean_line(f"a{blank}b") == rf"a\u{ord(blank):04x}b"


def test_the_recorders_bounds_are_not_larger() -> None:
    assert NAME.characters >= stream.MAX_NAME
    assert TEXT.characters >= stream.MAX_TEXT
    assert stream.cut("x" * 5_000) == "x" * 1_999 + "…"


def test_the_gradebooks_columns_take_what_comes() -> None:
    from grader.classroom.gradebook import tables

    assert max(bound.characters for bound in (KEY, PATH, PERSON)) <= tables.NAME
    assert all(bound.characters <= bound.bytes for bound in BOUNDS)


def test_the_name_of_a_class_is_not_cut_but_refused() -> None:
    from grader.cli.batch import parse
    from grader.errors import UsageError

    assert parse(["class", "--name", "n" * 500]).name == "n" * 500
    for name in ("n" * 501, "字" * 500 + "字", "\udcff"):
        with pytest.raises(UsageError, match="--name: a name has at most 500 characters, and 1,500 bytes"):
            parse(["class", "--name", name])
