"""The courses that can be named, and the one that is taken where none is: for ``grade courses``."""

from __future__ import annotations

from pathlib import Path

from grader.course.course_folder import find_course, name_of
from grader.course.course_layers import layers_of
from grader.course.course_parts import ASSIGNMENTS
from grader.course.course_settings import load_course_settings
from grader.course.named_courses import BUILT_IN, BUILT_IN_TITLE, course_names, named_course
from grader.errors import CourseError, ExerciseError
from grader.model import ListedCourse


def listed_courses(start: Path) -> tuple[ListedCourse, ...]:
    """All courses that come with the grader, after the course that lies in ``start`` or above it, if there is one.

    Nothing but the names of their files and each ``course.yaml`` is read. Raises CourseError as ``find_course``, and
    where the course that comes with the grader is missing.
    """
    taken = find_course(start).resolve()
    name = name_of(taken)
    named = {each: folder for each in course_names() if (folder := named_course(each)) is not None}
    own = () if name in named else (_listed(name, taken, is_taken=True),)
    return (*own, *(_listed(each, folder, is_taken=each == name) for each, folder in named.items()))


def _listed(name: str, root: Path, *, is_taken: bool) -> ListedCourse:
    layers = layers_of(root)
    try:
        title = load_course_settings(root, layers).title
    except (CourseError, ExerciseError):  # `grade validate` lists the mistakes
        title = ""
    return ListedCourse(
        name=name,
        title=BUILT_IN_TITLE if name == BUILT_IN else title,
        exercises=len(layers.exercises),
        assignments=tuple(layers.files(ASSIGNMENTS)),
        is_taken=is_taken,
    )
