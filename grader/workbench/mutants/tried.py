"""``TryMutant``: grades a mutant, and looks closer at one that survives."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar
from weakref import WeakKeyDictionary

from grader import submission as submissions
from grader.course.course import CourseExercise
from grader.errors import SubmissionError
from grader.model import CheckStatus, ExerciseReport, Observation, Submission
from grader.workbench.mutants.equivalence import Asked, count_inputs, difference, widened
from grader.workbench.mutants.reference import exercise_of, names_in
from grader.workbench.mutants.solution import read_solution
from grader.workbench.work import Work

if TYPE_CHECKING:
    from grader.workbench.bench import Bench
    from grader.workbench.content_keys import ContentKeys

SEEDS = (1, 2, 3)
"""The seeds under which a survivor is compared with the reference."""
MIN_TIMEOUT_S = 1.0
TIMES_THE_REFERENCE = 5
"""A mutant may run for so many times as long as the reference."""
TIMES_FOR_A_CLOSER_LOOK = 4
"""A survivor came to its end; when it is compared, it is called with more inputs, which takes longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedMutant:
    """What the exercise said of a mutant."""

    caught: bool
    caught_by: tuple[str, ...] = ()
    """The checks that did not pass; without those that were only skipped."""
    verdicts: tuple[tuple[str, CheckStatus], ...] = ()
    """The status of each check."""
    mistakes: tuple[tuple[str, str], ...] = ()
    """Of checks that failed: what the rubric says of the known mistake."""
    score: float = 0.0
    timed_out: bool = False
    differs_in: str = ""
    """Of a survivor: the first thing in which it does something else than the reference; empty: nothing was seen."""
    inputs: int = 0
    """Of a survivor: how many calls of functions and modules were compared."""
    not_final: bool = False
    """It differs where a run was kept from what it had time for by other programs, so that nobody can say why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TryMutant(Work):
    """Grades a text in the place of an exercise's reference solution.

    ``wanted`` is what the reference got. A mutant that gets no less survives; then it is run under other seeds, with
    more inputs, and compared with the reference in everything that was recorded.
    """

    RESULT: ClassVar[type] = TriedMutant

    exercise: str
    text: str
    wanted: tuple[tuple[str, CheckStatus], ...]
    timeout_s: float = MIN_TIMEOUT_S
    words_only: bool = False
    """Only comments or texts changed: nothing that runs is another."""

    def do(self, bench: Bench) -> TriedMutant:
        item = exercise_of(bench.course.exercises, self.exercise)
        try:
            mutant = submissions.read(self.text.encode(), str(item.solution))
        except SubmissionError:
            return TriedMutant(caught=True)
        report = bench.grade(mutant, (self.exercise,), timeout_s=self.timeout_s)
        (graded,) = report.exercises
        less, caught_by = compared(dict(self.wanted), graded)
        tried = TriedMutant(
            caught=less,
            caught_by=caught_by,
            verdicts=tuple((check.id, check.status) for check in graded.checks),
            mistakes=tuple((check.id, check.mistake) for check in graded.checks if check.mistake is not None),
            score=graded.score,
            timed_out=report.run.outcome == "timeout",
        )
        if less:
            return tried
        if self.words_only:
            return replace(tried, differs_in="what is said in words")
        return _compared_closely(bench, item, mutant, tried, self.timeout_s)

    def is_lasting(self, result: TriedMutant) -> bool:
        return not result.not_final

    def depends_on(self, keys: ContentKeys) -> Iterator[object]:
        yield self.exercise, self.text, self.wanted, self.timeout_s, self.words_only
        yield keys.of_settings((self.exercise,), timeout_s=self.timeout_s)


def timeout_for(duration_s: float) -> float:
    """How long a mutant may run, in whole seconds: few limits, so that graders are shared."""
    return max(MIN_TIMEOUT_S, float(-(-duration_s * TIMES_THE_REFERENCE // 1)))


def compared(wanted: dict[str, CheckStatus], graded: ExerciseReport) -> tuple[bool, tuple[str, ...]]:
    """Whether it got less than the reference, and the checks that decided so. What waits for a person where the
    reference passed counts as less: nobody gets full marks for it unseen.
    """
    lower = {check.id: check.status for check in graded.checks if _is_less(check.status, wanted[check.id])}
    return bool(lower) or graded.status == "error", tuple(
        check for check, status in lower.items() if status != "skipped"
    )


def _is_less(status: CheckStatus, wanted: CheckStatus) -> bool:
    return status not in ("passed", wanted)


def _compared_closely(
    bench: Bench, item: CourseExercise, mutant: Submission, tried: TriedMutant, timeout_s: float
) -> TriedMutant:
    asked = Asked.by(item.exercise.checks)
    inputs = 0
    for seed in SEEDS:
        for again in (True, False):
            reference = _reference(bench, item, seed)
            more_s = TIMES_FOR_A_CLOSER_LOOK * timeout_s
            observation = _observe(bench, item, mutant, seed, more_s, names_in(_read(item)))
            differs = difference(reference, observation, asked)
            lacked_time = differs is not None and (reference.lacked_time or observation.lacked_time)
            if not (lacked_time and again):
                break
            _observed[bench].pop((item.exercise.id, seed))
        inputs += count_inputs(observation)
        if differs is not None:
            return replace(tried, differs_in=differs, inputs=inputs, not_final=lacked_time)
    return replace(tried, inputs=inputs)


_observed: MutableMapping[Bench, dict[tuple[str, int], Observation]] = WeakKeyDictionary()
"""What the references did, by exercise and seed: all survivors of an exercise are compared with it."""


def _reference(bench: Bench, item: CourseExercise, seed: int) -> Observation:
    known = _observed.setdefault(bench, {})
    key = (item.exercise.id, seed)
    if key not in known:
        solution = _read(item)
        known[key] = _observe(bench, item, solution, seed, None, names_in(solution))
    return known[key]


def _read(item: CourseExercise) -> Submission:
    return read_solution(item.solution.read_bytes(), str(item.solution)).submission


def _observe(
    bench: Bench,
    item: CourseExercise,
    submission: Submission,
    seed: int,
    timeout_s: float | None,
    names: tuple[str, ...],
) -> Observation:
    grader = bench.grader((item.exercise.id,), seed=seed, timeout_s=timeout_s)
    return grader.observe(submission, lambda probes: widened(probes, names))
