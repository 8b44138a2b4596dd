"""Fingerprints (hashes) of code cells and paragraphs.

They recognize what students were given in the handout and handed back unchanged, which is not part of an answer.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import lru_cache

from grader.model import Cell, Submission
from grader.submission.python_parser import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """The fingerprints of what students were given."""

    cells: frozenset[str] = frozenset()
    paragraphs: frozenset[str] = frozenset()

    def joined(self, other: Handout) -> Handout:
        """What either of two handouts knows."""
        return Handout(**{field.name: getattr(self, field.name) | getattr(other, field.name) for field in fields(self)})

    def has_cell(self, cell: Cell) -> bool:
        return bool(self.cells) and fingerprint_of_code(cell.code) in self.cells

    def without_given(self, text: str) -> str:
        """``text`` without the paragraphs that are in the handout."""
        return "\n\n".join(part for part, digest in _fingerprinted(text) if digest not in self.paragraphs)


@lru_cache(maxsize=4096)
def fingerprint_of_code(code: str) -> str:
    """A hash of the code's syntax tree. It ignores comments and layout, so translations of a notebook share it."""
    tree = parse(code)
    text = None
    if tree is not None:
        with suppress(RecursionError):
            text = _dumped(tree)
    return _digest("".join(code.split()) if text is None else text)


def _dumped(node: object) -> str:
    """The output of ``ast.dump`` in Python 3.11, so that fingerprints do not depend on Python's version: later versions
    leave out empty fields, and have the new field ``type_params``.
    """
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            fields.append(f"{name}={_dumped(value)}")
        elif isinstance(value, list):
            if value or name != "type_params":
                fields.append(f"{name}=[{', '.join(map(_dumped, value))}]")
        elif value is not None or getattr(type(node), name, ...) is not None:
            fields.append(f"{name}={value!r}")
    return f"{type(node).__name__}({', '.join(fields)})"


def fingerprint_of_text(text: str) -> str:
    """A hash of a paragraph's letters and digits. Spaces, punctuation and case do not change it."""
    return _digest("".join(re.findall(r"\w", text.casefold())))


@lru_cache(maxsize=1024)  # every exercise asks for the fingerprints of all texts
def _fingerprinted(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of a paragraph and its fingerprint."""
    return tuple((part, fingerprint_of_text(part)) for part in paragraphs_of(text))


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of a text that contain a word. Every list item is a paragraph."""
    parts = re.split(r"\n\s*\n|\n(?=\s*(?:[-*+]|\d+[.)、])\s)", text)
    return [part.strip() for part in parts if re.search(r"\w", part)]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def handout_of(submissions: Iterable[Submission]) -> Handout:
    """The fingerprints of the notebooks or scripts that students are given."""
    cells: set[str] = set()
    paragraphs: set[str] = set()
    for submission in submissions:
        cells.update(fingerprint_of_code(cell.code) for cell in submission.cells if cell.code.strip())
        paragraphs.update(fingerprint_of_text(part) for text in submission.prose for part in paragraphs_of(text.text))
    return Handout(cells=frozenset(cells), paragraphs=frozenset(paragraphs))
