"""``Proof``: something that is proven of a course, such as that its references get full marks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from grader.course.course import Course, CourseExercise
from grader.model import ProofResult
from grader.workbench.work import Work


class Proof(ABC):
    """Plans works, and concludes from their results. It runs nothing itself.

    Each exercise has an instance of its own, which is called with this exercise alone: where one of its works fails,
    the others are proven all the same. A proof ``OF_COURSE`` has one instance, and is called with all of them.
    """

    NAME: ClassVar[str]
    """What it proves, in words, as reports and ``--only`` have it: ``references``."""
    HEADING: ClassVar[str]
    """The heading of its column in a table of exercises: a word."""
    OF_COURSE: ClassVar[bool] = False
    """Whether it looks at all exercises together."""
    OF_FILES: ClassVar[bool] = False
    """Whether it needs no solutions and runs nothing, so that it can be made of an exported course and of a pack."""

    @abstractmethod
    def plan(self, course: Course, chosen: Sequence[CourseExercise]) -> Iterable[Work]:
        """The works whose results are needed for these exercises. Exercises with mistakes are not among them."""

    def plan_more(
        self, course: Course, chosen: Sequence[CourseExercise], results: Mapping[Work, Any]
    ) -> Iterable[Work]:
        """Works that follow from the results of those of ``plan``, such as a closer look at what survived."""
        return ()

    @abstractmethod
    def conclude(
        self, course: Course, chosen: Sequence[CourseExercise], results: Mapping[Work, Any]
    ) -> Iterator[ProofResult]:
        """What came out, for each exercise that it says something about, or for the course as a whole."""
