"""One run of a file, judged by some checks, with notes on what decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.judging.checks.base import Check
from grader.judging.context import Subject
from grader.judging.join_probes import join_probes
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.sections import Section
from grader.judging.tracing.notes import CheckNotes
from grader.model import Submission, Verdict
from grader.pipeline.build_job import build_job
from grader.pipeline.kept_waiting import PatientSandbox
from grader.pipeline.needed_parameters import with_needed_parameters
from grader.pipeline.second_run import SecondRun
from grader.pipeline.settings import Settings
from grader.sandbox.sandbox import Sandbox

TRIED = "tried"
"""The id of the exercise that the checks are taken to be of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRun:
    """What came of a run: the verdicts of the checks, in their order, and what decided, by the ids of checks."""

    subject: Subject
    verdicts: tuple[Verdict, ...]
    notes: Mapping[str, CheckNotes]


def observe_reference(sandbox: Sandbox, reference: Submission, checks: Sequence[Check], settings: Settings) -> Observed:
    """Run a reference with what the checks ask for. Whether it passes them is not looked at."""
    judge = Judge(TRIED, checks, seed=settings.seed)
    job = build_job(reference, join_probes(judge.probes), settings)
    return Observed(PatientSandbox(sandbox, again=True).run(job).observation)


def run_file(
    sandbox: Sandbox,
    submission: Submission,
    section: Section,
    checks: Sequence[Check],
    settings: Settings,
    reference: Observed | None = None,
    names: tuple[str, ...] = (),
) -> FileRun:
    """Run a file with what the checks ask for, and judge it. ``reference``: what was observed of a reference.
    ``names``: further names that are watched.
    """
    judge = Judge(TRIED, checks, seed=settings.seed)
    probes = join_probes(judge.probes)
    probes = replace(probes, names=(*probes.names, *names))
    if reference is not None:
        modules = {module.id: TRIED for module in probes.modules}
        probes = with_needed_parameters(probes, modules, lambda _: reference)
    patient = PatientSandbox(sandbox, again=True)
    job = build_job(submission, probes, settings)
    observation = patient.run(job).observation
    subject = Subject(observed=Observed(observation), submission=submission, section=section, handout=settings.handout)
    notes: dict[str, CheckNotes] = {}
    second = SecondRun(patient, patient.job or job, observation)
    verdicts = second.judge(judge, subject, reference, notes)
    return FileRun(subject=subject, verdicts=verdicts, notes=notes)
