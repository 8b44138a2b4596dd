"""From a submission and the probes of the checks to the job for the sandbox."""

from __future__ import annotations

from grader.model import Job, Probes, Submission
from grader.pipeline.settings import Settings


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
        folder=submission.folder,
        data=tuple(settings.data),
        threads=settings.threads,
    )


def _file_name(path: str) -> str:
    """The name that the submission's file has where it runs. ``-`` is standard input, which has no name of its own."""
    return "submission.py" if path == "-" else path.replace("\\", "/").rpartition("/")[2]
