"""Which wrong answers go together in a class: pairs of mistakes that hand-ins share more often than chance explains."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from grader.model import AskedExercise, ClassCheck, ClassResults
from grader.report.class_statistics import exercise_of
from grader.report.item_analysis import distinct_handins

LEAST_SEEN = 20
"""So many hand-ins must have been judged for both."""
LEAST_MADE = 5
"""So many hand-ins must have each of the two wrong answers, and so many both."""
CHANCE = 0.05
"""How probable a pair that only chance made may be, over all pairs that are compared."""
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongAnswer:
    """A check that failed with this mistake; ``sentence`` is empty if the rubric names none."""

    exercise: AskedExercise
    check: str
    title: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MistakePair:
    """Two wrong answers, and how many of the hand-ins that were judged for both have them.

    ``phi``: Pearson's correlation of the two: 1 if all who have one have the other, 0 if they have nothing to do with
    one another.
    """

    first: WrongAnswer
    second: WrongAnswer
    both: int
    only_first: int
    only_second: int
    neither: int
    phi: float


@dataclass(frozen=True, slots=True)
class _Seen:
    """Sets of hand-ins, as bits of integers: with one operation, all hand-ins of two answers are compared."""

    answer: WrongAnswer
    judged: int
    made: int


def mistake_pairs(results: ClassResults) -> tuple[MistakePair, ...]:
    """The pairs that go together, closest first; empty where there are too few hand-ins to tell.

    A pair counts if Fisher's exact test, one-sided, finds it less probable than CHANCE divided by the number of pairs
    compared (Bonferroni), so that the whole table is right with a probability of 95 %.
    """
    compared = [pair for one, other in combinations(_wrong_answers(results), 2) if (pair := _compare(one, other))]
    # How many have both says nothing about which pairs are compared: else the number would be too small.
    found = [pair for pair in compared if pair.both >= LEAST_MADE and _chance_of(pair) * len(compared) <= CHANCE]
    found.sort(key=lambda pair: (-pair.phi, -pair.both))
    return tuple(found[:MOST_SHOWN])


def _wrong_answers(results: ClassResults) -> Iterator[_Seen]:
    judged: defaultdict[tuple[str, str], int] = defaultdict(int)
    made: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    titles: dict[tuple[str, str], str] = {}
    for number, handin in enumerate(distinct_handins(results)):
        for asked in results.exercises:
            answer = exercise_of(handin, asked.id)
            if answer is None or answer.status != "graded":
                continue
            for check in filter(_is_judged, answer.checks):
                titles[asked.id, check.id] = check.title
                judged[asked.id, check.id] |= 1 << number
                if check.status == "failed":
                    made[asked.id, check.id, check.mistake] |= 1 << number
    asked_by_id = {asked.id: asked for asked in results.exercises}
    for (exercise, check_id, sentence), bits in made.items():
        answer_of = WrongAnswer(
            exercise=asked_by_id[exercise], check=check_id, title=titles[exercise, check_id], sentence=sentence
        )
        yield _Seen(answer_of, judged[exercise, check_id], bits)


def _is_judged(check: ClassCheck) -> bool:
    """Whether the hand-in itself decided it. A check that was skipped failed by another one's failure, and a mark by
    hand says more than that it failed.
    """
    return check.status in ("passed", "failed") and not check.marked_by


def _compare(one: _Seen, other: _Seen) -> MistakePair | None:
    """The counts of a pair; None if too few hand-ins tell, or if both are of one check, and so exclude each other."""
    if (one.answer.exercise.id, one.answer.check) == (other.answer.exercise.id, other.answer.check):
        return None
    judged = one.judged & other.judged
    first, second = one.made & judged, other.made & judged
    seen = judged.bit_count()
    rows = (first.bit_count(), second.bit_count())
    if seen < LEAST_SEEN or min(rows) < LEAST_MADE:
        return None
    both = (first & second).bit_count()
    counts = (both, rows[0] - both, rows[1] - both, seen - rows[0] - rows[1] + both)
    return MistakePair(
        first=one.answer,
        second=other.answer,
        both=both,
        only_first=counts[1],
        only_second=counts[2],
        neither=counts[3],
        phi=phi(*counts),
    )


def phi(both: int, only_first: int, only_second: int, neither: int) -> float:
    """The coefficient of a table of four counts; 0 where a row or a column is empty, and nothing can be said."""
    margins = (both + only_first) * (only_second + neither) * (both + only_second) * (only_first + neither)
    return (both * neither - only_first * only_second) / math.sqrt(margins) if margins else 0.0


def _chance_of(pair: MistakePair) -> float:
    return chance_of_so_many(pair.both, pair.only_first, pair.only_second, pair.neither)


def chance_of_so_many(both: int, only_first: int, only_second: int, neither: int) -> float:
    """Fisher's exact test, one-sided: how probable it is that so many or more have both, if only chance decides."""
    first, second, seen = both + only_first, both + only_second, both + only_first + only_second + neither
    all_ways = _log_choose(seen, second)
    ways = [
        _log_choose(first, shared) + _log_choose(seen - first, second - shared) - all_ways
        for shared in range(both, min(first, second) + 1)
    ]
    return min(1.0, math.fsum(map(math.exp, ways)))


def _log_choose(of: int, chosen: int) -> float:
    if not 0 <= chosen <= of:
        return -math.inf
    return math.lgamma(of + 1) - math.lgamma(chosen + 1) - math.lgamma(of - chosen + 1)
