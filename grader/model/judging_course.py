"""The course that judged, as reports and gradebooks name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CourseSource = Literal["option", "found", "built-in"]
"""``option``: it was named with ``--course``. ``found``: the nearest one from the current folder upwards. ``built-in``:
neither, so that which comes with the grader; also one that was found and has the same files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingCourse:
    """A course by its name. Reports go to students, so no path of the teacher's machine is in it."""

    name: str
    """The name of its folder; ``built-in`` for that which comes with the grader."""
    source: CourseSource
    holds_submission: bool = False
    """It was found, and what was handed in lies in it, or it in that: a student may have written it."""
    covered: float | None = None
    """The points that its checks decide about, where it is a pack for students; None: it is none."""
    whole: float | None = None
    """The points of the whole assignment that the pack is of."""

    @property
    def is_partial(self) -> bool:
        """Whether it is a pack, and the assignment has further points."""
        return self.covered is not None and self.whole is not None and self.covered < self.whole

    @property
    def notice(self) -> str:
        """What a report says of it; empty where there is nothing to say."""
        if not self.holds_submission:
            return ""
        return (
            f"Judged by the course `{self.name}`, which was found from the current folder upwards. It shares a folder "
            "with what was handed in: if that folder is a student's, so may the course be, and --course names "
            "the one that is meant."
        )
