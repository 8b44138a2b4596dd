"""Python code as tokens, also where it is broken."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator


def readable_tokens(code: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens of a piece of code, as far as it can be read."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(code).readline)
    except (tokenize.TokenError, SyntaxError):
        return
