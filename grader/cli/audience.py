"""``--audience``: whom a report is for."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import Audience, Report
    from grader.report.base import ReportFormat

AUDIENCES: tuple[Audience, ...] = ("student", "staff")


def add_audience_option(parser: argparse.ArgumentParser, default: str) -> None:
    """``default``: whom the report is for without the option, in words."""
    parser.add_argument(
        "--audience",
        choices=AUDIENCES,
        help="whom the report is for; students do not see hidden checks, nor those that are shown after the due date "
        f"before it (default: {default})",
    )


def reports_for(
    format: ReportFormat, reports: Sequence[Report], audience: Audience | None, default: Audience
) -> Sequence[Report]:
    """The reports that a format gets. A format whose reader knows who may see which check gets all of them, unless the
    user named an ``audience``.
    """
    return [report_for(report, audience or ("staff" if format.hides else default)) for report in reports]


def report_for(report: Report, audience: Audience) -> Report:
    """The report as this audience may see it now."""
    from grader.report.audience import student_view  # imports the model, and so numpy

    return report if audience == "staff" else student_view(report, now=datetime.now(UTC))
