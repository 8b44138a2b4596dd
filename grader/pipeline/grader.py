"""The whole way of a submission: run it, judge what was observed, mark it, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import grader
from grader import submission as submissions
from grader.course.course import CourseExercise
from grader.errors import GraderError, ReferenceError, SandboxError
from grader.judging.context import Observed, Sources, Subject
from grader.judging.curve_sources import figures_of, find_sources
from grader.judging.judge import Judge
from grader.judging.locations import quoted_location_of
from grader.judging.run_summary import summarize_run
from grader.judging.sections import Scope
from grader.judging.traces import find_traces
from grader.judging.written_answers import written_words
from grader.marking.assemble import assemble, is_attempted
from grader.model import (
    Job,
    Judged,
    Judgement,
    Limits,
    Observation,
    Outcome,
    Probes,
    Report,
    Submission,
    UncaughtError,
    Verdict,
)
from grader.pipeline.references import ReferenceStore, key_of
from grader.sandbox.decode_observation import decode_stream
from grader.sandbox.sandbox import Sandbox
from grader.submission.fingerprints import Handout

SECOND_RUN_S = 1.0
"""Seconds that the second run of a submission has at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a grading run is asked for, apart from the submissions. ``explicit``: the exercises were named."""

    exercises: tuple[CourseExercise, ...]
    explicit: bool
    seed: int
    limits: Limits
    handout: Handout = field(default_factory=Handout)


class Grader:
    """Grades submissions one after the other; each exercise's reference is observed once."""

    def __init__(self, sandbox: Sandbox, settings: Settings, store: ReferenceStore) -> None:
        self._sandbox = sandbox
        self._settings = settings
        self._store = store
        self._references: dict[str, Observed] = {}
        self._judges: dict[str, Judge] = {}

    def grade(self, submission: Submission) -> Report:
        """Raises CourseError where a reference fails, SandboxError where nothing can be run."""
        return assemble(self.judge(submission), self._settings.exercises)

    def judge(self, submission: Submission) -> Judged:
        """Everything but the points. Raises as ``grade`` does."""
        settings = self._settings
        job = self._job(submission, settings.exercises)
        observed = Observed(self._sandbox.run(job).observation)
        sources = self._sources(job, observed.observation)
        everything = [item.exercise for item in settings.exercises]
        # One exercise that is asked for is what the submission is about; a list of them says nothing about each.
        asked = settings.explicit and len(everything) == 1
        subjects = {one.id: Subject(observed=observed, submission=submission, handout=settings.handout,
                                    scope=Scope(one, submission, settings.handout, everything, asked=asked))
                    for one in everything}  # fmt: skip
        return Judged(
            version=grader.__version__,
            seed=settings.seed,
            explicit=settings.explicit,
            submission=replace(submission, cells=(), prose=(), companions=()),
            isolation=self._sandbox.isolation,
            run=summarize_run(submission, observed.observation),
            exercises=tuple(self._judge_exercise(item, subjects, sources) for item in settings.exercises),
        )

    def _judge_exercise(
        self, item: CourseExercise, subjects: Mapping[str, Subject], sources: Callable[[], Sources]
    ) -> Judgement:
        """``subjects`` are the submission as each exercise looks at it."""
        identity = item.exercise.id
        # Where no value of the reference is compared, it need not be there for an exercise that nobody attempted.
        needed = any(check.wants_reference() for check in item.exercise.checks)
        reference = self._reference(item) if needed else None
        claimed = frozenset().union(*(other.scope.cells for name, other in subjects.items() if name != identity))
        subject = subjects[identity]
        submission, scope, handout = subject.submission, subject.scope, subject.handout
        try:
            verdicts = self._verdicts(item, subject, sources, reference)
            traces = find_traces(
                scope, submission, subject.observed.observation, verdicts, handout=handout,
                claimed=claimed - scope.cells,
            )  # fmt: skip
            waits = traces.worded or any(verdict.status == "manual" for verdict in verdicts)
            judgement = Judgement(
                exercise=identity,
                verdicts=verdicts,
                locations=tuple(quoted_location_of(verdict.place, submission) for verdict in verdicts),
                traces=traces,
                words=written_words(subject.passages) if waits else "",
            )
            if is_attempted(item, judgement, explicit=self._settings.explicit):
                self._reference(item)
        except GraderError:
            raise
        except Exception as error:
            # An error of ours costs one exercise of one submission; it is said, and is no zero.
            return Judgement(exercise=identity, failure=f"{type(error).__name__}: {error}")
        return judgement

    def reference(self, item: CourseExercise) -> Observation:
        """The observation of an exercise's reference solution, from memory, from disk, or by running it.

        Raises ReferenceError where it does not pass its own exercise.
        """
        return self._reference(item).observation

    def _reference(self, item: CourseExercise) -> Observed:
        identity = item.exercise.id
        if identity not in self._references:
            self._references[identity] = self._observe_reference(item)
        return self._references[identity]

    def _observe_reference(self, item: CourseExercise) -> Observed:
        solution = submissions.load(str(item.solution))
        job = self._job(solution, (item,))
        key = key_of(item, job, self._sandbox.versions, self._sandbox.support)
        stream = self._store.load(key)
        if stream is not None:
            return Observed(decode_stream(stream))
        run = self._sandbox.run(job)
        observation = run.observation
        if observation.outcome is Outcome.SANDBOX_ERROR:
            raise SandboxError(f"The reference solution {item.solution} could not be run: {observation.detail}.")
        observed, handout = Observed(observation), self._settings.handout
        scope = Scope(item.exercise, solution, handout)
        subject = Subject(observed=observed, submission=solution, scope=scope, handout=handout)
        verdicts = self._verdicts(item, subject, self._sources(job, observation), observed)
        failed = [verdict for verdict in verdicts if verdict.status not in ("passed", "manual")]
        if failed:
            raise ReferenceError(_reference_message(item, observation, failed))
        self._store.save(key, run.stream)
        return observed

    def _verdicts(
        self, item: CourseExercise, subject: Subject, sources: Callable[[], Sources], reference: Observed | None
    ) -> tuple[Verdict, ...]:
        judge = self._judge_of(item)
        wanted = judge.wants_second_run(subject)
        return judge.judge(subject, reference=reference, sources=sources() if wanted else None)

    def _judge_of(self, item: CourseExercise) -> Judge:
        identity = item.exercise.id
        if identity not in self._judges:
            self._judges[identity] = Judge(item.exercise, seed=self._settings.seed)
        return self._judges[identity]

    def _sources(self, job: Job, observation: Observation) -> Callable[[], Sources]:
        """Where plotted values came from: found out when it is first asked for, and once for all exercises.

        A twin that ran in the same process knows most of it. What it does not, a run in a process of its own decides,
        in the time that the first one left, or a second; where the first one was out of time, nothing is known.
        """

        def find() -> Sources:
            if observation.twin is not None:
                sources = find_sources(observation, observation.twin)
                if "unknown" not in sources.values():
                    return sources
            left_s = job.limits.wall_s - observation.duration_s
            if left_s <= 0:
                return find_sources(observation, ())
            # Its statements have as long as they had in the first run.
            again = replace(job, intervene=True, probes=Probes())
            second = self._sandbox.run(again, within_s=max(SECOND_RUN_S, left_s)).observation
            return find_sources(observation, figures_of(second))

        return cache(find)

    def _job(self, submission: Submission, exercises: Sequence[CourseExercise]) -> Job:
        parts = [part for item in exercises for part in self._judge_of(item).probes]
        calls = {call.id: call for part in parts for call in part.calls}
        probes = Probes(
            names=tuple(dict.fromkeys(name for part in parts for name in part.names)),
            calls=tuple(calls.values()),
            torch_calls=tuple(dict.fromkeys(call for part in parts for call in part.torch_calls)),
            twin=any(part.twin for part in parts),
        )
        return Job(
            cells=submission.cells,
            format=submission.format,
            file_name=submission.path.replace("\\", "/").rpartition("/")[2]
            if submission.path != "-"
            else "submission.py",
            seed=self._settings.seed,
            probes=probes,
            limits=self._settings.limits,
            files=submission.companions,
        )


def _reference_message(item: CourseExercise, observation: Observation, failed: Sequence[Verdict]) -> str:
    lines = [f"{item.solution}: the reference solution of `{item.exercise.id}` does not pass its own exercise."]
    lines += [f"  {verdict.check}: {verdict.message}" for verdict in failed]
    for event in observation.events:
        if isinstance(event, UncaughtError):
            lines.append(f"  Line {event.place.line} raised {event.error.type}: {event.error.text}")
    if observation.outcome is not Outcome.COMPLETED:
        lines.append(f"  Its run ended as `{observation.outcome}`. {observation.detail}".rstrip())
    lines.append("  Mend the solution, or the exercise's checks; no submission was graded.")
    return "\n".join(lines)
