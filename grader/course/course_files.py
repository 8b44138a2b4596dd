"""Which files in a course's folders are YAML files of the course: visible ones, called ``.yaml`` or ``.yml``.

Hidden files are none: macOS writes ``._cube.yaml`` beside ``cube.yaml``, and an editor a lock such as ``.#cube.yaml``,
which is a link to nothing. This module imports nothing large, as ``course_folder``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

SUFFIXES = (".yaml", ".yml")
"""In the order in which they are preferred where a file has both, which is a mistake."""


def yaml_files(folder: Path) -> tuple[Path, ...]:
    """The YAML files in a folder, one for each id, in the order of their names; none if it cannot be listed."""
    found: dict[str, Path] = {}
    for path in _listed(folder):
        if path.stem not in found or path.suffix == SUFFIXES[0]:
            found[path.stem] = path
    return tuple(sorted(found.values()))


def second_files(folder: Path) -> Iterator[Path]:
    """Files beside which there is one of the same id with the other suffix."""
    used = {path.stem: path for path in yaml_files(folder)}
    return (path for path in _listed(folder) if used[path.stem] != path)


def present(path: Path) -> Path:
    """A path that ends in ``.yaml``, or if only that exists, the path with ``.yml`` instead."""
    other = path.with_suffix(SUFFIXES[1])
    return other if other.exists() and not path.exists() else path


def _listed(folder: Path) -> list[Path]:
    try:
        names = sorted(folder.iterdir())
    except OSError:
        return []
    return [path for path in names if path.suffix in SUFFIXES and not path.name.startswith(".")]
