"""What the first line of a cell says about all of it, as Otter has it: solutions, tests, and what nobody gets."""

from __future__ import annotations

import re
from typing import Literal

Whole = Literal["solution", "seed", "test", "ignore"]

_HEAD = re.compile(
    r"[ \t]*##[ \t]*(?P<word>solution|seed|(?:hidden[ \t]+)?tests?|ignore)[ \t]*##[ \t]*$", re.IGNORECASE
)
_IGNORE = re.compile(r"[ \t]*#[ \t]*ignore[ \t]*$", re.IGNORECASE)
_HIDDEN = re.compile(r"[ \t]*#+[ \t]*hidden(?:[ \t]+tests?)?[ \t]*:?[ \t]*$", re.IGNORECASE)
_PUBLIC = re.compile(r"[ \t]*#[ \t]*TEST[ \t]*$")
_CONFIG = re.compile(
    r"[ \t]*(?:\w+[ \t]*=[ \t]*)?(?:\"\"\"?|''')[ \t]*#[ \t]*BEGIN[ \t]+TEST[ \t]+CONFIG\b", re.IGNORECASE
)


def whole_cell(source: str) -> Whole | None:
    """What a cell is by its first line that is not empty; None: nothing is said of it.

    ``# Test`` in other letters is a comment: what follows it is for students to run.
    """
    first = source.lstrip("\n").split("\n", 1)[0]
    if found := _HEAD.match(first):
        word = found["word"].casefold()
        return (
            "solution" if word == "solution" else "seed" if word == "seed" else "ignore" if word == "ignore" else "test"
        )
    if _IGNORE.match(first):
        return "ignore"
    if _HIDDEN.match(first) or _PUBLIC.match(first) or _CONFIG.match(first):
        return "test"
    return None
