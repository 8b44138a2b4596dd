"""Runs are kept by all that they depend on: a run is taken for another one only if that would give the same."""

from __future__ import annotations

import sqlite3
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, cast

import pytest

from grader.model import Cell, CompanionFile, Job, Limits, Observation, Outcome, Probes
from grader.sandbox import kept_runs
from grader.sandbox.decode_observation import decode
from grader.sandbox.kept_runs import KeepingSandbox, KeptRuns, key_of_run
from grader.sandbox.raw_run import RawRun
from grader.sandbox.sandbox import Run, Sandbox

JOB = Job(cells=(Cell(source="x = 1", code="x = 1", first_line=1, number=None),), format="py", file_name="a.py", seed=0)
RAW = RawRun(stream=b"", exit=0, wall_s=0.25)
OTHERS: dict[str, Any] = {
    "cells": (Cell(source="x = 2", code="x = 2", first_line=1, number=None),),
    "format": "ipynb",
    "file_name": "b.py",
    "seed": 1,
    "probes": Probes(names=("x",)),
    "limits": Limits(wall_s=3.0),
    "files": (CompanionFile("data.csv", b"1"),),
    "folder": "hw",
    "data": ("data/hw2",),
    "threads": 2,
    "intervene": True,
}
"""For each field of a job another value."""


class StandIn:
    """A sandbox in which each run ends in the same way. ``jobs`` are those that it ran."""

    def __init__(self, raw: RawRun, observation: Observation | None = None) -> None:
        self.jobs: list[Job] = []
        self._run = Run(observation=observation or decode(raw), stream=raw.stream, raw=raw)

    def run(self, job: Job, *, within_s: float | None = None) -> Run:
        self.jobs.append(job)
        return self._run


def keeping(inner: StandIn, folder: Path, about: str = "", **options: Any) -> KeepingSandbox:
    return KeepingSandbox(cast("Sandbox", inner), KeptRuns(folder, **options), about)


class TestKeepingSandbox:
    def test_a_job_runs_once(self, tmp_path: Path) -> None:
        inner = StandIn(RAW)
        first = keeping(inner, tmp_path).run(JOB)
        again = keeping(inner, tmp_path).run(JOB)
        assert len(inner.jobs) == 1
        assert again.observation == first.observation

    @pytest.mark.parametrize("field", OTHERS)
    def test_another_job_runs_by_itself(self, field: str, tmp_path: Path) -> None:
        inner = StandIn(RAW)
        keeping(inner, tmp_path).run(JOB)
        keeping(inner, tmp_path).run(replace(JOB, **{field: OTHERS[field]}))
        assert len(inner.jobs) == 2

    def test_every_field_of_a_job_is_tried_here(self) -> None:
        assert OTHERS.keys() == {field.name for field in fields(Job)}

    def test_a_job_runs_again_where_something_else_changed(self, tmp_path: Path) -> None:
        inner = StandIn(RAW)
        keeping(inner, tmp_path, "torch 2.6").run(JOB)
        keeping(inner, tmp_path, "torch 2.7").run(JOB)
        assert len(inner.jobs) == 2

    def test_a_job_runs_again_where_nothing_may_be_taken(self, tmp_path: Path) -> None:
        inner = StandIn(RAW)
        keeping(inner, tmp_path).run(JOB)
        keeping(inner, tmp_path, reads=False).run(JOB)
        keeping(inner, tmp_path).run(JOB)
        assert len(inner.jobs) == 2

    @pytest.mark.parametrize(
        ("raw", "within_s", "kept"),
        [
            (RawRun(stream=b"", signal=9, timed_out=True, wall_s=5.0), None, True),
            (RawRun(stream=b"", signal=9, timed_out=True, wall_s=5.0, waited_s=1.0), None, False),
            (RawRun(stream=b"", signal=9, timed_out=True, wall_s=5.0), 2.0, False),
            (RawRun(stream=b"", exit=0, wall_s=1.0, waited_s=0.5), 2.0, True),
        ],
        ids=["its own endless loop", "the machine was busy", "it had less than its limit", "it ended in time"],
    )
    def test_what_the_machine_decided_is_not_kept(
        self, raw: RawRun, within_s: float | None, kept: bool, tmp_path: Path
    ) -> None:
        inner = StandIn(raw)
        for _ in range(2):
            keeping(inner, tmp_path).run(JOB, within_s=within_s)
        assert len(inner.jobs) == (1 if kept else 2)

    def test_a_failure_of_the_sandbox_is_not_kept(self, tmp_path: Path) -> None:
        inner = StandIn(RAW, Observation(events=(), outcome=Outcome.SANDBOX_ERROR, detail="It ended."))
        for _ in range(2):
            keeping(inner, tmp_path).run(JOB)
        assert len(inner.jobs) == 2


class TestKeptRuns:
    def test_everything_of_a_run_is_kept(self, tmp_path: Path) -> None:
        run = RawRun(
            stream=b"\0\xff" * 5000, signal=9, timed_out=True, exceeded=("memory", "It took too much"), waited_s=0.5
        )
        KeptRuns(tmp_path).save("a", run)
        assert KeptRuns(tmp_path).load("a") == run
        assert KeptRuns(tmp_path).load("b") is None

    def test_a_damaged_run_is_none(self, tmp_path: Path) -> None:
        KeptRuns(tmp_path).save("a", RAW)
        with sqlite3.connect(tmp_path / "runs.sqlite3") as database:
            database.execute("UPDATE runs SET about = replace(about, 'sha256\": \"', 'sha256\": \"0')")
        database.close()
        assert KeptRuns(tmp_path).load("a") is None

    def test_a_damaged_database_is_begun_anew(self, tmp_path: Path) -> None:
        (tmp_path / "runs.sqlite3").write_bytes(b"this is no database" * 100)
        assert KeptRuns(tmp_path).load("a") is None
        KeptRuns(tmp_path).save("a", RAW)
        assert KeptRuns(tmp_path).load("a") == RAW

    def test_where_nothing_can_be_written_nothing_is_kept(self) -> None:
        KeptRuns(Path("/dev/null/cache")).save("a", RAW)
        assert KeptRuns(Path("/dev/null/cache")).load("a") is None

    def test_a_large_record_is_not_kept(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kept_runs, "MAX_STREAM", 10)
        KeptRuns(tmp_path).save("a", replace(RAW, stream=b"0123456789a"))
        assert KeptRuns(tmp_path).load("a") is None

    def test_those_not_used_for_longest_make_room(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kept_runs, "LOOK_EVERY", 3)
        monkeypatch.setattr(kept_runs, "MAX_BYTES", 20)  # an empty stream takes 8 bytes, so two have room
        kept = KeptRuns(tmp_path)
        kept.save("a", RAW)
        kept.save("b", RAW)
        assert kept.load("a") == RAW
        kept.save("c", RAW)
        assert [name for name in "abc" if kept.load(name)] == ["a", "c"]


def test_the_key_is_of_values_and_not_of_objects() -> None:
    assert key_of_run(JOB, "x") == key_of_run(replace(JOB, limits=Limits()), "x")
