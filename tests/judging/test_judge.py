"""Caching does not change verdicts, and nothing of a submission affects the next one."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.exercise import Exercise, load_exercise
from grader.judging.context import Subject
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.passes.backward_passes import find_backward_passes
from grader.judging.sections import section_of
from grader.model import Cell, Observation, Outcome, Submission, Verdict
from grader.submission.fingerprints import Handout
from tests.helpers.observing import Observer
from tests.judging.test_backward_passes import backward

CUBE = """
id: cube
title: Cube
statement: Cube it.
checks:
  - {id: right, kind: function, function: any, unlike: reference, inputs: [{normal: [3], count: 4}],
     expect: {output: reference, gradient: numeric}}
  - {id: used, kind: backward, through: right, holds: any(gradient != 0)}
"""
HEAD = "import torch\ndef given(x):\n    return x * 2\n"
REFERENCE = HEAD + "def cube(x):\n    return x ** 3\ncube(torch.ones(3, requires_grad=True)).sum().backward()"
WRONG = HEAD + "def cube(x):\n    return x ** 2\ncube(torch.ones(3, requires_grad=True)).sum().backward()"
COPIED = HEAD + "def copied(x):\n    return x + x\ncopied(torch.ones(3, requires_grad=True)).sum().backward()"

Said = list[tuple[str, str, str | None, str | None]]


def observation(*passes: list[float]) -> Observation:
    events = tuple(backward(gradient=gradient, before=None, after=gradient) for gradient in passes)
    return Observation(events=events, outcome=Outcome.COMPLETED)


class TestObserved:
    def test_passes_are_found_once(self) -> None:
        observed = Observed(observation([2, 4]))
        assert observed.backward_passes == find_backward_passes(observed.events)
        assert observed.backward_passes is observed.backward_passes

    def test_what_is_asked_for_is_made_once_for_each_question(self) -> None:
        observed = Observed(observation())
        made: list[str] = []

        def make(answer: str) -> Callable[[], str]:
            return lambda: made.append(answer) or answer

        assert [observed.once(key, make(key)) for key in ("one", "other", "one")] == ["one", "other", "one"]
        assert made == ["one", "other"]

    def test_another_observation_keeps_its_own(self) -> None:
        assert Observed(observation()).once("key", lambda: 1) == 1
        assert Observed(observation()).once("key", lambda: 2) == 2


class TestJudge:
    @pytest.fixture
    def exercise(self, tmp_path: Path) -> Exercise:
        path = tmp_path / "cube.yaml"
        path.write_text(CUBE, encoding="utf-8")
        return load_exercise(path)

    def test_one_submission_after_the_other_gets_what_each_alone_gets(
        self, observe: Observer, exercise: Exercise
    ) -> None:
        (probes, _) = Judge(exercise.id, exercise.checks, seed=0).probes
        seen = {code: observe(code, probes=probes) for code in (REFERENCE, WRONG, COPIED)}

        def judged(judge: Judge, code: str, reference: Observed) -> tuple[Verdict, ...]:
            submission = Submission(
                path="work.py", format="py", sha256="", cells=(Cell(number=1, source=code, code=code),)
            )
            section = section_of(exercise.names, submission)
            subject = Subject(observed=Observed(seen[code]), submission=submission, section=section, handout=Handout())
            return judge.judge(subject, reference=reference)

        kept, reference = Judge(exercise.id, exercise.checks, seed=0), Observed(seen[REFERENCE])
        for code, statuses in (
            (REFERENCE, ["passed", "passed"]),
            (WRONG, ["failed", "passed"]),
            (COPIED, ["failed", "failed"]),
            (REFERENCE, ["passed", "passed"]),
        ):
            verdicts = judged(kept, code, reference)
            assert [verdict.status for verdict in verdicts] == statuses
            assert said(verdicts) == said(
                judged(Judge(exercise.id, exercise.checks, seed=0), code, Observed(seen[REFERENCE]))
            )

    def test_nothing_of_a_submission_is_kept(self, exercise: Exercise) -> None:
        judge, reference = Judge(exercise.id, exercise.checks, seed=0), Observed(observation([2, 4]))
        submission = Submission(path="work.py", format="py", sha256="", cells=())
        observed = Observed(observation([1, 3]))
        subject = Subject(
            observed=observed, submission=submission, section=section_of(exercise.names, submission), handout=Handout()
        )
        assert judge.judge(subject, reference=reference)
        gone = weakref.ref(observed)
        del subject, observed
        gc.collect()
        assert gone() is None

    def test_inputs_are_drawn_once(self, exercise: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
        judge = Judge(exercise.id, exercise.checks, seed=0)
        monkeypatch.setattr("grader.judging.functions.asked_calls.draw", None)
        submission = Submission(path="work.py", format="py", sha256="", cells=())
        subject = Subject(
            observed=Observed(observation()),
            submission=submission,
            section=section_of(exercise.names, submission),
            handout=Handout(),
        )
        assert [verdict.status for verdict in judge.judge(subject, reference=Observed(observation()))] == ["failed"] * 2


def said(verdicts: tuple[Verdict, ...]) -> Said:
    return [(verdict.status, verdict.message, verdict.expected, verdict.actual) for verdict in verdicts]
