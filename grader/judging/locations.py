"""Places of a run as a student counts them."""

from __future__ import annotations

from grader.model import Location, QuotedLocation, RunPlace, Submission


def location_of(place: RunPlace, submission: Submission) -> Location | None:
    """Cells from 1, lines as in the file. None for a place that is not in the submission."""
    if not 0 <= place.cell < len(submission.cells) or place.line < 1:
        return None
    return Location(cell=submission.cells[place.cell].number, line=place.line)


def quoted_location_of(place: RunPlace | None, submission: Submission) -> QuotedLocation | None:
    """The same with the student's own line; None where there is no such place."""
    where = None if place is None else location_of(place, submission)
    if place is None or where is None:
        return None
    return QuotedLocation(location=where, source=submission.source_line(where), cell=place.cell)
