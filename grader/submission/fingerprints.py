"""Fingerprints (hashes) of statements and sentences.

They recognize what students were given in the handout and handed back unchanged, which is not part of an answer, in any
format and however its cells were split or joined.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import lru_cache

from grader.model import Cell, Submission
from grader.submission.python_parser import parse
from grader.submission.statements import Statement, dumped, statements_of
from grader.submission.tokens import tokens_of

MAX_CELL = 12
"""Statements of a cell that an older list of fingerprints, which has whole cells, recognizes."""

MAX_CELL_LENGTH = 100_000
"""Characters of the syntax of such a cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """The fingerprints of what students were given. Lists of older versions have whole cells and paragraphs instead."""

    documents: frozenset[tuple[str, ...]] = frozenset()
    """The statements of each notebook or script, in its order."""
    shown: frozenset[str] = frozenset()
    """Those of them that only display a value, or leave something to be filled in: students change them, so that how
    much of a document is there is told by the others.
    """
    repeats: frozenset[str] = frozenset()
    """A second, third, … time of a statement, before a name that it reads is bound anew."""
    parts: frozenset[str] = frozenset()
    """What stands inside blocks, the blocks' first lines, and lines that do not parse."""
    sentences: frozenset[str] = frozenset()
    cells: frozenset[str] = frozenset()
    paragraphs: frozenset[str] = frozenset()

    def joined(self, other: Handout) -> Handout:
        """What either of two handouts knows."""
        return Handout(**{field.name: getattr(self, field.name) | getattr(other, field.name) for field in fields(self)})

    def has_sentence(self, text: str) -> bool:
        """Whether a text without full stops, such as a heading, is in the handout."""
        return bool(self.sentences) and fingerprint_of_sentence(text) in self.sentences

    def without_given(self, text: str) -> str:
        """``text`` without the sentences that are in the handout; empty if no word is left."""
        if not (self.sentences or self.paragraphs):
            return text.strip() if re.search(r"\w", text) else ""
        kept = []
        for part in paragraphs_of(text):
            if fingerprint_of_text(part) in self.paragraphs:
                continue
            own = "".join(
                sentence for sentence, digest in _fingerprinted(part) if not digest or digest not in self.sentences
            ).strip()
            if re.search(r"[^\W\d_]", own):  # not the number of a list item alone
                kept.append(own)
        return "\n\n".join(kept)


# --------------------------------------------------------------------------------------------------------------------
# Code
# --------------------------------------------------------------------------------------------------------------------


class StatementFingerprints:
    """The fingerprints of a file's statements, which have to be asked for in the order of the file.

    A statement that is repeated has a fingerprint for each further time, until a name that it reads is bound anew: a
    second ``y.backward()`` is not the handout's first. What only displays a value may be repeated.
    """

    def __init__(self) -> None:
        self._bound: dict[str, int] = {}
        self._counts: dict[tuple[object, ...], int] = {}

    def of(self, statement: Statement) -> tuple[str, str]:
        """The fingerprint of a top-level statement, and that of its repetition; empty for the first time."""
        number = 1
        if not statement.shows_only:
            key = (statement.key, *(self._bound.get(name, 0) for name in sorted(statement.effects.reads)))
            number = self._counts[key] = self._counts.get(key, 0) + 1
        for name in statement.effects.binds:
            self._bound[name] = self._bound.get(name, 0) + 1
        return _digest(statement.key), _digest(f"{statement.key}\n{number}") if number > 1 else ""


def fingerprint_of_header(statement: Statement, scope: str = "") -> str:
    """A hash of the first line of a block, whatever stands in it. ``scope`` is the fingerprint of the block around."""
    return _digest(f"{scope}\n{statement.header}")


def fingerprint_of_part(statement: Statement, scope: str) -> str:
    """A hash of a statement inside the block with the fingerprint ``scope``."""
    return _digest(f"{scope}\n{statement.key}")


def fingerprint_of_line(line: str) -> str:
    """A hash of a line of code that does not parse. Spaces do not change it."""
    return _digest("".join(line.split()))


def broken_lines(cell: Cell) -> Iterator[tuple[int, str]]:
    """The lines of a cell, from 1, that Python cannot read, and do not run."""
    whole = statements_of(cell.code) is None
    if not whole and not cell.broken_statements:
        return
    pairs = zip(cell.source.split("\n"), cell.code.split("\n"), strict=False)
    for number, (source, code) in enumerate(pairs, start=1):
        text = source.strip()
        if text and not text.startswith("#") and (whole or not code.strip()):
            yield number, source


@lru_cache(maxsize=4096)
def fingerprint_of_code(code: str) -> str:
    """A hash of a cell's syntax tree, as in older lists. It ignores comments and layout."""
    tree = parse(code)
    text = None
    if tree is not None:
        with suppress(RecursionError):
            text = dumped(tree)
    return _digest("".join(code.split()) if text is None else text)


def given_by_cells(handout: Handout, cells: Sequence[Cell]) -> frozenset[tuple[int, int]]:
    """The statements that an older list of fingerprints knows, each as cell and index in the cell.

    Such a list has whole cells, which may have been split or joined since.
    """
    places = [
        (number, index, statement.key)
        for number, cell in enumerate(cells)
        for index, statement in enumerate(statements_of(cell.code) or ())
    ]
    given: set[tuple[int, int]] = set()
    for start in range(len(places)):
        text = ""
        for end in range(start, min(start + MAX_CELL, len(places))):
            text += f"{', ' if text else ''}{places[end][2]}"
            if len(text) > MAX_CELL_LENGTH:
                break
            # What `fingerprint_of_code` hashes for a cell of these statements.
            if _digest(f"Module(body=[{text}], type_ignores=[])") in handout.cells:
                given.update(place[:2] for place in places[start : end + 1])
    return frozenset(given)


# --------------------------------------------------------------------------------------------------------------------
# Text
# --------------------------------------------------------------------------------------------------------------------

_LIST_MARK = r"(?:[-*+]|\d+[.)、])"
_PARAGRAPH = re.compile(rf"\n\s*\n|\n(?=\s*{_LIST_MARK}\s)")
_MAY_BEGIN = re.compile(r"\n(?=\s*(?:[^\w\s]|\d|[\u4e00-\u5341]|[^\W\d]{1,12}\s?\d))")
"""Before a line in a paragraph that begins with a mark, a number, or a word and a number."""
_MOST_BEGINNINGS = 8
_MARKS = re.compile(r"(?:\s*(?:(?:#+|>|[-*+])\s|\d+[.)\u3001](?!\d)))+\s*")
"""Marks of headings, quotations and lists before a text."""
_SENTENCE_END = re.compile(
    # Marks of other scripts end a sentence wherever they stand; a full stop does before a space or another script.
    "[\u3002\uff01\uff1f\uff61!?]+" + r"[\s\"'*_)" + "\u201d\u300d\uff09]*"
    r"|(?<!\.)\.++[\"'*_)" + "\u201d]*" + r"(?=\s|\Z|[^\x00-\x7f])\s*"
)


def fingerprint_of_text(text: str) -> str:
    """A hash of a text's letters and digits. Spaces, punctuation, width and case do not change it."""
    return _digest("".join(re.findall(r"\w", text.casefold())))


def fingerprint_of_sentence(text: str) -> str:
    """As ``fingerprint_of_text``, without marks before the text, such as the number of a list item. Empty: no word."""
    plain = unicodedata.normalize("NFKC", text)
    marks = _MARKS.match(plain)
    letters = "".join(re.findall(r"[^\W_]", plain[marks.end() if marks else 0 :].casefold()))
    return _digest(letters) if letters else ""


@lru_cache(maxsize=1024)  # every exercise asks for the fingerprints of all texts
def _fingerprinted(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of a sentence and its fingerprint."""
    return tuple((part, fingerprint_of_sentence(part)) for part in sentences_of(text))


def sentences_of(text: str) -> list[str]:
    """The sentences of a paragraph, which together are the paragraph."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    starts = [0, *ends]
    parts = [text[start:end] for start, end in zip(starts, [*ends, len(text)], strict=True)]
    return [part for part in parts if part]


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of a text that contain a word. Every list item is a paragraph."""
    return [part.strip() for part in _PARAGRAPH.split(text) if re.search(r"\w", part)]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


# --------------------------------------------------------------------------------------------------------------------
# The handout
# --------------------------------------------------------------------------------------------------------------------

_HOLE = re.compile(
    r"Constant\(value=Ellipsis\)|Name\(id='NotImplementedError'|\[Pass\(\)\]|, value=Constant\(value=None\)\)$"
)
"""In the syntax of a statement, what stands where students are to write: `...`, `pass`, `x = None`."""


def handout_of(submissions: Iterable[Submission]) -> Handout:
    """The fingerprints of the notebooks or scripts that students are given."""
    documents: set[tuple[str, ...]] = set()
    shown: set[str] = set()
    repeats: set[str] = set()
    parts: set[str] = set()
    sentences: set[str] = set()
    for submission in submissions:
        fingerprints = StatementFingerprints()
        document: list[str] = []
        for cell in submission.cells:
            for statement in statements_of(cell.code) or ():
                digest, repeat = fingerprints.of(statement)
                document.append(digest)
                repeats.add(repeat)
                if statement.shows_only or _HOLE.search(statement.key):
                    shown.add(document[-1])
                parts.update(_parts_of(statement))
            parts.update(fingerprint_of_line(line) for _, line in broken_lines(cell))
            for text in (*_texts_in(cell.source), *cell.titles):
                sentences.update(_fingerprints_in(text))
        for prose in submission.prose:
            sentences.update(_fingerprints_in(prose.text))
        if document:
            documents.add(tuple(document))
    return Handout(
        documents=frozenset(documents),
        shown=frozenset(shown),
        repeats=frozenset(repeats - {""}),
        parts=frozenset(parts),
        sentences=frozenset(sentences - {""}),
    )


def _parts_of(statement: Statement, scope: str = "") -> Iterator[str]:
    """The fingerprints of a block's first line and of all that is inside, at any depth."""
    if statement.parts:
        header = fingerprint_of_header(statement, scope)
        yield header
        for part in statement.parts:
            yield fingerprint_of_part(part, header)
            yield from _parts_of(part, header)


def _fingerprints_in(text: str) -> Iterator[str]:
    for part in paragraphs_of(text):
        for stretch in (part, *_stretches_of(part)):
            yield from (digest for _, digest in _fingerprinted(stretch))


def _stretches_of(paragraph: str) -> Iterator[str]:
    """What may be read as a text of its own: from one line that begins as an item or a title does to another one.

    A statement is wrapped at any word, also before `*emphasis*` or `**bold**`. Whether such a line goes on with the
    sentence above it, or begins a student's answer, cannot be told where a submission is read.
    """
    lines = _MAY_BEGIN.split(paragraph)
    if 1 < len(lines) <= _MOST_BEGINNINGS:
        for start in range(len(lines)):
            for end in range(start + 1, len(lines) + 1):
                yield "\n".join(lines[start:end])


def _texts_in(code: str) -> Iterator[str]:
    """The comments of a cell, those on consecutive lines together, and its strings."""
    comments: list[str] = []
    for token in tokens_of(code):
        if token.kind == "comment":
            comments.append(token.text.lstrip("#").strip())
        elif token.kind == "string":
            yield token.text
        elif comments:
            yield "\n".join(comments)
            comments = []
    yield "\n".join(comments)
