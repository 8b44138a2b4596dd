"""A hash of a folder with much data in it, without reading all of it each time.

The hash is of names and contents. In a large folder, the hash of a file's content is kept with the file's size, inode
and times, and holds as long as these do. A program can set back when a file was modified, but not when its inode was
changed last (``ctime``). A file that was changed in the last seconds is read each time, since a further change could
have the same time.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from grader.cache_folder import cache_folder

LARGE = 8 * 1024**2
"""A folder with fewer bytes is read each time, which is as fast as looking up what is known of it."""
SETTLED_S = 10.0
"""How long ago a file must have been changed, so that a further change has another time. Some file systems and network
drives count in seconds."""


def hash_of_folder(folder: Path, cache: Path | None = None) -> str:
    """The hash of all files in a folder, with their paths in it. ``cache`` is the folder where hashes are kept."""
    root = folder.resolve()
    files = [(path.relative_to(root).as_posix(), path, path.stat()) for path in _files(root)]
    is_large = sum(about.st_size for _, _, about in files) >= LARGE
    kept_in = _cache(cache, root) if is_large else None
    kept = {} if kept_in is None else _read(kept_in)
    found = {}
    digest = hashlib.sha256()
    for name, path, about in files:
        stamp = [about.st_size, about.st_ino, about.st_mtime_ns, about.st_ctime_ns]
        entry = kept.get(name)
        content = entry[1] if isinstance(entry, list) and entry[:1] == [stamp] else _hash_of_file(path)
        if time.time() - max(about.st_mtime, about.st_ctime) > SETTLED_S:
            found[name] = [stamp, content]
        digest.update(len(name).to_bytes(8, "big") + os.fsencode(name) + content.encode())
    if kept_in is not None and found != kept:
        _write(kept_in, found)
    return digest.hexdigest()


def _cache(folder: Path | None, root: Path) -> Path | None:
    """The file with the hashes that are kept of a folder; None where nothing can be kept."""
    if folder is None:
        user = cache_folder()
        folder = None if user is None else user / "data"
    return None if folder is None else folder / hashlib.sha256(os.fsencode(root)).hexdigest()[:40]


def _files(root: Path) -> Iterator[Path]:
    """The files below a folder in a fixed order. Links to folders are not followed, as they may lead in a circle."""
    for parent, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = Path(parent, name)
            if path.is_file():
                yield path


def _hash_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(path: Path) -> dict[str, Any]:
    try:
        kept = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _write(path: Path, found: dict[str, Any]) -> None:
    """Write the whole file or nothing, because another grader may be reading it."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
            json.dump(found, file)
        Path(file.name).replace(path)
