"""Uploads and downloads, for which there is no browser."""

from __future__ import annotations


def upload(target_dir: str = "") -> dict[str, bytes]:
    """Nobody chooses a file."""
    return {}


def download(filename: str) -> None:
    """Does nothing."""


def view(filename: str) -> None:
    """Does nothing."""
