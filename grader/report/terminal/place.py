"""A place in the terminal. It is never broken into two lines, since people search for it."""

from __future__ import annotations

from rich.cells import cell_len

from grader.model import Location


def fitting(place: str, location: Location, room: int) -> str:
    """The place in words, without the cell's first line where that needs more than ``room`` columns."""
    return place if cell_len(place) <= room else location.in_words(brief=True)
