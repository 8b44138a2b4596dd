"""A stand-in for a lane, which grades at once and does what the submission says: die, hang, end its Dask worker.

As a program it takes a lane's arguments. As a preload of ``dask worker`` it takes the place of the lanes there, so that
a real scheduler and real workers are tested without torch.

A submission's first line is ``# WORD REST``:

    sleep S     grade it S seconds later
    die         end the lane
    worker      kill the Dask worker, and then end the lane
    where S     grade it S seconds later; the result says in its ``why`` which worker graded it
    anything else is graded at once
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

TORCH = "STAND_IN_TORCH"
"""Environment variable: the version of torch that the lane says it has; empty: none."""
REFUSES = "STAND_IN_REFUSES"
"""Environment variable: the sentence with which the lane refuses to start, as one without namespaces does."""
PATIENCE_S = 600.0
PARENT = os.getppid()


def dask_setup(worker: Any) -> None:
    """Dask calls this in each worker that has this module as a preload."""
    from grader.classroom.cluster import dask_lane

    dask_lane.COMMAND = command()


def command() -> tuple[str, ...]:
    return sys.executable, str(Path(__file__))


def main() -> int:
    from grader.classroom.batch import messages
    from grader.errors import SandboxError
    from grader.sandbox.channel import Channel

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    channel = Channel(read_fd=os.dup(0), write_fd=os.dup(1))
    try:
        if channel.receive(PATIENCE_S) is None:
            return 0
        if reason := os.environ.get(REFUSES):
            channel.send(messages.encode_error(SandboxError(reason)))
            return 0
        channel.send(messages.encode_ready(_ready(), _about()))
        while (frame := channel.receive(PATIENCE_S)) is not None:
            _answer(channel, *frame)
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


def _answer(channel: Any, header: Any, payload: bytes) -> None:
    from grader.classroom.batch import messages

    kind = header["t"]
    if kind == messages.CHECK:
        channel.send(messages.encode_references(messages.CHECKED, []))
    elif kind == messages.SETTLE:
        channel.send({"t": messages.SETTLED})
    elif kind == messages.TASK:
        task = messages.decode_task(header, payload)
        word, _, rest = task.content.decode().partition("\n")[0].removeprefix("# ").partition(" ")
        if word in ("sleep", "where"):
            time.sleep(float(rest))
        if word == "die":
            sys.exit("it was too much")
        if word == "worker":
            if os.getppid() == PARENT:  # else the worker has ended, and another process has adopted this one
                os.kill(PARENT, signal.SIGKILL)
            sys.exit("the worker is gone")
        channel.send(*messages.encode_graded(_graded(task, here() if word == "where" else "")))


def here() -> str:
    """Which worker of a ``dask_cluster.DaskCluster`` this process belongs to."""
    return Path(os.environ["TMPDIR"]).name


def _ready() -> Any:
    from grader.classroom.batch.tasks import Ready
    from grader.model import Plan

    return Ready(course="c", rubrics="r", statements={"a": "A."}, plan=Plan(basis="found"), run_s=20.0)


def _about() -> dict[str, Any]:
    from grader import __version__
    from grader.pipeline import cache_keys

    return {
        "grader": __version__,
        "code": cache_keys.of_grader(),
        "versions": {"python": "3.11.2", "torch": os.environ.get(TORCH, "2.13.0") or None, "numpy": "2.4.0"},
        "isolation": "strict",
        "mechanisms": ["bubblewrap"],
        "missing": [],
    }


def _graded(task: Any, why: str) -> Any:
    """A result that hangs on the content alone, with a row for each table of the gradebook."""
    from grader.classroom.gradebook import report_format
    from grader.model import Graded, Level, Outcome, StoredCheck, StoredExercise, StoredReport

    digest = hashlib.sha256(task.content).hexdigest()
    score = float(int(digest[0], 16) % 3)
    status = "passed" if score == 2.0 else "failed"
    check = StoredCheck(
        id="c", kind="value", title="C", status=status, score=score, max_score=2.0, mistake=digest[:4], cell=1, line=2
    )
    exercise = StoredExercise(id="a", title="A", status="graded", score=score, max_score=2.0, checks=(check,))
    report = StoredReport(
        document=report_format.pack({"schema": "stand-in", "digest": digest, "duration_s": time.time()}),
        outcome=Outcome.COMPLETED,
        level=Level.STRICT,
        passed=score == 2.0,
        complete=True,
        exercises=(exercise,),
    )
    judged = report_format.pack({"digest": digest})
    return Graded(key=task.key, status="graded", rubrics="r", why=why, judged=judged, report=report)


if __name__ == "__main__":
    sys.exit(main())
