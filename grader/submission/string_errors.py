"""What is wrong with a string of code that does not parse, in words for a beginner, alike on every version of Python.

Python 3.11 reads an f-string as text first, and says so in its message. Later versions read it as code, and say what is
wrong with that.
"""

from __future__ import annotations

import re

from grader.submission.tokens import TEXTS

_IN_F_STRING = (
    (r"Perhaps you forgot a comma", "Something is missing between two values, perhaps a comma or an operator"),
    (r"expression (?:not allowed|required)", "In an f-string, nothing stands between `{` and `}`"),
    (r"conversion character", "In an f-string, only `r`, `s` or `a` can follow a `!`"),
    (r"single '}'", "In an f-string, a `}` has no `{`; to print a brace, write it twice"),
    (r"", "Python cannot read what stands between `{` and `}` in an f-string"),
)


def cause_in_strings(error: SyntaxError, text: str) -> str | None:
    """The cause of a syntax error of ``text`` that is in a string; None if it is elsewhere."""
    said = str(error.msg)
    at = sum(len(line) + 1 for line in text.split("\n")[: (error.lineno or 1) - 1]) + (error.offset or 1) - 1
    in_f_string = said.startswith("f-string")
    for match in TEXTS.finditer(text):
        if match["comment"] is not None:
            continue
        in_f_string |= "f" in (match["prefix"] or "").lower() and match.start() <= at < match.end()
        quotes = _unclosed(match[0][len(match["prefix"] or "") :])
        if quotes and (in_f_string or "unterminated" in said):
            return (
                "A text in triple quotes has no end"
                if len(quotes) == 3
                else "A text in quotes has no end: the closing quote is missing"
            )
        if quotes:
            break
    if not in_f_string:
        return None
    return next(cause for pattern, cause in _IN_F_STRING if re.search(pattern, said))


def _unclosed(string: str) -> str:
    """The quotes with which a string begins, if they do not end it; else empty."""
    quotes = string[:3] if string[:3] in ("'''", '"""') else string[:1]
    return "" if len(string) >= 2 * len(quotes) and string.endswith(quotes) else quotes
