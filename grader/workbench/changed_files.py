"""Which exercises have to be proven again when files of a course change."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from grader.course.course_files import SUFFIXES
from grader.course.course_parts import EXERCISES, HANDOUT, RUBRICS, SOLUTIONS
from grader.course.known_submissions import MISTAKES
from grader.course.starters import STARTERS


def exercises_of_files(
    root: Path, files: Iterable[Path], known: Collection[str], bases: Iterable[Path] = ()
) -> tuple[str, ...] | None:
    """The ids of the exercises that these files belong to; none where all lie outside of the course. None: all of the
    course, because one of them is of no single exercise that the course has. ``known``: the ids that it has.
    ``bases``: the courses that it builds on.
    """
    found: dict[str, None] = {}
    tops = [folder.resolve() for folder in (root, *bases)]
    for file in files:
        path = file.resolve()
        around = [top for top in tops if path.is_relative_to(top)]
        if not around:
            continue
        name = _exercise_of(path.relative_to(max(around, key=lambda top: len(top.parts))))
        if name not in known:
            return None
        found[name] = None
    return tuple(found)


def _exercise_of(path: Path) -> str:
    """The id of the exercise that a file belongs to, by its path in the course; empty: of no single one."""
    match path.parts:
        case (folder, name) if folder in (EXERCISES, RUBRICS) and path.suffix in SUFFIXES:
            return Path(name).stem
        case (folder, name) if folder == SOLUTIONS:
            return Path(name).stem
        case (folder, known, name, *_) if (folder, known) == (SOLUTIONS, MISTAKES):
            return name
        case (folder, starters, name) if f"{folder}/{starters}" == STARTERS and folder == HANDOUT:
            return Path(name).stem
    return ""
