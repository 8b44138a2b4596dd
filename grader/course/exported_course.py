"""A course without its solutions, for one assignment: the files that ``grade export`` gives to a platform."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.course.assignment import asked_for
from grader.course.course import RECORDING_SUFFIX, SOLUTION_SUFFIXES, Course
from grader.course.course_checks import own_kinds
from grader.course.course_files import present
from grader.course.course_parts import (
    ASSIGNMENTS,
    CHECKS_FILE,
    COURSE_FILE,
    EXERCISES,
    REFERENCES,
    RUBRICS,
    SOLUTIONS,
    SUPPORT,
)
from grader.course.handout_file import HANDOUT_FILE, handout_files, handout_text
from grader.course.joined_files import joined_handout, starter_paths
from grader.course.joined_support import support_files
from grader.course.questions_file import QUESTIONS_FILE, questions_text
from grader.course.starters import STARTERS
from grader.errors import CourseError, reason_of
from grader.judging.functions.data_files import data_files
from grader.language.yaml_file import shown
from grader.model import Assignment
from grader.submission.fingerprints import Handout

MISTAKES = "mistakes"
"""The folder in `solutions/` with submissions whose verdicts are known; some are right."""


def exported_files(course: Course, assignment: Assignment, recordings: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The content of each file, by its path in the exported course. ``recordings``: of the assignment's exercises.

    Exercises that the assignment does not ask for come along: where one begins in a submission, another one ends.
    Raises CourseError where a file cannot be read, or where one of them is a solution.
    """
    refuse_own_kinds(course, assignment)
    files = dict(_handed_out(course))
    for name, path in _paths(course, assignment):
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CourseError(f"{shown(path)} cannot be read: {reason_of(error)}.") from error
        if files.setdefault(name, content) != content:
            raise CourseError(
                f"`{name}` is another file in each of two courses that are exported as one: {shown(path)} is not that "
                f"of {shown(course.root)}. Rename one of the two."
            )
    _refuse_solutions(course, files)
    files[COURSE_FILE] = _settings(course, assignment)
    files |= {f"{REFERENCES}/{name}{RECORDING_SUFFIX}": content for name, content in recordings.items()}
    return files


def _paths(course: Course, assignment: Assignment) -> Iterator[tuple[str, Path]]:
    """The files with their paths in the exported course, in which those of all layers lie together."""
    layers = course.layers
    for folder in (EXERCISES, RUBRICS):
        for stem, path in layers.files(folder).items():
            yield f"{folder}/{stem}.yaml", path
    for root in layers.roots:
        named = b"".join(path.read_bytes() for path in layers.exercises.values() if path.parent == root / EXERCISES)
        for path in data_files(root / EXERCISES):
            if root == layers.roots[0] or os.fsencode(path.name) in named:
                yield path.relative_to(root).as_posix(), path
    yield f"{ASSIGNMENTS}/{assignment.id}.yaml", _assignment_file(course, assignment)
    for stem, path in starter_paths(layers).items():
        yield f"{STARTERS}/{stem}{path.suffix}", path
    for path in assignment.handout:
        yield layers.place_of(path), path
    for name, path in support_files(layers).items():
        yield f"{SUPPORT}/{name}", path
    if assignment.data is not None:
        for path in _files_in(assignment.data.absolute()):
            yield layers.place_of(path), path


def _handed_out(course: Course) -> Iterator[tuple[str, bytes]]:
    """What is in the folder ``handout`` beside the files that assignments name."""
    if len(course.layers.roots) == 1:
        questions = present(course.root / QUESTIONS_FILE)
        for path in (*handout_files(course.root), *([questions] if questions.is_file() else [])):
            name = path.relative_to(course.root).with_suffix(path.suffix.replace(".yml", ".yaml"))
            yield name.as_posix(), path.read_bytes()
        return
    handout = joined_handout(course.layers, [])
    if handout != Handout():
        yield HANDOUT_FILE, handout_text(handout).encode()
    if course.questions:
        yield QUESTIONS_FILE, questions_text(course.questions).encode()


def _files_in(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)


def _assignment_file(course: Course, assignment: Assignment) -> Path:
    """Raises CourseError where the file asks for exercises that this course leaves out."""
    path = course.layers.files(ASSIGNMENTS)[assignment.id]
    if gone := sorted(asked_for(path) - {entry.id for entry in assignment.exercises}):
        own = shown(course.root / ASSIGNMENTS / path.name)
        raise CourseError(
            f"{shown(path)} asks for `{gone[0]}`, which this course leaves out. Write {own} without it, to export it."
        )
    return path


def refuse_own_kinds(course: Course, assignment: Assignment) -> None:
    """Raises CourseError where an exercise of the assignment uses a kind of the course's own."""
    asked = {entry.id for entry in assignment.exercises}
    for item in course.exercises:
        used = own_kinds(item.exercise.checks) if item.exercise.id in asked else ()
        if used:
            raise CourseError(
                f"{shown(item.path)}: the kind `{used[0]}` is one of the course's {CHECKS_FILE}, and that of an "
                "exported course is never imported. Make a package of it (docs/plugins.md)."
            )


def _refuse_solutions(course: Course, files: Mapping[str, bytes]) -> None:
    """Raises CourseError where a file that would be exported is a solution, or a known submission, under whatever name.

    Other files beside the solutions, such as data that they read, may be in the data of an assignment as well.
    """
    folders = (root / SOLUTIONS / MISTAKES for root in course.layers.roots)
    known = (path for folder in folders for path in folder.rglob("*") if path.suffix in SOLUTION_SUFFIXES)
    ids = {stem for n, _ in enumerate(course.layers.roots) for stem in course.layers.below(n).exercises}
    replaced = (path for root in course.layers.roots for path in (root / SOLUTIONS).glob("*") if path.stem in ids)
    paths = [
        *(item.solution for item in course.exercises if not item.is_recorded and item.solution.is_file()),
        *(path for path in replaced if path.suffix in SOLUTION_SUFFIXES),
        *known,
    ]
    solutions = {content: path for path in paths if (content := path.read_bytes()).strip()}
    copies = [
        f"{shown(course.root.absolute() / name)} is {shown(solutions[file])}"
        for name, file in files.items()
        if file in solutions
    ]
    if copies:
        raise CourseError(f"A solution would be exported: {'; '.join(copies)}. Take it out of that folder.")


def _settings(course: Course, assignment: Assignment) -> bytes:
    """``course.yaml``, with the assignment as the default. A JSON text is a YAML text."""
    settings = course.settings
    values = {"id": settings.id, "title": settings.title, "default": assignment.id}
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in values.items() if value).encode()
