"""A grader for each assignment of a course, made when a submission is graded for it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from grader.course.course import Course
from grader.handin import WorkFiles
from grader.model import Submission
from grader.pipeline.assignment_choice import AssignmentChoice, choose_assignment, choose_work_files
from grader.pipeline.grader import Grader
from grader.pipeline.options import GradingOptions


class CourseGraders:
    """The graders for one loaded course."""

    def __init__(self, course: Course, options: GradingOptions, make: Callable[[Course, str | None], Grader]) -> None:
        """``make`` makes a grader for an assignment of a course, or without one.

        Raises UsageError where an assignment or exercise that the options name is not in the course.
        """
        self._course = course
        self._options = options
        self._make = make
        self._graders: dict[str | None, Grader] = {}
        # What the options name is looked up before any submission is read.
        self._grader(options.assignment)

    def choose(self, submission: Submission) -> tuple[Grader, AssignmentChoice]:
        """The grader for the assignment that the submission is graded for, and how that was chosen.

        Raises CourseError where the assignment's handout cannot be read.
        """
        choice = choose_assignment(self._course, self._options, submission)
        return self._grader(choice.assignment), choice

    def work_files(self, path: str, stated: Collection[str] = ()) -> WorkFiles:
        """See ``choose_work_files``."""
        return choose_work_files(self._course, self._options, path, stated)

    def _grader(self, assignment: str | None) -> Grader:
        if assignment not in self._graders:
            self._graders[assignment] = self._make(self._course, assignment)
        return self._graders[assignment]
