"""Where notebooks set the format of their figures."""

from __future__ import annotations

from typing import Any


def set_matplotlib_formats(*formats: str, **options: Any) -> None:
    """Does nothing: figures are recorded as data, not drawn."""


set_matplotlib_close = set_matplotlib_formats
