"""The log's format and its places, without running anything."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import log
from grader.errors import UsageError
from grader.log import LogOptions

logger = logging.getLogger("grader.somewhere")


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    log.configure(LogOptions())


def test_without_options_nothing_is_logged(capfd: pytest.CaptureFixture[str]) -> None:
    log.configure(LogOptions())
    logger.error("A fault")
    assert capfd.readouterr() == ("", "")


def test_verbose_logs_to_standard_error_with_the_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    log.configure(LogOptions(verbose=True))
    try:
        raise ZeroDivisionError("no")
    except ZeroDivisionError:
        logger.exception("A fault")
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("ERROR grader.somewhere: A fault\n    Traceback (most recent call last):\n")
    assert err.endswith("ZeroDivisionError: no\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
def test_a_log_whose_disk_is_full_ends_nothing_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    log.configure(LogOptions(file=Path("/dev/full")))
    logger.error("A fault")
    log.configure(LogOptions())
    assert capfd.readouterr() == ("", "")


def test_standard_error_is_the_one_of_the_moment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log.configure(LogOptions(verbose=True))
    written: list[str] = []

    class Replaced:
        def write(self, text: str) -> None:
            written.append(text)

        def flush(self) -> None:
            pass

    monkeypatch.setattr("sys.stderr", Replaced())
    logger.warning("Seen")
    assert "".join(written) == "WARNING grader.somewhere: Seen\n"


def test_a_file_is_added_to(tmp_path: Path) -> None:
    for text in ("First", "Second"):
        log.configure(LogOptions(file=tmp_path / "log"))
        logger.warning(text)
    lines = (tmp_path / "log").read_text().splitlines()
    assert [line.partition(" WARNING ")[2] for line in lines] == ["grader.somewhere: First", "grader.somewhere: Second"]


def test_quoted_text_is_cleaned_and_cannot_pose_as_an_entry(tmp_path: Path) -> None:
    log.configure(LogOptions(file=tmp_path / "log"))
    logger.warning("It said %s", "\x1b[31m\n2026-01-01 ERROR grader: forged\n::error::x\ud800")
    first, *rest = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert first.endswith(r"WARNING grader.somewhere: It said \x1b[31m")
    assert rest == ["    2026-01-01 ERROR grader: forged", r"    \::error::x\ud800"]


def test_a_file_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        log.configure(LogOptions(file=tmp_path / "nowhere" / "log"))
    assert str(error.value) == (
        f"The log file {tmp_path / 'nowhere' / 'log'} could not be opened: No such file or directory."
    )


def test_the_variable_is_the_option_for_every_command(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADE_TRACEBACK", "1")
    log.configure(LogOptions())
    logger.error("A fault")
    assert capfd.readouterr().err == "ERROR grader.somewhere: A fault\n"
