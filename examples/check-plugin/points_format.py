"""Report format ``points``: a line for each exercise, with tabs, for a table or a script."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import Report
from grader.report.base import ReportFormat
from grader.text import clean_line


def render(reports: Sequence[Report], *, many: bool) -> str:
    """Texts of submissions are hostile: ``clean_line`` takes control characters and line ends out of them."""
    lines = ["file\texercise\tscore\tof"]
    for report in reports:
        name = clean_line(report.submission.path)
        lines += [f"{name}\t{one.id}\t{one.score:g}\t{one.max_score:g}" for one in report.exercises]
    return "\n".join(lines) + "\n"


FORMAT = ReportFormat(name="points", render=render, suffix="tsv")
