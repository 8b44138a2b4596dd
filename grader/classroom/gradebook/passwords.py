"""Names of gradebooks without the passwords in them, for messages and for the log."""

from __future__ import annotations

import re

_BEFORE_HOST = re.compile(r"(:/{0,3}[^:@/]*):.*@", flags=re.DOTALL)
"""The scheme's colon, a user, and all up to the last ``@``: a password may have any character, and be wrongly quoted.
"""
_IN_QUERY = re.compile(r"((?:password|passwd|pwd|secret|token)=)[^&;\s]*", flags=re.IGNORECASE)


def without_password(name: str) -> str:
    """A gradebook's name as it may be shown, also where it is no well-formed URL."""
    return _IN_QUERY.sub(r"\1***", _BEFORE_HOST.sub(r"\1:***@", name))
