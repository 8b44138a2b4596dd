"""Text of a student in Markdown of GitHub and GitLab: shown as it is, never as markup, a link or a mention.

A backslash makes a sign plain for the parser. Mentions (``@name``), references (``#12``) and emoji
(``:bomb:``) are found afterwards, in the text that is shown, so a word joiner, which shows nothing, breaks those up.
"""

from __future__ import annotations

import re

from grader.text import clean, clean_line

JOINER = "\u2060"
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-!|~$&@=]|\.(?=\S)|(?<=\d)\.|(?<=[wW]{3})\.|:(?=\S))")
# Where GitHub's filters begin: mentions and addresses, references, addresses of the web, names of emoji.
_FILTERED = re.compile(r"@|#(?=\w)|:(?=//)|:(?=[\w+-]+:)|(?<=[Gg][Hh])-(?=\d)")


def inline(text: str) -> str:
    """The text on one line, as ordinary text; also in a cell of a table and in a heading."""
    joined = _FILTERED.sub(lambda found: found[0] + JOINER, clean_line(" ".join(text.split())))
    return _MARKUP.sub(r"\\\1", joined)


def code(text: str) -> str:
    """The text on one line, as code. Not for a table, in which a vertical bar ends the cell within code, too."""
    line = clean_line(text)
    fence = "`" * (_longest_run(line) + 1)
    padding = " " if line.startswith("`") or line.endswith("`") or not line.strip() else ""
    return f"{fence}{padding}{line}{padding}{fence}"


def block(text: str, *, indent: int = 0) -> str:
    """The text as a block of code, with its lines as they are."""
    shown = clean(text)
    fence = "`" * max(_longest_run(shown) + 1, 3)
    lines = (f"{fence}text", *shown.split("\n"), fence)
    return "\n".join(" " * indent + line for line in lines)


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
