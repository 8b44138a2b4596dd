"""Mistakes in the files of a course, all of them at once, as findings of the exercises that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from grader.course.course import Course, CourseExercise, find_wrong_verdicts
from grader.course.explained_mutants import read_explained_mutants
from grader.errors import Mistake
from grader.model import FILES, Finding, ProofResult


def find_mistakes(
    course: Course, of_course: Sequence[Mistake], chosen: Iterable[CourseExercise]
) -> Iterator[ProofResult]:
    """The mistakes of each chosen exercise, and of the files that are of no exercise. ``of_course``: what
    ``read_course`` found in these.
    """
    verdicts: dict[str, list[Mistake]] = {}
    for mistake in find_wrong_verdicts(course):
        verdicts.setdefault(mistake.path.parent.name, []).append(mistake)
    known = {item.exercise.id for item in course.exercises}
    elsewhere = [mistake for folder, found in verdicts.items() if folder not in known for mistake in found]
    yield _result("", [*of_course, *elsewhere])
    for item in chosen:
        yield _result(item.exercise.id, [*item.mistakes, *verdicts.get(item.exercise.id, ()), *_of_mutants(item)])


def _of_mutants(item: CourseExercise) -> Iterator[Mistake]:
    """Those in what explains mutants, of an exercise that cannot be proven; of others, the proof says them."""
    for folder in item.known if item.mistakes else ():
        yield from read_explained_mutants(folder.path)[1]


def _result(exercise: str, mistakes: Sequence[Mistake]) -> ProofResult:
    ordered = sorted(mistakes, key=lambda mistake: (str(mistake.path), mistake.line or 0, mistake.text))
    return ProofResult(proof=FILES, exercise=exercise, findings=tuple(map(_finding, ordered)))


def _finding(mistake: Mistake) -> Finding:
    return Finding(severity="error", text=mistake.text, path=Path(mistake.path), line=mistake.line)
