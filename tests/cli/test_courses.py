"""``grade courses``, and a course that is chosen by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cli import main


def test_they_are_listed_with_the_one_that_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["courses"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["built-in", "taken", "here", "Automatic", "differentiation", "15", "2"]
    assert lines[2].split() == ["from-scratch", "Deep", "learning", "from", "scratch", "24", "5"]
    assert lines[-1] == "  grade exercises --course from-scratch"


def test_a_command_takes_one_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["assignments", "--course", "from-scratch"]) == 0
    assert "own-backwards" in capsys.readouterr().out


def test_a_name_that_is_unknown_is_said_with_the_known_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["exercises", "--course", "from-scrach"]) == 2
    assert "did you mean `from-scratch`?" in capsys.readouterr().err
