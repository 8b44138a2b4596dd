"""The way of a submission through all stages: job → observation → judgements → report."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import grader
from grader.course.course import CourseExercise
from grader.course.course_checks import failure_in_words
from grader.errors import GraderError
from grader.judging.attempt_signals import find_attempt_signals
from grader.judging.context import Subject
from grader.judging.deciding_checks import find_deciding_checks
from grader.judging.foreign_hands import shown_place
from grader.judging.join_probes import join_probes
from grader.judging.judge import Judge
from grader.judging.locations import quoted_location_of
from grader.judging.observed import Observed
from grader.judging.run.run_summary import summarize_run
from grader.judging.run.section_errors import find_section_errors
from grader.judging.sections import find_sections
from grader.judging.tracing.finished_trace import finished_trace
from grader.judging.tracing.notes import CheckNotes
from grader.judging.words.written_answers import written_words
from grader.marking.attempt import Attempt, find_attempt
from grader.marking.build_report import build_report
from grader.model import (
    AttemptSignals,
    CheckTrace,
    Evidence,
    JudgedEvidence,
    JudgedExercise,
    JudgedSubmission,
    Observation,
    Outcome,
    Probes,
    Report,
    RunSummary,
    Submission,
    Verdict,
)
from grader.pipeline import cache_keys
from grader.pipeline.assignment_data import replaced_files
from grader.pipeline.broken_reference import BrokenReference, error_of, is_mistake
from grader.pipeline.build_job import build_job
from grader.pipeline.kept_waiting import AGAIN, PatientSandbox, RunsJobs, in_words
from grader.pipeline.needed_parameters import with_needed_parameters
from grader.pipeline.open_exercises import open_exercises, probes_for
from grader.pipeline.recorded_references import notice_of_releases
from grader.pipeline.references import Preload, References, ReferenceStore
from grader.pipeline.second_run import SecondRun
from grader.pipeline.settings import Settings
from grader.pipeline.unshown_checks import describe_unshown_run, is_shown, join_verdicts, split_probes
from grader.sandbox.kept_runs import KeepingSandbox, KeptRuns
from grader.sandbox.sandbox import Sandbox
from grader.text_bounds import NOTE, REASON, bounded

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A run of the submission that is graded."""

    sandbox: PatientSandbox
    observation: Observation
    second_run: SecondRun
    subjects: Mapping[str, Subject]
    """The submission as each exercise looks at it, by the exercise's id."""


class Grader:
    """Grades submissions one after the other. Observations of reference solutions are kept between submissions."""

    def __init__(
        self,
        sandbox: Sandbox,
        settings: Settings,
        store: ReferenceStore,
        preload: Preload | None = None,
        kept_runs: KeptRuns | None = None,
    ) -> None:
        """``preload``: see ``References``. ``kept_runs``: runs of submissions, which are used again."""
        self.settings = settings
        self._sandbox = sandbox
        self._keeps: RunsJobs = sandbox
        if kept_runs is not None:
            self._keeps = KeepingSandbox(sandbox, kept_runs, cache_keys.of_worker(sandbox, settings.data))
        self._judges = {
            item.exercise.id: Judge(item.exercise.id, item.exercise.checks, seed=settings.seed)
            for item in settings.exercises
        }
        self._shown_probes, self._whole_probes = split_probes(
            [(item.exercise.checks, self._judges[item.exercise.id]) for item in settings.exercises]
        )
        self._references = References(sandbox, settings, self._judges, store, preload)

    def grade(self, submission: Submission) -> Report:
        """Run, judge and mark a submission.

        Raises CourseError where the reference of an exercise that was asked for fails, SandboxError where nothing can
        be run.
        """
        return self.mark(self.judge(submission))

    def find_broken_references(self, *, again: bool = True) -> Mapping[str, BrokenReference]:
        """The references that do not pass their own exercise, by exercise. See ``References.find_broken``."""
        return self._references.find_broken(again=again)

    def assume_references(self, broken: Iterable[BrokenReference]) -> None:
        """Take over what another process found: these references are broken, all others pass."""
        self._references.assume(broken)

    def record_references(self) -> Mapping[str, bytes]:
        """Recordings of the references, for a course without solutions. See ``References.record``."""
        return self._references.record()

    def record_needed_references(self) -> Mapping[str, bytes]:
        """The same for students. See ``References.record_needed``."""
        return self._references.record_needed()

    def course_key(self) -> str:
        """A hash of everything but the submission that judgements depend on (``cache_keys.of_course``)."""
        return cache_keys.of_course(self.settings, self._references.run_key)

    def judge(
        self,
        submission: Submission,
        *,
        again: bool = True,
        more_time: float = 1.0,
        traces: dict[tuple[str, str], CheckTrace] | None = None,
        anew: bool = False,
        only: Collection[str] | None = None,
    ) -> JudgedSubmission:
        """Run a submission and judge what was observed. Raises as ``grade`` does.

        ``again``: where it is kept waiting until its time is over, it is run once more. ``more_time``: how many times
        its limit it has. ``traces`` is filled with what decided, by the ids of exercise and check. ``anew``: it runs,
        whether a run of it is kept or not. ``only``: the exercises that are judged; None: all of them. What runs are
        asked to observe is the same.
        """
        settings = self.settings
        exercises = tuple(item for item in settings.exercises if only is None or item.exercise.id in only)
        broken = self._references.find_broken(only=only)
        refuses = settings.explicit and not settings.skip_broken
        if broken and refuses and is_mistake(broken, len(settings.exercises), explicit=True):
            raise error_of(broken)
        # What students do not see has a run of its own. Whoever looks for what decided wants to see all of it. Where
        # only some of the exercises are judged, others are judged by the same run.
        named_first = self._whole_probes is None and traces is None and only is None
        probes = replace(self._shown_probes, named_first=named_first)
        shown = other = self._run(submission, probes, again=again, more_time=more_time, anew=anew)
        if self._whole_probes is not None and shown.observation.outcome is not Outcome.SANDBOX_ERROR:
            other = self._run(submission, self._whole_probes, again=again, more_time=more_time, anew=anew)
        drawn: dict[tuple[str, str], Evidence] = {}
        judged = tuple(
            self._judge_exercise(item, shown, other, drawn, traces)
            if (reference := broken.get(item.exercise.id)) is None
            else _not_judged(reference, shown.subjects[reference.exercise])
            for item in exercises
        )
        runs = [shown]
        if still_open := self._open(exercises, judged, shown.observation):
            probes = probes_for(probes, (self._judges[name] for name in still_open))
            full = self._run(submission, probes, again=again, more_time=more_time, anew=anew)
            if full.observation.outcome is not Outcome.SANDBOX_ERROR:
                runs.append(full)
                drawn = {key: each for key, each in drawn.items() if key[0] not in still_open}
                judged = tuple(
                    self._judge_exercise(item, full, full, drawn, traces) if one.exercise in still_open else one
                    for item, one in zip(exercises, judged, strict=True)
                )
        return JudgedSubmission(
            version=grader.__version__,
            seed=settings.seed,
            explicit=settings.explicit,
            submission=replace(submission, cells=(), prose=(), titles=(), companions=(), folder=""),
            isolation=self._sandbox.isolation,
            # Last, because the second run belongs to the judging.
            run=self._summary(submission, runs, other, _late_references(judged, broken)),
            exercises=judged,
            evidence=JudgedEvidence(
                checks=drawn, cells=tuple((one.first_line, one.source) for one in submission.cells)
            ),
        )

    def observe(
        self, submission: Submission, change: Callable[[Probes], Probes] = lambda probes: probes
    ) -> Observation:
        """Run a submission, and judge nothing. ``change`` makes what is recorded of what the checks ask for."""
        probes = join_probes([part for judge in self._judges.values() for part in judge.probes])
        return self._run(submission, change(probes), again=True, more_time=1.0).observation

    def mark(self, judged: JudgedSubmission) -> Report:
        """The report of what ``judge`` gave."""
        settings = self.settings
        names = {one.exercise for one in judged.exercises}
        exercises = [item for item in settings.exercises if item.exercise.id in names]
        return build_report(judged, exercises, settings.assignment, settings.basis, settings.course)

    def attempted(self, judged: JudgedSubmission) -> Iterator[str]:
        """The ids of the exercises that a submission is an attempt at. It is what ``mark`` decides, which takes longer.
        A broken reference and a fault of the grader decide nothing.
        """
        exercises = {item.exercise.id: item for item in self.settings.exercises}
        for one in judged.exercises:
            item = exercises[one.exercise]
            if not one.broken_reference and not one.failure:
                found = find_attempt(item.exercise, item.rubric, one, explicit=judged.explicit)
                if found is not Attempt.NONE:
                    yield one.exercise

    def _run(
        self, submission: Submission, probes: Probes, *, again: bool, more_time: float, anew: bool = False
    ) -> _Run:
        sandbox = PatientSandbox(self._sandbox if anew else self._keeps, again=again)
        probes = with_needed_parameters(probes, self._exercise_of_module, self._reference_of)
        observation = sandbox.run(build_job(submission, probes, self.settings), more_time=more_time).observation
        assert sandbox.job is not None
        return _Run(
            sandbox=sandbox,
            observation=observation,
            second_run=SecondRun(sandbox, sandbox.job, observation),
            subjects=self._subjects(submission, Observed(observation)),
        )

    @cached_property
    def _exercise_of_module(self) -> Mapping[str, str]:
        """The ids of exercises by those of the probes for modules."""
        return {
            module.id: exercise
            for exercise, judge in self._judges.items()
            for part in judge.probes
            for module in part.modules
        }

    def _reference_of(self, exercise: str) -> Observed | None:
        """What was observed of the reference of an exercise; None where it is broken."""
        if exercise in self._references.find_broken(again=False, only=(exercise,)):
            return None
        item = next(item for item in self.settings.exercises if item.exercise.id == exercise)
        reference = self._references.observe(item)
        return None if isinstance(reference, BrokenReference) else reference

    def _open(
        self, exercises: Sequence[CourseExercise], judged: Sequence[JudgedExercise], observation: Observation
    ) -> tuple[str, ...]:
        """The exercises that are judged by a further run, in which functions of any name are called."""
        if not observation.left_out:
            return ()
        checks = {item.exercise.id: item.exercise.checks for item in exercises}
        return open_exercises(judged, checks, self._judges, observation)

    def _summary(self, submission: Submission, runs: Sequence[_Run], other: _Run, late: Sequence[str]) -> RunSummary:
        """``runs``: those that students read of, the first one is told. ``other``: the run for checks that students do
        not see; it is the first one where they need none of their own. ``late``: exercises whose reference ran out of
        time only now.
        """
        shown = runs[0]
        run = summarize_run(submission, shown.observation)
        kept_waiting = max(one.sandbox.kept_waiting for one in runs)
        unshown = None
        if other is not shown:
            unshown = describe_unshown_run(shown.observation, other.observation, other.sandbox.kept_waiting)
        settings = self.settings
        reasons = (
            *((in_words(kept_waiting),) if kept_waiting else ()),
            *((f"The reference of {', '.join(late)} ran out of time. {AGAIN}",) if late else ()),
        )
        about_pack = notice_of_releases(settings.pack, self._sandbox.versions)
        replaced = [bounded(note, NOTE) for note in replaced_files(submission, settings.data)]
        return replace(
            run,
            notices=(
                *(unshown.notices if unshown else ()),
                *reasons,
                *((bounded(about_pack, NOTE),) if about_pack else ()),
                *replaced,
                *run.notices,
            ),
            kept_waiting=kept_waiting,
            not_final=" ".join(filter(None, (*reasons, unshown.not_final if unshown else ""))),
            unshown=unshown,
        )

    def _subjects(self, submission: Submission, observed: Observed) -> dict[str, Subject]:
        """The submission as each exercise looks at it, by the exercise's id."""
        settings = self.settings
        exercises = [item.exercise.names for item in settings.exercises]
        # If the user named a single exercise, the whole submission is about it.
        asked = settings.explicit and len(exercises) == 1
        sections = find_sections(
            submission,
            exercises,
            others=settings.others,
            questions=settings.questions,
            numbers={item.exercise.id: item.numbers for item in settings.exercises},
            sheet=(settings.assignment.id, settings.assignment.title) if settings.assignment else (),
            handout=settings.handout,
            asked=asked,
        )
        return {
            identity: Subject(observed=observed, submission=submission, handout=settings.handout, section=section)
            for identity, section in sections.items()
        }

    def _judge_exercise(
        self,
        item: CourseExercise,
        shown: _Run,
        other: _Run,
        drawn: dict[tuple[str, str], Evidence],
        traces: dict[tuple[str, str], CheckTrace] | None,
    ) -> JudgedExercise:
        """``other``: the run for checks that students do not see. Adds the evidence of the checks to ``drawn``, and
        what decided to ``traces``.
        """
        identity, judge = item.exercise.id, self._judges[item.exercise.id]
        needs_reference = any(check.wants_reference() for check in item.exercise.checks)
        subject = shown.subjects[identity]
        reference = self._references.observe(item) if needs_reference else None
        if isinstance(reference, BrokenReference):
            return _not_judged(reference, subject)
        try:
            noted: dict[str, CheckNotes] | None = None if traces is None else {}
            verdicts, evidence = _verdicts(judge, identity, shown, reference, noted)
            if other is not shown and not all(map(is_shown, item.exercise.checks)):
                others_noted: dict[str, CheckNotes] | None = None if traces is None else {}
                others, others_evidence = _verdicts(judge, identity, other, reference, others_noted)
                verdicts = join_verdicts(item.exercise.checks, verdicts, others, other.observation)
                seen = {(identity, check.id) for check in item.exercise.checks if is_shown(check)}
                evidence = {
                    **{key: each for key, each in evidence.items() if key in seen},
                    **{key: each for key, each in others_evidence.items() if key not in seen},
                }
                for check in item.exercise.checks:
                    if noted is not None and others_noted is not None and not is_shown(check):
                        noted[check.id] = others_noted[check.id]
            drawn.update(evidence)
            if traces is not None and noted is not None:
                for check, verdict in zip(item.exercise.checks, verdicts, strict=True):
                    traces[identity, check.id] = finished_trace(check, noted[check.id], verdict, subject.submission)
            signals = find_attempt_signals(subject, verdicts)
            decided = [verdicts[index] for index in find_deciding_checks(item.exercise.checks)]
            waits = signals.worded or any(verdict.status == "manual" for verdict in verdicts)
            passed = all(verdict.status == "passed" for verdict in verdicts)
            choices = any(
                check.kind == "answer" and verdict.found and verdict.status == "manual"
                for check, verdict in zip(item.exercise.checks, verdicts, strict=True)
            )
            words, place = ("", "") if passed else written_words(subject.passages, anywhere=waits, choices=choices)
            return JudgedExercise(
                exercise=identity,
                verdicts=verdicts,
                locations=tuple(quoted_location_of(shown_place(verdict), subject.submission) for verdict in verdicts),
                variable_locations=tuple(
                    tuple(quoted_location_of(place, subject.submission) for place in verdict.places)
                    for verdict in verdicts
                ),
                signals=signals,
                words=words,
                words_place=place,
                errors=find_section_errors(subject, decided),
            )
        except GraderError:
            raise
        except Exception as error:
            logger.exception("Judging %s of %s failed", identity, subject.submission.path)
            # A fault of the grader costs one exercise of one submission. The report says so; it is not a zero.
            return JudgedExercise(exercise=identity, failure=bounded(failure_in_words(error), REASON))


def _verdicts(
    judge: Judge, exercise: str, run: _Run, reference: Observed | None, notes: dict[str, CheckNotes] | None
) -> tuple[tuple[Verdict, ...], Mapping[tuple[str, str], Evidence]]:
    """The verdicts of all checks of an exercise by one run, and what can be drawn of them."""
    subject = run.subjects[exercise]
    verdicts = run.second_run.judge(judge, subject, reference, notes)
    return verdicts, _evidence(judge, exercise, verdicts, subject)


def _evidence(
    judge: Judge, exercise: str, verdicts: Sequence[Verdict], subject: Subject
) -> Mapping[tuple[str, str], Evidence]:
    """By the ids of exercise and check. A fault in it costs pictures, and no points."""
    try:
        found = judge.find_evidence(verdicts, subject)
    except Exception:
        logger.exception("No evidence of %s of %s", exercise, subject.submission.path)
        return {}
    return {(exercise, check): evidence for check, evidence in found.items()}


def _late_references(exercises: Iterable[JudgedExercise], broken: Mapping[str, BrokenReference]) -> list[str]:
    """The exercises that were not judged although their reference is not known to be broken."""
    return [one.exercise for one in exercises if one.broken_reference and one.exercise not in broken]


def _not_judged(reference: BrokenReference, subject: Subject) -> JudgedExercise:
    """The exercise of a broken reference: nothing is known of the submission but whether it names the exercise."""
    signals = AttemptSignals(named=subject.section.named)
    return JudgedExercise(exercise=reference.exercise, signals=signals, broken_reference=reference.in_report)
