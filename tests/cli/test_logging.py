"""Faults of the grader itself: their traceback is in the log where one is asked for, and nowhere else.

For real commands, a ``sitecustomize`` module injects the faults: Python imports it in every process of the grader but
the worker. They show what goes to standard error, and what other processes log. What a single process writes to a log
file is tested in the test's own process.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from grader.cli import batch, grade, watch
from grader.log import LogOptions
from tests.helpers.class_of import RIGHT
from tests.helpers.command_line import KeptWorkers, run_here

JUDGING = """
import grader.pipeline.grader as module
def fail(*arguments, **options):
    raise ZeroDivisionError("injected \\x1b[31m")
module.find_attempt_signals = fail
"""
GRADING = """
import grader.pipeline.grader as module
def fail(*arguments, **options):
    raise ZeroDivisionError("injected \\x1b[31m")
module.Grader.judge = module.Grader.grade = fail
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path, home: Path) -> Run:
    """Runs ``grade`` with a fault, in a folder that has a submission."""
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.py").write_text(RIGHT)

    def run(fault: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "faults").mkdir()
        (tmp_path / "faults" / "sitecustomize.py").write_text(textwrap.dedent(fault))
        path = os.pathsep.join([str(tmp_path / "faults"), str(Path(grade.__file__).parents[2])])
        variables = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "PYTHONPATH": path}
        return subprocess.run(
            [sys.executable, "-m", "grader.cli", *map(str, arguments)],
            cwd=tmp_path,
            env=os.environ | variables | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def run_in_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: KeptWorkers) -> Run:
    """Does as ``run``, with a worker that other tests use as well."""
    (tmp_path / "class").mkdir(exist_ok=True)
    (tmp_path / "class" / "ada.py").write_text(RIGHT)

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("injected \x1b[31m")

    def run(fault: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        if fault == JUDGING:
            monkeypatch.setattr("grader.pipeline.grader.find_attempt_signals", fail)
        else:
            monkeypatch.setattr("grader.pipeline.grader.Grader.grade", fail)
        return run_here(arguments, folder=tmp_path, home=tmp_path, workers=workers)

    return run


def assert_has_traceback(log: str) -> None:
    assert "Traceback (most recent call last):" in log
    assert r"ZeroDivisionError: injected \x1b[31m" in log
    assert ", in fail" in log
    assert "\x1b" not in log


class TestOneSubmission:
    ASKED = ("class/ada.py", "--exercise", "double-backward", "--format", "json")

    def check_report(self, output: str) -> None:
        (exercise,) = json.loads(output)["exercises"]
        assert exercise["status"] == "error"
        assert "ZeroDivisionError: injected" in exercise["message"]
        assert "Traceback" not in output

    def test_without_options_there_is_no_traceback(self, run: Run) -> None:
        done = run(JUDGING, *self.ASKED)
        assert done.returncode == 3
        assert done.stderr == ""
        self.check_report(done.stdout)

    def test_a_fault_in_judging_is_in_the_log_file(self, run_in_process: Run, tmp_path: Path) -> None:
        done = run_in_process(JUDGING, *self.ASKED, "--log-file", "log")
        assert done.returncode == 3
        assert done.stderr == ""
        self.check_report(done.stdout)
        log = (tmp_path / "log").read_text()
        assert_has_traceback(log)
        assert "ERROR grader.pipeline.grader: Judging double-backward of class/ada.py failed" in log

    def test_verbose_shows_it_on_standard_error(self, run_in_process: Run) -> None:
        done = run_in_process(JUDGING, *self.ASKED, "-v")
        self.check_report(done.stdout)
        assert_has_traceback(done.stderr)

    def test_an_unexpected_exception_is_one_sentence_and_in_the_log_file(
        self, run_in_process: Run, tmp_path: Path
    ) -> None:
        done = run_in_process(GRADING, *self.ASKED, "--log-file", "log")
        assert done.returncode == 3
        assert done.stdout == ""
        assert done.stderr.startswith("grade: An error of the grader itself, and not of any submission: ZeroDivision")
        assert "Traceback" not in done.stderr
        assert_has_traceback((tmp_path / "log").read_text())

    def test_the_variable_shows_it_too(self, run: Run) -> None:
        done = run(GRADING, *self.ASKED, GRADE_TRACEBACK="1")
        assert done.stdout == ""
        assert_has_traceback(done.stderr)

    def test_a_log_file_that_cannot_be_opened_is_wrong_usage(self, run: Run) -> None:
        done = run("", *self.ASKED, "--log-file", "nowhere/log")
        assert done.returncode == 2
        assert done.stderr == "grade: The log file nowhere/log could not be opened: No such file or directory.\n"


class TestClass:
    ASKED = ("batch", "class", "--exercise", "double-backward", "--jobs", "1")

    def test_a_fault_in_a_process_of_the_pool_is_in_the_log_file(self, run: Run, tmp_path: Path) -> None:
        done = run(GRADING, *self.ASKED, "--log-file", "log")
        assert done.returncode == 1
        assert "Traceback" not in done.stderr + done.stdout
        log = (tmp_path / "log").read_text()
        assert_has_traceback(log)
        assert "ERROR grader.classroom.batch.grade_task: Grading " in log

    def test_verbose_shows_it_as_well_and_the_gradebook_has_none(self, run: Run, tmp_path: Path) -> None:
        done = run(JUDGING, *self.ASKED, "--log-file", "log", "--verbose")
        assert done.returncode == 1
        assert done.stdout == ""
        assert_has_traceback(done.stderr)
        log = (tmp_path / "log").read_text()
        assert_has_traceback(log)
        assert "ERROR grader.pipeline.grader: Judging " in log
        assert b"Traceback" not in (tmp_path / "gradebook.sqlite").read_bytes()


def test_the_spinner_of_watch_leaves_standard_error_alone() -> None:
    before, page = sys.stderr, io.StringIO()
    with watch.spinner(Console(file=page, force_terminal=True)):
        assert sys.stderr is before
    assert "Grading …" in page.getvalue()


@pytest.mark.parametrize("command", [grade, batch, watch])
def test_every_command_that_runs_submissions_has_the_options(command: type[grade]) -> None:
    options = command.parse(["ada.py", "-v", "--log-file", "log"])
    assert options.log() == LogOptions(verbose=True, file=Path("log"))
