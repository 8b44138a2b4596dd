"""Files among students' work that no student wrote: caches, checkpoints, virtual environments, hidden files."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.handin.remarks import Remark
from grader.handin.work_files import WorkFiles, may_be_work

SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages"})
# Files of operating systems, and our own gradebook where the command runs in the class's folder: skipped silently.
_GRADEBOOK = {f"gradebook.sqlite{part}" for part in ("", "-journal", "-shm", "-wal")}
ENVIRONMENT_FILE = "pyvenv.cfg"
"""The file that makes its folder a virtual environment."""
_SYSTEM = frozenset({"__macosx", "__pycache__", ".ds_store", "desktop.ini", "thumbs.db", ENVIRONMENT_FILE, *_GRADEBOOK})
_PROGRAMS, _PACKAGES = frozenset({"bin", "Scripts"}), frozenset({"lib", "lib64", "Lib"})
_PARTS = _PROGRAMS | _PACKAGES | {"include", "Include", "share"}
"""Names of the folders in a virtual environment."""
HIDDEN_FOLDER = "hidden folder"
COURSE_FOLDERS = frozenset({"assignments", "data", "exercises", "handout", "rubrics", "solutions", "support"})
"""Folders of a course (``course.course_folder``). No submission may read them; the data of an assignment is laid out by
itself.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPaths:
    """The files and folders that may be a student's, and what was skipped."""

    files: tuple[str, ...]
    folders: tuple[str, ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Skipped:
    """Why a path is skipped: what the file or folder at ``path`` is. An empty ``kind`` means: skipped silently."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _SkippedRoots:
    """Folders that are skipped for what lies in them: virtual environments, and the folders of courses."""

    environments: frozenset[str]
    courses: frozenset[str]


def is_skipped_folder(name: str) -> bool:
    """Whether everything in a folder of this name is skipped."""
    return name.startswith(".") or name in SKIPPED_FOLDERS or name.lower() in _SYSTEM


def lies_in_course(path: Path, root: Path) -> bool:
    """Whether a path below ``root`` lies in a folder of a course."""
    parts = path.relative_to(root).parts
    return any(
        part in COURSE_FOLDERS and _is_course(root.joinpath(*parts[:depth])) for depth, part in enumerate(parts[:-1])
    )


def _is_course(folder: Path) -> bool:
    return all(any((folder / name).glob("[!.]*.y*ml")) for name in ("exercises", "rubrics"))


def own_paths(files: Collection[str], folders: Collection[str], work: WorkFiles, *, of_class: bool = False) -> OwnPaths:
    """The paths without the skipped ones. A skipped folder is named once, not each file in it.

    ``work`` may name hidden files, which are not skipped then. ``of_class``: the folders at the top are students'.
    """
    roots = _roots(files, of_class=of_class)
    checked_files = {path: _skipped(path, roots, work, is_file=True) for path in files}
    checked_folders = {path: _skipped(path, roots, work, is_file=False) for path in folders}
    skipped = [found for found in (*checked_files.values(), *checked_folders.values()) if found is not None]
    remarks = (
        Remark(reason="Skipped, not a student's work", kind=found.kind, path=found.path)
        for found in skipped
        if found.kind
    )
    kept = [path for path, found in checked_folders.items() if found is None]
    # A folder with nothing but skipped files is still a student's, and an archive need not list it as a folder.
    kept += [parent for found in skipped if (parent := found.path.rpartition("/")[0])]
    return OwnPaths(
        files=tuple(path for path, found in checked_files.items() if found is None),
        folders=tuple(dict.fromkeys(kept)),
        remarks=tuple(dict.fromkeys(remarks)),
    )


def is_system_file(name: str) -> bool:
    """Whether a file is hidden, or made by an operating system or the grader: it says nothing about its folder."""
    return name.startswith(".") or name.lower() in _SYSTEM


def _roots(files: Collection[str], *, of_class: bool) -> _SkippedRoots:
    environments = {path.rpartition("/")[0] for path in files if path.rpartition("/")[2] == ENVIRONMENT_FILE}
    # A course has exercises and rubrics, which are YAML files.
    of_course: dict[str, set[str]] = {"exercises": set(), "rubrics": set()}
    for path in files:
        if path.endswith((".yaml", ".yml")) and not path.rpartition("/")[2].startswith("."):
            above, _, folder = path.rpartition("/")[0].rpartition("/")
            of_course.get(folder, set()).add(above)
    return _SkippedRoots(
        environments=frozenset(_environments(files, environments, of_class=of_class)) if environments else frozenset(),
        courses=frozenset(of_course["exercises"] & of_course["rubrics"]),
    )


def _environments(files: Collection[str], found: Collection[str], *, of_class: bool) -> Iterator[str]:
    """The folders that are virtual environments, of those that have the file of one.

    What wraps everything is none: it is the class, or the hand-in. Neither is a student's folder with work right in it:
    whoever makes an environment in the folder of their homework has this file beside it.
    """
    wrapping = _wrapping_folder(_own_folders(files))
    inside = f"{wrapping}/" if wrapping else ""
    with_work = {path.rpartition("/")[0] for path in files if may_be_work(path)} if of_class else set[str]()
    of_students: dict[str, set[str]] = {}
    for folder in _own_folders(files) if of_class else ():
        if folder.startswith(inside):
            of_students.setdefault(folder.removeprefix(inside).partition("/")[0], set()).add(folder)
    wrapping_of = {name: _wrapping_folder(folders) for name, folders in of_students.items()}
    shared = []
    for folder in found:
        student = folder.removeprefix(inside).partition("/")[0]
        wraps_class = inside.startswith(f"{folder}/") or not folder
        wraps_student = folder in with_work and f"{wrapping_of.get(student, '')}/".startswith(f"{folder}/")
        if wraps_class or wraps_student:
            shared.append(folder)
        else:
            yield folder
    yield from _environment_parts(files, frozenset(shared))


def _environment_parts(files: Collection[str], folders: Collection[str]) -> Iterator[str]:
    """The folders of environments that were made in ``folders`` with other things in them: programs and packages."""
    there: dict[str, set[str]] = {}
    for path in files:
        parts = path.split("/")
        for depth in range(len(parts) - 1) if folders else ():
            if parts[depth] in _PARTS and (folder := "/".join(parts[:depth])) in folders:
                there.setdefault(folder, set()).add(parts[depth])
    for folder, names in there.items():
        if names & _PROGRAMS and names & _PACKAGES:
            yield from (posixpath.join(folder, name) for name in _PARTS)


def _own_folders(files: Iterable[str]) -> set[str]:
    """The folders that files lie in, without hidden folders and files of the system."""
    return {
        "/".join(above)
        for path in files
        for *above, name in [path.split("/")]
        if not is_system_file(name) and not any(map(is_skipped_folder, above))
    }


def _wrapping_folder(folders: Collection[str]) -> str:
    """The innermost folder that all of these folders lie in."""
    return posixpath.commonpath(folders) if folders else ""


def _skipped(path: str, roots: _SkippedRoots, work: WorkFiles, *, is_file: bool) -> _Skipped | None:
    parts = path.split("/")
    for depth, name in enumerate(parts[:-1] if is_file else parts, start=1):
        if is_skipped_folder(name):
            return _Skipped(kind=_kind_of_folder(name), path="/".join(parts[:depth]))
        if roots.environments and (folder := "/".join(parts[:depth])) in roots.environments:
            return _Skipped(kind="virtual environment", path=folder)
        if roots.courses and name in COURSE_FOLDERS and "/".join(parts[: depth - 1]) in roots.courses:
            return _Skipped(kind="course folder", path="/".join(parts[:depth]))
    name = parts[-1]
    if not is_file or not (name.startswith(".") or name.lower() in _SYSTEM) or work.names_hidden(path):
        return None
    # macOS writes a companion file `._name` for each file; no student writes such a file.
    worth_a_notice = may_be_work(name) and not name.startswith("._")
    return _Skipped(kind="hidden file" if worth_a_notice else "", path=path)


def _kind_of_folder(name: str) -> str:
    if name.lower() in _SYSTEM:
        return ""
    if name == ".ipynb_checkpoints":
        return "checkpoint folder"
    return HIDDEN_FOLDER if name.startswith(".") else "package folder"
