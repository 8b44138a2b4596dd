"""``course.yaml``: what is the course's own; the file is optional."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from grader.course.course_files import present, yaml_files
from grader.course.course_layers import EXTENDS, WITHOUT, Layers
from grader.course.course_parts import ASSIGNMENTS, COURSE_FILE, EXERCISES
from grader.errors import ExerciseError, Mistake
from grader.language import yaml_file
from grader.language.validation import SLUG, YamlModel, validate
from grader.language.yaml_file import Document
from grader.suggestions import did_you_mean_or_all


class CourseSettings(YamlModel):
    """What is the course's own."""

    id: str = Field(default="", pattern=SLUG, max_length=64, description="The course's name in small letters.")
    title: str = Field(default="", description="What the course is called.")
    default: str | None = Field(
        default=None, pattern=SLUG, description="The assignment that is graded where nothing names another."
    )
    extends: str | None = Field(
        default=None,
        min_length=1,
        description="The course that this one builds on: a folder, seen from this file, or `built-in`.",
    )
    without: tuple[Annotated[str, Field(pattern=SLUG)], ...] = Field(
        default=(), description="The exercises of that course which this one leaves out."
    )


def load_course_settings(root: Path, layers: Layers) -> CourseSettings:
    """Reads ``course.yaml``; the defaults if there is none. ``layers``: the course in ``root`` with its bases.

    Raises ExerciseError with all mistakes of the file.
    """
    path = present(root / COURSE_FILE)
    if not path.exists():
        return CourseSettings()
    document = yaml_file.load(path)
    settings, mistakes = validate(CourseSettings, document)
    default, assignments = document.data.get("default"), layers.files(ASSIGNMENTS)
    if isinstance(default, str) and default not in assignments:
        known = did_you_mean_or_all(default, assignments) if assignments else "; the course has no assignments"
        mistakes += (document.mistake(("default",), f"there is no assignment `{default}`{known}"),)
    mistakes += tuple(_wrong_without(document, layers))
    if settings is None or mistakes:
        raise ExerciseError(sorted(set(mistakes), key=lambda mistake: mistake.line or 0))
    return settings


def _wrong_without(document: Document, layers: Layers) -> Iterator[Mistake]:
    """Exercises that are left out and are not there, or are the course's own."""
    names = document.data.get(WITHOUT)
    if not isinstance(names, tuple):
        return
    if not document.data.get(EXTENDS):
        yield document.mistake((WITHOUT,), f"nothing is left out without `{EXTENDS}`; delete it")
        return
    below = layers.below(1).exercises
    own = {path.stem for path in yaml_files(layers.roots[0] / EXERCISES)}
    for index, name in enumerate(names):
        if not isinstance(name, str) or not layers.roots[1:]:
            continue
        if name in own:
            text = f"`{name}` is an exercise of this course itself, and takes the place of the other one; delete this"
            yield document.mistake((WITHOUT, index), text)
        elif name not in below:
            hint = did_you_mean_or_all(name, below)
            yield document.mistake((WITHOUT, index), f"there is no exercise `{name}` in {layers.roots[1]}{hint}")
