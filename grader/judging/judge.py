"""Observations to verdicts. Nothing here runs anything, and nothing of a submission is remembered."""

from __future__ import annotations

from grader.course.exercise import Exercise
from grader.judging.context import Context, Observed, Sources, Subject
from grader.judging.curve_sources import used_autograd
from grader.model import Verdict


class Judge:
    """Judges by one exercise. ``seed`` is what the hidden inputs are drawn from: here, once for all submissions."""

    def __init__(self, exercise: Exercise, *, seed: int) -> None:
        self._exercise = exercise
        self.probes = tuple(check.probes(exercise.id, seed) for check in exercise.checks)
        """What has to be recorded of a submission, check by check."""

    def judge(
        self, subject: Subject, *, reference: Observed | None, sources: Sources | None = None
    ) -> tuple[Verdict, ...]:
        """Judge every check. Verdicts come in the order of the exercise's checks, which build on each other.

        ``reference`` is what was observed of the reference solution, ``sources`` says where plotted values came from
        (see ``provenance``).
        """
        verdicts: dict[str, Verdict] = {}
        for check, probes in zip(self._exercise.checks, self.probes, strict=True):
            context = Context(
                exercise=self._exercise.id,
                probes=probes,
                subject=subject,
                reference=reference,
                earlier=verdicts.copy(),
                sources=sources,
            )
            verdicts[check.id] = check.judge(context)
        return tuple(verdicts.values())

    def wants_second_run(self, subject: Subject) -> bool:
        """Whether a verdict hangs on where plotted values came from. Where no pass worked, they are not autograd's."""
        if not used_autograd(subject.observed.observation):
            return False
        return any(
            check.wants_second_run(
                Context(
                    exercise=self._exercise.id,
                    probes=probes,
                    subject=subject,
                    reference=None,
                    earlier={},
                    sources=None,
                )
            )
            for check, probes in zip(self._exercise.checks, self.probes, strict=True)
        )
