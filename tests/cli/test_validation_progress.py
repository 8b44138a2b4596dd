"""How far a validation is: said at once, and with an estimate only where there is one."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from grader.cli import validation_progress
from grader.cli.validation_progress import Pace, ValidationProgress, progress_for


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(validation_progress, "time", clock)
    return clock


@pytest.fixture
def progress(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> tuple[ValidationProgress, io.StringIO]:
    """One where there is no terminal, and what it writes."""
    file = io.StringIO()
    monkeypatch.setattr(validation_progress, "open_console", lambda *, stderr: Console(file=file, width=80))
    return progress_for(), file


class TestPace:
    def test_the_first_run_says_nothing_since_processes_start_slowly(self) -> None:
        pace = Pace()
        pace.note(1, 65.0)
        assert pace.seconds_for(5900) is None
        pace.note(4, 66.0)
        assert pace.seconds_for(5900) is None

    def test_time_counts_from_the_first_run(self) -> None:
        pace = Pace()
        for second in range(11):
            pace.note(1 + second, 65.0 + second)
        assert pace.seconds_for(100) == pytest.approx(100)

    def test_the_last_minute_counts(self) -> None:
        pace = Pace()
        for second in range(100):
            pace.note(1 + second, float(second))
        for second in range(100, 200):
            pace.note(100 + 10 * (second - 99), float(second))
        assert pace.seconds_for(100) == pytest.approx(10)


def test_where_there_is_no_terminal_a_line_comes_at_once_and_then_now_and_again(
    progress: tuple[ValidationProgress, io.StringIO], clock: Clock
) -> None:
    shown, file = progress
    with shown:
        assert file.getvalue() == "Reading the course.\n"
        shown.done(200, 200, 386, "mutants")
        for done in range(201, 387):
            clock.now += 1.0
            shown.done(done, 200, 386, "mutants")
        for done in range(386, 1055, 30):
            clock.now += 4.0
            shown.done(done, 200, 1055)
    lines = file.getvalue().splitlines()
    assert lines[:3] == [
        "Reading the course.",
        "200 of 386 runs (200 kept from earlier), then mutants",
        "210 of 386 runs, then mutants",
    ]
    assert lines[3] == "220 of 386 runs, about 3 min left, then mutants"
    assert lines[-1] == "1,016 of 1,055 runs, about 10 s left"
    assert len(lines) == 28


def test_where_everything_was_kept_no_further_line_comes(progress: tuple[ValidationProgress, io.StringIO]) -> None:
    shown, file = progress
    with shown:
        shown.done(386, 386, 386)
    assert file.getvalue() == "Reading the course.\n"
