"""Files among students' work that no student wrote: caches, checkpoints, virtual environments, hidden files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from grader.classroom.intake.handins import is_gradable
from grader.classroom.intake.name_list import list_names
from grader.submission import SKIPPED_FOLDERS
from grader.text import count

# Files of operating systems, and our own gradebook where the command runs in the class's folder: skipped silently.
_GRADEBOOK = {f"gradebook.sqlite{part}" for part in ("", "-journal", "-shm", "-wal")}
_SYSTEM = frozenset({"__macosx", "__pycache__", ".ds_store", "desktop.ini", "thumbs.db", *_GRADEBOOK})
ENVIRONMENT_FILE = "pyvenv.cfg"
"""The file that makes its folder a virtual environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentPaths:
    """The files and folders that may be a student's, and notices about what was skipped."""

    files: tuple[str, ...]
    folders: tuple[str, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Skipped:
    """Why a path is skipped: what the file or folder at ``path`` is. An empty ``kind`` means: skipped silently."""

    kind: str
    path: str


def is_skipped_folder(name: str) -> bool:
    """Whether everything in a folder of this name is skipped."""
    return name.startswith(".") or name in SKIPPED_FOLDERS or name.lower() in _SYSTEM


def student_paths(files: Collection[str], folders: Collection[str]) -> StudentPaths:
    """The paths of a class without the skipped ones. A skipped folder is named once, not each file in it."""
    environments = {path.rpartition("/")[0] for path in files if path.rpartition("/")[2] == ENVIRONMENT_FILE}
    checked_files = {path: _skipped(path, environments, is_file=True) for path in files}
    checked_folders = {path: _skipped(path, environments, is_file=False) for path in folders}
    skipped = [found for found in (*checked_files.values(), *checked_folders.values()) if found is not None]
    by_kind: dict[str, dict[str, None]] = {}
    for found in skipped:
        if found.kind:
            by_kind.setdefault(found.kind, {})[found.path] = None
    parts = [f"{count(len(paths), kind)} ({list_names(list(paths))})" for kind, paths in sorted(by_kind.items())]
    kept = [path for path, found in checked_folders.items() if found is None]
    # A folder with nothing but skipped files is still a student's, and an archive need not list it as a folder.
    kept += [parent for found in skipped if (parent := found.path.rpartition("/")[0])]
    return StudentPaths(
        files=tuple(path for path, found in checked_files.items() if found is None),
        folders=tuple(dict.fromkeys(kept)),
        notices=(f"Skipped, not a student's work: {'; '.join(parts)}.",) if parts else (),
    )


def _skipped(path: str, environments: Collection[str], *, is_file: bool) -> _Skipped | None:
    parts = path.split("/")
    for depth, name in enumerate(parts[:-1] if is_file else parts, start=1):
        if is_skipped_folder(name):
            return _Skipped(kind=_kind_of_folder(name), path="/".join(parts[:depth]))
        if environments and (folder := "/".join(parts[:depth])) in environments:
            return _Skipped(kind="virtual environment", path=folder)
    name = parts[-1]
    if not is_file or not (name.startswith(".") or name.lower() in _SYSTEM):
        return None
    # macOS writes a companion file `._name` for each file; no student writes such a file.
    worth_a_notice = is_gradable(name) and not name.startswith("._")
    return _Skipped(kind="hidden file" if worth_a_notice else "", path=path)


def _kind_of_folder(name: str) -> str:
    if name.lower() in _SYSTEM:
        return ""
    if name == ".ipynb_checkpoints":
        return "checkpoint folder"
    return "hidden folder" if name.startswith(".") else "package folder"
