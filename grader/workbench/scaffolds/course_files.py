"""The files of a new course: those of a first exercise, a sheet that asks for it, and what stands around them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import yaml

from grader import __version__
from grader.course.course_parts import ASSIGNMENTS, COURSE_FILE
from grader.model import WrittenFile
from grader.workbench.new_files import NewFile
from grader.workbench.scaffolds.exercise_files import exercise_files
from grader.workbench.scaffolds.scaffold import FILES, Scaffold

FIRST_EXERCISE, FIRST_SHEET = "first-exercise", "first-sheet"
MAY_BE_THERE = ("README.md", ".gitignore")
"""What a new repository has already. It is kept as it is."""
_MAX_ID = 64


def course_files(root: Path, title: str, scaffolds: Sequence[Scaffold], extends: Sequence[str]) -> tuple[NewFile, ...]:
    """Everything that a course in the folder ``root`` begins with. ``title``: empty for one made of the folder's name.
    ``extends``: the courses that it builds on.
    """
    name = root.absolute().resolve().name
    whole = title or name.replace("-", " ").replace("_", " ").strip() or "A course"
    fields = {"id": _id_of(name), "title": _yaml(whole), "heading": " ".join(whole.split()), "exercise": FIRST_EXERCISE}
    fields["version"] = __version__
    about = "id, title, default sheet"
    course = _filled("course.yaml", fields)
    if extends:
        course += (
            "# What this course builds on: the exercises from there are here, too, unless it has one of that id.\n"
            f"extends: {_yaml(extends[0] if len(extends) == 1 else list(extends))}\n"
        )
        about = "id, title, what it builds on"
    return (
        _new(COURSE_FILE, about, course),
        *exercise_files(FIRST_EXERCISE, "", scaffolds),
        _new(f"{ASSIGNMENTS}/{FIRST_SHEET}.yaml", "a sheet that asks for it", _filled("assignment.yaml", fields)),
        _new("README.md", "files and commands", _filled("README.md", fields)),
        _new(".gitignore", "what git should ignore", _filled("gitignore.template", fields)),
        _new(
            ".github/workflows/course.yml",
            "proves the course in CI",
            _filled("workflow.yml.template", fields),
        ),
        _new(".pre-commit-config.yaml", "and before a commit", _filled("pre-commit.yaml.template", fields)),
    )


def _yaml(value: str | list[str]) -> str:
    """A value in YAML, on one line."""
    text: str = yaml.safe_dump(value, allow_unicode=True, width=10_000, default_flow_style=True)
    return text.removesuffix("\n...\n").strip()


def _new(path: str, about: str, text: str) -> NewFile:
    return NewFile(file=WrittenFile(path=path, about=about), content=text.encode())


def _filled(name: str, fields: dict[str, str]) -> str:
    """A file of ``files/course/`` with the values of the fields in the place of ``@field@``."""
    text = (FILES / "course" / name).read_text(encoding="utf-8")
    return re.sub(rf"@({'|'.join(fields)})@", lambda field: fields[field[1]], text)


def _id_of(name: str) -> str:
    """A folder's name as an id; ``course`` where nothing of it can stand in one."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    letters = "".join(letter if letter.isalnum() else "-" for letter in plain)
    return "-".join(part for part in letters.split("-") if part)[:_MAX_ID].strip("-") or "course"
