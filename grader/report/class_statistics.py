"""What can be said of a whole class: totals, how many passed each check, which mistakes students share."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.model import AskedExercise, CheckStatus, ClassCheck, ClassExercise, ClassResults, Student, StudentResult
from grader.text import count


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Points of the students who were graded; provisional ones as they stand."""

    students: int
    mean: float
    median: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRate:
    """How one check went. ``judged`` counts the answers that passed or did not; the others wait for a person, or could
    not be graded.
    """

    id: str
    title: str
    passed: int
    judged: int
    waiting: int
    ungraded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseRates:
    """How the checks of one exercise went, over the students who attempted it."""

    exercise: AskedExercise
    attempted: int
    checks: tuple[CheckRate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedMistake:
    """Students who failed a check in the same way. ``sentence`` is the rubric's; empty where it names no mistake.
    ``attempted`` counts the students who attempted the exercise.
    """

    exercise: AskedExercise
    check: str
    sentence: str
    students: tuple[Student, ...]
    attempted: int


def waits(check: ClassCheck) -> bool:
    """Whether a person still has to mark it."""
    return check.status == "manual" and check.score is None


def status_of(check: ClassCheck) -> CheckStatus:
    """Its status, a person's mark included: what they marked passed with full points, and else failed."""
    if check.status != "manual" or check.score is None:
        return check.status
    return "passed" if check.score >= check.max_score else "failed"


def exercise_of(result: StudentResult, exercise: str) -> ClassExercise | None:
    """A student's answer to an exercise; None where there is nothing to be said about it."""
    return next((one for one in result.exercises if one.id == exercise), None)


def graded_exercises(result: StudentResult) -> tuple[ClassExercise, ...]:
    """The exercises that a student attempted and that could be graded."""
    return tuple(one for one in result.exercises if one.status == "graded")


def answers_waiting(result: StudentResult) -> int:
    """How many answers of a student a person still has to mark."""
    return sum(waits(check) for exercise in graded_exercises(result) for check in exercise.checks)


def parts_ungraded(result: StudentResult) -> int:
    """How many checks and whole exercises of a student could not be graded, which is no fault of the student's."""
    checks = sum(check.status == "error" for exercise in graded_exercises(result) for check in exercise.checks)
    return checks + sum(exercise.status == "error" for exercise in result.exercises)


def why_provisional(provisional: Sequence[StudentResult]) -> str:
    """Why the totals of these students are not their last: "2 answers wait for a person (grade mark)"."""
    waiting = sum(answers_waiting(result) for result in provisional)
    ungraded = sum(parts_ungraded(result) for result in provisional)
    reasons = []
    if waiting:
        reasons.append(f"{count(waiting, 'answer')} {'waits' if waiting == 1 else 'wait'} for a person (grade mark)")
    if ungraded:
        reasons.append(f"{count(ungraded, 'part')} could not be graded")
    with_broken_files = sum(bool(result.why) for result in provisional)
    if with_broken_files:
        reasons.append(f"{count(with_broken_files, 'student')} also handed in a file that is broken")
    return ", ".join(reasons) or "not everything is graded"


def totals(results: ClassResults) -> Totals | None:
    """The class's points; None where nobody was graded."""
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
    """How every check of every exercise went, in the order of the exercises."""
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
    """The failed checks of the class: named mistakes first, then checks that failed without one; each time those that
    most students share first.
    """
    found = [mistake for exercise in results.exercises for mistake in _mistakes(exercise, results)]
    return tuple(sorted(found, key=lambda mistake: (not mistake.sentence, -len(mistake.students))))


def _mistakes(exercise: AskedExercise, results: ClassResults) -> Iterator[SharedMistake]:
    answers = tuple(_answers(exercise, results))
    shared: defaultdict[tuple[str, str], list[Student]] = defaultdict(list)
    titles: dict[str, str] = {}
    for student, answer in answers:
        for check in answer.checks:
            if status_of(check) == "failed":
                shared[check.id, check.mistake].append(student)
                titles[check.id] = check.title
    for (check_id, sentence), students in shared.items():
        yield SharedMistake(
            exercise=exercise,
            check=titles[check_id],
            sentence=sentence,
            students=tuple(students),
            attempted=len(answers),
        )


def _answers(exercise: AskedExercise, results: ClassResults) -> Iterator[tuple[Student, ClassExercise]]:
    """Who attempted an exercise, and with what."""
    for result in results.students:
        answer = exercise_of(result, exercise.id)
        if answer is not None and answer.status == "graded":
            yield result.student, answer
