"""Class statistics: totals, pass rates of checks, mistakes that students share."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from grader.model import (
    AskedExercise,
    CheckStatus,
    ClassCheck,
    ClassExercise,
    ClassResults,
    Lateness,
    Student,
    StudentResult,
    Visibility,
)
from grader.report.person_names import shown_name
from grader.text import count, points

_NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Points of the graded students, provisional points included."""

    students: int
    mean: float
    median: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRate:
    """How many answers passed one check.

    ``judged`` counts answers that passed or failed; the others wait for a person or could not be graded.
    """

    id: str
    title: str
    passed: int
    judged: int
    waiting: int
    ungraded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseRates:
    """The pass rates of one exercise's checks, over the students who attempted it."""

    exercise: AskedExercise
    attempted: int
    checks: tuple[CheckRate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedMistake:
    """Students who failed a check with the same mistake.

    ``check`` is the check's title. ``sentence`` is the rubric's; empty if it names no mistake. ``attempted``: how many
    students attempted the exercise.
    """

    exercise: AskedExercise
    check_id: str
    check: str
    sentence: str
    students: tuple[Student, ...]
    attempted: int


def visibilities(results: ClassResults) -> Mapping[tuple[str, str], Visibility]:
    """The visibility of the checks that are not public, by the ids of exercise and check."""
    return {
        (exercise.id, check.id): check.visibility
        for result in results.students
        for exercise in result.exercises
        for check in exercise.checks
        if check.visibility != "public"
    }


def waits(check: ClassCheck) -> bool:
    """Whether a person still has to mark it."""
    return check.status == "manual" and check.score is None


def status_of(check: ClassCheck) -> CheckStatus:
    """Its status; a check marked by hand has passed if it got full points, else failed."""
    if check.status != "manual" or check.score is None:
        return check.status
    return "passed" if check.score >= check.max_score else "failed"


def exercise_of(result: StudentResult, exercise: str) -> ClassExercise | None:
    """A student's result in an exercise; None if there is none."""
    return next((answer for answer in result.exercises if answer.id == exercise), None)


def graded_exercises(result: StudentResult) -> tuple[ClassExercise, ...]:
    """The exercises that a student attempted and that could be graded."""
    return tuple(exercise for exercise in result.exercises if exercise.status == "graded")


def answers_waiting(result: StudentResult) -> int:
    """How many answers of a student a person still has to mark."""
    return sum(waits(check) for exercise in graded_exercises(result) for check in exercise.checks)


def parts_ungraded(result: StudentResult) -> int:
    """How many checks and whole exercises could not be graded because of an error of the grader or the reference."""
    checks = sum(check.status == "error" for exercise in graded_exercises(result) for check in exercise.checks)
    return checks + sum(exercise.status == "error" for exercise in result.exercises)


def found_notices(results: ClassResults) -> tuple[str, ...]:
    """What the totals are of, where nobody said what was asked."""
    if results.basis != "found" or not results.exercises:
        return ()
    ids = ", ".join(exercise.id for exercise in results.exercises)
    return (f"No assignment and no --exercise says what was asked, so what was found counts: {ids}.",)


def beside_notices(results: ClassResults) -> tuple[str, ...]:
    """Whose hand-ins have files that could not be graded, beside those that were, and count as they are."""
    those = [result for result in results.students if result.status == "graded" and result.complete and result.why]
    if not those:
        return ()
    names = ", ".join(shown_name(result.student.name) for result in those[:_NAMES_SHOWN])
    more = f" and {len(those) - _NAMES_SHOWN} more" if len(those) > _NAMES_SHOWN else ""
    return (f"Not all files could be graded, and those that could count: {names}{more} (--student says why).",)


def lateness_notices(results: ClassResults) -> tuple[str, ...]:
    """What an instructor should know of lateness that could not be computed."""
    if results.due is None:
        return ()
    unknown = [result for result in results.students if result.late and result.handed_in_at is None]
    cost = "" if results.late is None else ", and nothing was taken away"
    if unknown:
        names = ", ".join(shown_name(result.student.name) for result in unknown[:_NAMES_SHOWN])
        more = f" and {len(unknown) - _NAMES_SHOWN} more" if len(unknown) > _NAMES_SHOWN else ""
        return (f"Late, by how much is not known{cost}: {names}{more}.",)
    if any(result.handed_in_at is not None for result in results.students) or not results.students:
        return ()
    return (f"When it was handed in is not known of anybody, so nobody counts as late{cost}.",)


def changed_mark_notices(results: ClassResults) -> tuple[str, ...]:
    """The marks that count as other points than a person gave, because the rubric's points are others now."""
    changed = [
        f"{shown_name(result.student.name)}, {exercise.id}/{check.id}: {of(*check.given)}, now "
        f"{of(check.score or 0.0, check.max_score)}"
        for result in results.students
        for exercise in result.exercises
        for check in exercise.checks
        if check.given is not None
    ]
    if not changed:
        return ()
    more = f"; and {len(changed) - _NAMES_SHOWN} more" if len(changed) > _NAMES_SHOWN else ""
    were = (
        "mark was given for other points, and counts as its"
        if len(changed) == 1
        else ("marks were given for other points, and count as their")
    )
    return (
        f"{len(changed):,} {were} share of today's: {'; '.join(changed[:_NAMES_SHOWN])}{more}. `grade mark --again` "
        "shows what is marked already.",
    )


def of(won: float, most: float) -> str:
    """``3 of 4``."""
    return f"{points(won)} of {points(most)}"


def lateness_in_words(lateness: Lateness) -> str:
    """``1 day 2 h late: 12 before, 3 taken away``."""
    by = duration(lateness.by)
    if lateness.ended:
        return f"{by} late, too late for any points: {points(lateness.score_before)} before"
    if not lateness.share:
        return f"{by} late"
    return f"{by} late: {points(lateness.score_before)} before, {points(lateness.penalty)} taken away"


def duration(time: timedelta) -> str:
    """The two largest units of a time: ``2 days 3 h``, ``3 h 20 min``, ``40 s``."""
    seconds = int(time.total_seconds())
    days, hours, minutes = seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60
    parts = [(days, "day" if days == 1 else "days"), (hours, "h"), (minutes, "min"), (seconds % 60, "s")]
    first = next((index for index, (number, _) in enumerate(parts) if number), len(parts) - 1)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number)


def why_provisional(provisional: Sequence[StudentResult]) -> str:
    """Why the totals of these students may change: "2 answers wait for a person (grade mark)"."""
    waiting = sum(answers_waiting(result) for result in provisional)
    ungraded = sum(parts_ungraded(result) for result in provisional)
    reasons = []
    if waiting:
        reasons.append(f"{count(waiting, 'answer')} {'waits' if waiting == 1 else 'wait'} for a person (grade mark)")
    if ungraded:
        reasons.append(f"{count(ungraded, 'part')} could not be graded")
    with_left_out = sum(bool(result.left_out) for result in provisional)
    if with_left_out:
        reasons.append(f"{count(with_left_out, 'student')} handed in more files than are graded")
    kept_waiting = sum(result.not_final for result in provisional)
    if kept_waiting:
        reasons.append(
            f"{count(kept_waiting, 'student')} ran out of time while the machine was busy (the next batch tries again)"
        )
    with_broken_files = sum(bool(result.why) and not result.not_final for result in provisional)
    if with_broken_files:
        reasons.append(f"{count(with_broken_files, 'student')} also handed in a file that is broken")
    return ", ".join(reasons) or "not everything is graded"


def max_score(results: ClassResults) -> float:
    """The points that can be won in the whole assignment, without bonus and without exercises that could be graded for
    nobody.
    """
    return sum(exercise.max_score for exercise in results.exercises if not (exercise.bonus or exercise.ungraded))


def totals(results: ClassResults) -> Totals | None:
    """The class's points; None if nobody was graded."""
    scores = [result.score for result in results.students if result.status == "graded"]
    if not scores:
        return None
    return Totals(
        students=len(scores),
        mean=statistics.fmean(scores),
        median=statistics.median(scores),
        lowest=min(scores),
        highest=max(scores),
    )


def rates(results: ClassResults) -> tuple[ExerciseRates, ...]:
    """The pass rates of all checks, in the order of the exercises."""
    return tuple(_rates(exercise, results) for exercise in results.exercises)


def _rates(exercise: AskedExercise, results: ClassResults) -> ExerciseRates:
    answers = [answer for _, answer in _answers(exercise, results)]
    by_check: defaultdict[str, list[ClassCheck]] = defaultdict(list)
    for answer in answers:
        for check in answer.checks:
            by_check[check.id].append(check)
    return ExerciseRates(
        exercise=exercise,
        attempted=len(answers),
        checks=tuple(_rate(checks) for checks in by_check.values()),
    )


def _rate(checks: list[ClassCheck]) -> CheckRate:
    waiting = sum(waits(check) for check in checks)
    ungraded = sum(check.status == "error" for check in checks)
    return CheckRate(
        id=checks[0].id,
        title=checks[0].title,
        passed=sum(status_of(check) == "passed" for check in checks),
        judged=len(checks) - waiting - ungraded,
        waiting=waiting,
        ungraded=ungraded,
    )


def shared_mistakes(results: ClassResults) -> tuple[SharedMistake, ...]:
    """The failed checks of the class: named mistakes first, then failures without a named mistake.

    Both are ordered by how many students share them, most first.
    """
    found = [mistake for exercise in results.exercises for mistake in _mistakes(exercise, results)]
    return tuple(sorted(found, key=lambda mistake: (not mistake.sentence, -len(mistake.students))))


def _mistakes(exercise: AskedExercise, results: ClassResults) -> Iterator[SharedMistake]:
    answers = tuple(_answers(exercise, results))
    shared: defaultdict[tuple[str, str], list[Student]] = defaultdict(list)
    titles: dict[str, str] = {}
    for student, answer in answers:
        for check in answer.checks:
            if status_of(check) == "failed" and not check.marked_by:  # a mark by hand says more than that it failed
                shared[check.id, check.mistake].append(student)
                titles[check.id] = check.title
    for (check_id, sentence), students in shared.items():
        yield SharedMistake(
            exercise=exercise,
            check_id=check_id,
            check=titles[check_id],
            sentence=sentence,
            students=tuple(students),
            attempted=len(answers),
        )


def _answers(exercise: AskedExercise, results: ClassResults) -> Iterator[tuple[Student, ClassExercise]]:
    """The students who attempted an exercise, with their results."""
    for result in results.students:
        answer = exercise_of(result, exercise.id)
        if answer is not None and answer.status == "graded":
            yield result.student, answer
