"""Finds the folder of a course, and says what submissions may see of it, and what they may not.

This module imports nothing large, so that a command can start the worker before it loads the course.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Literal

from grader.course.course_files import SUFFIXES, present, yaml_files
from grader.course.course_layers import course_roots, has_exercises, layers_of
from grader.course.course_parts import (
    COURSE_FILE,
    EXERCISES,
    PACK_FILE,
    PARTS,
    REFERENCES,
    RUBRICS,
    SECRET_PARTS,
    SOLUTIONS,
    SUPPORT,
)
from grader.course.data_folder import find_data_folders
from grader.course.named_courses import BUILT_IN, builtin_course, course_names, named_course
from grader.course.same_files import same_files
from grader.errors import CourseError, UsageError
from grader.suggestions import did_you_mean_or_all


def find_course(start: Path, explicit: Path | None = None) -> Path:
    """The folder of the course: ``explicit`` if it is given, a folder, the zip of a pack, or the name of a course that
    comes with the grader; else the nearest folder with a course from ``start`` upwards, else the built-in course.

    Raises UsageError if ``explicit`` is not a course, and CourseError if no course is found, or only one without
    exercises: the built-in course must not take its place silently. A course that is only found may be a student's:
    CourseError, too, where it builds on a folder outside of its own.
    """
    if explicit is not None:
        return _explicit_course(explicit)
    absolute = start.absolute()
    folders = (absolute, *absolute.parents)
    found = next((folder for folder in folders if has_exercises(folder)), None)
    if found is not None:
        _refuse_bases_outside(found)
        return found
    for folder in folders:
        if _is_begun(folder, is_start=folder == absolute):
            raise CourseError(
                f"The course {folder} has no exercise: there is no .yaml file in {folder / EXERCISES}. Write one, or "
                "name another course with --course."
            )
    return builtin_course()


def course_to_write(start: Path, explicit: Path | None = None) -> Path:
    """The folder of a course to which exercises are added: ``explicit``, else the nearest one from ``start`` upwards,
    also one that has no exercise yet. Never the course that comes with an installed grader.

    Raises UsageError if there is none, and for a course that was exported.
    """
    absolute = start.absolute()
    found = next((folder for folder in (absolute, *absolute.parents) if is_course(folder)), None)
    if explicit is not None:
        found = explicit
        if not is_course(explicit):
            raise UsageError(f"{explicit} is no course. `grade new --course {explicit}` starts one there.")
    if found is None:
        raise UsageError(
            f"There is no course in {absolute} or above. Name one with --course, or start one: "
            "`grade new --course DIR`."
        )
    if is_pack(found) or has_recordings(found):
        raise UsageError(f"{found} is what was exported of a course, without solutions; name the course itself.")
    return found


def is_course(folder: Path) -> bool:
    """Whether a folder is a course, or the beginning of one."""
    return has_exercises(folder) or _is_begun(folder, is_start=False)


def _explicit_course(explicit: Path) -> Path:
    if has_exercises(explicit):
        return explicit
    if explicit.suffix.lower() == ".zip" and explicit.is_file():
        from grader.course.pack_zip import unpacked_folder  # late: it is seldom needed

        return unpacked_folder(explicit, named_by=PACK_FILE, holds=EXERCISES)
    if not explicit.exists():
        named = named_course(str(explicit))
        if named is not None:
            return named
        raise UsageError(f"{explicit} is no course: there is no such folder{_no_such_name(explicit)}")
    if explicit.name == EXERCISES and has_exercises(explicit.absolute().parent):
        raise UsageError(f"{explicit} holds the exercises of a course; name the folder above it.")
    needs = f"{explicit} is no course: it needs a folder `{EXERCISES}` with a .yaml file for each exercise."
    if (named := named_course(str(explicit))) is not None:
        needs += f" It hides the course of that name which comes with the grader, in {named}."
    raise UsageError(needs)


def _no_such_name(explicit: Path) -> str:
    """The end of a message about a folder that is not there: its name is that of no course either."""
    if len(explicit.parts) > 1:
        return "."
    return f", and no course of that name comes with the grader{did_you_mean_or_all(str(explicit), course_names())}"


def _refuse_bases_outside(root: Path) -> None:
    """Raises CourseError where a course that was found builds on a folder outside of its own, or would show one to
    submissions, by a link. What a course that comes with the grader builds on is trusted.
    """
    top = root.resolve()
    layers = layers_of(root)
    own = layers.by_folders
    for layer in own[1:]:
        if not layer.root.resolve().is_relative_to(top):
            raise CourseError(
                f"{layer.said}: the course {root} builds on a folder outside of its own. It was only found, from where "
                "you are upwards, so it may be a student's, and then nobody must see that folder. If it is yours, name "
                f"it: --course {root}"
            )
    trusted = [layer.root.absolute() for layer in layers.layers if layer not in own]
    data = (
        folder
        for folder in find_data_folders(root, None).values()
        if not any(folder.is_relative_to(base) for base in trusted)
    )
    for folder in (*(layer.root / SUPPORT for layer in own), *data):
        if folder.is_dir() and not folder.resolve().is_relative_to(top):
            raise CourseError(
                f"{folder} leads out of the course {root}, and submissions would see what lies there. The course was "
                f"only found, from where you are upwards, so it may be a student's. If it is yours, name it: --course "
                f"{root}"
            )


def name_of(root: Path) -> str:
    """What a course is called in reports: by the name of its folder, and no path of this machine. Only courses that
    come with the grader have their names alone.
    """
    if _is_builtin(root):
        return BUILT_IN
    name = root.resolve().name or "course"
    taken = {_letters(each): each for each in course_names()}.get(_letters(name))
    if taken is None or (taken == name != BUILT_IN and _is_named(root, taken)):
        return name
    return f"{name} (a folder)"


def source_of(root: Path, explicit: Path | None) -> Literal["option", "found", "built-in"]:
    """How the course was chosen that ``find_course`` gave (``model.CourseSource``)."""
    if explicit is not None:
        return "option"
    return "built-in" if _is_builtin(root) else "found"


def lies_together(root: Path, given: Path) -> bool:
    """Whether a path that was handed in lies in the course's folder, or the course in it."""
    course, place = root.resolve(), given.resolve()
    return place.is_relative_to(course) or course.is_relative_to(place)


def _letters(name: str) -> str:
    """What people read of a name, so that none looks like another one."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", name).casefold()))


def _is_builtin(root: Path) -> bool:
    return _is_named(root, BUILT_IN)


def _is_named(root: Path, name: str) -> bool:
    """Whether it is the course of this name that comes with the grader, or equals it, as in a checkout of the grader's
    repository.
    """
    try:
        known = named_course(name)
    except CourseError:
        return False
    return known is not None and (root.resolve() == known.resolve() or same_files(root, known.resolve(), PARTS))


def hidden_paths(root: Path) -> tuple[Path, ...]:
    """What no submission may see of a course and of its bases: their folders, and each part of them, which is hidden
    also where the folder cannot be, since the Python installation lies in it.
    """
    return tuple(path for folder in course_roots(root) for path in (folder, *(folder / part for part in SECRET_PARTS)))


def support_of(root: Path) -> tuple[Path, ...]:
    """The folders of helper modules, which submissions may import: the course's own, then those of its bases. Of two
    modules with one name the first is imported.
    """
    return tuple(folder for base in course_roots(root) if (folder := base / SUPPORT).is_dir())


def has_recordings(root: Path) -> bool:
    """Whether a course was exported or is a pack: it has recordings in the place of solutions, where any are needed."""
    return ((root / REFERENCES).is_dir() or is_pack(root)) and not (root / SOLUTIONS).exists()


def is_pack(root: Path) -> bool:
    """Whether a course is a pack, what students get of one."""
    return (root / PACK_FILE).is_file()


def _is_begun(folder: Path, *, is_start: bool) -> bool:
    """Whether a folder without exercises is a course all the same, by its other files; where the command was started,
    also by an empty folder of exercises. A folder `exercises` with other things in it may be anybody's.
    """
    try:
        if present(folder / COURSE_FILE).is_file() or yaml_files(folder / RUBRICS):
            return True
        exercises = folder / EXERCISES
        found = list(exercises.iterdir()) if exercises.is_dir() else None
        if found is None:
            return False
        is_empty = all(path.name.startswith(".") for path in found)
        return (is_empty and is_start) or any(path.suffix in SUFFIXES for path in found)  # hidden ones
    except OSError:  # a folder that may not be looked into
        return False
