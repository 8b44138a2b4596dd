"""How a run went, as the report says it: its outcome, what was left uncaught, what did nothing."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from itertools import islice

from grader.judging.locations import location_of
from grader.judging.run_notes import notices
from grader.model import Location, Observation, Outcome, RunError, RunSummary, Submission, UncaughtError
from grader.text import shorten

MAX_ERRORS = 20
MAX_NOTICES = 50
MAX_NOTICE = 1_000
"""Characters of one."""


def summarize_run(submission: Submission, observation: Observation) -> RunSummary:
    """What a report says about the run as a whole, whatever exercises are graded."""
    errors: list[RunError] = []
    for event in observation.events:
        if isinstance(event, UncaughtError) and len(errors) < MAX_ERRORS:
            where = location_of(event.place, submission)
            source = None if where is None else submission.source_line(where)
            errors.append(RunError(location=where, type=event.error.type, text=event.error.text, source=source))
    notes = [note for cell in submission.cells for note in cell.notes]
    notes += notices(observation, errors, partial(location_of, submission=submission))
    flaws = _flaws(submission)
    # What could not be read at all did not run, even where everything else did.
    failed = bool(flaws) and observation.outcome is Outcome.COMPLETED
    return RunSummary(
        outcome=Outcome.FAILED if failed else observation.outcome,
        duration_s=observation.duration_s,
        detail=observation.detail,
        errors=(*flaws, *errors),
        notices=_bounded(dict.fromkeys(notes)),
    )


def _bounded(notes: Collection[str]) -> tuple[str, ...]:
    """As many as somebody may read."""
    shown = [shorten(note, MAX_NOTICE) for note in islice(notes, MAX_NOTICES)]
    left = len(notes) - len(shown)
    return (*shown, f"And {left} more notes.") if left else tuple(shown)


def _flaws(submission: Submission) -> list[RunError]:
    """The statements that were left out because Python cannot read them."""
    errors: list[RunError] = []
    for cell in submission.cells:
        for flaw in cell.broken_statements[: MAX_ERRORS - len(errors)]:
            where = Location(cell=cell.number, line=flaw.line)
            source = submission.source_line(where)
            errors.append(RunError(location=where, type="SyntaxError", text=flaw.text, source=source))
    return errors
