"""From a place in a run to the location in the submission as the student counts cells and lines."""

from __future__ import annotations

from grader.model import Location, QuotedLocation, RunPlace, Submission


def location_of(place: RunPlace, submission: Submission) -> Location | None:
    """The number of the cell and the line in the file; None if the place is not in the submission."""
    if not 0 <= place.cell < len(submission.cells) or place.line < 1:
        return None
    return submission.location(place.cell, place.line)


def quoted_location_of(place: RunPlace | None, submission: Submission) -> QuotedLocation | None:
    """The location with the student's line at it; None if there is no such place."""
    where = None if place is None else location_of(place, submission)
    if place is None or where is None:
        return None
    return QuotedLocation(location=where, source=submission.source_line(where), cell=place.cell)
