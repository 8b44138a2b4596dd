"""Where the code of a notebook stands in its file: for each line of a cell, the line of the ``.ipynb``.

A notebook is JSON, in which Jupyter writes each line of a cell's source as a string on a line of its own. Annotations
in a pull request need that line. The decoder of the standard library tells no positions, so the document is walked once
more: all that is no source is skipped by the decoder, at its speed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

MAX_STRINGS = 200_000
"""Strings of sources that are looked at. A notebook with more of them gets no lines."""
_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


def find_source_lines(text: str) -> Mapping[int, tuple[int, ...]]:
    """For each position in the list of cells, the lines of the file on which the lines of its source begin, from 1.

    ``text`` is a notebook of format 4 that ``json.loads`` has read. Of keys that stand twice the last counts, as there.
    A source that is no text, and a document of another shape, have no lines.
    """
    try:
        return _Walk(text).lines_of_cells()
    except (ValueError, IndexError, RecursionError):
        return {}


class _Walk:
    """Walks through a JSON document, and knows on which line it is."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = _space_after(text, 0)
        self._counted = 0
        self._line = 1
        self._left = MAX_STRINGS

    def lines_of_cells(self) -> Mapping[int, tuple[int, ...]]:
        found: dict[int, tuple[int, ...]] = {}
        for key in self._keys():
            if key != "cells":
                self._skip()
                continue
            found = {}
            for position in self._items():
                found[position] = self._lines_of_cell()
        return found

    def _lines_of_cell(self) -> tuple[int, ...]:
        found: tuple[int, ...] = ()
        if self._text[self._at] != "{":
            self._skip()
            return found
        for key in self._keys():
            if key == "source":
                found = self._lines_of_source()
            else:
                self._skip()
        return found

    def _lines_of_source(self) -> tuple[int, ...]:
        lines = _SourceLines()
        if self._text[self._at] == '"':
            lines.add(*self._string())
            return tuple(lines.found)
        if self._text[self._at] != "[":
            self._skip()
            return ()
        is_text = True
        for _ in self._items():
            if self._text[self._at] == '"':
                lines.add(*self._string())
            else:
                is_text = False
                self._skip()
        return tuple(lines.found) if is_text else ()

    def _string(self) -> tuple[str, int]:
        """The string that begins here, and its line."""
        self._left -= 1
        if self._left < 0:
            raise ValueError("too many strings")
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        line = self._line
        string, end = _DECODER.raw_decode(self._text, self._at)
        self._at = _space_after(self._text, end)
        return string, line

    def _skip(self) -> None:
        _, end = _DECODER.raw_decode(self._text, self._at)
        self._at = _space_after(self._text, end)

    def _keys(self) -> Iterator[str]:
        """The keys of the object that begins here. Whoever asks has to go past the value before the next key."""
        self._expect("{")
        while self._text[self._at] != "}":
            key, end = _DECODER.raw_decode(self._text, self._at)
            self._at = _space_after(self._text, end)
            self._expect(":")
            yield key
            self._go_past_comma()
        self._expect("}")

    def _items(self) -> Iterator[int]:
        """The indices in the list that begins here, as ``_keys``."""
        self._expect("[")
        index = 0
        while self._text[self._at] != "]":
            yield index
            index += 1
            self._go_past_comma()
        self._expect("]")

    def _go_past_comma(self) -> None:
        if self._text[self._at] == ",":
            self._expect(",")

    def _expect(self, sign: str) -> None:
        if self._text[self._at : self._at + 1] != sign:
            raise ValueError("another shape")
        self._at = min(_space_after(self._text, self._at + 1), len(self._text))


class _SourceLines:
    """Collects the lines of a source that is given in pieces. As in Python, ``\\r``, ``\\n`` and both end a line."""

    def __init__(self) -> None:
        self.found: list[int] = []
        self._is_new = True
        """Whether the next piece begins a line."""
        self._ends_in_return = False

    def add(self, piece: str, line: int) -> None:
        if not piece:
            return
        ends_in_return = piece.endswith("\r")
        if self._ends_in_return:
            piece = piece.removeprefix("\n")  # the second half of a line's end
        self._ends_in_return = ends_in_return
        if not piece:
            return
        if self._is_new:
            self.found.append(line)
        ends = piece.count("\n") + piece.count("\r") - piece.count("\r\n")
        self._is_new = piece.endswith(("\n", "\r"))
        self.found.extend([line] * (ends - self._is_new))


def _space_after(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found is not None, "the pattern matches nothing as well"
    return found.end()
