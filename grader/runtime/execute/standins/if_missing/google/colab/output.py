"""What changes the output of a cell in the browser."""

from __future__ import annotations

from typing import Any


def clear(**options: Any) -> None:
    """Does nothing: printed output stays on record."""


def eval_js(script: str, **options: Any) -> None:
    """Does nothing."""


def enable_custom_widget_manager() -> None:
    """Does nothing."""


def disable_custom_widget_manager() -> None:
    """Does nothing."""
