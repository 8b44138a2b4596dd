"""What a course has of its own and of its bases beside exercises: assignments, handout, questions, settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from grader.course.assignment import load_assignment
from grader.course.course_layers import Layers
from grader.course.course_parts import ASSIGNMENTS
from grader.course.course_settings import CourseSettings, load_course_settings
from grader.course.handout_file import load_handout
from grader.course.questions_file import load_questions
from grader.course.starters import Starter, find_stray_starters, load_starters, starter_files
from grader.errors import ExerciseError, Mistake
from grader.judging.sections.hashed_questions import HashedQuestion
from grader.language.yaml_file import shown
from grader.model import Assignment
from grader.submission.fingerprints import Handout

Value = TypeVar("Value")
Default = TypeVar("Default")


def joined_handout(layers: Layers, mistakes: list[Mistake]) -> Handout:
    """What students were given, by any layer. ``mistakes``, here and below: those of the files are added to it."""
    handout = Handout()
    for root in layers.roots:
        handout = handout.joined(_read(partial(load_handout, root), Handout(), mistakes))
    return handout


def joined_starters(layers: Layers, mistakes: list[Mistake]) -> Mapping[str, Starter]:
    """The starters by the ids of their exercises: each of the first layer that has one of that exercise."""
    found: dict[str, Starter] = {}
    for position, root in enumerate(layers.roots):
        starters = load_starters(root)
        mistakes.extend(find_stray_starters(starters, {*layers.exercises, *layers.below(position).exercises}))
        of_layer = {stem: starter for stem, starter in starters.items() if root in layers.of_exercise(stem)}
        found = {**of_layer, **found}
    return found


def starter_paths(layers: Layers) -> Mapping[str, Path]:
    """The files of the starters by the ids of their exercises."""
    return {
        path.stem: path
        for root in reversed(layers.roots)
        for path in starter_files(root)
        if path.stem in layers.exercises and root in layers.of_exercise(path.stem)
    }


def joined_questions(layers: Layers, mistakes: list[Mistake]) -> tuple[HashedQuestion, ...]:
    """The questions of all layers. That of an exercise which is left out is a question that no exercise asks."""
    found: dict[HashedQuestion, None] = {}
    for position, root in enumerate(layers.roots):
        known = {**layers.exercises, **layers.below(position).exercises}
        none: tuple[HashedQuestion, ...] = ()
        questions = _read(partial(load_questions, root, known), none, mistakes)
        for question in questions:
            is_there = question.exercise is None or question.exercise in layers.exercises
            found[question if is_there else replace(question, exercise=None)] = None
    return tuple(found)


def joined_settings(layers: Layers, mistakes: list[Mistake]) -> CourseSettings:
    """The course's own settings, with the default assignment of the first layer that has one."""
    own = CourseSettings()
    default: str | None = None
    for position, root in enumerate(layers.roots):
        below = layers.below(position)
        read = _read(partial(load_course_settings, root, below), CourseSettings(), mistakes)
        if position == 0:
            own = read
        default = default or read.default
    return own.model_copy(update={"default": default if default in _assignments(layers) else None})


def joined_assignments(layers: Layers, totals: Mapping[str, float], mistakes: list[Mistake]) -> tuple[Assignment, ...]:
    """The assignments of the course, and those of its bases that it does not have itself.

    ``totals``: what the exercises are worth, by their ids. An assignment of a base does not ask for exercises that are
    left out above it, and is none where no other is left.
    """
    read: list[Assignment] = []
    for path in _assignments(layers).values():
        known = {**dict.fromkeys(layers.below(layers.position_of(path)).exercises, 1.0), **totals}
        assignment = _read(partial(load_assignment, path, known, layers.roots), None, mistakes)
        if assignment is not None:
            entries = tuple(entry for entry in assignment.exercises if entry.id in totals)
            read += [replace(assignment, exercises=entries)] if entries else []
    mistakes.extend(_same_data(layers, read))
    return tuple(read)


def _assignments(layers: Layers) -> Mapping[str, Path]:
    return layers.files(ASSIGNMENTS)


def _same_data(layers: Layers, assignments: list[Assignment]) -> Iterator[Mistake]:
    """Data folders with one path in two courses: a submission that is graded for several assignments has only one."""
    known: dict[str, Assignment] = {}
    for assignment in assignments:
        if assignment.data is None:
            continue
        place = layers.place_of(assignment.data)
        other = known.setdefault(place, assignment)
        if other.data != assignment.data and other.data is not None:
            text = f"is called like the data of `{other.id}`, {shown(other.data)}; rename one of the two"
            yield Mistake(path=shown(assignment.data), line=None, text=text)


def _read(read: Callable[[], Value], default: Default, mistakes: list[Mistake]) -> Value | Default:
    try:
        return read()
    except ExerciseError as error:
        mistakes.extend(error.mistakes)
        return default
