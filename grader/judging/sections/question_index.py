"""Finds the questions that a text repeats, among all wordings of all exercises.

Two sieves keep this fast. A block of text is compared only with wordings of which it has some of the rarest words; of
it, only runs that begin and end with a sentence of which the wording has enough.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from grader.judging.sections.hashed_questions import HashedQuestion, hash_values
from grader.judging.sections.names import ExerciseNames
from grader.judging.sections.wordings import LONGEST_QUESTION, Profile, dice, normalized, profile_of

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
_SAMPLE, _ENOUGH = 8, 3
"""How many of the rarest words or pieces of a wording are looked for, and how many of them a text must have."""
_KEPT = 8192
"""Blocks of text whose questions are remembered: students of a class share the handout's texts."""
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


Piece = str | int
"""A pair or triple of characters, or a hash."""


@dataclass(frozen=True, slots=True)
class _Wording:
    exercise: str | None
    pieces: Mapping[Any, int]
    total: int
    kind: str
    """``han``, ``latin``, or ``hash``."""
    is_short: bool
    sample: frozenset[Piece]
    """The words or pieces that are rarest among all wordings; a text that repeats it has some of them."""

    @property
    def opens(self) -> float:
        return OPENS_HASHED if self.kind == "hash" else SURE if self.is_short else OPENS

    @property
    def sure(self) -> float:
        return SURE_HASHED if self.kind == "hash" else SURE


class QuestionIndex:
    """All wordings of all questions of a course."""

    def __init__(self, exercises: Iterable[ExerciseNames], questions: Iterable[HashedQuestion] = ()) -> None:
        profiles = [(exercise.id, profile_of(text)) for exercise in exercises for text in exercise.asks]
        hashed = [(question.exercise, frozenset(int(value, 16) for value in question.hashes)) for question in questions]
        samples = _samples([_sieved(profile) for _, profile in profiles] + [values for _, values in hashed])
        self._wordings = [
            _Wording(
                exercise,
                profile.grams,
                profile.total,
                kind="han" if profile.in_han else "latin",
                is_short=len(profile.text) < (SHORTEST_HAN if profile.in_han else SHORTEST_LATIN),
                sample=sample,
            )
            for (exercise, profile), sample in zip(profiles, samples, strict=False)
        ]
        self._wordings += [
            _Wording(exercise, dict.fromkeys(values, 1), len(values), kind="hash", is_short=False, sample=sample)
            for (exercise, values), sample in zip(hashed, samples[len(profiles) :], strict=True)
        ]
        self._where: dict[Piece, list[int]] = defaultdict(list)
        for number, wording in enumerate(self._wordings):
            for piece in wording.sample:
                self._where[piece].append(number)
        self._known = frozenset(self._where)
        self._found: dict[tuple[tuple[str, ...], bool], list[Match]] = {}
        self._has_hashes = bool(hashed)

    def matches(self, sentences: Sequence[str], *, is_title: bool, budget: Budget) -> list[Match]:
        """The questions that the sentences of one block of text repeat, in order and without overlaps.

        ``is_title``: the first sentence is a title, so that short wordings can match it.
        """
        key = tuple(sentences), is_title
        if (known := self._found.get(key)) is not None:
            return known
        found = self._find(sentences, is_title=is_title, budget=budget)
        if not budget.is_spent:
            if len(self._found) >= _KEPT:
                self._found.clear()
            self._found[key] = found
        return found

    def _find(self, sentences: Sequence[str], *, is_title: bool, budget: Budget) -> list[Match]:
        found: list[Match] = []
        for number in self._candidates(sentences):
            wording = self._wordings[number]
            positions = [index for index, text in enumerate(sentences) if _share(text, wording) >= _ANCHOR]
            if not positions or (wording.is_short and not (is_title and positions[0] == 0)):
                continue
            found += _windows(number, wording, positions, sentences, budget)
        found.sort(key=lambda match: (-match.score, match.start))
        chosen: list[Match] = []
        for match in found:
            if all(match.end <= other.start or other.end <= match.start for other in chosen):
                chosen.append(match)
        return sorted(chosen, key=lambda match: match.start)

    def _candidates(self, sentences: Sequence[str]) -> list[int]:
        """The wordings of which a block has enough of the rarest words or pieces."""
        counts: dict[int, int] = {}
        text = " ".join(text for text in sentences if len(text) <= LONGEST_QUESTION)
        pieces = _sieved_block(text, with_hashes=self._has_hashes)
        for piece in pieces & self._known:
            for number in self._where[piece]:
                counts[number] = counts.get(number, 0) + 1
        return [number for number, count in counts.items() if count >= min(_ENOUGH, len(self._wordings[number].sample))]


@lru_cache(maxsize=8192)  # students of a class share the handout's texts
def _sieved_block(text: str, *, with_hashes: bool) -> frozenset[Piece]:
    """What the first sieve looks at in a block of text."""
    words = normalized(text)
    pieces = _sieved_text(words, in_han=False)
    if not words.isascii():
        pieces |= _sieved_text(words, in_han=True)
    return pieces | hash_values(words) if with_hashes else pieces


def _sieved(profile: Profile) -> frozenset[Piece]:
    return _sieved_text(profile.text, in_han=profile.in_han)


def _sieved_text(words: str, *, in_han: bool) -> frozenset[Piece]:
    """What the first sieve looks at: beginnings of longer words, or pairs of characters."""
    if in_han:
        return frozenset([words[start : start + 2] for start in range(len(words) - 1)])
    return frozenset([word[:5] for word in words.split(" ") if len(word) > 3])


def _samples(pieces: Sequence[frozenset[Piece]]) -> list[frozenset[Piece]]:
    """Of each set its rarest pieces, by the number of sets that have them."""
    counts = Counter(piece for one in pieces for piece in one)
    return [
        frozenset(sorted(one, key=lambda piece: (counts[piece], -len(str(piece)), str(piece)))[:_SAMPLE])
        for one in pieces
    ]


def _windows(
    number: int, wording: _Wording, positions: Sequence[int], sentences: Sequence[str], budget: Budget
) -> Iterable[Match]:
    """The runs of sentences that are alike enough. They begin and end with a sentence of ``positions``."""
    for index, start in enumerate(positions):
        for end in positions[index : index + _MOST_SENTENCES]:
            length = sum(map(len, sentences[start : end + 1]))
            if end - start >= _MOST_SENTENCES or length > LONGEST_QUESTION or not budget.spend():
                break
            score = _score(wording, " ".join(sentences[start : end + 1]))
            if score >= wording.opens:
                yield Match(start, end + 1, wording.exercise, number, score, is_sure=score >= wording.sure)


def _share(text: str, wording: _Wording) -> float:
    """The share of a sentence that a wording has."""
    if len(text) > LONGEST_QUESTION:
        return 0.0
    pieces, total = _pieces(text, wording)
    shared = sum([min(pieces[piece], wording.pieces[piece]) for piece in pieces.keys() & wording.pieces.keys()])
    return shared / total if total else 0.0


def _score(wording: _Wording, text: str) -> float:
    pieces, total = _pieces(text, wording)
    if not _MIN_RATIO * wording.total <= total <= _MAX_RATIO * wording.total:
        return 0.0
    return dice(pieces, wording.pieces, total + wording.total)


def _pieces(text: str, wording: _Wording) -> tuple[Mapping[Any, int], int]:
    """The pieces of a text that can be compared with a wording, and their number; none if the scripts differ."""
    profile = profile_of(text)
    if wording.kind == "hash":
        values = hash_values(profile.text)
        return dict.fromkeys(values, 1), len(values)
    if profile.in_han is not (wording.kind == "han"):
        return {}, 0
    return profile.grams, profile.total


class Budget:
    """How many comparisons may still be made for one submission."""

    def __init__(self, comparisons: int = MOST_COMPARISONS) -> None:
        self._left = comparisons

    @property
    def is_spent(self) -> bool:
        return self._left < 0

    def spend(self) -> bool:
        """Takes a comparison; False if none is left."""
        self._left -= 1
        return self._left >= 0
