"""Item analysis of a class: how hard each check and exercise is, and whether it tells strong hand-ins from weak ones.

A group's hand-in is one observation, however many students it has: their answers are not independent.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.model import AskedExercise, ClassCheck, ClassExercise, ClassResults, StudentResult
from grader.report.class_statistics import status_of, waits

LEAST_ANSWERS = 10
"""Fewer hand-ins give no discrimination: by chance alone it could be nearly anything."""
LEAST_OF_EACH = 3
"""So many hand-ins must have full points, and so many less, that no single one decides the discrimination."""
WEAK = 0.2
"""Below this, an item hardly tells strong hand-ins from weak ones (a usual rule of thumb)."""
_Z = 1.96
"""Quantile of the normal distribution for an interval of 95 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrimination:
    """The corrected item-total correlation: Pearson's correlation, over the hand-ins, of the share of the item's points
    with the share of all other points. ``low`` and ``high`` bound its interval of 95 %, by Fisher's transformation.
    """

    value: float
    low: float
    high: float

    @property
    def is_negative(self) -> bool:
        """Those who do well elsewhere miss it, beyond what chance explains."""
        return self.high < 0

    @property
    def is_weak(self) -> bool:
        """It hardly tells strong hand-ins from weak ones, beyond what chance explains."""
        return self.high < WEAK


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A check, or a whole exercise, over the hand-ins that attempted the exercise."""

    exercise: AskedExercise
    check: str = ""
    """The check's id; empty for a whole exercise."""
    title: str
    answers: int
    """The hand-ins of which it is decided, so neither those that wait for a person nor those that could not be graded.
    """
    full: int
    """How many of them have full points."""
    skipped: int = 0
    """How many of them have no points because a check failed that this one needs."""
    share: float | None
    """The mean share of the points: the higher, the easier. None without answers."""
    discrimination: Discrimination | None
    """None where there are too few answers to tell, or everything else is equal for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """What a hand-in won in a check or exercise that is decided."""

    won: float
    most: float
    share: float
    is_skipped: bool = False


def distinct_handins(results: ClassResults) -> tuple[StudentResult, ...]:
    """The graded results, those of a group's students once."""
    graded = (result for result in results.students if result.status == "graded")
    return tuple({(result.path, result.files, result.exercises): result for result in graded}.values())


def items(results: ClassResults) -> tuple[tuple[Item, tuple[Item, ...]], ...]:
    """For every exercise that could be graded: the exercise as an item, and its checks."""
    handins = [_Handin(result, results.exercises) for result in distinct_handins(results)]
    return tuple(
        (_exercise_item(asked, handins), tuple(_check_items(asked, handins)))
        for asked in results.exercises
        if not asked.ungraded
    )


class _Handin:
    """What is decided of one hand-in. ``checks``: by ids of exercise and check; ``exercises``: by id, what was
    attempted.
    """

    def __init__(self, result: StudentResult, asked: Sequence[AskedExercise]) -> None:
        self.checks: dict[tuple[str, str], _Decided] = {}
        self.titles: dict[tuple[str, str], str] = {}
        self.exercises: dict[str, _Decided] = {}
        self._won: dict[str, float] = {}
        self._most: dict[str, float] = {}
        answers = {answer.id: answer for answer in result.exercises}
        for exercise in asked:
            answer = answers.get(exercise.id)
            if answer is None or exercise.ungraded or answer.status == "error":
                continue
            if answer.status == "graded":
                self._read(answer)
            elif not exercise.bonus:
                self._won[exercise.id] = 0.0
                self._most[exercise.id] = exercise.max_score

    def _read(self, answer: ClassExercise) -> None:
        decided = {check.id: _decided(check) for check in answer.checks if not waits(check) and check.status != "error"}
        won, most = (sum(getattr(each, name) for each in decided.values()) for name in ("won", "most"))
        self._won[answer.id], self._most[answer.id] = won, most
        for check in answer.checks:
            self.titles[answer.id, check.id] = check.title
            if check.id in decided:
                self.checks[answer.id, check.id] = decided[check.id]
        if len(decided) == len(answer.checks) and most > 0:
            self.exercises[answer.id] = _Decided(won=won, most=most, share=won / most)

    def rest(self, exercise: str, check: str = "") -> float | None:
        """The share of all points that are decided, but for those of the item; None if there are no others."""
        item = self.checks[exercise, check] if check else self.exercises[exercise]
        most = sum(self._most.values()) - item.most
        return None if most <= 1e-9 else (sum(self._won.values()) - item.won) / most


def _decided(check: ClassCheck) -> _Decided:
    won = check.score or 0.0
    # A check without points is right or wrong, and has no say in the rest.
    share = won / check.max_score if check.max_score > 0 else float(status_of(check) == "passed")
    return _Decided(won=won, most=check.max_score, share=share, is_skipped=check.status == "skipped")


def _exercise_item(asked: AskedExercise, handins: Sequence[_Handin]) -> Item:
    decided = [
        (handin.exercises[asked.id], handin.rest(asked.id)) for handin in handins if asked.id in handin.exercises
    ]
    return _item(asked, "", asked.title, decided)


def _check_items(asked: AskedExercise, handins: Sequence[_Handin]) -> Iterator[Item]:
    titles: dict[str, str] = {}
    decided: defaultdict[str, list[tuple[_Decided, float | None]]] = defaultdict(list)
    for handin in handins:
        for (exercise, check), title in handin.titles.items():
            if exercise == asked.id:
                titles[check] = title
                if (exercise, check) in handin.checks:
                    decided[check].append((handin.checks[exercise, check], handin.rest(exercise, check)))
    for check, title in titles.items():
        yield _item(asked, check, title, decided[check])


def _item(asked: AskedExercise, check: str, title: str, decided: Sequence[tuple[_Decided, float | None]]) -> Item:
    shares = [each.share for each, _ in decided]
    return Item(
        exercise=asked,
        check=check,
        title=title,
        answers=len(decided),
        full=sum(share >= 1 - 1e-9 for share in shares),
        skipped=sum(each.is_skipped for each, _ in decided),
        share=statistics.fmean(shares) if shares else None,
        discrimination=discrimination([(each.share, rest) for each, rest in decided if rest is not None]),
    )


def discrimination(shares: Sequence[tuple[float, float]]) -> Discrimination | None:
    """The correlation of an item's share with the share of everything else; None where too few answers tell."""
    full = sum(share >= 1 - 1e-9 for share, _ in shares)
    if len(shares) < LEAST_ANSWERS or min(full, len(shares) - full) < LEAST_OF_EACH:
        return None
    try:
        value = statistics.correlation(*zip(*shares, strict=True))
    except statistics.StatisticsError:  # everything else is equal for all
        return None
    middle = math.atanh(max(-0.999999, min(value, 0.999999)))
    margin = _Z / math.sqrt(len(shares) - 3)
    return Discrimination(value=value, low=math.tanh(middle - margin), high=math.tanh(middle + margin))
