"""A sandbox that runs each submission once, however many graders look at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from grader.course.course import CourseExercise
from grader.judging.join_probes import join_probes
from grader.judging.judge import Judge
from grader.model import Isolation, Job, Probes
from grader.sandbox.sandbox import Run, Sandbox

KEPT = 6
"""Runs that are kept: those of the latest submissions."""


class OnceSandbox(Sandbox):
    """Records at every run what all exercises of a course ask for, so that a second grader need not run it again."""

    def __init__(self, sandbox: Sandbox, probes: Probes) -> None:
        self._inner = sandbox
        self._probes = probes
        self._runs: dict[tuple[object, ...], Run] = {}

    @property
    def isolation(self) -> Isolation:
        return self._inner.isolation

    @property
    def versions(self) -> dict[str, str | None]:
        return self._inner.versions

    @property
    def support(self) -> Sequence[Path]:
        return self._inner.support

    def run(self, job: Job, *, within_s: float | None = None) -> Run:
        if not job.intervene:
            job = replace(job, probes=self._probes)
        key = (job.cells, job.files, job.file_name, job.seed, job.intervene)
        if key not in self._runs:
            while len(self._runs) >= KEPT:
                self._runs.pop(next(iter(self._runs)))
            self._runs[key] = self._inner.run(job, within_s=within_s)
        return self._runs[key]


def once_for(sandbox: Sandbox, exercises: Iterable[CourseExercise]) -> Sandbox:
    """A sandbox that records at every run what all checks of these exercises ask for."""
    judges = (Judge(item.exercise.id, item.exercise.checks, seed=0) for item in exercises)
    return OnceSandbox(sandbox, join_probes([probes for judge in judges for probes in judge.probes]))
