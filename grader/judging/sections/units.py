"""A submission as units of text in file order: headings, sentences of Markdown, of comments and of strings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from grader.judging.sections.code_texts import code_texts
from grader.judging.sections.numbers import begins_an_item, number_mark
from grader.judging.sections.wordings import LONGEST_QUESTION
from grader.model import Cell, Prose, Submission
from grader.submission.fingerprints import broken_lines

UnitKind = Literal[
    "cell", "heading", "text", "fence", "comment", "trailing", "string", "print", "definition", "code", "broken"
]
"""``cell``: where a code cell begins. ``fence``: code that is shown in Markdown, and does not run."""
MOST_CHARACTERS = 256 * 1024
"""Characters of text that are looked at in one submission; sections end where they do."""

_ENDS = re.compile(
    r"(?<=[\u3002\uff1f\uff01])(?![\u3002\uff1f\uff01])|(?<=[?!])(?![?!=)\]])|(?<=[a-z)\]`$\u3000-\u9fff]\.)\s+(?=[A-Z])"
    r"|(?=(?:答案|答|解答|解|我的回答|回答)\s{0,3}[:\uff1a])"
    r"|(?=(?<![^\W_])(?:[Aa]nswer|ANSWER|Ans|My answer|A)\s{0,3}[:\uff1a])"
    r"|(?=<br\s*/?>)|(?<=[:\uff1a])(?=\s*[^\s/])|(?=\s(?:[-=]+>|[\u2013\u2014-]+)\s)|(?<!\u2014)(?=\u2014\u2014[^\u2014])"
    r"|(?<=\|)(?=\s*[^\s|])"
)
_HAS_END = re.compile("[\u3002\uff1f\uff01?!:\uff1a<\u2014|]|[.>] |- ")
_ITEM = re.compile(
    r"\s*(?:>\s*)*(?P<mark>[-*+]|\(?\d{1,3}[.)\u3001\uff0e\uff09]|[\u4e00-\u5341][\u3001.\uff0e]|[\u2460-\u2473])(?:\s|(?=[^\d\s]))"
)
_NUMBER_ALONE = re.compile(r"[(\[]?\d{1,2}[.):\]]?")
_LONGEST_MARK = 16
"""Characters of a number before a question, with the words around it."""
_FENCE = re.compile(r"\s*(?:```+|~~~+)")
_RULE = re.compile(r"[\s#=*~_\-\u2014+|<>/\\.]*")
# What notebooks and books hold beside their text.
_LITTER = re.compile(
    r"!\[[^\]\n]{0,500}\]\([^\n]{0,2000}?\)|\[Discussions?\]\([^)\n]*\)|<img\b[^>\n]{0,2000}>|data:image/[^\s)\"']*"
    r"|:(?:begin|end)_tab:\S*|:label:\S*|^\s*(?:In|Out)\s?\[[\d ]*\]:?\s*$"
)
_MAY_BE_LITTER = re.compile(r"!\[|\[D|<img|data:|_tab:|:label:|In|Out")
_BOLD_LEAD = re.compile(r"(?:(?:[-*+]|\d+[.)])\s+)?(\*\*|__)(?:(?!\1).)+\1[:\uff1a]?")
_BOLD_START = re.compile(r"\s*(?:\*\*|__|<(?:b|strong|font|span|h\d)\b)")


@dataclass(frozen=True, slots=True)
class Unit:
    """A heading, a sentence, or a stretch of code."""

    kind: UnitKind
    text: str
    cell: int
    """The index of its code cell, from 0; of Markdown, how many code cells stand before it."""
    line: int
    """As in a RunPlace: of the cell in a notebook, of the file otherwise."""
    block: int
    """Units of one paragraph, list item, comment or string share this number."""
    prose: int = -1
    """The index in ``Submission.prose``; -1 in code."""
    title: str = ""
    """The whole line, where it may be a title: it begins its block."""
    level: int = 0
    """Of a heading, as in ``Prose.level``."""
    is_ruled: bool = False
    """Whether the line is decorated like a banner: ``# ==== Exercise 2 ====``."""

    @property
    def lead(self) -> str:
        """What a line begins with: the words in bold, or else its first sentence."""
        bold = _BOLD_LEAD.match(self.text)
        return bold[0] if bold else self.text

    @property
    def in_code(self) -> bool:
        return self.prose < 0


def units_of(submission: Submission) -> Iterator[Unit]:
    """All units, in file order, up to a limit of characters."""
    reader = _Reader()
    position = 0
    for number, cell in enumerate(submission.cells):
        while position < len(submission.prose) and submission.prose[position].after <= number:
            yield from reader.prose(submission.prose[position], position)
            position += 1
        yield Unit("cell", "", number, cell.first_line, -1)
        yield from reader.cell(cell, number)
    for index in range(position, len(submission.prose)):
        yield from reader.prose(submission.prose[index], index)


class _Reader:
    """Numbers the blocks, and counts the characters that are read."""

    def __init__(self) -> None:
        self._block = 0
        self._left = MOST_CHARACTERS

    def prose(self, prose: Prose, index: int) -> Iterator[Unit]:
        self._left -= len(prose.text)
        if self._left < 0:
            return
        if prose.level:
            self._block += 1
            yield Unit("heading", prose.text, prose.after, prose.line, self._block, index, prose.text, prose.level)
            return
        yield from self._placed(_in_markdown(prose.text), prose.after, prose.line, index)

    def cell(self, cell: Cell, number: int) -> Iterator[Unit]:
        self._left -= len(cell.source)
        if self._left >= 0:
            broken = frozenset(line for line, _ in broken_lines(cell))
            yield from self._placed(_in_code(cell.source, cell.code, broken), number, cell.first_line)

    def _placed(self, pieces: Iterable[_Piece], cell: int, first_line: int, prose: int = -1) -> Iterator[Unit]:
        self._block += 1
        for piece in pieces:
            self._block += piece.begins
            line = first_line + piece.offset
            yield Unit(piece.kind, piece.text, cell, line, self._block, prose, piece.title, is_ruled=piece.is_ruled)


class _Piece(NamedTuple):
    """A unit before its place in the submission is known."""

    kind: UnitKind
    text: str
    offset: int
    """Lines after the first line of its text or cell."""
    begins: bool = False
    """Whether it begins a block."""
    title: str = ""
    is_ruled: bool = False


@lru_cache(maxsize=2048)  # the handout's texts are in every submission of a class
def _in_markdown(text: str) -> tuple[_Piece, ...]:
    pieces: list[_Piece] = []
    fence = False
    begins = True
    for offset, raw in enumerate(text.split("\n")):
        if ("```" in raw or "~~~" in raw) and _FENCE.match(raw):
            fence = not fence
            begins = True
            if not fence:
                continue
            pieces.append(_Piece("fence", "", offset, begins=True))
            continue
        if fence:
            if raw.strip():
                pieces.append(_Piece("fence", raw.strip(), offset))
            continue
        line = _LITTER.sub(" ", raw) if _MAY_BE_LITTER.search(raw) else raw
        if not line.strip() or _RULE.fullmatch(line):
            begins = True
            continue
        is_item = _ITEM.match(line) is not None
        begins = begins or is_item or _BOLD_START.match(line) is not None or begins_an_item(line)
        title = "" if not begins or (is_item and raw[:2].isspace()) else line.strip()
        for sentence in sentences_of(line):
            pieces.append(_Piece("text", sentence, offset, begins, title))
            begins, title = False, ""
    return tuple(piece for piece in pieces if piece.text)


@lru_cache(maxsize=2048)  # the handout's cells are in every submission of a class
def _in_code(source: str, code: str, broken: frozenset[int]) -> tuple[_Piece, ...]:
    pieces: list[_Piece] = []
    last_comment = -1
    ruled = False
    for found in code_texts(source, code, broken):
        offset = found.line - 1
        if found.kind in ("code", "definition", "broken"):
            last_comment = -1
            title = found.text if found.kind == "definition" else ""
            pieces.append(_Piece(found.kind, found.text, offset, found.kind != "broken", title))
        elif found.kind in ("comment", "trailing"):
            text = found.text.strip("#! \t").removeprefix("region ")
            if not text or _RULE.fullmatch(text):
                last_comment = -1
                ruled = bool(text)
                continue
            begins = (
                found.kind == "trailing"
                or last_comment != found.line - 1
                or _begins_item(text)
                or _NUMBER_ALONE.fullmatch(text) is not None
            )
            last_comment = found.line if found.kind == "comment" else -1
            pieces += _line_of(found.kind, text, offset, begins=begins, is_ruled=ruled)
            ruled = False
        else:
            last_comment = -1
            begins = True
            is_escaped = "\\n" in found.text
            for count, raw in enumerate((found.text.replace("\\n", "\n") if is_escaped else found.text).split("\n")):
                if not raw.strip() or _RULE.fullmatch(raw):
                    begins = True
                    continue
                begins = begins or _begins_item(raw)
                at = offset if is_escaped else offset + count
                pieces += _line_of(found.kind, raw, at, begins=begins, is_ruled=False)
                begins = False
    return tuple(pieces)


def _begins_item(line: str) -> bool:
    return _ITEM.match(line) is not None or begins_an_item(line)


def _line_of(kind: UnitKind, raw: str, offset: int, *, begins: bool, is_ruled: bool) -> Iterator[_Piece]:
    text = raw.strip() if kind == "string" else raw.strip(" \t#=*~_-\u2014")
    decorated = is_ruled or (kind in ("comment", "print") and _is_decorated(raw.strip()))
    title = text if begins and kind != "trailing" else ""
    for sentence in sentences_of(text):
        yield _Piece(kind, sentence, offset, begins, title, decorated)
        begins, title = False, ""


def sentences_of(line: str) -> list[str]:
    """The sentences of a line. Question and answer often stand on one line."""
    if not _HAS_END.search(line) or len(line) > 20 * LONGEST_QUESTION:
        return [line]
    parts = [part for part in _ENDS.split(line) if part and part.strip()]
    # "Exercise 2:" and the like belong to the question behind them.
    while len(parts) > 1 and len(parts[0]) <= _LONGEST_MARK and number_mark(parts[0]):
        parts[:2] = [parts[0] + parts[1]]
    return parts


def _is_decorated(text: str) -> bool:
    return len(text) > 4 and text[:2] in _RULES and text[-2:] in _RULES


_RULES = frozenset({"==", "--", "**", "##", "~~", "__", "++", "<<", ">>", "\u2014\u2014"})
