"""Names, numbers, addresses and paths of any length, and names that cannot be seen, in every view of a class."""

from __future__ import annotations

import dataclasses

import pytest

from grader.report.person_names import KEY_SHOWN, NAME_SHOWN, shown_key, shown_name
from tests.helpers.class_samples import sample
from tests.helpers.class_views import everything, row

LONG = "Ada " * 500_000


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("\u3164", "\\u3164"),
        ("\u2800\u2800", "\\u2800\\u2800"),
        ("  ", "\\u0020\\u0020"),
        ("Ada\nGrade: 20", "Ada\\nGrade: 20"),
        ("김\u3164수", "김\\u3164수"),
        ("Eve\u00ad\ufe0f", "Eve\\xad\\ufe0f"),
        ("Eve \u2764\ufe0f", "Eve \u2764\ufe0f"),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_is_written_out(name: str, shown: str) -> None:
    assert shown_name(name) == shown_key(name) == shown


def test_what_is_long_is_cut() -> None:
    for text in (LONG, "\u3164" * 2_000_000, "\x1b" * 2_000_000):
        assert len(shown_name(text)) <= NAME_SHOWN
        assert len(shown_key(text)) <= KEY_SHOWN


@pytest.mark.parametrize("width", [80, 40])
def test_no_student_fills_the_views_of_a_class(width: int) -> None:
    plain = sample()
    usual = len(everything(width, of=plain).splitlines())
    for text in (LONG, "x" * 2_000_000, "\u3164" * 2_000_000):
        students = []
        for result in plain.students:
            student = dataclasses.replace(result.student, name=text, key=text, id=text, email=text)
            exercises = tuple(dataclasses.replace(exercise, file=text) for exercise in result.exercises)
            students.append(
                dataclasses.replace(result, student=student, exercises=exercises, path=text, left_out=(text,))
            )
        shown = everything(width, of=dataclasses.replace(plain, students=tuple(students)))
        assert len(shown.splitlines()) < 12 * usual
        assert "…" in shown


def test_a_blank_name_has_a_row_of_its_own() -> None:
    plain = sample()
    first = plain.students[0]
    blank = dataclasses.replace(first, student=dataclasses.replace(first.student, name="\u3164"))
    shown = everything(of=dataclasses.replace(plain, students=(blank, *plain.students[1:])))
    table = shown.partition("\n\n\n")[0]
    assert row(table, "\\u3164 ")
