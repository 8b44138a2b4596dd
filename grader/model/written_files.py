"""What a command wrote into a course, and what to do next with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """A file that was written."""

    path: str
    """Below the course's folder."""
    about: str
    """What is in it, in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """Something to do next."""

    about: str
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFiles:
    """Files that were written together."""

    title: str
    """What they are, as a sentence."""
    files: tuple[WrittenFile, ...]
    remarks: tuple[str, ...] = ()
    """What else there is to know, in sentences."""
    next_steps: tuple[NextStep, ...] = ()
