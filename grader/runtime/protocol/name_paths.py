"""Names of what a submission has made, as exercises write them: plain names, and parts of objects.

``w``, ``u_*``, ``model.weight``, ``net[0].bias``, ``params["w"]``, ``*.weight``, ``layers[*].weight``. The judge reads
them where it checks exercises and compares names; the recorder follows them in the submission's objects.
"""

from __future__ import annotations

import fnmatch
import functools
import keyword
import re
from dataclasses import dataclass

ANY_ITEM = "*"
"""Between brackets: every item."""
MAX_PARTS = 8
"""Parts after the first name."""
_WILDCARDS = frozenset("*?")
_PATTERN = r"[\w*?]+"
_HEAD = re.compile(_PATTERN)
_PART = re.compile(
    rf"""\.(?P<attribute>{_PATTERN})|\[(?:(?P<index>-?\d{{1,9}})|(?P<any>\*)|"(?P<key>[^"\\]*)"|'(?P<text>[^'\\]*)')\]"""
)


@dataclass(frozen=True, slots=True)
class Part:
    """A step from an object to a part of it: an attribute, or an item by its number (``index``) or its text (``key``).

    ``attribute`` may hold ``*`` and ``?``. Where all three are None, it stands for every item.
    """

    attribute: str | None = None
    index: int | None = None
    key: str | None = None

    @property
    def is_any_item(self) -> bool:
        return self.attribute is None and self.index is None and self.key is None

    @property
    def is_open(self) -> bool:
        """Whether it may stand for several parts."""
        return self.is_any_item or (self.attribute is not None and has_wildcards(self.attribute))

    def __str__(self) -> str:
        if self.attribute is not None:
            return f".{self.attribute}"
        if self.key is not None:
            return f'["{self.key}"]'
        return f"[{ANY_ITEM if self.index is None else self.index}]"

    def matches(self, other: Part) -> bool:
        """Whether it stands for a part that was found."""
        if self.attribute is not None:
            return other.attribute is not None and name_matches(self.attribute, other.attribute)
        return other.attribute is None and (self.is_any_item or self == other)


@dataclass(frozen=True, slots=True)
class NamePath:
    """A name, and the parts that lead from what it is bound to."""

    name: str
    parts: tuple[Part, ...] = ()

    def __str__(self) -> str:
        return "".join((self.name, *map(str, self.parts)))

    @property
    def is_open(self) -> bool:
        """Whether it may stand for several names."""
        return has_wildcards(self.name) or any(part.is_open for part in self.parts)

    def matches(self, other: NamePath) -> bool:
        """Whether it stands for a name that was found."""
        return (
            len(self.parts) == len(other.parts)
            and name_matches(self.name, other.name)
            and all(part.matches(found) for part, found in zip(self.parts, other.parts, strict=True))
        )


def has_wildcards(name: str) -> bool:
    return not _WILDCARDS.isdisjoint(name)


def name_matches(pattern: str, name: str) -> bool:
    """Whether a name, or a pattern with ``*`` and ``?``, stands for a name."""
    return fnmatch.fnmatchcase(name, pattern) if has_wildcards(pattern) else name == pattern


@functools.lru_cache(maxsize=4096)
def read_path(text: str) -> NamePath | None:
    """Read a name or a part of an object; None where it is none."""
    match = _HEAD.match(text)
    if match is None or not _is_name(match[0]):
        return None
    name, position, parts = match[0], match.end(), list[Part]()
    while position < len(text):
        match = _PART.match(text, position)
        if match is None or len(parts) == MAX_PARTS:
            return None
        attribute, index = match["attribute"], match["index"]
        if attribute is not None and not _is_name(attribute):
            return None
        key = match["key"] if match["key"] is not None else match["text"]
        parts.append(Part(attribute=attribute, index=None if index is None else int(index), key=key))
        position = match.end()
    return NamePath(name, tuple(parts))


def _is_name(pattern: str) -> bool:
    name = pattern.replace("*", "_").replace("?", "_")
    return name.isidentifier() and not keyword.iskeyword(name)
