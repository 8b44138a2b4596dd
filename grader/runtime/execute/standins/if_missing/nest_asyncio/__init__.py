"""What notebooks use to run coroutines while their loop is running. Here no loop runs meanwhile."""

from __future__ import annotations


def apply(loop: object = None) -> None:
    """Does nothing."""
