"""Secrets of an account, of which there are none."""

from __future__ import annotations


def get(key: str) -> str:
    """An empty text."""
    return ""
