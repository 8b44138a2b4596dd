"""Workflow commands of GitHub Actions: how annotations are written, and how many of them GitHub shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

COMMANDS: Mapping[Literal["error", "warning", "note"], str] = {
    "error": "error",
    "warning": "warning",
    "note": "notice",
}
MOST = 10
"""Annotations of a kind in a step. GitHub drops further ones, and does not say so."""
TITLE_LENGTH = 200
MESSAGE_LENGTH = 3_000
"""Characters of an annotation."""


def escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escaped_property(text: str) -> str:
    return escaped(text).replace(":", "%3A").replace(",", "%2C")
