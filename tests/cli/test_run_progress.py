"""The line that says which submission runs: on a terminal, after a second, and gone at the end."""

from __future__ import annotations

import io
import re
import sys
import threading
from pathlib import Path

import pytest
from rich.console import Console

from grader.cli.run_progress import RunProgress
from tests.helpers.class_of import SLOW, Class

LIMIT_S = 20.0


def console(**options: int) -> Console:
    return Console(file=io.StringIO(), force_terminal=True, _environ={"TERM": "xterm"}, **{"width": 80, **options})  # type: ignore[arg-type]


def written(on: Console) -> str:
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue()


def show(progress: RunProgress) -> None:
    """What the timer does."""
    progress._show()


def test_it_names_the_submission_its_number_and_its_time() -> None:
    progress = RunProgress(["ada.ipynb", "bob.py"])
    assert progress.words() == "Starting …"
    progress.begins("bob.py", LIMIT_S)
    assert progress.words() == "Running 2 of 2, bob.py … 0 s of 20 s"
    progress.begins("bob.py", 0.0)
    assert progress.words() == "Running 2 of 2, bob.py … 0 s"
    alone = RunProgress(["n\x1b[2J.py"])
    alone.begins("n\x1b[2J.py", LIMIT_S)
    assert alone.words() == r"Running n\x1b[2J.py … 0 s of 20 s"


def test_it_vanishes_and_leaves_the_cursor_as_it_was_also_after_ctrl_c() -> None:
    on = console(width=20)

    def interrupted() -> None:
        with RunProgress(["a" * 50], console=on, after_s=1000) as progress:
            progress.begins("a" * 50, LIMIT_S)
            show(progress)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert f"Running {'a' * 12}\x1b" in written(on)
    assert written(on).endswith("\x1b[?25h\r\x1b[1A\x1b[2K")
    assert written(on).count("\n") == 1


def test_what_ends_before_a_second_shows_nothing() -> None:
    on = console()
    progress = RunProgress(["a.py"], console=on, after_s=1000)
    with progress:
        progress.begins("a.py", LIMIT_S)
    show(progress)
    assert written(on) == ""


def test_where_standard_error_is_no_terminal_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    before = threading.active_count()
    with RunProgress(["a.py"], after_s=1000):
        assert threading.active_count() == before


def test_a_slow_submission_is_told_of_at_a_terminal(tmp_path: Path, home: Path) -> None:
    handed = Class(tmp_path, home)
    handed.hand_in({"slow.py": SLOW.replace("sleep(2)", "sleep(1.2)")})
    shown = handed.at_a_terminal(("class/slow.py", "--exercise", "double-backward"), [])
    assert re.search(r"Running class/slow\.py … \d+ s of 20 s", shown)
    *_, after = shown.partition("\x1b[?25h\r\x1b[1A\x1b[2K")
    assert "Running" not in after
    assert "Everything asked for passed." in after
