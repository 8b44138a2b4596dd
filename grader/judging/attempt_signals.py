"""Signals, besides verdicts, that decide whether an exercise was attempted: its name, and what its section contains."""

from __future__ import annotations

from collections.abc import Sequence

from grader.judging.context import Subject
from grader.judging.words.written_answers import has_remarked_code, is_answered_in_words
from grader.model import AttemptSignals, RunPlace, Verdict


def find_attempt_signals(subject: Subject, verdicts: Sequence[Verdict]) -> AttemptSignals:
    """The signals for one exercise."""
    section, own_code = subject.section, subject.own_code
    unclaimed = tuple(verdict.place is None or not section.is_claimed(verdict.place) for verdict in verdicts)
    if not section.named:
        return AttemptSignals(unclaimed=unclaimed, live=(False,) * len(verdicts))

    def is_live(place: RunPlace | None) -> bool:
        return place is not None and place in section and own_code.proves(place)

    return AttemptSignals(
        named=True,
        aside=not any(place in section for place in own_code.live_places(with_torch=True)),
        acted=any(place in section for place in own_code.live_places()),
        worded=is_answered_in_words(subject.passages),
        remarked=has_remarked_code(subject.passages),
        unclaimed=unclaimed,
        live=tuple(verdict.found and is_live(verdict.place) for verdict in verdicts),
    )
