"""What results are known by. The same key, the same result; anything that could change it is in there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.pipeline import digests

# The process that hands tasks out only asks for keys of submissions, and does without all of these.
if TYPE_CHECKING:
    from grader.course.course import CourseExercise
    from grader.model import CompanionFile, Limits
    from grader.submission.fingerprints import Handout


def of_course(
    exercises: Sequence[CourseExercise],
    *,
    explicit: bool,
    handout: Handout,
    support: Path | None,
    seed: int,
    limits: Limits,
    versions: Mapping[str, str | None],
) -> str:
    """Of everything that a judgement depends on beside the submission. Rubrics are not among it.

    ``versions`` are those of Python and the packages that submissions run with.
    """
    return digests.of_parts(
        digests.of_grader(),
        explicit,
        seed,
        limits,
        sorted(versions.items()),
        sorted(handout.cells),
        sorted(handout.paragraphs),
        digests.of_folder(support) if support is not None else None,
        *(
            part
            for item in exercises
            for part in (item.exercise.model_dump_json(), item.solution.name, item.solution.read_bytes())
        ),
    )


def of_rubrics(exercises: Iterable[CourseExercise]) -> str:
    """Of what marks and messages are made by."""
    return digests.of_parts(*(item.rubric.model_dump_json() for item in exercises))


def of_submission(course: str, name: str, content: bytes, companions: Sequence[CompanionFile]) -> str:
    """Of one submission graded by a course (see ``of_course``): its name says what it is about."""
    return digests.of_parts(course, name, content, *(part for pair in companions for part in pair))
