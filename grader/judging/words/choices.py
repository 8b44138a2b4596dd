"""Choices such as ``Q1: b`` in a student's texts: which option was chosen for a question, and where nobody can tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_CHANGES = 2
"""Options that a question may be given one after the other: a choice, and a correction of it. Whoever writes more down
has not chosen."""

# Signs between a question and its choice, and quotes around the choice; the escaped ones are full-width.
_SIGNS = ":=.)|" + "\uff1a\uff1d\uff09" + "-"
_QUOTES = "\"'`(*" + "\uff08"
_AND = r"(?:[,/&|+\uff0c\u3001]|or\b|and\b|und\b|oder\b|\u6216|\u548c|\u4e0e)"
"""Between two letters that are both given."""
_LINE = re.compile(rf"\W*[^\W\d_]{{0,10}}\d*\W*[{_SIGNS}]\W*[A-Za-z]\W*")
"""A line that is nothing but a question's short name and a letter."""


def is_choice(line: str) -> bool:
    """Whether a line is nothing but a choice, such as ``**Q1**: b``."""
    return len(line) <= 60 and _LINE.fullmatch(line) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The last option that was given for a question. ``doubt`` says why a person has to look; usually empty."""

    option: str
    doubt: str = ""


def find_choice(texts: Iterable[str], question: str) -> Choice | None:
    """The choice for a question; None where the texts give none. The last counts, so that it can be corrected.

    Several letters at once, ``a or b``, are an option that no question has.
    """
    name = re.escape(question.strip())
    pattern = re.compile(
        rf"(?im)(?<!\w){name}\**\s*[{_SIGNS}]+\s*[{_QUOTES}]*(?P<option>\w+)"
        rf"(?P<more>(?:[{_QUOTES})]*[ \t]*{_AND}[ \t]*[{_QUOTES}]*[a-z](?=[{_QUOTES})]*[ \t]*(?:$|[^\w\s]|{_AND})))*)"
    )
    given = [match for text in texts for match in pattern.finditer(text)]
    if not given:
        return None
    option = f"{given[-1]['option']} {given[-1]['more'].strip()}".strip()
    options = list(dict.fromkeys(match["option"].casefold() for match in given))
    if len(options) > MAX_CHANGES:
        return Choice(option=option, doubt=f"{question} is answered with {', '.join(options)}, one after the other.")
    return Choice(option=option)
