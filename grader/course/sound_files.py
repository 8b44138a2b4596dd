"""Remembers which exercises were found to have no mistakes, with their rubrics.

Lines that prove nothing and names that nothing uses take long to look for. They are looked for once for equal files and
equal code of the grader. Nothing depends on what is remembered: what is missing or damaged is looked for again. It lies
in the folder of the cache, which no submission sees.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.cache_folder import cache_folder
from grader.course.exercise import Exercise
from grader.grader_code import hash_of_grader
from grader.language import yaml_file


@dataclass(frozen=True, slots=True)
class SoundFiles:
    """The exercises without mistakes, each as a file that is named for the content of its files."""

    folder: Path | None
    """None: nothing is remembered."""

    @classmethod
    def of_user(cls) -> SoundFiles:
        """Those that are remembered in the user's cache."""
        folder = cache_folder()
        return cls(None if folder is None else folder / "sound")

    def key(self, *files: Path) -> str | None:
        """What the files of an exercise are remembered by; None where they cannot be."""
        if self.folder is None:
            return None
        digest = hashlib.sha256(f"{hash_of_grader()} {sys.version}".encode())
        try:
            for path in files:
                for part in (path.stem.encode(), path.read_bytes()):
                    digest.update(len(part).to_bytes(8, "big") + part)
        except (OSError, ValueError):
            return None
        return digest.hexdigest()

    def has(self, key: str | None) -> bool:
        """Whether the exercise with these files is known to have no mistakes."""
        if self.folder is None or key is None:
            return False
        try:
            return (self.folder / key).read_text() == key
        except (OSError, ValueError):
            return False

    def keep(self, key: str | None, exercise: Exercise, *files: Path) -> None:
        """Remember an exercise that was found to have none in these files, unless they say not all that it depends on,
        or were changed in the meantime. Written is the whole file or nothing, because another grader may read it.
        """
        if self.folder is None or key is None or not _is_told_by_its_files(exercise, files[0]):
            return
        if self.key(*files) != key:
            return
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=self.folder, delete=False) as file:
                file.write(key)
            Path(file.name).replace(self.folder / key)


def _is_told_by_its_files(exercise: Exercise, path: Path) -> bool:
    """Whether an exercise depends on nothing else: no kind of check of another package, and no tensor from a file."""
    checks = [part for check in exercise.checks for part in (check, *check.ways())]
    own = __name__.partition(".")[0]
    return all(type(check).__module__.partition(".")[0] == own for check in checks) and not _names_a_file(
        yaml_file.load(path).data
    )


def _names_a_file(value: object) -> bool:
    if isinstance(value, Mapping):
        return "file" in value or any(map(_names_a_file, value.values()))
    return isinstance(value, tuple) and any(map(_names_a_file, value))
