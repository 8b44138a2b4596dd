"""``grade results --format``: a page of the class, or the reports of all hand-ins, from the gradebook."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Protocol

from grader.cli.audience import reports_for
from grader.cli.output_file import write_file
from grader.cli.report_outputs import WHAT, ReportOutput, write_reports
from grader.cli.streams import open_console
from grader.errors import UsageError
from grader.model import Audience, ClassResults, Report, Student, StudentReports
from grader.report.formats import find_class_page


class ReportsBook(Protocol):
    """What is read of a gradebook."""

    def results(self, assignment: str) -> ClassResults: ...

    def reports(
        self, assignment: str, *, only: str | None = None, has_evidence: bool = True
    ) -> Iterator[StudentReports]: ...


@dataclass(frozen=True, kw_only=True)
class ClassReports:
    """What can be written of an assignment. The gradebook is read when something is asked for."""

    book: ReportsBook
    results: ClassResults
    student: Student | None
    """None: the whole class."""
    audience: Audience | None = None
    """None: that of each format."""

    def every(self, *, has_evidence: bool = True) -> Iterator[Report]:
        """The reports; of a group's hand-in once. Of a hand-in of which nothing could be graded, a report that says
        why, so that it does not vanish from a list.
        """
        from grader.classroom.feedback.student_feedback import seen_by_student  # imports SQLAlchemy

        seen = set()
        only = None if self.student is None else self.student.key
        now = datetime.now(UTC)
        for each in self.book.reports(self.results.assignment, only=only, has_evidence=has_evidence):
            result = each.result
            reports = each.reports
            if self.audience == "student":
                reports = tuple(seen_by_student(report, result, now) for report in reports)
            if not reports and result.status == "broken":
                reports = (Report.of_unreadable(result.path, result.why, seed=0),)
            for report in reports:
                key = (report.submission.path, report.submission.sha256)
                if key not in seen:
                    seen.add(key)
                    yield report

    @cached_property
    def kept(self) -> Sequence[Report]:
        """All reports. Of a class without evidence, which only the pages of a class and of a student draw: that of a
        large class would fill the memory.
        """
        return list(self.every(has_evidence=self.student is not None))


def write_class_reports(reports: ClassReports, outputs: Iterable[ReportOutput], *, names: bool) -> None:
    """Write, for each output, the class as a whole where there is such a format, else its reports. Raises UsageError
    when all that can be written is written.
    """
    failed = []
    for output in outputs:
        try:
            if reports.student is None and find_class_page(output.format.name) is not None:
                _write_page(reports, output, names=names)
            else:
                _write_reports(reports, output)
        except UsageError as error:
            failed.append(str(error))
    if failed:
        raise UsageError("\n".join(failed))


def _write_page(reports: ClassReports, output: ReportOutput, *, names: bool) -> None:
    page = find_class_page(output.format.name)
    assert page is not None, "the caller has looked"
    if output.file is None and page.show is not None:
        page.show(reports.results, open_console())
        return
    text = page.render(reports.results, reports.every(), names=names)
    if output.file is None:
        sys.stdout.write(text)
    else:
        write_file(output.file, text.encode("utf-8"), WHAT)


def _write_reports(reports: ClassReports, output: ReportOutput) -> None:
    if not reports.kept:
        of = "the assignment" if reports.student is None else "this student"
        raise UsageError(f"There is no report of {of} yet for --format {output.format.name}: nothing is graded.")
    if output.format.single and reports.student is None and len(reports.kept) > 1:
        raise UsageError(
            f"A report in the format {output.format.name} is of one submission, and there are {len(reports.kept):,}. "
            "Name a student: --student TEXT"
        )
    write_reports(lambda format: reports_for(format, reports.kept, reports.audience, "staff"), [output])
