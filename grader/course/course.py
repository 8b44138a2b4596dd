"""A course: a folder with exercises, their rubrics and reference solutions, found, loaded and checked as a whole."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.course.course_folder import EXERCISES, RUBRICS, SOLUTIONS, support_of
from grader.course.exercise import Exercise, load_exercise
from grader.course.handout_file import load_handout
from grader.course.rubric import Rubric, load_rubric
from grader.errors import ExerciseError, Mistake, UsageError
from grader.language.yaml_file import shown
from grader.submission.fingerprints import Handout
from grader.suggestions import did_you_mean, did_you_mean_or_all

SOLUTION_SUFFIXES = (".py", ".ipynb")
TAKEN = sys.stdlib_module_names | {"torch", "numpy", "matplotlib", "matplotlib_inline", "IPython"}
"""Modules that a submission means when it imports them: no helper module may have such a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseExercise:
    """An exercise with all that belongs to it. ``solution`` is the reference solution, a script or a notebook."""

    exercise: Exercise
    rubric: Rubric
    solution: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The exercises of a folder, in the order of their file names."""

    root: Path
    exercises: tuple[CourseExercise, ...]
    handout: Handout = field(default_factory=Handout)
    """What students were given; empty where the course has no handout/fingerprints.yaml."""
    support: Path | None = None
    """The folder of helper modules that submissions may import."""

    def select(self, ids: Sequence[str]) -> tuple[CourseExercise, ...]:
        """The exercises with these ids, each once, in the course's order; all, where no id is given.

        Raises UsageError for an unknown id.
        """
        if not ids:
            return self.exercises
        known = [item.exercise.id for item in self.exercises]
        for name in ids:
            if name not in known:
                raise UsageError(f"there is no exercise `{name}` in this course{did_you_mean_or_all(name, known)}")
        return tuple(item for item in self.exercises if item.exercise.id in ids)


def load_course(root: Path) -> Course:
    """Load all of a course. Raises ExerciseError with the mistakes of all its files."""
    support = support_of(root)
    mistakes = [*_stray_files(root), *_taken_names(support)]
    exercises = []
    for path in sorted((root / EXERCISES).glob("*.yaml")):
        try:
            exercises.append(_load_one(root, path))
        except ExerciseError as error:
            mistakes.extend(error.mistakes)
    handout = Handout()
    try:
        handout = load_handout(root)
    except ExerciseError as error:
        mistakes.extend(error.mistakes)
    if mistakes:
        raise ExerciseError(mistakes)
    return Course(root=root, exercises=tuple(exercises), handout=handout, support=support)


def _load_one(root: Path, path: Path) -> CourseExercise:
    """An exercise with its rubric and solution. Raises ExerciseError with the mistakes of all of them."""
    mistakes: list[Mistake] = []
    exercise = rubric = None
    try:
        exercise = load_exercise(path)
    except ExerciseError as error:
        mistakes.extend(error.mistakes)
    rubric_path = root / RUBRICS / path.name
    if not rubric_path.exists():
        mistakes.append(_about(rubric_path, f"is missing; it says what each check of `{path.stem}` is worth"))
    elif exercise is not None:
        try:
            rubric = load_rubric(rubric_path, exercise)
        except ExerciseError as error:
            mistakes.extend(error.mistakes)
    solutions = [root / SOLUTIONS / f"{path.stem}{suffix}" for suffix in SOLUTION_SUFFIXES]
    there = [solution for solution in solutions if solution.is_file()]
    if not there:
        text = f"is missing; write the reference solution of `{path.stem}` there, as .py or .ipynb"
        mistakes.append(_about(solutions[0], text))
    elif len(there) > 1:
        mistakes.append(_about(there[1], f"is a second reference solution beside {there[0].name}; keep one"))
    if mistakes or exercise is None or rubric is None:
        raise ExerciseError(mistakes)
    return CourseExercise(exercise=exercise, rubric=rubric, solution=there[0])


def _stray_files(root: Path) -> Iterator[Mistake]:
    """Files that would be passed over in silence."""
    for folder in (EXERCISES, RUBRICS):
        for path in sorted((root / folder).glob("*.yml")):
            yield _about(path, f"must be named {path.stem}.yaml to be read")
    for path in sorted((root / RUBRICS).glob("*.yaml")):
        exercise = root / EXERCISES / path.name
        if not exercise.exists():
            known = [each.stem for each in (root / EXERCISES).glob("*.yaml")]
            yield _about(path, f"belongs to no exercise: there is no {shown(exercise)}{did_you_mean(path.stem, known)}")


def _taken_names(support: Path | None) -> Iterator[Mistake]:
    """Helper modules that would come before, or be hidden by, a module that submissions mean."""
    for path in sorted(support.iterdir()) if support is not None else ():
        name = path.name.partition(".")[0]
        if name in TAKEN and (path.is_dir() or path.suffix == ".py"):
            yield _about(path, f"stands in the way of the real `{name}`, which submissions mean; rename it")


def _about(path: Path, text: str) -> Mistake:
    return Mistake(path=shown(path), line=None, text=text)
