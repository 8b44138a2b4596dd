"""The course that judged, as all JSON formats name it."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from grader import model
from grader.report.json_schema import documented


@documented
class CourseInfo(TypedDict):
    """The course that judged: whose exercises, rubrics and reference solutions decided."""

    name: str
    """The name of its folder; `built-in` for the course that comes with the grader."""
    source: Literal["option", "found", "built-in"]
    """`option`: it was named with `--course`. `found`: it is the nearest one from the current folder upwards.
    `built-in`: neither, or one that was found and has the files of the built-in one."""
    holds_submission: bool
    """It was found, and lies together with what was handed in: whoever handed it in may have written it."""
    covered: float | None
    """The points that its checks decide about, where it is a pack for students; null: it is none."""
    whole: float | None
    """The points of the whole assignment that the pack is of."""


def _rounded(points: float | None) -> float | None:
    return None if points is None else round(points, 2)


def course_info(course: model.JudgingCourse | None) -> CourseInfo | None:
    if course is None:
        return None
    return {
        "name": course.name,
        "source": course.source,
        "holds_submission": course.holds_submission,
        "covered": _rounded(course.covered),
        "whole": _rounded(course.whole),
    }
