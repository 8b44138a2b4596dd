"""Which assignment a name names: that of a file, of a folder, or in a notebook's metadata.

This module imports nothing large, so that a command can choose the assignment before it loads the course.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePath

from grader.course.course_files import present
from grader.course.course_layers import course_roots, layers_of
from grader.course.course_parts import ASSIGNMENTS, COURSE_FILE
from grader.errors import ExerciseError

_WORD = re.compile(r"\d+|[^\W\d_]+")


def assignment_ids(root: Path) -> tuple[str, ...]:
    """The ids of a course's assignments, by the names of their files, which are not read."""
    return tuple(layers_of(root).files(ASSIGNMENTS))


def default_assignment(root: Path) -> str | None:
    """The default assignment as ``course.yaml`` gives it, unchecked; None if it gives none or cannot be read."""
    from grader.language import yaml_file

    for base in course_roots(root):
        path = present(base / COURSE_FILE)
        if not path.is_file():
            continue
        try:
            default = yaml_file.load(path).data.get("default")
        except ExerciseError:
            return None  # whoever loads the course reports it
        if isinstance(default, str):
            return default
    return None


def named_assignment(name: str, ids: Iterable[str]) -> str | None:
    """The assignment that a name such as ``hw2-lovelace`` or ``Homework_HW 02`` names, or None where it
    names none or several.

    The id's words and numbers must stand in the name, in their order, with anything but letters and digits between
    them. An id that is a single word, such as ``autograd``, must be the whole name, since it may stand in any. A part
    of a longer id that is in the name too does not count.
    """
    words = _words(name)
    found = {identity: key for identity in ids if (key := _words(identity)) and _names(words, key)}
    longest = [
        identity
        for identity, key in found.items()
        if not any(other != key and _contains(other, key) for other in found.values())
    ]
    return longest[0] if len(longest) == 1 else None


def assignment_of_path(path: str, ids: Iterable[str]) -> str | None:
    """The assignment that a file's name, or else the name of its folder, names."""
    known = tuple(ids)
    pure = PurePath(Path(path).absolute()) if path != "-" else PurePath()
    # Of `hw2.ipynb.txt`, which a browser saved, the name is `hw2`.
    stem = pure.name.partition(".")[0]
    return named_assignment(stem, known) or named_assignment(pure.parent.name, known)


def _names(words: tuple[str, ...], key: tuple[str, ...]) -> bool:
    return words == key if len(key) == 1 else _contains(words, key)


def _contains(words: tuple[str, ...], key: tuple[str, ...]) -> bool:
    return any(words[start : start + len(key)] == key for start in range(len(words) - len(key) + 1))


def _words(text: str) -> tuple[str, ...]:
    """The words and numbers of a text in lower case; 02 is 2."""
    found = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return tuple(word.lstrip("0") or "0" if word.isdecimal() else word for word in found)
