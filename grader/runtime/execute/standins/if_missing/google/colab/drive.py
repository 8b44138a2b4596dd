"""The Drive, which is not there: files lie beside the submission."""

from __future__ import annotations

from typing import Any


def mount(mountpoint: str, **options: Any) -> None:
    """Does nothing."""


def flush_and_unmount(**options: Any) -> None:
    """Does nothing."""
