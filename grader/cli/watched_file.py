"""The file that ``grade watch`` watches, with what its code reads or imports."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from grader.handin import CompanionFinder, LoadedFile, WorkFiles, load_file, read_handin


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A file as `grade FILE` reads it. ``beside`` are the files that its code names, ``digest`` is of all of these."""

    loaded: LoadedFile
    beside: tuple[Path, ...]
    digest: str


def load_watched(path: str) -> Watched:
    """Raises SubmissionError if the file cannot be read."""
    handin = read_handin(path, WorkFiles())
    (file,) = handin.files
    finder = CompanionFinder(handin)
    loaded = load_file(file, finder)
    named = finder.named(file, [cell.code for cell in loaded.submission.cells])
    digest = hashlib.sha256(loaded.submission.sha256.encode())
    for companion in loaded.submission.companions:
        if companion.path in named:
            digest.update(companion.path.encode("utf-8", "surrogatepass") + b"\0" + companion.content)
    folder = Path(path).absolute().parent
    return Watched(loaded=loaded, beside=tuple(folder / name for name in sorted(named)), digest=digest.hexdigest())
