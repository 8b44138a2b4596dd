"""Where a submission bound a watched name, for the place of a check that is about what the name was bound to."""

from __future__ import annotations

from dataclasses import replace

from grader.judging.watched_values import WatchedValues
from grader.model import RunPlace, Submission
from grader.submission.binding_lines import line_in_function, line_in_statement


def binding_place(submission: Submission, name: str, values: WatchedValues) -> RunPlace:
    """The line that bound a name to what it was seen to be bound to.

    The names of a function are seen only where torch is called, which may be lines below, so the line is read from the
    code. Where the code does not show it, the place where the name was seen.
    """
    place = values.place
    if not 0 <= place.cell < len(submission.cells):
        return place
    cell = submission.cells[place.cell]
    line = place.line - cell.first_line + 1
    if values.frame:
        found = line_in_function(cell.code, name, values.frame, line)
    else:
        found = line_in_statement(cell.code, name, line)
    return place if found is None else replace(place, line=found + cell.first_line - 1)
