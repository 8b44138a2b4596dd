"""The notes on a check as a frozen ``CheckTrace``, with locations as the student counts them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.judging.checks.base import Check
from grader.judging.foreign_hands import shown_place
from grader.judging.locations import quoted_location_of
from grader.judging.tracing.notes import CandidateNotes, CheckNotes
from grader.model import CheckTrace, Submission, TracedCandidate, TracedLine, Verdict

MAX_CANDIDATES = 200
"""Candidates of a check that a trace has: of more, the best one, those that come nearest, and the last ones."""
MAX_PARTS = 8
"""Calls or steps of a candidate: of more, those that are wrong first, the first ones and the last one."""
MAX_WRONG = 3


def finished_trace(check: Check, notes: CheckNotes, verdict: Verdict, submission: Submission) -> CheckTrace:
    """What decided about a check that got this verdict."""
    ways = tuple(
        _trace_of(check.ways()[number], of_way, verdict, submission) for number, of_way in sorted(notes.ways.items())
    )
    whole = _trace_of(check, notes, verdict, submission)
    return CheckTrace(
        check=check.id,
        title=check.title,
        kind=check.kind,
        status=verdict.status,
        message=verdict.message,
        location=quoted_location_of(shown_place(verdict), submission),
        expected=verdict.expected,
        actual=verdict.actual,
        proves_attempt=verdict.evidence,
        candidates=whole.candidates,
        unshown=whole.unshown,
        ways=ways,
        best_way=verdict.way,
    )


def _trace_of(check: Check, notes: CheckNotes, verdict: Verdict, submission: Submission) -> CheckTrace:
    """``check`` is a way of ``any-of``, or the check itself."""
    found = notes.all()
    chosen = _chosen(found)
    return CheckTrace(
        check=check.id,
        title=check.title,
        kind=check.kind,
        status=verdict.status,
        message="",
        candidates=tuple(_finished(one, submission) for one in chosen),
        unshown=len(found) - len(chosen),
    )


def _finished(notes: CandidateNotes, submission: Submission) -> TracedCandidate:
    parts = _parts(notes.parts)
    return TracedCandidate(
        what=notes.what,
        status=notes.status or "unmet",
        location=quoted_location_of(notes.place, submission),
        why=notes.why,
        values=notes.values,
        lines=(*notes.given, *notes.lines),
        parts=tuple(_finished(part, submission) for part in parts),
        unshown=len(notes.parts) - len(parts),
        is_best=notes.is_best,
        nearest=_nearest(notes),
        missed=_missed(notes),
    )


def _nearest(notes: CandidateNotes) -> TracedLine | None:
    """The line that holds, and comes nearest to what its tolerance allows."""
    held = [line for line in _lines(notes) if line.held and line.share is not None]
    return max(held, key=_share, default=None)


def _missed(notes: CandidateNotes) -> TracedLine | None:
    """The line that does not hold, and is farthest from what its tolerance allows. None where a larger tolerance would
    not help: a line compares no numbers, or does not count for another reason.
    """
    missed = [line for line in _lines(notes) if line.held is False]
    return None if any(_share(line) <= 1 for line in missed) else max(missed, key=_share, default=None)


def _lines(notes: CandidateNotes) -> Iterator[TracedLine]:
    yield from notes.given
    yield from notes.lines
    for part in notes.parts:
        if part.status in ("passed", "failed", None):
            yield from _lines(part)


def _share(line: TracedLine) -> float:
    return 0.0 if line.share is None else line.share


def _chosen(found: Sequence[CandidateNotes]) -> Sequence[CandidateNotes]:
    if len(found) <= MAX_CANDIDATES:
        return found
    ranked = sorted(range(len(found)), key=lambda index: (*_rank(found[index]), -index))
    return [found[index] for index in sorted(ranked[:MAX_CANDIDATES])]


def _rank(notes: CandidateNotes) -> tuple[bool, bool, int]:
    """Ranks the best candidate first, then those that are not left out, by the lines that they do not meet."""
    return not notes.is_best, notes.status == "left_out", sum(line.held is False for line in notes.given)


def _parts(parts: Sequence[CandidateNotes]) -> Sequence[CandidateNotes]:
    if len(parts) <= MAX_PARTS:
        return parts
    wrong = [index for index, part in enumerate(parts) if part.status in ("failed", "unmet")][:MAX_WRONG]
    others = [index for index in range(len(parts)) if index not in wrong]
    kept = {*wrong, len(parts) - 1, *others[: MAX_PARTS - 1 - len(wrong)]}
    return [parts[index] for index in sorted(kept)]
