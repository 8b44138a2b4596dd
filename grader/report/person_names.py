"""Names, numbers and keys of students as people are shown them: visible, and short enough for a line.

What enters a gradebook is bounded (``grader.text_bounds``), but a gradebook may be older than the bounds, and a name of
200 blanks that are written out is long still.
"""

from __future__ import annotations

import re

from grader.text import clean_line, shorten
from grader.text_bounds import PERSON, bounded_name

# A soft hyphen, and the sign that chooses the form of an emoji where none precedes it: two names that look alike.
_UNSEEN = re.compile(
    "\u00ad|(?<![\u0023\u002a\u0030-\u0039\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff])[\ufe00-\ufe0f]"
)

NAME_SHOWN = 60
KEY_SHOWN = 200
"""Characters of a key, a path or an address: more, as it is typed again or looked up."""


def shown_name(name: str) -> str:
    """A name, or a number, on one line; one of which nothing can be seen is written out."""
    return shorten(_UNSEEN.sub(_written_out, clean_line(bounded_name(name, PERSON))), NAME_SHOWN)


def shown_key(key: str) -> str:
    """A key, a path or an address on one line."""
    return shorten(_UNSEEN.sub(_written_out, clean_line(bounded_name(key, PERSON))), KEY_SHOWN)


def _written_out(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode("ascii")
