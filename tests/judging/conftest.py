"""A check on some code, with other code as the reference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.exercise import load_exercise
from grader.judging.context import Subject
from grader.judging.join_probes import join_probes
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.sections import section_of
from grader.model import Cell, Submission, Verdict
from grader.submission.fingerprints import Handout
from tests.helpers.observing import Observer

Judged = Callable[..., Verdict]


@pytest.fixture
def judged(observe: Observer, tmp_path: Path) -> Judged:
    """The verdict of a check on some code, with other code as the reference; without it, that of the reference."""

    def run(check: str, reference: str, code: str | None = None) -> Verdict:
        path = tmp_path / "sample.yaml"
        text = f"id: sample\ntitle: Sample\nstatement: Do it.\nchecks:\n  - {{id: c, {check}}}\n"
        path.write_text(text, encoding="utf-8")
        exercise = load_exercise(path)
        judge = Judge(exercise.id, exercise.checks, seed=0)
        probes = join_probes(judge.probes)
        theirs = Observed(observe(reference, probes=probes))
        code = reference if code is None else code
        submission = Submission(path="w.py", format="py", sha256="", cells=(Cell(number=1, source=code, code=code),))
        subject = Subject(
            observed=theirs if code is reference else Observed(observe(code, probes=probes)),
            submission=submission,
            section=section_of(exercise.names, submission),
            handout=Handout(),
        )
        return judge.judge(subject, reference=theirs)[-1]

    return run
