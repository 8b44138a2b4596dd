"""What every platform's module provides, and what it returns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from grader.classroom.intake.class_folder import ClassFolder, TopLevelEntry
from grader.model import Student


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedEntry:
    """A top-level entry and the students whose work it is.

    ``file_name`` is what the student called the file, without what the platform added; a folder's files keep theirs.
    ``times``: when the files were handed in, by the path of the file, or of the folder that they lie in.
    """

    entry: TopLevelEntry
    students: tuple[Student, ...]
    file_name: str = ""
    late: bool = False
    times: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognizedClass:
    """A class as a platform's module read it. ``unrecognized`` are the entries that the platform did not name."""

    owned: tuple[OwnedEntry, ...]
    unrecognized: tuple[TopLevelEntry, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A learning platform. ``name`` is how notices call it; ``read`` returns None for a class of another platform.

    ``export_name``: how the platform names the folder, or the zip, that it exports.
    """

    id: str
    name: str
    read: Callable[[ClassFolder], RecognizedClass | None]
    export_name: re.Pattern[str] | None = None
