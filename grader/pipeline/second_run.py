"""The second run of a submission: how what was plotted, and values of names, change in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import cached_property

from grader.judging.context import Subject
from grader.judging.curves.known_changes import known_changes
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.second_run_changes import SecondRunChanges, find_second_run_changes, second_run_of
from grader.judging.tracing.notes import CheckNotes
from grader.model import Job, Observation, Probes, Verdict
from grader.pipeline.kept_waiting import RunsJobs

MIN_WALL_S = 1.0
"""Seconds that a second run has at least, even if the first one took nearly all of its time."""


class SecondRun:
    """Finds how a run's curves and values change: when the first exercise needs it, and once for all exercises.

    Nothing runs where the first run shows by itself how the curves would change on which a verdict depends. Of values
    it never shows it.
    """

    def __init__(self, sandbox: RunsJobs, job: Job, first: Observation) -> None:
        """``first`` is what was observed when ``job`` ran for the first time."""
        self._sandbox = sandbox
        self._job = job
        self._first = first

    def judge(
        self,
        judge: Judge,
        subject: Subject,
        reference: Observed | None,
        notes: dict[str, CheckNotes] | None = None,
    ) -> tuple[Verdict, ...]:
        """The verdicts of ``judge``; ``notes`` are as there. No check fails by what the first run shows alone: then a
        second run decides.

        The first one tells from the source that no gradient is in a curve, and right answers are written in more ways
        than it knows.
        """
        changes = self.changes_for(judge, subject)
        verdicts = judge.judge(subject, reference=reference, changes=changes, notes=notes)
        if changes is not None and changes is self._known and not _pass(verdicts, judge.wants_changes(subject)):
            return judge.judge(subject, reference=reference, changes=self._changes, notes=notes)
        return verdicts

    def changes_for(self, judge: Judge, subject: Subject) -> SecondRunChanges | None:
        """The changes; None where no verdict of ``judge`` depends on them."""
        if not judge.wants_changes(subject):
            return None
        return self._changes if judge.wants_changes(subject, besides=self._known) else self._known

    @cached_property
    def _known(self) -> SecondRunChanges:
        return SecondRunChanges(curves=known_changes(self._first))

    @cached_property
    def _changes(self) -> SecondRunChanges:
        """The first run's own process may have run the submission twice (``Probes.second_run``). Another process
        runs it only if that left open what a curve comes from, and if the first run left some of its time.
        """
        first, sources = self._first, self._job.probes.sources
        if first.second_run_figures is not None:
            names = first.second_run_names or ()
            changes = find_second_run_changes(first, first.second_run_figures, names, sources)
            if changes.are_clear:
                return changes
        left_s = self._job.limits.wall_s - first.duration_s
        if left_s <= 0:
            return find_second_run_changes(first, (), (), sources)
        # The job keeps its limits, because the time limit of single statements follows from them: a statement must
        # not be cut off in the second run that was not cut off in the first.
        again = replace(self._job, intervene=True, probes=Probes(names=sources))
        second = self._sandbox.run(again, within_s=max(MIN_WALL_S, left_s)).observation
        return find_second_run_changes(first, *second_run_of(second), sources)


def _pass(verdicts: Iterable[Verdict], checks: Collection[str]) -> bool:
    return all(verdict.status == "passed" for verdict in verdicts if verdict.check in checks)
