"""What lies at the top of a class: the files and folders from which a platform's reader tells the students."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from grader.handin.file_tree import FileTree
from grader.handin.work_files import kind_of_excluded, may_be_work

_MAX_DEPTH = 4
"""How deep wrapping folders may be nested, the class itself included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopLevelEntry:
    """A file, or a folder with the paths of all files below it. ``name`` is the last part of ``path``."""

    name: str
    path: str
    is_folder: bool
    files: tuple[str, ...]

    @property
    def has_work(self) -> bool:
        """Whether any of its files may be work, or a zip of it."""
        names = (self.name + path.removeprefix(self.path) for path in self.files)
        return any(may_be_work(name) and not kind_of_excluded(name) for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFolder:
    """A folder that may hold the class: the root of ``tree``, or a folder that wraps everything in it.

    ``inner`` is the only entry, where that is a folder: zips often hold one folder with the class in it.
    """

    entries: tuple[TopLevelEntry, ...]
    tree: FileTree = field(repr=False)
    inner: ClassFolder | None = None


def class_folder(files: Collection[str], folders: Collection[str], tree: FileTree) -> ClassFolder:
    """The root of a class. ``folders`` adds folders without files, which ``files`` cannot show."""
    return _class_folder(files, folders, tree, base="", depth=1)


def _class_folder(
    files: Collection[str], folders: Collection[str], tree: FileTree, *, base: str, depth: int
) -> ClassFolder:
    entries = _entries(files, folders, base)
    inner = None
    if len(entries) == 1 and entries[0].is_folder and depth < _MAX_DEPTH:
        inner = _class_folder(files, folders, tree, base=f"{entries[0].path}/", depth=depth + 1)
    return ClassFolder(entries=entries, tree=tree, inner=inner)


def _entries(files: Collection[str], folders: Collection[str], base: str) -> tuple[TopLevelEntry, ...]:
    found: dict[tuple[str, bool], list[str]] = {}
    for path in folders:
        name = path.removeprefix(base).partition("/")[0]
        if path.startswith(base):
            found.setdefault((name, True), [])
    for path in files:
        name, slash, _ = path.removeprefix(base).partition("/")
        if path.startswith(base):
            found.setdefault((name, bool(slash)), []).append(path)
    return tuple(
        TopLevelEntry(name=name, path=base + name, is_folder=is_folder, files=tuple(sorted(paths)))
        for (name, is_folder), paths in sorted(found.items())
    )
