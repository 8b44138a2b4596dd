"""The helper modules of a course and of its bases (``support/``), as if they lay in one folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader.course.course_layers import Layers
from grader.course.course_parts import SUPPORT


def support_mistakes(layers: Layers) -> tuple[tuple[Path, str], ...]:
    """Entries of ``support/`` that are in that of another layer as well, and of which nobody could say which is
    imported.

    A module or a package of the course takes the place of the base's with that name. A folder without ``__init__.py``
    does not, for Python, and a helper of the base reads what lies beside it, whatever else is called so. A module of a
    base does not take the place of one of a base beside it, whose exercises mean their own.
    """
    found: list[tuple[Path, str]] = []
    own: dict[str, Path] = {}
    for position, root in enumerate(layers.roots):
        folder = root / SUPPORT
        entries = sorted(folder.iterdir()) if folder.is_dir() else []
        for path in entries:
            name = _imported_name(path)
            if name.startswith((".", "__pycache__")) or name not in own:
                continue
            above = own[name]
            if not layers.builds_on(layers.position_of(above), position):
                text = (
                    f"is in {folder} as well, and of these two courses none builds on the other; rename one of the "
                    f"two, or have a `{name}` of the course's own in {layers.roots[0] / SUPPORT}"
                )
                found.append((above, text))
            elif not _is_module(above):
                found.append(
                    (
                        above,
                        f"is in {folder} as well, which this course builds on, and would not take its place; give it "
                        "another name" + (", or an __init__.py" if above.is_dir() else ""),
                    )
                )
        own = {**{_imported_name(path): path for path in entries}, **own}
    return tuple(found)


def support_files(layers: Layers) -> Mapping[str, Path]:
    """The files of the helper modules of all layers, by their paths, as if they lay in one folder. A module of a layer
    takes the place of what is called so below it, with all its files.
    """
    found: dict[str, Path] = {}
    known: set[str] = {"__pycache__"}
    for root in layers.roots:
        folder = root / SUPPORT
        names = {_imported_name(path): path for path in folder.iterdir()} if folder.is_dir() else {}
        for name, path in names.items():
            for file in [path, *path.rglob("*")] if name not in known else ():
                if file.is_file() and "__pycache__" not in file.parts:
                    found[file.relative_to(folder).as_posix()] = file
        known |= names.keys()
    return {name: found[name] for name in sorted(found)}


def _imported_name(path: Path) -> str:
    """The name by which it is imported, or the file's name where it is no module."""
    return path.stem if path.suffix == ".py" else path.name


def _is_module(path: Path) -> bool:
    return path.suffix == ".py" or (path / "__init__.py").is_file()
