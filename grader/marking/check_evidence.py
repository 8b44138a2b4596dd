"""The evidence of a check in a report: what judging found, with the student's lines around the place that is shown."""

from __future__ import annotations

from dataclasses import replace

from grader.model import CheckReport, Evidence, JudgedEvidence, QuotedLocation, SourceLine
from grader.model.evidence import LINES_AROUND
from grader.text_bounds import SOURCE_LINE, bounded


def with_evidence(
    check: CheckReport, exercise: str, place: QuotedLocation | None, evidence: JudgedEvidence | None
) -> CheckReport:
    """The check with what can be drawn of it. Of a check that was skipped nothing is shown."""
    if evidence is None or check.status == "skipped":
        return check
    drawn = evidence.checks.get((exercise, check.id))
    lines = lines_around(place, evidence)
    if drawn is None and not lines:
        return check
    return replace(check, evidence=replace(drawn or Evidence(), lines=lines))


def lines_around(place: QuotedLocation | None, evidence: JudgedEvidence) -> tuple[SourceLine, ...]:
    """The marked line with those around it, of its cell; empty where there is no such line."""
    if place is None or not 0 <= place.cell < len(evidence.cells):
        return ()
    first, source = evidence.cells[place.cell]
    lines = source.split("\n")  # as `Submission.source_line`: a form feed does not end a line of Python
    at = place.location.line - first
    if not 0 <= at < len(lines):
        return ()
    shown = range(max(0, at - LINES_AROUND), min(len(lines), at + LINES_AROUND + 1))
    return tuple(
        SourceLine(number=first + index, text=bounded(lines[index].rstrip(), SOURCE_LINE), is_marked=index == at)
        for index in shown
    )
