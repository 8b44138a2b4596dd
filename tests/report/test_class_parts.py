from __future__ import annotations

import dataclasses
import unicodedata
from datetime import timedelta

import pytest
from rich.cells import cell_len

from grader import model
from grader.report import class_statistics
from tests.helpers.class_samples import (
    DUE,
    POLICY,
    exercise,
    failed,
    grace,
    result,
    results,
    waiting,
)
from tests.helpers.class_views import everything
from tests.helpers.report_samples import HOSTILE


class TestHostileText:
    def hostile(self) -> model.ClassResults:
        """A class in which every text that can come from a student or a person attacks."""
        checks = (
            failed(title=HOSTILE, mistake=HOSTILE),
            waiting(id="read", title=HOSTILE, score=0.0, marked_by=HOSTILE, comment=HOSTILE),
        )
        answer = exercise("double-backward", *checks, title=HOSTILE, file=HOSTILE)
        one = result(HOSTILE, answer, id=HOSTILE, email=HOSTILE, path=HOSTILE)
        two = dataclasses.replace(grace(), why=HOSTILE, left_out=(HOSTILE,), other_assignments=(HOSTILE,), late=True)
        return results(one, two, assignment=HOSTILE, title=HOSTILE, due=DUE, late=POLICY)

    def test_no_control_character_reaches_the_terminal(self) -> None:
        text = everything(width=120, of=self.hostile())
        assert {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs") and char != "\n"} == set()

    def test_markup_is_plain_text(self) -> None:
        assert everything(width=400, of=self.hostile()).count("[bold red]x[/]") > 10

    @pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "gbk", "utf-8"])
    def test_every_encoding_can_show_every_class(self, encoding: str) -> None:
        assert everything(encoding=encoding, of=self.hostile())
        assert everything(encoding=encoding)


@pytest.mark.parametrize("width", [50, 60, 80, 100, 120])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    assert max(cell_len(line) for line in everything(width=width).splitlines()) <= width


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (40, "40 s"),
        (200, "3 min 20 s"),
        (3600, "1 h"),
        (86_400 + 7200 + 59, "1 day 2 h"),
        (3 * 86_400 + 60, "3 days"),
    ],
)
def test_durations_in_two_units(seconds: int, words: str) -> None:
    assert class_statistics.duration(timedelta(seconds=seconds)) == words
