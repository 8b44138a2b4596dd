"""A course without its solutions, for one assignment: the files that ``grade export`` gives to a platform."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.course.course import RECORDING_SUFFIX, SOLUTION_SUFFIXES, Course
from grader.course.course_files import present, yaml_files
from grader.course.course_folder import ASSIGNMENTS, COURSE_FILE, EXERCISES, REFERENCES, RUBRICS, SOLUTIONS
from grader.course.handout_file import handout_files
from grader.course.questions_file import QUESTIONS_FILE
from grader.course.starters import starter_files
from grader.errors import CourseError, reason_of
from grader.judging.functions.data_files import data_files
from grader.language.yaml_file import shown
from grader.model import Assignment

MISTAKES = "mistakes"
"""The folder in `solutions/` with submissions whose verdicts are known; some are right."""


def exported_files(course: Course, assignment: Assignment, recordings: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The content of each file, by its path in the exported course. ``recordings``: of the assignment's exercises.

    Exercises that the assignment does not ask for come along: where one begins in a submission, another one ends.
    Raises CourseError where a file cannot be read, or where one of them is a solution.
    """
    root = course.root.absolute()
    paths = dict(_paths(course, assignment, root))
    files = {}
    for name, path in paths.items():
        try:
            files[name] = path.read_bytes()
        except OSError as error:
            raise CourseError(f"{shown(path)} cannot be read: {reason_of(error)}.") from error
    _refuse_solutions(course, files)
    files[COURSE_FILE] = _settings(course, assignment)
    files |= {f"{REFERENCES}/{name}{RECORDING_SUFFIX}": content for name, content in recordings.items()}
    return files


def _paths(course: Course, assignment: Assignment, root: Path) -> Iterator[tuple[str, Path]]:
    for folder in (EXERCISES, RUBRICS):
        for path in yaml_files(root / folder):
            yield f"{folder}/{path.stem}.yaml", path
    for path in data_files(root / EXERCISES):
        yield path.relative_to(root).as_posix(), path
    yield f"{ASSIGNMENTS}/{assignment.id}.yaml", present(root / ASSIGNMENTS / f"{assignment.id}.yaml")
    if (path := present(root / QUESTIONS_FILE)).is_file():
        yield QUESTIONS_FILE, path
    for path in (*handout_files(root), *starter_files(root)):
        yield path.relative_to(root).with_suffix(path.suffix.replace(".yml", ".yaml")).as_posix(), path
    for path in assignment.handout:
        yield path.relative_to(root).as_posix(), path
    for shared in (course.support, assignment.data):
        if shared is not None:
            yield from _files_in(shared.absolute(), root)


def _files_in(folder: Path, root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(root).as_posix(), path


def _refuse_solutions(course: Course, files: Mapping[str, bytes]) -> None:
    """Raises CourseError where a file that would be exported is a solution, or a known submission, under whatever name.

    Other files beside the solutions, such as data that they read, may be in the data of an assignment as well.
    """
    root = course.root.absolute()
    known = (path for path in (root / SOLUTIONS / MISTAKES).rglob("*") if path.suffix in SOLUTION_SUFFIXES)
    paths = [*(item.solution for item in course.exercises if not item.is_recorded and item.solution.is_file()), *known]
    solutions = {content: path for path in paths if (content := path.read_bytes()).strip()}
    copies = [f"{shown(root / name)} is {shown(solutions[file])}" for name, file in files.items() if file in solutions]
    if copies:
        raise CourseError(f"A solution would be exported: {'; '.join(copies)}. Take it out of that folder.")


def _settings(course: Course, assignment: Assignment) -> bytes:
    """``course.yaml``, with the assignment as the default. A JSON text is a YAML text."""
    settings = course.settings
    values = {"id": settings.id, "title": settings.title, "default": assignment.id}
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in values.items() if value).encode()
