"""``grade validate`` as a command: what it writes where, and what it ends with."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.pipeline.references import ReferenceStore
from grader.sandbox.sandbox import Sandbox
from grader.workbench import pool as pools
from grader.workbench.work import Work
from tests.helpers.bench_lane import starter
from tests.helpers.command_line import run_in_process
from tests.workbench.small_course import change, write_small_course

THREE = ("--only", "references", "--only", "known-submissions", "--only", "points")
"""Proofs that take ten runs of the small course."""
Grade = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return write_small_course(tmp_path / "small")


@pytest.fixture
def done() -> list[Work]:
    return []


@pytest.fixture
def grade(
    course: Path,
    tmp_path: Path,
    sandbox: Sandbox,
    store: ReferenceStore,
    done: list[Work],
    monkeypatch: pytest.MonkeyPatch,
) -> Grade:
    """Run a command in the course's folder, with a cache of its own."""
    monkeypatch.setattr(pools, "Lane", starter(sandbox, store, done))

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        environment = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        return run_in_process(["validate", *arguments, "--jobs", "1"], folder=course, environment=environment)

    return run


def test_a_course_that_holds_and_again_at_once(grade: Grade, done: list[Work]) -> None:
    first = grade(*THREE)
    assert first.returncode == 0
    assert first.stderr.startswith("Reading the course.\n0 of 10 runs\n")
    assert first.stdout.splitlines()[0].split() == ["Exercise", "References", "Known", "Points", "Seconds"]
    assert "2 exercises of small: what was looked at holds." in first.stdout
    done.clear()
    again = grade(*THREE)
    assert "10 runs, 10 of them kept from earlier" in again.stdout
    assert done == []


def test_a_proof_that_does_not_hold_ends_with_1_and_a_mistake_in_a_file_with_2(course: Path, grade: Grade) -> None:
    change(course / "solutions/mistakes/cube/verdicts.yaml", "slope: failed", "slope: passed")
    failed = grade("cube", "--only", "known-submissions")
    assert failed.returncode == 1
    assert "verdicts.yaml:3: error [known submissions] another_function.py: `slope`" in failed.stdout.replace(
        "\n  ", " "
    )
    change(course / "exercises/square.yaml", "kind: backward", "kind: backwards")
    wrong = grade("--only", "points")
    assert wrong.returncode == 2
    assert "exercises/square.yaml:6: error [files]" in wrong.stdout


def test_several_reports_and_a_comparison(course: Path, grade: Grade, tmp_path: Path) -> None:
    before, after, summary = (tmp_path / name for name in ("before.json", "after.json", "summary.md"))
    assert grade("--only", "points", "--format", f"json:{before}").returncode == 0
    change(course / "rubrics/cube.yaml", "points: 2", "points: 3")
    done = grade(
        "--only", "points", "--format", f"json:{after}", "--format", f"markdown:{summary}", "--compare", before
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads(after.read_text())["exercises"][0]["points"] == 3
    assert "| cube | 2 → 3 |" in summary.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "mutant"], "there is no proof `mutant`"),
        (["--format", "jsn"], "there is no format `jsn`"),
        (["--format", "json:"], "names no file"),
        (["--format", "json", "--format", "markdown"], "would both be written to standard output"),
        (["--format", "json:exercises/cube.yaml"], "that is a file that is no report"),
        (["--format", "json:nowhere/x.json"], "there is no folder"),
        (["--compare", "rubrics/cube.yaml"], "cannot be read"),
        (["--jobs", "0"], "how many processes"),
        (["sqare"], "there is no exercise `sqare`"),
    ],
)
def test_wrong_usage_is_said_before_anything_runs(
    grade: Grade, done: list[Work], arguments: list[str], said: str
) -> None:
    ended = grade(*arguments)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert done == []


def test_an_interrupt_says_that_what_was_done_is_kept(
    grade: Grade, done: list[Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_always = pools.Pool._run

    def interrupted(pool: pools.Pool, works: list[Work]) -> object:
        for number, each in enumerate(as_always(pool, works)):
            if number == 3:
                raise KeyboardInterrupt
            yield each

    monkeypatch.setattr(pools.Pool, "_run", interrupted)
    stopped = grade(*THREE)
    assert stopped.returncode == 130
    said = "Stopped. 3 of 10 runs are done and kept; the same command goes on from there."
    assert stopped.stderr.splitlines()[-1] == said
    monkeypatch.setattr(pools.Pool, "_run", as_always)
    assert "10 runs, 3 of them kept from earlier" in grade(*THREE).stdout


def test_a_changed_file_that_is_not_there_is_named(grade: Grade) -> None:
    outside = grade("--changed", "../RAEDME.md")
    assert outside.returncode == 0
    assert "there is no file ../RAEDME.md: taken as one that was deleted" in outside.stderr
    deleted = grade("--changed", "exercises/cbue.yaml", "--only", "points")
    assert "there is no file exercises/cbue.yaml: taken as one that was deleted" in deleted.stderr
    assert "2 exercises of small" in deleted.stdout
