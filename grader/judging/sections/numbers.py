"""Numbers at the beginning of titles and answers: "2.", "(2)", "Exercise 2", "练习 2", "Q2", "第三题"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_HAN_DIGITS = {digit: str(value) for value, digit in enumerate("一二三四五六七八九十", start=1)}
_NUMBER = r"(?P<number>\d{1,3}(?:\.\d{1,3})*[a-z]?|[一二三四五六七八九十])(?![\w.]?\d|[a-z])"
# Words that number exercises, and those that number whole sheets as often.
_EXERCISE = (
    r"exercises?|exer|ex|questions?|q|problems?|prob|tasks?|练习题|练习|練習|问题|問題|习题|習題|题目|題目|題|题|연습|문제"
    r"|übung|aufgabe|ejercicio|exercice|esercizio|exercício|упражнение|задание|задача|вопрос"
)
_SHEET = r"homework|hw|assignment|作业|作業"
_BARE = re.compile(rf"\(?{_NUMBER}\s*(?P<sign>[.):、,\]]|$|(?=\s))")
_ORDINAL = re.compile(
    r"第\s*(?P<number>\d{1,3}|[一二三四五六七八九十])\s*(?:道)?(?:个|個)?(?:练习|練習|问题|問題|习题|题|題|问|問)"
)
_WORDED = re.compile(rf"(?<![^\W\d_])(?P<word>{_EXERCISE}|{_SHEET})[\s_]*(?:no)?[\s_.:#№-]*{_NUMBER}", re.IGNORECASE)
_DIGIT = re.compile(r"[\d一二三四五六七八九十]")
LONGEST_TITLE = 200
"""Characters of a text in which a number is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberMark:
    """A number at the beginning of a text."""

    number: str
    style: str
    """``bare``, or the word before it."""
    rest: str
    """The text after it."""

    @property
    def is_bare(self) -> bool:
        return self.style == "bare"

    def follows(self, other: NumberMark) -> bool:
        """Whether it is the next number in the style of another."""
        both_count = self.number.isdigit() and other.number.isdigit()
        return self.style == other.style and both_count and int(self.number) == int(other.number) + 1


@lru_cache(maxsize=8192)  # students of a class share the handout's texts
def number_mark(text: str, *, anywhere: bool = False, sheets: bool = True) -> NumberMark | None:
    """The number that a text begins with; None if it begins with none.

    ``anywhere``: a number after a word such as "Exercise" may stand anywhere in the text; the last counts. ``sheets``:
    "Homework 2" may be the number of an exercise.
    """
    if not _DIGIT.search(text):
        return None
    text = unicodedata.normalize("NFKC", text[:LONGEST_TITLE]).casefold().replace("№", "#").lstrip(" \t#*-_=>~")
    match = _BARE.match(text)
    if match and not (match["number"] in _HAN_DIGITS and not match["sign"]):
        return _mark(match["number"], "bare", text[match.end() :])
    found = [match for match in _WORDED.finditer(text) if sheets or not re.fullmatch(_SHEET, match["word"])]
    found += _ORDINAL.finditer(text)
    found = [match for match in found if anywhere or match.start() == 0]
    if not found:
        return None
    last = max(found, key=re.Match.start)
    return _mark(last["number"], last.groupdict().get("word", "第"), text[last.end() :])


def _mark(number: str, style: str, rest: str) -> NumberMark:
    return NumberMark(number=_HAN_DIGITS.get(number, number), style=style, rest=rest.strip(" \t.:)*_-=#~、,"))


class Numbering:
    """Which exercises a number may stand for: by the assignment, or by the list of questions in the file itself."""

    def __init__(self, numbers: Mapping[str, Iterable[str]]) -> None:
        """``numbers`` has the assignment's numbers of each exercise, by its id."""
        self._given: dict[str, set[str | None]] = {}
        self._learned: dict[str, set[str | None]] = {}
        for exercise, own in numbers.items():
            for number in own:
                mark = number_mark(number, anywhere=True)
                self._given.setdefault(mark.number if mark else number.casefold().strip(), set()).add(exercise)

    def learn(self, number: str, exercise: str | None) -> None:
        """A list of questions gives this number to an exercise; None: to another question of the sheet."""
        self._learned.setdefault(number, set()).add(exercise)

    def meant_by(self, mark: NumberMark) -> frozenset[str | None]:
        """The exercises that a number may stand for; empty if it stands for none that is known."""
        return frozenset(self._learned.get(mark.number) or self._given.get(mark.number) or ())

    def is_learned(self, mark: NumberMark) -> bool:
        return mark.number in self._learned
