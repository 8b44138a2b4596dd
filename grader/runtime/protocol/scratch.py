"""The folder in which a submission runs and writes. No other code of the grader empties or removes folders.

Emptying a folder is the most dangerous thing that the grader does, and it may run as root. So a path is never enough.
Only an ``OwnedFolder`` is emptied: the grader made it, empty, and remembers its device and inode. Before anything is
removed, the folder at the path is compared with these. If it is another folder, the root of a mount, ``/`` or a home,
NotOwnedError is raised and nothing is removed.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
import math
import os
import pwd
import secrets
import stat
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .shared_memory import SHARED_MEMORY

BATCH = 10_000
"""Directory entries that are listed at a time: a child may have made millions."""

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

# statx(2) is the only call that recognises the root of a bind mount, which has the same device as its source.
_AT_EMPTY_PATH = 0x1000
_STATX_BASIC = 0x7FF
_ATTRIBUTE_MOUNT_ROOT = 0x2000
_ATTRIBUTES_AT, _ATTRIBUTES_MASK_AT, _STATX_BYTES = 8, 56, 256
_statx = getattr(ctypes.CDLL(None, use_errno=True), "statx", None)


class NotOwnedError(OSError):
    """A folder that the grader did not make, or that must never be emptied. Nothing in it was removed."""


class OwnedFolder:
    """A folder that the grader made, empty, and may therefore empty and remove."""

    def __init__(self, path: Path, identity: tuple[int, int]) -> None:
        """``identity``: device and inode of the folder that ``make`` made, in this process or in another."""
        self.path = path
        self.identity = identity

    @classmethod
    def make(cls, path: Path, mode: int = 0o700) -> OwnedFolder:
        """Make a new folder. Raises OSError, such as FileExistsError where the path exists already."""
        path.mkdir(mode=0o700)
        folder = os.open(path, _OPEN_FOLDER)
        try:
            os.fchmod(folder, mode)  # mkdir's mode is reduced by the umask
            about = os.fstat(folder)
        finally:
            os.close(folder)
        return cls(path, (about.st_dev, about.st_ino))

    def empty(self, *, until: float = math.inf) -> None:
        """Remove everything in it, whatever its names, modes and depth.

        Raises NotOwnedError, with nothing removed, where the path leads to another folder now; OSError where something
        could not be removed, TimeoutError where it is not done ``until`` then. No process that writes to it may
        be running any more.
        """
        with self._opened() as folder:
            _remove_entries(folder, until)

    def remove(self) -> None:
        """Empty it and remove it. Raises as ``empty`` does."""
        self.empty()
        self.path.rmdir()

    def check_place(self) -> None:
        """Raise NotOwnedError where the path leads to another folder now, or is a link; OSError where it is gone."""
        about = self.path.lstat()
        # A link may have got the number of a folder that was removed.
        if not stat.S_ISDIR(about.st_mode) or (about.st_dev, about.st_ino) != self.identity:
            raise NotOwnedError(f"{self.path} is not the folder that the grader made; it was not changed")

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """The folder's descriptor, after checking that the grader made it and may empty it."""
        try:
            folder = os.open(self.path, _OPEN_FOLDER)
        except NotADirectoryError:
            raise NotOwnedError(f"{self.path} is no folder any more; it was not emptied") from None
        try:
            about = os.fstat(folder)
            found = (about.st_dev, about.st_ino)
            if found != self.identity:
                raise NotOwnedError(f"{self.path} is not the folder that the grader made; it was not emptied")
            if _is_mount_root(folder):
                raise NotOwnedError(f"{self.path} is the root of a mounted file system; it was not emptied")
            if found in _never_emptied():
                raise NotOwnedError(f"{self.path} is the root folder or a home; it was not emptied")
            yield folder
        finally:
            os.close(folder)


class Scratch:
    """The folder that a submission may write to, with ``work`` (where it runs), ``home``, and what else it makes there.

    Its parent contains other files (``/tmp``), or, in the sandbox's own file system, nothing but a folder for shared
    memory.
    """

    def __init__(self, folder: OwnedFolder, shared_memory: OwnedFolder | None = None) -> None:
        """``shared_memory``: what ``/dev/shm`` leads to, beside it. Then anything else there was left by a submission.
        None: ``/dev/shm`` is the host's, and the parent has other files.
        """
        self.path = folder.path
        self._folder = folder
        self._folders = [folder] if shared_memory is None else [folder, shared_memory]
        self._modes = [stat.S_IMODE(owned.path.stat().st_mode) for owned in self._folders]
        self._work: OwnedFolder | None = None
        self._alone = shared_memory is not None
        self._changed = self._parent_changed() if self._alone else 0

    @classmethod
    def make(cls, path: Path, *, alone: bool) -> Scratch:
        """Make it at a path that does not exist. Raises OSError.

        If it is alone, every user may write to it, because the worker becomes another user after it made the folder.
        """
        if not alone:
            return cls(OwnedFolder.make(path))
        return cls(OwnedFolder.make(path, mode=0o1777), OwnedFolder.make(path.with_name(SHARED_MEMORY), mode=0o1777))

    @property
    def identity(self) -> tuple[int, int]:
        return self._folder.identity

    @property
    def work(self) -> OwnedFolder:
        """The folder where the submission runs, as ``prepare`` made it."""
        assert self._work is not None, "prepare() comes first"
        return self._work

    def prepare(self) -> None:
        """Make the empty folders for a submission."""
        self._work = OwnedFolder.make(self.path / "work")
        OwnedFolder.make(self.path / "home")

    def empty(self, *, until: float = math.inf) -> None:
        """Remove everything that a submission left. Raises OSError where something could not be removed (``until``
        then), or was written beside it.

        No process of a child may be running any more.
        """
        for folder in self._folders:
            folder.check_place()
        for folder, mode in zip(self._folders, self._modes, strict=True):
            # Mode, attributes and times of the folder itself could carry a message to the next submission. If the
            # folder belongs to another user, they cannot be changed, neither by a submission nor here.
            with suppress(OSError):
                folder.path.chmod(mode)
            if hasattr(os, "listxattr"):
                for name in os.listxattr(folder.path):
                    with suppress(OSError):
                        os.removexattr(folder.path, name)
            folder.empty(until=until)
            with suppress(OSError):
                os.utime(folder.path, (0, 0))
        if self._alone:
            self._check_parent()

    def remove(self) -> None:
        """Remove it at the worker's end. If it is alone, its file system ends with the worker. Raises OSError."""
        if not self._alone:
            self._folder.remove()

    def _check_parent(self) -> None:
        """Check that nothing was written beside it. Nothing there is removed: the worker ends, with its file system."""
        if self._parent_changed() != self._changed:
            raise OSError(f"something was written to {self.path.parent}")
        with suppress(OSError):  # listing a folder changes its access time
            os.utime(self.path.parent, (0, 0))
        self._changed = self._parent_changed()

    def _parent_changed(self) -> int:
        """When entries, mode, owner or attributes of the parent folder were changed last, in nanoseconds."""
        return self.path.parent.stat().st_ctime_ns


def new_name() -> str:
    """A name that no other folder has, for a scratch folder among other files."""
    return f"grader-{secrets.token_hex(16)}"


@functools.cache  # in many networks, looking up a user's home asks a server
def _never_emptied() -> set[tuple[int, int]]:
    """Device and inode of ``/``, ``/tmp`` and the homes of the user and of root, whichever path leads to them."""
    homes = {"/", "/root", "/home", "/tmp"}
    for uid in {os.getuid(), os.geteuid(), 0}:
        with suppress(KeyError):  # a user without an entry, as in containers
            homes.add(pwd.getpwuid(uid).pw_dir)
    found = set()
    for home in homes:
        with suppress(OSError):
            about = os.lstat(home)  # /tmp may be a link to a scratch
            found.add((about.st_dev, about.st_ino))
    return found


def _is_mount_root(folder: int) -> bool:
    if _statx is not None:
        result = ctypes.create_string_buffer(_STATX_BYTES)
        if _statx(folder, b"", _AT_EMPTY_PATH, _STATX_BASIC, result) == 0:
            (attributes,) = struct.unpack_from("=Q", result, _ATTRIBUTES_AT)
            (known,) = struct.unpack_from("=Q", result, _ATTRIBUTES_MASK_AT)
            if known & _ATTRIBUTE_MOUNT_ROOT:
                return bool(attributes & _ATTRIBUTE_MOUNT_ROOT)
    about, above = os.fstat(folder), os.stat("..", dir_fd=folder)
    return about.st_dev != above.st_dev or about.st_ino == above.st_ino


def _remove_entries(top: int, until: float) -> None:
    """Remove all entries of an open folder. Raises OSError where an entry stays, such as a mount point, and
    TimeoutError after ``until``.

    Folders inside a subfolder are first moved up to ``top``. So a tree of any depth is removed without recursion or
    long paths, and with one more open file. No link is followed, and no mounted file system is entered.
    """
    prefix = secrets.token_hex(16)
    moved_up = (f"{prefix}-{number}" for number in itertools.count())
    while names := _some_names(top):
        for name in names:
            _check_time(until)
            if _unlink(name, top):
                continue
            inner = _open_inner(name, top)
            try:
                while inner_names := _some_names(inner):
                    for inner_name in inner_names:
                        _check_time(until)
                        if not _unlink(inner_name, inner):
                            _move(inner_name, inner, next(moved_up), top)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=top)


def _check_time(until: float) -> None:
    if time.monotonic() > until:
        raise TimeoutError("removing what a submission left takes too long")


def _open_inner(name: str, top: int) -> int:
    """Open a folder inside ``top`` so that its entries can be removed. Raises OSError."""
    os.chmod(name, 0o700, dir_fd=top)
    inner = os.open(name, _OPEN_FOLDER, dir_fd=top)
    if _is_mount_root(inner):
        os.close(inner)
        raise NotOwnedError(f"a file system is mounted at {name}; it was not emptied")
    return inner


def _move(name: str, source: int, new_name: str, target: int) -> None:
    os.chmod(name, 0o700, dir_fd=source)  # moving a folder changes its `..`
    os.rename(name, new_name, src_dir_fd=source, dst_dir_fd=target)


def _some_names(directory: int) -> list[str]:
    with os.scandir(directory) as entries:
        return [entry.name for entry in itertools.islice(entries, BATCH)]


def _unlink(name: str, directory: int) -> bool:
    """Remove a file, link or socket. False: it is a directory. Raises OSError where a file stays."""
    try:
        os.unlink(name, dir_fd=directory)
    except (IsADirectoryError, PermissionError):  # the latter is POSIX's answer for a directory
        # Of a link that stays, nothing may be changed: a change of its mode would be one of what it leads to.
        if not stat.S_ISDIR(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode):
            raise
        return False
    return True
