"""Several files that a command writes: what is there is kept, and nothing is left half written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from grader.errors import UsageError, reason_of


def check_files(paths: Iterable[Path], what: str, *, force: bool) -> None:
    """Raises UsageError where a file is there already. ``force``: it may be replaced, if it is a file."""
    there = [path for path in paths if os.path.lexists(path)]
    if there and not force:
        verb = "is" if len(there) == 1 else "are"
        raise UsageError(
            f"{what} was not written: {', '.join(map(str, there))} {verb} there already. Name another folder with "
            "--output, or overwrite with --force."
        )
    for path in there:
        if path.is_dir():
            raise UsageError(f"{what} cannot be written to {path}: it is a folder.")


def write_files(files: Mapping[Path, bytes], what: str) -> None:
    """Write all files, with their folders, each as a whole. Raises UsageError where one of them cannot be written; then
    none is.
    """
    ready: dict[Path, Path] = {}
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            ready[path] = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            ready[path].chmod(0o666 & ~_umask())
        for path, temporary in ready.items():
            temporary.replace(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"{what} could not be written to {path}: {reason_of(error)}.") from error
    finally:
        for temporary in ready.values():
            with suppress(OSError):
                temporary.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
