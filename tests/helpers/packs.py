"""Packs that are made and graded with the worker that all tests of a process share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from grader.course.course import Course, load_course
from grader.handin import load_alone
from grader.model import Report
from grader.pipeline.grader import Grader
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.options import GradingOptions
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings, settings_of
from grader.report.audience import student_view
from grader.sandbox.kept_runs import KeptRuns
from grader.sandbox.sandbox import Sandbox
from grader.workbench.pack.make_pack import MadePack, make_pack


class OnSandbox:
    """What a pack needs of ``OpenGrader``."""

    def __init__(self, sandbox: Sandbox, store: ReferenceStore) -> None:
        self._sandbox = sandbox
        self._store = store
        self.versions = sandbox.versions

    def grader(self, course: Course, assignment: str | None) -> Grader:
        return self.grader_by(settings_of(course, GradingOptions(course=course.root, assignment=assignment)), course)

    def grader_by(self, settings: Settings, course: Course, kept_runs: KeptRuns | None = None) -> Grader:
        return Grader(self._sandbox, settings, self._store, kept_runs=kept_runs)


def make(course: Path | Course, assignment: str, on: OnSandbox, *, with_mistakes: bool = True) -> MadePack:
    @contextmanager
    def open_grader(folder: Path, assignment: str) -> Iterator[OpenGrader]:
        yield cast(OpenGrader, on)

    loaded = load_course(course) if isinstance(course, Path) else course
    return make_pack(loaded, assignment, with_mistakes=with_mistakes, open_grader=open_grader)


def write(files: Mapping[str, bytes], folder: Path) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def graded(
    path: Path, course: Path, assignment: str, on: OnSandbox, *, seed: int | None = None, exercise: str = ""
) -> Report:
    """What a student reads of a file. ``exercise``: graded alone."""
    asked = (exercise,) if exercise else ()
    options = GradingOptions(course=course, assignment=assignment, seed=seed, exercises=asked)
    loaded = load_course(course)
    report = on.grader_by(settings_of(loaded, options), loaded).grade(load_alone(str(path)))
    return student_view(report, now=datetime.now(UTC))


def said(report: Report) -> object:
    """What is said of the exercises of a report, without pictures, and without what further checks are worth."""
    return [
        replace(exercise, max_scores={}, checks=tuple(replace(check, evidence=None) for check in exercise.checks))
        for exercise in report.exercises
    ]
