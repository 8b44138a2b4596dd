"""Numbers at the beginning of titles and answers: "2.", "(2)", "②", "Exercise 2", "Answer 2", "练习 2", "第三题"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_HAN_DIGITS = {digit: str(value) for value, digit in enumerate("一二三四五六七八九十", start=1)}
_SPELLED = {
    word: str(value)
    for words in (
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"),
    )
    for value, word in enumerate(words, start=1)
}
_CIRCLED = {0x2460 + value: f"{value + 1}. " for value in range(20)} | {ord("№"): "#", 0xFE0F: "", 0x20E3: ". "}
"""Circled numbers, and the signs that make a key of a digit, as a number with a full stop."""
_NUMBER = r"(?P<number>\d{1,3}(?:\.\d{1,3})*[a-z]?|[一二三四五六七八九十])(?![\w.]?\d|[a-z])"
# Words that number exercises, answers, and those that number whole sheets as often.
_EXERCISE = (
    r"exercises?|exer|ex|questions?|q|problems?|prob|tasks?|练习题|练习|練習問題|練習|演習|实验|実験|实习|実習"
    r"|课题|課題|任务|任務|问题|問題|习题|習題|小题|题目|題目|题|題|問|연습문제|연습|문제"
    r"|übung|aufgabe|ejercicio|pregunta|problema|exercice|question|esercizio|domanda|exercício|questão|упражнение"
    r"|задание|задача|вопрос|opgave|oefening|vraag|zadanie|ćwiczenie|pytanie|soru"
    r"|al\u0131\u015ft\u0131rma|câu|bài tập|تمرین|تمرين|سؤال"
)
_COUNTED = r"(?:no|nr)(?=\s?[.:]\s?\d{1,3}\s*(?:[.:)]|$))"
_ANSWER = (
    r"answers?|ans|solutions?|解答|答案|答|解|antwort|lösung|respuesta|réponse|ответ"
    r"|a(?=\s?\d{1,3}[a-z]?\s*[.:)\uff1a])"
)
_SHEET = r"homework|hw|assignment|作业|作業"
_SPELLED_NUMBER = "|".join(_SPELLED)
_BARE = re.compile(rf"[(\[]?{_NUMBER}\s*(?P<sign>[.):、,\]]|$|(?=\s))")
_ORDINAL = re.compile(
    r"第\s*(?P<number>\d{1,3}|[一二三四五六七八九十])\s*(?:道)?(?:个|個)?(?:练习|練習|问题|問題|习题|题|題|问|問)"
    r"|(?<!\w)(?P<english>\d{1,2})(?:st|nd|rd|th)\s+(?:exercise|question|problem|task)(?=\s*(?:[.:(\uff1a-]|$))"
    r"|(?<!\w)(?P<korean>\d{1,2})\s*번(?:\s*(?:문제|연습)|(?=\s*[.:)]))"
)
# A number in letters ends the title or stands before a sign: "Question I had" has none.
_WORDED = re.compile(
    rf"(?<![^\W\d_])(?P<word>{_EXERCISE}|{_COUNTED}|{_ANSWER}|{_SHEET})(?:"
    rf"[\s_]*(?:no|n°|nº|nr|number)?[\s_.:#(\[-]*{_NUMBER}"
    rf"|[\s_]+(?P<spelled>{_SPELLED_NUMBER})(?=\s*(?:[.:()\uff1a\u2013-]|$)))",
    re.IGNORECASE,
)
_SHEETS = re.compile(_SHEET)
_ANSWERS = re.compile(rf"{_ANSWER}|a")
_DIGIT = re.compile(rf"[\d一二三四五六七八九十]|[\s_](?:{_SPELLED_NUMBER})(?![^\W_])", re.IGNORECASE)
_BEGINS = re.compile(
    rf"[\s*_>#-]*(?:{_WORDED.pattern}|第[\d一二三四五六七八九十]+[题題问問])[\s*_)\]]*(?:[.:\uff1a、)\u3000]|$|[-\u2013\u2014]\s)",
    re.IGNORECASE,
)
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

    @property
    def is_of_answer(self) -> bool:
        """Whether it counts answers: "Answer 2", "Solution 2"."""
        return _ANSWERS.fullmatch(self.style) is not None

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
    text = text[:LONGEST_TITLE]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_CIRCLED))
    if not _DIGIT.search(text):
        return None
    text = text.casefold().lstrip(" \t#*-_=>~")
    match = _BARE.match(text)
    is_bare = match is not None and not (match["number"] in _HAN_DIGITS and not match["sign"])
    if match is not None and is_bare and not (anywhere and "." in match["number"]):  # not "2.5 Exercise 3"
        return _mark(match["number"], "bare", text[match.end() :])
    found = [match for match in _WORDED.finditer(text) if sheets or not _SHEETS.fullmatch(match["word"])]
    found += _ORDINAL.finditer(text)
    found.sort(key=re.Match.start)
    if not found or (not anywhere and found[0].start() != 0):
        return _mark(match["number"], "bare", text[match.end() :]) if match is not None and is_bare else None
    last = found[-1] if anywhere else found[0]
    if not anywhere and len(found) > 1 and _is_sheet(last) and found[1].start() - last.end() <= 2:
        last = found[1]  # "HW1 Q2"
    groups = last.groupdict()
    number = next(filter(None, map(groups.get, ("number", "english", "korean", "spelled"))))
    return _mark(number, groups.get("word") or "第", text[last.end() :])


def begins_an_item(line: str) -> bool:
    """Whether a line begins with a word and a number as a title does: "Exercise 1: …", "答1. …"."""
    return _BEGINS.match(line[:LONGEST_TITLE]) is not None


def _is_sheet(match: re.Match[str]) -> bool:
    return _SHEETS.fullmatch(match.groupdict().get("word") or "") is not None


def _mark(number: str, style: str, rest: str) -> NumberMark:
    number = _HAN_DIGITS.get(number) or _SPELLED.get(number) or number.lstrip("0") or "0"
    return NumberMark(number=number, style=style, rest=rest.strip(" \t.:)*_-=#~、,"))


def sheet_numbers(texts: Iterable[str]) -> frozenset[str]:
    """The numbers of a whole sheet in its id and title: "hw2", "Homework 2: slopes"."""
    found = set()
    for text in texts:
        mark = number_mark(text, anywhere=True)
        if mark is not None and _SHEETS.fullmatch(mark.style):
            found.add(mark.number)
        elif last := re.search(r"(?<![\d.])(\d{1,3})\s*$", text):
            found.add(last[1].lstrip("0") or "0")
    return frozenset(found)


class Numbering:
    """Which exercises a number may stand for: by the assignment, or by the list of questions in the file itself."""

    def __init__(self, numbers: Mapping[str, Iterable[str]], sheet: Iterable[str] = ()) -> None:
        """``numbers`` has the assignment's numbers of each exercise, by its id; ``sheet`` its own id and title."""
        self._sheets = sheet_numbers(sheet)
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
        if self.is_sheet(mark):
            return frozenset()
        found = self._learned.get(mark.number) or self._given.get(mark.number)
        if not found and not mark.is_bare:  # "Exercise 2a" is a part of the second
            whole = mark.number.rstrip("abcdefgh")
            found = self._learned.get(whole) or self._given.get(whole)
        return frozenset(found or ())

    def is_sheet(self, mark: NumberMark) -> bool:
        """Whether "Homework 2" is the name of the whole assignment."""
        return mark.number in self._sheets and _SHEETS.fullmatch(mark.style) is not None

    @property
    def has_given(self) -> bool:
        """Whether an assignment gives numbers."""
        return bool(self._given)

    @property
    def has_learned(self) -> bool:
        """Whether a list of questions gave numbers."""
        return bool(self._learned)

    def comes_after(self, mark: NumberMark, other: NumberMark) -> bool:
        """Whether a number stands later on the sheet than another: in the order of its list, or of the numbers."""
        order = list(self._learned)
        if mark.number in order and other.number in order:
            return order.index(mark.number) > order.index(other.number)
        both_count = mark.number.isdigit() and other.number.isdigit()
        return not both_count or int(mark.number) > int(other.number)

    def is_first(self, mark: NumberMark) -> bool:
        """Whether a number begins a list: that of the sheet, or one inside an answer."""
        return mark.number == next(iter(self._learned), "1")

    def names_a_sheet(self, mark: NumberMark) -> bool:
        """Whether a number is that of a whole sheet, such as "Homework 3", and of no exercise."""
        return _SHEETS.fullmatch(mark.style) is not None and not self.meant_by(mark)

    def is_learned(self, mark: NumberMark) -> bool:
        return mark.number in self._learned
