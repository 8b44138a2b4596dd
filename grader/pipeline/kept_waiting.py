"""Runs that ran out of time while other programs of the machine kept them waiting for a processor.

That is not the submission's fault, so such a run is no result: it is run once more. It may last longer then, and has no
more time of its own. Where other programs keep it waiting again, the result says that it is not final.

Most runs that are stopped are no such runs, on a busy machine too: limits within a run count the time that it had, so
an endless loop has had its time when it is stopped.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from grader.model import Job, Observation
from grader.sandbox.sandbox import Run

LEAST_SHARE = 0.02
"""A run that waited for less of its time ran out of time by itself."""
MOST_TIME = 2.0
"""A run that is tried again may last at most so many times its limit."""
AGAIN = "So this result is not final: grade it again when the machine is less busy."


class RunsJobs(Protocol):
    """A sandbox, as far as runs are concerned."""

    def run(self, job: Job, *, within_s: float | None = None) -> Run: ...


class PatientSandbox:
    """Runs jobs in a sandbox, and once more those that were kept waiting until their time was over."""

    def __init__(self, sandbox: RunsJobs, *, again: bool) -> None:
        """``again``: run them once more; otherwise ``kept_waiting`` says at once that they were kept waiting."""
        self._sandbox = sandbox
        self._again = again
        self.kept_waiting = 0.0
        """The share of its time for which a run was kept waiting that ran out of time; 0: the runs are final."""
        self.job: Job | None = None
        """The job that was run last, with the limits that it had."""

    def run(self, job: Job, *, within_s: float | None = None, more_time: float = 1.0) -> Run:
        """Run a job, which may last so many times its limit, or the time ``within_s``."""
        own_s = job.limits.wall_s if within_s is None else within_s
        run = self._run(job, within_s, more_time)
        share = share_waited(run.observation, own_s)
        if share and self._again and more_time == 1.0:
            run = self._run(job, within_s, more_time_for(share))
            share = share_waited(run.observation, own_s)
        self.kept_waiting = max(self.kept_waiting, share)
        return run

    def _run(self, job: Job, within_s: float | None, more_time: float) -> Run:
        if within_s is None:
            own_s = job.limits.wall_s
            job = replace(job, limits=replace(job.limits, wall_s=own_s * more_time, own_s=own_s))
        else:
            within_s *= more_time
        self.job = job
        return self._sandbox.run(job, within_s=within_s)


def share_waited(observation: Observation, own_s: float) -> float:
    """The share of its time for which other programs kept a run waiting that could have had ``own_s``; 0 where it had
    all the time that it may have, or needed no more.
    """
    had_s = observation.duration_s - observation.waited_s
    if not observation.lacked_time or had_s >= own_s:
        return 0.0
    share = min(1.0, observation.waited_s / observation.duration_s) if observation.duration_s > 0 else 0.0
    return share if share > LEAST_SHARE else 0.0


def more_time_for(share: float) -> float:
    """How many times its limit a run gets that was kept waiting for a share of its time."""
    return min(MOST_TIME, 1 / max(1 - share, 1 / MOST_TIME))


def in_words(share: float) -> str:
    """Why a result is not final, for the report."""
    return (
        "It ran out of time while other programs of this machine kept it waiting, for about "
        f"{max(1, round(100 * share))} % of its time. {AGAIN} If it runs out of time then, too, look for a loop that "
        "does not end."
    )
