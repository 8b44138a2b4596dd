"""From a submission and the probes of the checks to the job for the sandbox."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import Job, Probes, Submission
from grader.pipeline.settings import Settings


def join_probes(parts: Sequence[Probes]) -> Probes:
    """Join the probes of several checks. What two checks ask for is recorded once."""
    calls = {call.id: call for part in parts for call in part.calls}
    return Probes(
        names=tuple(dict.fromkeys(name for part in parts for name in part.names)),
        calls=tuple(calls.values()),
        torch_calls=tuple(dict.fromkeys(call for part in parts for call in part.torch_calls)),
        second_run=any(part.second_run for part in parts),
    )


def build_job(submission: Submission, probes: Probes, settings: Settings) -> Job:
    """The job that runs a submission with these probes."""
    return Job(
        cells=submission.cells,
        format=submission.format,
        file_name=_file_name(submission.path),
        seed=settings.seed,
        probes=probes,
        limits=settings.limits,
        files=submission.companions,
    )


def _file_name(path: str) -> str:
    """The name that the submission's file has where it runs. ``-`` is standard input, which has no name of its own."""
    return "submission.py" if path == "-" else path.replace("\\", "/").rpartition("/")[2]
