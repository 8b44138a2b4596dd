"""What lies among students' work and is nobody's: caches, checkpoints, virtual environments, hidden files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from grader.classroom.intake.entries import is_gradable
from grader.classroom.intake.words import some
from grader.submission import SKIPPED_FOLDERS
from grader.text import count

# What systems leave behind, and ourselves where the command runs in the class's folder; nobody asks for it.
_GRADEBOOK = {f"gradebook.sqlite{part}" for part in ("", "-journal", "-shm", "-wal")}
_SYSTEM = frozenset({"__macosx", "__pycache__", ".ds_store", "desktop.ini", "thumbs.db", *_GRADEBOOK})
ENVIRONMENT = "pyvenv.cfg"
"""The file that makes its folder a virtual environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """The files and folders that may be a student's, and what was passed over, in words."""

    files: tuple[str, ...]
    folders: tuple[str, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Litter:
    """What something is, if it is no work, and the file or folder that makes it so. No ``kind``: nobody asks."""

    kind: str
    path: str


def is_skipped_folder(name: str) -> bool:
    """Whether nothing in a folder of this name is anybody's work."""
    return name.startswith(".") or name in SKIPPED_FOLDERS or name.lower() in _SYSTEM


def sift(files: Collection[str], folders: Collection[str]) -> Sifted:
    """What may be a student's, of the paths of a class. A folder that is passed over is named once for all in it."""
    environments = {path.rpartition("/")[0] for path in files if path.rpartition("/")[2] == ENVIRONMENT}
    of_files = {path: _litter(path, environments, is_file=True) for path in files}
    of_folders = {path: _litter(path, environments, is_file=False) for path in folders}
    litter = [each for each in (*of_files.values(), *of_folders.values()) if each is not None]
    passed: dict[str, dict[str, None]] = {}
    for each in litter:
        if each.kind:
            passed.setdefault(each.kind, {})[each.path] = None
    parts = [f"{count(len(paths), kind)} ({some(list(paths))})" for kind, paths in sorted(passed.items())]
    kept = [path for path, found in of_folders.items() if found is None]
    # A student's folder with nothing but litter in it is a student's nevertheless; an archive need not list it.
    kept += [parent for each in litter if (parent := each.path.rpartition("/")[0])]
    return Sifted(
        files=tuple(path for path, found in of_files.items() if found is None),
        folders=tuple(dict.fromkeys(kept)),
        notices=(f"Passed over as nobody's work: {'; '.join(parts)}.",) if parts else (),
    )


def _litter(path: str, environments: Collection[str], *, is_file: bool) -> _Litter | None:
    parts = path.split("/")
    for depth, name in enumerate(parts[:-1] if is_file else parts, start=1):
        if is_skipped_folder(name):
            return _Litter(kind=_kind(name), path="/".join(parts[:depth]))
        if environments and (folder := "/".join(parts[:depth])) in environments:
            return _Litter(kind="virtual environment", path=folder)
    name = parts[-1]
    if not is_file or not (name.startswith(".") or name.lower() in _SYSTEM):
        return None
    # macOS puts ._name beside a file of that name: never what somebody wrote.
    asked_for = is_gradable(name) and not name.startswith("._")
    return _Litter(kind="hidden file" if asked_for else "", path=path)


def _kind(folder: str) -> str:
    if folder.lower() in _SYSTEM:
        return ""
    if folder == ".ipynb_checkpoints":
        return "checkpoint folder"
    return "hidden folder" if folder.startswith(".") else "package folder"
