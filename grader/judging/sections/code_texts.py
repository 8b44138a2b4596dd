"""Comments and strings of a code cell that people write words in, found without a parser, also in broken code."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from grader.submission.tokens import TEXTS, text_in

TextKind = Literal["comment", "trailing", "string", "print", "definition", "code", "broken"]
MIN_LETTERS = 8
"""Of a string in code; a shorter string is a label or a format, not a sentence."""

_SHOWN = re.compile(r"(?:^|[^\w.])(?:print|display|Markdown|HTML|show)\s*\(")
# What surrounds a printed text, and is no code beside it.
_AROUND = re.compile(r"(?:[\s()\[\],;]|\b(?:print|display|Markdown|HTML)\s*\()*")
# The name has a number: answer_2 = "…"
_ASSIGNED = re.compile(r"\s*(?:(?P<name>[^\W\d_]+_?\d{1,3})|[\w.]+)(?:\s*:\s*\w+)?\s*\+?=\s*\(?\s*")
_ENTRY = re.compile(r"[\s{(,]*(?P<quote>['\"])[^'\"\n]{0,60}(?P=quote)\s*:\s*\(?\s*|[\s{(,]*\d{1,3}\s*:\s*\(?\s*")
"""The key of a dictionary's entry."""
_DEFINITION = re.compile(r"^(?:async\s+)?(?:def|class)\s+(?P<name>\w+)", re.MULTILINE)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MARKER = re.compile(r"#[ \t]*(?:%%|In\[[\d ]*\])")
_LOOK_BACK = 200
"""Characters of a line before a text that are looked at; a line may be as long as the file."""
_GOES_ON = frozenset("([{,+=")
_PROMPT = re.compile(r"^(?:>>>|In \[\d*\]:)", re.MULTILINE)
# Words in a row without a sign that only code has.
_SENTENCE = re.compile(r"(?:[^\W\d_]+[\s,'’-]+){3,}[^\W\d_]|[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af]{4}")


@dataclass(frozen=True, slots=True)
class CodeText:
    """A text in a code cell, or a stretch of other code."""

    kind: TextKind
    text: str
    """Without ``#`` or quotes; of code its first line."""
    line: int
    """Counts from 1 within the cell."""


def code_texts(source: str, code: str, broken: frozenset[int]) -> Iterator[CodeText]:
    """The texts of a cell in order; between them, ``code`` where other code begins.

    ``source`` is what the student wrote, ``code`` the same as plain Python, without prompts; ``broken`` are the lines
    that Python cannot read, counted from 1 within the cell.
    """
    source = code if _PROMPT.search(source) else source
    starts = [0, *accumulate(len(line) + 1 for line in source.split("\n"))]
    position = 0
    shown_before = False
    last = ""  # the last sign of code, by which a line may go on in a call
    for match in TEXTS.finditer(source):
        line = bisect_right(starts, match.start())
        before = source[max(starts[line - 1], match.start() - _LOOK_BACK) : match.start()]
        last = source[position : match.start()].rstrip()[-1:] or last
        yield from _code(source, position, match.start(), starts, broken)
        text = match["comment"]
        if text is not None:
            shown_before = False
            if not (line == 1 and _MARKER.match(match[0])):
                kind: TextKind = "trailing" if before.strip() else "comment"
                yield CodeText(kind, text, line)
        else:
            text = text_in(match)
            shown = bool(_SHOWN.search(before)) or (shown_before and not before.strip())
            if shown:
                yield CodeText("print", text, line)
            elif (assigned := _ASSIGNED.fullmatch(before)) or (not before.strip() and last not in _GOES_ON):
                if assigned and assigned["name"]:
                    yield CodeText("definition", _in_words(assigned["name"]), line)
                if "\n" in text or sum(map(str.isalpha, text)) >= MIN_LETTERS:
                    yield CodeText("string", text, line)
            elif _ENTRY.fullmatch(before) and _SENTENCE.search(text):
                yield CodeText("string", text, line)
            else:
                yield CodeText("code", "", line)
            shown_before = shown
            last = '"'
        position = match.end()
    yield from _code(source, position, len(source), starts, broken)


def _in_words(name: str) -> str:
    """The name of a function, class or variable in words, without "test" before it."""
    # "TestExercise2", but not "ControlFlow": classes are named after their subject.
    words = (_HUMP.sub(" ", name) if name[-1].isdigit() else name).replace("_", " ").strip()
    return re.sub(r"^[Tt]est (?=\w)", "", words)


def _code(source: str, start: int, end: int, starts: list[int], broken: frozenset[int]) -> Iterator[CodeText]:
    """What stands between two texts, if that is more than space: definitions and other code."""
    between = source[start:end]
    if _AROUND.fullmatch(between):
        return
    first = start + len(between) - len(between.lstrip())
    line = bisect_right(starts, first)
    if broken:
        for number in range(line, bisect_right(starts, end) + 1):
            text = source[max(start, starts[number - 1]) : min(end, starts[number] if number < len(starts) else end)]
            if text.strip():
                if definition := _DEFINITION.match(text):
                    yield CodeText("definition", _in_words(definition["name"]), number)
                yield CodeText(
                    "broken" if number in broken and _SENTENCE.search(text) else "code", text.strip(), number
                )
        return
    yield CodeText("code", between.lstrip().partition("\n")[0], line)
    for match in _DEFINITION.finditer(source, start, end):
        yield CodeText("definition", _in_words(match["name"]), bisect_right(starts, match.start()))
