"""From a submission and the probes of the checks to the job for the sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from grader.model import CallProbe, Job, Probes, Submission
from grader.pipeline.settings import Settings


def join_probes(parts: Sequence[Probes]) -> Probes:
    """Join the probes of several checks, field by field. What two checks ask for is recorded once."""
    joined: dict[str, Any] = {}
    for field in fields(Probes):
        values = [getattr(part, field.name) for part in (Probes(), *parts)]
        if isinstance(values[0], bool):
            joined[field.name] = any(values)
        else:
            joined[field.name] = tuple({_key(item): item for value in values for item in value}.values())
    return Probes(**joined)


def _key(item: str | CallProbe) -> str:
    return item.id if isinstance(item, CallProbe) else item


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
    )


def _file_name(path: str) -> str:
    """The name that the submission's file has where it runs. ``-`` is standard input, which has no name of its own."""
    return "submission.py" if path == "-" else path.replace("\\", "/").rpartition("/")[2]
