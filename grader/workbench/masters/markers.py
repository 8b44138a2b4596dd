"""The lines of a master that mark solutions, as nbgrader and Otter know them.

### BEGIN SOLUTION … ### END SOLUTION         the lines between are the solution; a stub takes their place
# BEGIN SOLUTION NO PROMPT … # END SOLUTION   the same without a stub
x = 5  # SOLUTION                             this line is: `x = ...` takes its place, or `...`
x = 5  # SOLUTION NO PROMPT                   this line is, and nothing takes its place
x = 5  # SEED                                 the same
x = 5  # IGNORE                               this line is dropped
\"\"\" # BEGIN PROMPT … \"\"\" # END PROMPT         the lines between are for students, and not in the solution
### BEGIN HIDDEN TESTS … ### END HIDDEN TESTS  dropped; so are MARK SCHEME, IGNORE, and TEST CONFIG
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

Region = Literal["SOLUTION", "PROMPT", "HIDDEN TESTS", "MARK SCHEME", "IGNORE", "TEST CONFIG"]

_NAME = r"(?P<region>SOLUTION|PROMPT|HIDDEN[ \t]+TESTS?|MARK[ \t]+SCHEME|IGNORE|TEST[ \t]+CONFIG)\b"
_REGION = re.compile(
    r'[ \t]*(?:(?:\w+[ \t]*=[ \t]*)?(?P<quotes>"""|\'\'\'|"")[ \t]*;?[ \t]*)?#+[ \t]*(?P<side>BEGIN|END)[ \t]+'
    rf"{_NAME}(?P<rest>.*)$",
    re.IGNORECASE,
)
_TEXT_REGION = re.compile(rf"[ \t]*(?:#+|<!--+)[ \t]*(?P<side>BEGIN|END)[ \t]+{_NAME}(?P<rest>.*)$", re.IGNORECASE)
_LINE = re.compile(
    r"(?P<code>[ \t]*[^#\s].*?)[ \t]*#+[ \t]*(?P<word>SOLUTION|SEED|IGNORE)(?P<no>[ \t]+NO[ \t]+PROMPT)?[ \t]*#*[ \t]*$"
)
_NO_PROMPT = re.compile(r"[ \t]*NO[ \t]+PROMPT\b", re.IGNORECASE)
_IN_SENTENCE = re.compile(r"\b(?:BEGIN|END)[ \t]+(?:SOLUTION|PROMPT|HIDDEN[ \t]+TESTS?|MARK[ \t]+SCHEME)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionMarker:
    """A line that begins or ends a region."""

    begins: bool
    region: Region
    prompt: bool
    """Whether a stub takes the place of the solution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMarker:
    """A line that students do not get."""

    code: str
    """The line without the marker."""
    word: Literal["SOLUTION", "SEED", "IGNORE"]
    prompt: bool
    """Whether a stub takes its place."""


def marker_of(line: str) -> RegionMarker | LineMarker | None:
    """What a line of code marks; None: nothing."""
    if found := _REGION.match(line):
        return _region_marker(found)
    if found := _LINE.match(line):
        word = cast(Literal["SOLUTION", "SEED", "IGNORE"], found["word"])
        return LineMarker(code=found["code"], word=word, prompt=word == "SOLUTION" and found["no"] is None)
    return None


def marker_in_text(line: str) -> RegionMarker | None:
    """What a line of a text cell marks: as in code, or as a comment of HTML."""
    found = _TEXT_REGION.match(line)
    return _region_marker(found) if found else None


def _region_marker(found: re.Match[str]) -> RegionMarker:
    name = " ".join(found["region"].upper().split())
    region = cast(Region, "HIDDEN TESTS" if name == "HIDDEN TEST" else name)
    return RegionMarker(
        begins=found["side"].upper() == "BEGIN", region=region, prompt=not _NO_PROMPT.match(found["rest"])
    )


def has_region(code: str) -> bool:
    """Whether a code cell marks where its solution is, so that the rest of it is not."""
    found = map(marker_of, code.split("\n"))
    return any(isinstance(marker, RegionMarker) and marker.region == "SOLUTION" for marker in found)


def has_solution_marker(code: str) -> bool:
    """Whether a code cell marks where its solution is, be it by a region or by a line."""
    found = map(marker_of, code.split("\n"))
    return has_region(code) or any(isinstance(marker, LineMarker) and marker.word == "SOLUTION" for marker in found)


def is_marker_in_sentence(line: str) -> bool:
    """Whether a line of text has the words of a marker somewhere, and is none."""
    return _IN_SENTENCE.search(line) is not None
