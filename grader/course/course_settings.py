"""``course.yaml``: what is the course's own; the file is optional."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from pydantic import Field

from grader.course.course_files import present
from grader.course.course_folder import COURSE_FILE
from grader.errors import ExerciseError
from grader.language import yaml_file
from grader.language.validation import SLUG, YamlModel, validate
from grader.suggestions import did_you_mean_or_all


class CourseSettings(YamlModel):
    """What is the course's own."""

    id: str = Field(default="", pattern=SLUG, max_length=64, description="The course's name in small letters.")
    title: str = Field(default="", description="What the course is called.")
    default: str | None = Field(
        default=None, pattern=SLUG, description="The assignment that is graded where nothing names another."
    )


def load_course_settings(root: Path, assignments: Collection[str]) -> CourseSettings:
    """Reads ``course.yaml``; the defaults if there is none. ``assignments``: the ids of the course's assignments.

    Raises ExerciseError with all mistakes of the file.
    """
    path = present(root / COURSE_FILE)
    if not path.exists():
        return CourseSettings()
    document = yaml_file.load(path)
    settings, mistakes = validate(CourseSettings, document)
    default = document.data.get("default")
    if isinstance(default, str) and default not in assignments:
        known = did_you_mean_or_all(default, assignments) if assignments else "; the course has no assignments"
        mistakes += (document.mistake(("default",), f"there is no assignment `{default}`{known}"),)
    if settings is None or mistakes:
        raise ExerciseError(sorted(set(mistakes), key=lambda mistake: mistake.line or 0))
    return settings
