"""What a file's name says about its format, whatever browsers, mail and chat programs added to it."""

from __future__ import annotations

import re

SUFFIXES = (".ipynb", ".py", ".md", ".markdown", ".qmd", ".rmd")
"""Suffixes, in lower case, of notebooks, scripts and notes."""
NOTES = (".md", ".markdown", ".qmd", ".rmd")
TEXTS = ("", ".json", ".text", ".txt")
"""Suffixes of files whose content decides: browsers save notebooks under such names; some students write no suffix."""

# Added behind a known suffix: `hw.ipynb.txt`, `hw.ipynb.json`, `hw.py.1`, `hw.py_`, `hw.ipynb (1)`, `hw.py.download`.
_ADDED = re.compile(r"(?:\.(?:txt|text|json|bin|download|\d{1,3})|_| ?\(\d{1,3}\))\Z", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?: ?\(\d{1,3}\)|-Copy\d+| (?:- )?(?:copy|copia|copie|kopie|副本)(?: ?\(\d{1,3}\)| \d{1,3})?)\Z", re.IGNORECASE
)
"""Behind the stem of a file that was downloaded or copied again: `hw (1).ipynb`."""
_LONGEST = 255


def plain_name(name: str) -> str:
    """The last part of a path without what was added to it: ``hw.ipynb`` for ``work/hw (1).ipynb.txt``.

    Suffixes are only taken off where a suffix of a notebook, a script or notes is left.
    """
    stem, dot, suffix = without_added_suffix(name.replace("\\", "/").rpartition("/")[2]).rpartition(".")
    return f"{_NUMBERED.sub('', stem) or stem}{dot}{suffix}" if dot else suffix


def without_added_suffix(name: str) -> str:
    """``hw (1).ipynb`` for ``hw (1).ipynb.txt``; other names as they are."""
    base = shorter = name.strip()
    while len(shorter) <= _LONGEST and (added := _ADDED.search(shorter)) is not None:
        shorter = shorter[: added.start()].rstrip()
        if shorter.lower().endswith(SUFFIXES):
            base = shorter
    return base


def suffix_of(name: str) -> str:
    """The suffix that says the format, in lower case: ``.ipynb`` for ``hw.ipynb.txt``; empty if there is none."""
    stem, dot, suffix = plain_name(name).rpartition(".")
    return f".{suffix.lower()}" if suffix and dot and stem.strip(".") else ""
