"""The lines of a master that mark solutions, as nbgrader and Otter know them.

### BEGIN SOLUTION … ### END SOLUTION         the lines between are the solution; a stub takes their place
# BEGIN SOLUTION NO PROMPT … # END SOLUTION   the same without a stub
x = 5  # SOLUTION                             this line is: `x = ...` takes its place, or `...`
x = 5  # SOLUTION NO PROMPT                   this line is, and nothing takes its place
\"\"\" # BEGIN PROMPT … \"\"\" # END PROMPT         the lines between are for students, and not in the solution
### BEGIN HIDDEN TESTS … ### END HIDDEN TESTS  dropped; so is MARK SCHEME
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Region = Literal["SOLUTION", "PROMPT", "HIDDEN TESTS", "MARK SCHEME"]

_REGION = re.compile(
    r'[ \t]*(?:(?P<quotes>"""|\'\'\')[ \t]*;?[ \t]*)?#+[ \t]*(?P<side>BEGIN|END)[ \t]+'
    r"(?P<region>SOLUTION|PROMPT|HIDDEN[ \t]+TESTS?|MARK[ \t]+SCHEME)\b(?P<rest>.*)$",
    re.IGNORECASE,
)
_LINE = re.compile(r"(?P<code>[ \t]*[^#\s].*?)[ \t]*#+[ \t]*SOLUTION(?P<no>[ \t]+NO[ \t]+PROMPT)?[ \t]*$")
_NO_PROMPT = re.compile(r"[ \t]*NO[ \t]+PROMPT\b", re.IGNORECASE)
_SUSPECT = re.compile(r"#.*\b(?:BEG\w*|END\w*|START|STOP)\b.*\b(?:SOL\w*|HIDDEN|PROMPT)\b|#[ \t]*SOLUTIONS?\b")
_IN_TEXT = re.compile(r"\b(?:BEGIN|END)[ \t]+(?:SOLUTION|PROMPT|HIDDEN[ \t]+TESTS?|MARK[ \t]+SCHEME)\b")
"""A comment that was meant for a marker, and is none: what it marks would be handed out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionMarker:
    """A line that begins or ends a region."""

    begins: bool
    region: Region
    prompt: bool
    """Whether a stub takes the place of the solution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMarker:
    """A line that is a solution by itself."""

    code: str
    prompt: bool


def marker_of(line: str) -> RegionMarker | LineMarker | None:
    """What a line of code marks; None: nothing."""
    if found := _REGION.match(line):
        words = " ".join(found["region"].upper().split())
        region: Region = (
            "SOLUTION"
            if words == "SOLUTION"
            else "PROMPT"
            if words == "PROMPT"
            else "MARK SCHEME"
            if words == "MARK SCHEME"
            else "HIDDEN TESTS"
        )
        begins = found["side"].upper() == "BEGIN"
        return RegionMarker(begins=begins, region=region, prompt=not _NO_PROMPT.match(found["rest"]))
    if found := _LINE.match(line):
        return LineMarker(code=found["code"], prompt=found["no"] is None)
    return None


def is_suspect(line: str) -> bool:
    """Whether a line that is no marker was probably meant for one."""
    return _SUSPECT.search(line) is not None


def has_marker(code: str) -> bool:
    """Whether a cell for code marks a part of itself."""
    return any(isinstance(marker_of(line), RegionMarker) for line in code.split("\n"))


def marker_in_text(text: str) -> int | None:
    """The first line, from 1, of a text cell on which somebody has written a marker; None: nowhere."""
    return next((number for number, line in enumerate(text.split("\n"), 1) if _IN_TEXT.search(line)), None)
