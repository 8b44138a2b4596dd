"""Python's tokenizer for code that may be broken."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

WIDE = re.compile(r"([ \t\f]{100})[ \t\f]+")
"""More than 100 spaces in a row. Nobody types so many, and Python's tokenizer can take quadratic time for them."""


def readable_tokens(code: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens up to the first that is invalid. Their lines are those of ``code``; their columns can differ, because
    long runs of spaces are shortened.
    """
    try:
        yield from tokenize.generate_tokens(io.StringIO(WIDE.sub(r"\1", code)).readline)
    except (tokenize.TokenError, SyntaxError):
        return
