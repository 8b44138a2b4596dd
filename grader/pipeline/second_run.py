"""The second run of a submission: whether autograd computed what was plotted (see ``judging.curve_sources``)."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from grader.judging.context import Subject
from grader.judging.curve_sources import CurveSources, figures_of, find_sources
from grader.judging.judge import Judge
from grader.model import Job, Observation, Probes
from grader.sandbox.sandbox import Sandbox

MIN_WALL_S = 1.0
"""Seconds that a second run has at least, even if the first one took nearly all of its time."""


class SecondRun:
    """Finds the sources of a run's curves: when the first exercise needs them, and once for all exercises."""

    def __init__(self, sandbox: Sandbox, job: Job, first: Observation) -> None:
        """``first`` is what was observed when ``job`` ran for the first time."""
        self._sandbox = sandbox
        self._job = job
        self._first = first

    def sources_for(self, judge: Judge, subject: Subject) -> CurveSources | None:
        """The source of each curve; None where no verdict of ``judge`` depends on it, so that nothing has to run."""
        return self._sources if judge.wants_second_run(subject) else None

    @cached_property
    def _sources(self) -> CurveSources:
        """The first run's own process may have run the submission twice (``Probes.second_run``). Another process
        runs it only if that left the source of a curve open, and if the first run left some of its time.
        """
        first = self._first
        if first.second_run_figures is not None:
            sources = find_sources(first, first.second_run_figures)
            if "unknown" not in sources.values():
                return sources
        left_s = self._job.limits.wall_s - first.duration_s
        if left_s <= 0:
            return find_sources(first, ())
        # The job keeps its limits, because the time limit of single statements follows from them: a statement must
        # not be cut off in the second run that was not cut off in the first.
        again = replace(self._job, intervene=True, probes=Probes())
        second = self._sandbox.run(again, within_s=max(MIN_WALL_S, left_s)).observation
        return find_sources(first, figures_of(second))
