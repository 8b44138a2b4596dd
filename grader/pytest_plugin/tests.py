"""The tests as nodes of pytest: ``homework/ada.ipynb::sine::derivative-curve``, a submission, an exercise, a check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from _pytest._code.code import ReprEntryNative, ReprExceptionInfo, ReprFileLocation, ReprTraceback

from grader.errors import GraderError
from grader.judging.checks.base import Check
from grader.model import ExerciseReport, Report
from grader.pytest_plugin.asked import Asked
from grader.pytest_plugin.grading import Reports
from grader.pytest_plugin.outcomes import (
    NOTHING_FOUND,
    CheckFailedError,
    NotAttemptedError,
    NotGradedError,
    OutcomeError,
    find_check,
    find_exercise,
    judge_check,
    run_in_words,
    why_broken,
)
from grader.report.report_words import is_nothing_found
from grader.text import clean, clean_line, points

READABLE = "readable"
"""The name of the only test of a submission that cannot be read."""


class SubmissionNode(pytest.Collector):
    """A submission."""

    def __init__(self, *, asked: Asked, reports: Reports, submission: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.reports = reports
        self.submission = submission
        self.told = False
        """Whether a test that failed has said how the run went."""
        self.said_nothing_found = False
        self._asked = asked

    def collect(self) -> Iterator[pytest.Collector | pytest.Item]:
        why = self._asked.handed.broken.get(self.submission)
        if why is not None:
            yield UnreadableTest.from_parent(self, name=READABLE, why=why)
            return
        for item, checks in self._asked.checks(self.submission):
            if checks:
                yield ExerciseNode.from_parent(self, name=item.exercise.id, title=item.exercise.title, checks=checks)


class ExerciseNode(pytest.Collector):
    """An exercise of a submission."""

    def __init__(self, *, title: str, checks: Sequence[Check], **rest: Any) -> None:
        super().__init__(**rest)
        self.title = title
        self._checks = checks

    def collect(self) -> Iterator[pytest.Item]:
        for check in self._checks:
            yield CheckTest.from_parent(self, name=check.id, check=check)


class GradeTest(pytest.Item):
    submission: SubmissionNode
    heading: str
    """What stands above its failure."""
    line = 1
    """The line of the file that it is about."""
    ran = ""
    """How the submission ran, where this test tells it."""

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.line - 1, self.heading

    def representation(self, ended: OutcomeError) -> ReprExceptionInfo:
        """The message without a traceback, in a form that other processes and plugins can read."""
        entry = ReprEntryNative([f"{ended.text}\n"])
        place = ReprFileLocation(clean_line(self.submission.submission), self.line, str(ended))
        return ReprExceptionInfo(
            reprtraceback=ReprTraceback(reprentries=[entry], extraline=None, style="native"), reprcrash=place
        )


class UnreadableTest(GradeTest):
    """Fails with the reason for which a submission could not be read."""

    def __init__(self, *, why: str, **rest: Any) -> None:
        super().__init__(**rest)
        assert isinstance(self.parent, SubmissionNode)
        self.submission = self.parent
        self.heading = f"{self.parent.name} cannot be read"
        self._why = why

    def runtest(self) -> None:
        raise CheckFailedError(why_broken(self.submission.submission, self._why))


class CheckTest(GradeTest):
    """One check of one exercise of a submission."""

    def __init__(self, *, check: Check, **rest: Any) -> None:
        super().__init__(**rest)
        exercise = self.parent
        assert isinstance(exercise, ExerciseNode)
        assert isinstance(exercise.parent, SubmissionNode)
        self.submission = exercise.parent
        self.is_asked_for = True
        """False: nobody asked for the exercise and the submission does not attempt it, so that this is no test."""
        self._check = check
        self._exercise = exercise
        self._reported: ExerciseReport | None = None
        self._nothing_found = False
        self.heading = f"{self.submission.name}, {exercise.name}: {clean_line(check.title)}"
        self.extra_keyword_matches |= {check.kind, clean_line(exercise.title), clean_line(check.title)}

    def setup(self) -> None:
        """Grade the submission. What fails here is an error to pytest, and not a failed test."""
        try:
            report = self.submission.reports.of(self.submission.submission)
        except GraderError as error:
            raise NotGradedError(clean(str(error))) from None
        if report is None:
            self.is_asked_for = False
            return
        try:
            self._reported = find_exercise(report, self._exercise.name)
            check = find_check(self._reported, self.name)
        except NotAttemptedError:
            # The first test that is run of such a submission fails, so that the run does.
            self._nothing_found = is_nothing_found(report) and not self.submission.said_nothing_found
            self.submission.said_nothing_found |= self._nothing_found
            self.is_asked_for = self._nothing_found
            return
        except OutcomeError:
            self._tell_run(report)
            raise
        if check.location is not None and check.location.file_line is not None:
            self.line = check.location.file_line
        self.user_properties += [
            ("score", "" if check.score is None else points(check.score)),
            ("max_score", points(check.max_score)),
        ]

    def runtest(self) -> None:
        if self._nothing_found:
            raise CheckFailedError(NOTHING_FOUND)
        if self._reported is None:
            return
        try:
            judge_check(self._reported, find_check(self._reported, self.name))
        except CheckFailedError:
            report = self.submission.reports.of(self.submission.submission)
            assert report is not None
            self._tell_run(report)
            raise

    def _tell_run(self, report: Report) -> None:
        """Say how the run went, once for each submission: an error may be the reason of all that failed."""
        if not self.submission.told:
            self.submission.told = True
            if said := run_in_words(report):
                self.ran = said
