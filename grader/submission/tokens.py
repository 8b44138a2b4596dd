"""Python code as tokens, also where it is broken."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

WIDE = re.compile(r"([ \t\f]{100})[ \t\f]+")
"""More space than anybody types: Python's tokenizer looks at it again and again where nothing that it knows follows."""


def readable_tokens(code: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens of a piece of code, as far as it can be read. Lines are those of the code, columns may not be."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(WIDE.sub(r"\1", code)).readline)
    except (tokenize.TokenError, SyntaxError):
        return
