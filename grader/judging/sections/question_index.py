"""Finds the questions that a text repeats, among all wordings of all exercises.

An index from pieces of text to wordings keeps this fast: only sentences that share enough with a wording are compared
with it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from grader.judging.sections.hashed_questions import HashedQuestion, hashes_of
from grader.judging.sections.names import ExerciseNames
from grader.judging.sections.wordings import LONGEST_QUESTION, dice, profile_of

OPENS = 0.62
"""How alike a text must be to a wording to be that question; measured, and flat between 0.5 and 0.7."""
OPENS_HASHED = 0.5
"""The same for word sequences, of which an edit breaks more."""
SURE = 0.85
"""From here on, the text says nothing but the question. Below, answers are found that begin by repeating it."""
SURE_HASHED = 0.75
SHORTEST_LATIN, SHORTEST_HAN = 25, 8
"""Characters. Shorter wordings are as common as names; only a title that is nearly equal repeats them."""
_MIN_RATIO, _MAX_RATIO = 0.4, 2.2
"""Of the lengths of a text and a wording."""
_MOST_SENTENCES = 8
"""In a row that are compared with a wording; lines that an editor broke count as sentences."""
_ANCHOR = 0.28
"""The share of a sentence that a wording must have for the sentence to begin or end a repeated question. A sentence
with less only lowers the coefficient: removing it raises Dice's coefficient wherever its share is below half of it.
"""
MOST_COMPARISONS = 4_000
"""For one submission, which take less than a second. Beyond, no further question is recognized."""


@dataclass(frozen=True, slots=True)
class Match:
    """A run of sentences that repeats a question."""

    start: int
    end: int
    """The position after its last sentence."""
    exercise: str | None
    """None: another question of the sheet, which no exercise asks."""
    wording: int
    score: float
    is_sure: bool
    """Whether the sentences say nothing but the question."""


@dataclass(frozen=True, slots=True)
class _Wording:
    exercise: str | None
    pieces: Counter[str]
    total: int
    kind: str
    """``han``, ``latin``, or ``hash``."""
    is_short: bool

    @property
    def opens(self) -> float:
        return OPENS_HASHED if self.kind == "hash" else SURE if self.is_short else OPENS

    @property
    def sure(self) -> float:
        return SURE_HASHED if self.kind == "hash" else SURE


class QuestionIndex:
    """All wordings of all questions of a course."""

    def __init__(self, exercises: Iterable[ExerciseNames], questions: Iterable[HashedQuestion] = ()) -> None:
        self._wordings: list[_Wording] = []
        self._where: dict[str, dict[str, list[tuple[int, int]]]] = {name: defaultdict(list) for name in _KINDS}
        for exercise in exercises:
            for text in exercise.asks:
                profile = profile_of(text)
                shortest = SHORTEST_HAN if profile.in_han else SHORTEST_LATIN
                kind = "han" if profile.in_han else "latin"
                is_short = len(profile.text) < shortest
                self._add(_Wording(exercise.id, profile.grams, profile.total, kind, is_short))
        for question in questions:
            pieces = Counter(question.hashes)
            self._add(_Wording(question.exercise, pieces, pieces.total(), "hash", is_short=False))

    def _add(self, wording: _Wording) -> None:
        number = len(self._wordings)
        self._wordings.append(wording)
        for piece, count in wording.pieces.items():
            self._where[wording.kind][piece].append((number, count))

    def matches(self, sentences: Sequence[str], *, is_title: bool, budget: Budget) -> list[Match]:
        """The questions that the sentences of one block of text repeat, in order and without overlaps.

        ``is_title``: the first sentence is a title, so that short wordings can match it.
        """
        if not self._wordings:
            return []
        anchors = self._anchors(sentences)
        found: list[Match] = []
        for number, positions in anchors.items():
            wording = self._wordings[number]
            if wording.is_short and not (is_title and positions[0] == 0):
                continue
            found += self._windows(number, wording, positions, sentences, budget)
        found.sort(key=lambda match: (-match.score, match.start))
        chosen: list[Match] = []
        for match in found:
            if all(match.end <= other.start or other.end <= match.start for other in chosen):
                chosen.append(match)
        return sorted(chosen, key=lambda match: match.start)

    def _anchors(self, sentences: Sequence[str]) -> dict[int, list[int]]:
        """For each wording, the positions of the sentences that share enough with it."""
        anchors: dict[int, list[int]] = defaultdict(list)
        hashed = self._where["hash"]
        for position, sentence in enumerate(sentences):
            if len(sentence) > LONGEST_QUESTION:
                continue
            profile = profile_of(sentence)
            if not profile.total:
                continue
            where = self._where["han" if profile.in_han else "latin"]
            for number, share in _shares(profile.grams, profile.total, where):
                if share >= _ANCHOR:
                    anchors[number].append(position)
            if hashed and len(profile.text) >= SHORTEST_HAN:
                hashes = Counter(hashes_of(sentence))
                for number, share in _shares(hashes, hashes.total(), hashed):
                    if share >= _ANCHOR:
                        anchors[number].append(position)
        return anchors

    def _windows(
        self, number: int, wording: _Wording, positions: Sequence[int], sentences: Sequence[str], budget: Budget
    ) -> Iterable[Match]:
        """The runs of sentences that are alike enough. They begin and end with a sentence of ``positions``."""
        for index, start in enumerate(positions):
            length = 0
            for end in positions[index : index + _MOST_SENTENCES]:
                length = sum(map(len, sentences[start : end + 1]))
                if end - start >= _MOST_SENTENCES or length > LONGEST_QUESTION or not budget.spend():
                    break
                score = self._score(wording, " ".join(sentences[start : end + 1]))
                if score >= wording.opens:
                    is_sure = score >= wording.sure
                    yield Match(start, end + 1, wording.exercise, number, score, is_sure)

    @staticmethod
    def _score(wording: _Wording, text: str) -> float:
        if wording.kind == "hash":
            pieces, total = Counter(hashes_of(text)), len(hashes_of(text))
        else:
            profile = profile_of(text)
            if profile.in_han is not (wording.kind == "han"):
                return 0.0
            pieces, total = profile.grams, profile.total
        if not _MIN_RATIO * wording.total <= total <= _MAX_RATIO * wording.total:
            return 0.0
        return dice(pieces, wording.pieces, total + wording.total)


_KINDS = ("han", "latin", "hash")


class Budget:
    """How many comparisons may still be made for one submission."""

    def __init__(self, comparisons: int = MOST_COMPARISONS) -> None:
        self._left = comparisons

    def spend(self) -> bool:
        """Takes a comparison; False if none is left."""
        self._left -= 1
        return self._left >= 0


def _shares(pieces: Counter[str], total: int, where: dict[str, list[tuple[int, int]]]) -> Collection[tuple[int, float]]:
    """For each wording that shares pieces with a text, the share of the text's pieces that it has."""
    shared: dict[int, int] = {}
    for piece, count in pieces.items():
        for number, there in where.get(piece, ()):
            shared[number] = shared.get(number, 0) + (count if count < there else there)
    return [(number, count / total) for number, count in shared.items()]
