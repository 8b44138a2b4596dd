"""The data of an assignment: a folder of the course whose files lie where submissions run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from grader.course.course_layers import layers_of
from grader.course.course_parts import ASSIGNMENTS, EXERCISES, REFERENCES, RUBRICS, SOLUTIONS
from grader.course.reserved_names import reserved_module

MAX_ENTRIES = 1000
"""Entries of the folder itself. Each is a link that is made for every submission; folders in it may hold more."""
_HIDDEN = (EXERCISES, RUBRICS, SOLUTIONS, REFERENCES, ASSIGNMENTS)
"""Folders of a course that submissions must not see."""
_LINE = re.compile(r"""^data:[ \t]+(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#"'][^#\n]*?))[ \t]*(?:#.*)?$""", re.MULTILINE)


def find_data_folders(root: Path, assignment: str | None) -> Mapping[str, Path]:
    """The data folders of a course's assignments, or of one assignment, by their paths in the course.

    The worker needs them before the course is loaded, so the files are only searched for a line with ``data:``. Where
    that does not find what the loaded course has, the worker is started again.
    """
    found: dict[str, Path] = {}
    layers = layers_of(root)
    for path in layers.files(ASSIGNMENTS).values():
        if assignment is not None and path.stem != assignment:
            continue
        own = path.parents[1]
        try:
            text = path.read_text("utf-8")
        except (OSError, ValueError):  # whoever loads the course reports it
            continue
        for match in _LINE.finditer(text):
            name = next(group for group in match.groups() if group is not None)
            if what_is_wrong_with_data(own, name, layers.roots) is None:
                found[PurePosixPath(name).as_posix()] = own.absolute() / name
    return found


def what_is_wrong_with_data(root: Path, name: str, roots: Iterable[Path] = ()) -> str | None:
    """Why a folder of the course cannot be the data of an assignment, in words for the instructor; None: it can.

    ``roots``: the folders of all courses of the stack that the course in ``root`` belongs to.
    """
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or "\0" in name:
        return f"`{name}` must be below the course's folder"
    folder = root / name
    if not folder.is_dir():
        return f"there is no folder `{name}` in the course's folder"
    if not pure.parts or pure.parts[0] in _HIDDEN:
        return f"`{name}` would show students what they must not see; put the data into a folder of its own"
    real = folder.resolve()
    for course in dict.fromkeys((root.resolve(), *(one.resolve() for one in roots))):
        for part in _HIDDEN:
            hidden = (course / part).resolve()
            # A course that lies in the data must not be seen, also where it has no such folder yet.
            if real.is_relative_to(hidden) or hidden.is_relative_to(real):
                return f"`{name}` leads to `{part}`, which students must not see; put the data into a folder of its own"
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        return f"`{name}` cannot be read: {error.strerror}"
    if len(entries) > MAX_ENTRIES:
        return f"`{name}` has {len(entries)} entries, more than {MAX_ENTRIES}; put them into folders in it"
    for entry in entries:
        module = reserved_module(entry)
        if module is not None:
            return f"`{name}/{entry.name}` stands in the way of the real `{module}`, which submissions mean; rename it"
    return None
