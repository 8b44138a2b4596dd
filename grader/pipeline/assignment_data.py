"""Which data lies where submissions run, and which of a student's files it takes the place of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from grader.course.course import Course, CourseExercise
from grader.model import Assignment, Submission


def data_of(course: Course, assignment: Assignment | None, exercises: Iterable[CourseExercise]) -> Mapping[str, Path]:
    """The data folders for a run, by their paths in the course.

    Without an assignment, those of all assignments that ask for one of the exercises: their solutions may need them.
    """
    if assignment is not None:
        return _folders(course, [assignment])
    graded = {item.exercise.id for item in exercises}
    return _folders(course, (one for one in course.assignments if graded & {entry.id for entry in one.exercises}))


def all_data_of(course: Course) -> Mapping[str, Path]:
    """The data folders of all assignments."""
    return _folders(course, course.assignments)


def _folders(course: Course, assignments: Iterable[Assignment]) -> Mapping[str, Path]:
    folders = [assignment.data for assignment in assignments if assignment.data is not None]
    return {course.layers.place_of(folder): folder for folder in folders}


def replaced_files(submission: Submission, data: Mapping[str, Path]) -> Iterator[str]:
    """A notice for each of the student's files that is not there because the data has something of that name.

    A copy of the data's own file needs none.
    """
    if not data or not submission.companions:
        return
    own = PurePosixPath(submission.path.replace("\\", "/")).name
    entries = {
        path.name: folder
        for folder in reversed(tuple(data.values()))
        if folder.is_dir()
        for path in folder.iterdir()
        if path.name != own
    }
    for file in submission.companions:
        path = PurePosixPath(file.path)
        if not path.is_relative_to(submission.folder):
            continue
        beside = path.relative_to(submission.folder)
        first = beside.parts[0]
        if first in entries:
            if not _is_copy(file.content, entries[first] / beside):
                yield f"`{path}` is not the file that was handed in: the assignment's own `{first}` is there instead."
            continue
        for name, folder in data.items():
            if beside.is_relative_to(name) and not _is_copy(file.content, folder / beside.relative_to(name)):
                yield f"`{path}` was left out: in that folder lies the assignment's own data."


def _is_copy(content: bytes, path: Path) -> bool:
    """Whether a file of the data has this content."""
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False
