"""The summary of a run in the report: its outcome, uncaught errors and notes."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from itertools import islice

from grader.judging.locations import location_of
from grader.judging.run.run_errors import find_run_errors
from grader.judging.run.run_notes import find_run_notes
from grader.model import Observation, Outcome, RunSummary, Submission
from grader.text_bounds import NOTE, bounded

MAX_ERRORS = 20
MAX_NOTES = 50


def summarize_run(submission: Submission, observation: Observation) -> RunSummary:
    """The part of a report that does not depend on the exercises."""
    found = find_run_errors(submission, observation)
    errors = tuple(item.error for item in found[:MAX_ERRORS])
    notes = [note for cell in submission.cells for note in cell.notes]
    notes += find_run_notes(observation, errors, partial(location_of, submission=submission))
    # A statement with a syntax error did not run, so the run failed even if all others completed.
    failed = bool(found) and observation.outcome is Outcome.COMPLETED
    return RunSummary(
        outcome=Outcome.FAILED if failed else observation.outcome,
        duration_s=observation.duration_s,
        detail=observation.detail,
        errors=errors,
        notices=_bounded(dict.fromkeys(notes)),
    )


def _bounded(notes: Collection[str]) -> tuple[str, ...]:
    """The first notes, shortened, and how many were left out."""
    shown = [bounded(note, NOTE) for note in islice(notes, MAX_NOTES)]
    left = len(notes) - len(shown)
    return (*shown, f"And {left} more notes.") if left else tuple(shown)
