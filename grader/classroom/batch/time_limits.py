"""How long those who grade tasks may be silent."""

from __future__ import annotations

from grader.sandbox.worker_handle import CLEANUP_S, READY_S


def task_s(run_s: float) -> float:
    """How long a task may take. ``run_s`` limits one run.

    Enough for four runs with twice their time, two of them for checks that students do not see, each tried on two
    workers, and for the judge.
    """
    return 8 * (2 * run_s + CLEANUP_S) + READY_S
