"""The reports of submissions, each made when the first of its tests runs, by one worker for the process."""

from __future__ import annotations

from datetime import UTC, datetime

from grader.cli.several import SeparateReports
from grader.errors import GraderError
from grader.model import Report, Submission
from grader.pipeline.course_graders import CourseGraders
from grader.pipeline.open_grader import OpenGrader
from grader.pytest_plugin.asked import Asked
from grader.report.audience import student_view
from grader.sandbox.preload import modules_for


class Reports:
    """The reports of all submissions that were asked for. ``close`` ends the worker."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._opened: OpenGrader | None = None
        self._graders: CourseGraders | None = None
        self._separate = SeparateReports(asked.handed, self._grade)
        self._made: dict[str, Report | GraderError | None] = {}

    def of(self, path: str) -> Report | None:
        """The report of the submission at ``path``, as its audience sees it; None: it is a module of another file and
        has no report of its own. Raises the GraderError for which it could not be graded, also when asked again.
        """
        if path not in self._made:
            try:
                self._made[path] = self._report(path)
            except GraderError as error:
                self._made[path] = error
        made = self._made[path]
        if isinstance(made, GraderError):
            raise made
        return made

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _report(self, path: str) -> Report | None:
        report = self._asked.handed.finished_one(path, self._separate.report(path))
        if report is None or self._asked.audience == "staff":
            return report
        return student_view(report, now=datetime.now(UTC))

    def _grade(self, submission: Submission) -> Report:
        if self._graders is None:
            # Not before the first test runs: `--collect-only`, or `-k` with other tests, needs no worker.
            loaded = self._asked.handed.loaded.values()
            self._opened = OpenGrader(self._asked.options)
            self._opened.preload(
                modules_for(cell.code.encode("utf-8", "replace") for read in loaded for cell in read.cells)
            )
            self._graders = CourseGraders(self._asked.course, self._asked.options, self._opened.grader)
        grader, _ = self._graders.choose(submission)
        return grader.grade(submission)
