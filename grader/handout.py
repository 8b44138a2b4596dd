"""What students were given: cells and texts of a handout, kept as fingerprints, so that they are nobody's answer.

A course keeps them in ``handout/fingerprints.yaml``, which ``grade handout NOTEBOOK`` writes. The notebook itself need
not be there.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from grader import yamlfile
from grader.errors import ExerciseError, Mistake
from grader.model import Cell, Submission
from grader.submission.python import parse

FILE = "handout/fingerprints.yaml"
_DIGEST = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """Fingerprints of code cells and of paragraphs."""

    cells: frozenset[str] = frozenset()
    paragraphs: frozenset[str] = frozenset()

    def has_cell(self, cell: Cell) -> bool:
        return bool(self.cells) and fingerprint_of_code(cell.code) in self.cells

    def without_given(self, text: str) -> str:
        """A text without the paragraphs that were handed out."""
        return "\n\n".join(part for part, digest in _fingerprinted(text) if digest not in self.paragraphs)


@lru_cache(maxsize=4096)
def fingerprint_of_code(code: str) -> str:
    """The same for code that differs in comments and layout only: translations of a notebook share it."""
    tree = parse(code)
    text = None
    if tree is not None:
        with suppress(RecursionError):
            text = _dumped(tree)
    return _digest("".join(code.split()) if text is None else text)


def _dumped(node: object) -> str:
    """What ``ast.dump`` makes of a tree in Python 3.11, in every version: later ones leave out what is empty, and have
    one more field.
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
    """The same for paragraphs that differ in spaces, punctuation and case only."""
    return _digest("".join(re.findall(r"\w", text.casefold())))


@lru_cache(maxsize=1024)  # every exercise asks for the same texts
def _fingerprinted(text: str) -> tuple[tuple[str, str], ...]:
    """The paragraphs of a text, each with its fingerprint."""
    return tuple((part, fingerprint_of_text(part)) for part in paragraphs_of(text))


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of a text, list items apart, without those that have no word."""
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


def write(handout: Handout) -> str:
    """The text of a ``handout/fingerprints.yaml``."""
    lines = ["# Fingerprints of what students were given, made by `grade handout`. What is listed here is no answer."]
    for name, values in (("cells", handout.cells), ("paragraphs", handout.paragraphs)):
        # Quoted: a digest of digits only, or 12345678e1234567, would be read as a number.
        lines += [f"{name}:", *(f'  - "{value}"' for value in sorted(values))] if values else [f"{name}: []"]
    return "\n".join(lines) + "\n"


def load_handout(course: Path) -> Handout:
    """The handout of a course; an empty one where it has none. Raises ExerciseError with every mistake of the file."""
    path = course / FILE
    if not path.exists():
        return Handout()
    document = yamlfile.load(path)
    mistakes = list(_mistakes(document))
    if mistakes:
        raise ExerciseError(mistakes)
    cells, paragraphs = (frozenset(document.data.get(name) or ()) for name in ("cells", "paragraphs"))
    return Handout(cells=cells, paragraphs=paragraphs)


def _mistakes(document: yamlfile.Document) -> Iterator[Mistake]:
    for name, values in document.data.items():
        if name not in ("cells", "paragraphs"):
            yield document.mistake((name,), f"unknown key `{name}`; known: cells, paragraphs")
        elif not isinstance(values, list | tuple):
            yield document.mistake(
                (name,), f"`{name}` is a list of fingerprints; make it with `grade handout NOTEBOOK`"
            )
        else:
            for index, value in enumerate(values):
                if not isinstance(value, str) or not _DIGEST.fullmatch(value):
                    yield document.mistake((name, index), "not a fingerprint (16 hexadecimal digits, in quotes)")
