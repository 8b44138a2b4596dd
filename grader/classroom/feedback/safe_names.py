"""Names of files that every file system takes, and that are distinct also where capital letters do not count.

The names come from students and platforms. Only what some system refuses is replaced, so that a platform finds its own
names again.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

LONGEST = 200
"""Bytes of a name in UTF-8. File systems allow 255, and programs that unpack add to it."""
_REFUSED = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[ ]*(?=\.|\Z)", re.IGNORECASE)
"""Names of devices on Windows, whatever suffix follows."""
_REPLACEMENT = "-"  # not `_`, by which platforms separate the parts of a name
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def safe_name(text: str, suffix: str = "") -> str:
    """A name for a file or folder that ends in ``suffix``."""
    name = "".join(_REPLACEMENT if _is_unsafe(character) else character for character in text)
    name = _REFUSED.sub(_REPLACEMENT, name).strip(" ")
    if not suffix:
        name = name.rstrip(". ")
    if name[:1] in (".", "~"):  # hidden, and left out by Moodle
        name = f"{_REPLACEMENT}{name[1:]}"
    if (found := _RESERVED.match(name)) is not None:
        name = f"{name[: found.end()]}{_REPLACEMENT}{name[found.end() :]}"
    return _shortened(name or _REPLACEMENT, LONGEST - len(suffix.encode())) + suffix


def distinct_paths(paths: Iterable[tuple[str, ...]], taken: Iterable[tuple[str, ...]] = ()) -> list[tuple[str, ...]]:
    """The paths, in which what is equal to an earlier one gets a number: on some systems small and capital letters are
    equal, and different ways to write a letter. So does a file that is called like the folder of another.
    """
    known = {_folded(path) for path in taken}
    folders = {part for path in known for part in _above(path)}
    last: dict[str, int] = {}  # the number of the latest path, so that many equal ones take no longer

    def is_taken(path: str) -> bool:
        return path in known or path in folders or not known.isdisjoint(_above(path))

    found = []
    for path in paths:
        number = last.get(_folded(path), 1)
        while is_taken(_folded(chosen := _numbered(path, number) if number > 1 else path)):
            number += 1
        last[_folded(path)] = number
        known.add(_folded(chosen))
        folders.update(_above(_folded(chosen)))
        found.append(chosen)
    return found


def without_suffix(name: str) -> str:
    """``homework`` for ``homework.ipynb``."""
    stem, dot, suffix = name.rpartition(".")
    return stem if dot and stem and len(suffix) <= 8 else name


def _is_unsafe(character: str) -> bool:
    return unicodedata.category(character) in _UNSAFE_CATEGORIES


def _shortened(name: str, most: int) -> str:
    data = name.encode()
    if len(data) <= most:
        return name
    digest = hashlib.sha256(data).hexdigest()[:12]
    return f"{data[: most - len(digest) - 1].decode('utf-8', 'ignore').rstrip('. ')}-{digest}"


def _folded(path: tuple[str, ...]) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFC", "/".join(path)).casefold())


def _above(path: str) -> list[str]:
    """All folders above a path."""
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


def _numbered(path: tuple[str, ...], number: int) -> tuple[str, ...]:
    """The number is in the topmost name: what is below it stays as a platform wants it."""
    first, *below = path
    stem, dot, suffix = first.rpartition(".") if not below else (first, "", "")
    stem, dot, suffix = (stem, dot, suffix) if stem else (first, "", "")
    return (f"{stem}-{number}{dot}{suffix}", *below)
