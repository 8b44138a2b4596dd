"""The folder in which a submission runs and writes, and the only code of the grader that empties or removes a folder.

Emptying is the most dangerous thing that the grader does, and it may run as root. So a path is never enough: what is
emptied is an ``OwnedFolder``, which was made empty by the grader itself and is known by its device and inode. Before
anything is removed, the folder behind the path is compared with what was made; where it is another folder, or the root
of a mount, or ``/``, or a home, NotOwnedError is raised and nothing is touched.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
import os
import pwd
import secrets
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

BATCH = 10_000
"""Directory entries looked at in one go: a child may have made millions."""

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

# statx(2): the only call that tells the root of a bind mount, which has the device of the folder that it shows.
_AT_EMPTY_PATH = 0x1000
_STATX_BASIC = 0x7FF
_ATTRIBUTE_MOUNT_ROOT = 0x2000
_ATTRIBUTES_AT, _ATTRIBUTES_MASK_AT, _STATX_BYTES = 8, 56, 256
_statx = getattr(ctypes.CDLL(None, use_errno=True), "statx", None)


class NotOwnedError(OSError):
    """A folder that the grader did not make, or that is none to be emptied. Nothing of it was removed."""


class OwnedFolder:
    """A folder that the grader made itself, empty, and may therefore empty and remove."""

    def __init__(self, path: Path, identity: tuple[int, int]) -> None:
        """``identity``: the device and inode of the folder that ``make`` made, in this process or in another."""
        self.path = path
        self.identity = identity

    @classmethod
    def make(cls, path: Path, mode: int = 0o700) -> OwnedFolder:
        """Make a new folder. Raises OSError, FileExistsError where the path leads to anything at all."""
        path.mkdir(mode=0o700)
        folder = os.open(path, _OPEN_FOLDER)
        try:
            os.fchmod(folder, mode)  # mkdir's own mode is cut by the umask
            about = os.fstat(folder)
        finally:
            os.close(folder)
        return cls(path, (about.st_dev, about.st_ino))

    def empty(self) -> None:
        """Remove all that is in it, by whatever name, mode or depth.

        Raises NotOwnedError, with nothing removed, where the path leads to another folder by now; OSError where
        something stays. No process that writes to it may be running any more.
        """
        with self._opened() as folder:
            _remove_entries(folder)

    def remove(self) -> None:
        """Empty it and remove it. Raises as ``empty`` does."""
        self.empty()
        self.path.rmdir()

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """The folder's descriptor, after everything was checked that makes it ours."""
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
    """Everything that a submission may write to: ``work`` (where it runs), ``home``, and whatever else it makes there.

    It lies in a folder that it shares with others, or, in the sandbox's own file system, with nothing else.
    """

    def __init__(self, folder: OwnedFolder, *, alone: bool) -> None:
        """``alone``: nothing else may lie beside it; what does, a submission left there."""
        self.path = folder.path
        self._folder = folder
        self._mode = stat.S_IMODE(self.path.stat().st_mode)
        self._work: OwnedFolder | None = None
        self._alone = alone
        self._changed = self._parent_changed() if alone else 0

    @classmethod
    def make(cls, path: Path, *, alone: bool) -> Scratch:
        """Make it at a path where there is nothing. Raises OSError.

        Alone, every user may write to it: the user that the worker becomes is not the one that made it.
        """
        return cls(OwnedFolder.make(path, mode=0o1777 if alone else 0o700), alone=alone)

    @property
    def identity(self) -> tuple[int, int]:
        return self._folder.identity

    @property
    def work(self) -> OwnedFolder:
        """The folder where the submission runs, as ``prepare`` made it."""
        assert self._work is not None, "prepare() comes first"
        return self._work

    def prepare(self) -> None:
        """Make the empty folders that a submission finds."""
        self._work = OwnedFolder.make(self.path / "work")
        OwnedFolder.make(self.path / "home")

    def empty(self) -> None:
        """Remove all that a submission left behind. Raises OSError where something stays, or lies beside it.

        No process of a child may be running any more.
        """
        # What can be done to the folder itself could carry a message, too. Where it is not the user's: suppressed.
        with suppress(OSError):
            self.path.chmod(self._mode)
        if hasattr(os, "listxattr"):
            for name in os.listxattr(self.path):
                with suppress(OSError):
                    os.removexattr(self.path, name)
        self._folder.empty()
        with suppress(OSError):
            os.utime(self.path, (0, 0))
        if self._alone:
            self._check_parent()

    def remove(self) -> None:
        """Remove it, at the worker's end; alone, it goes with its file system. Raises OSError."""
        if not self._alone:
            self._folder.remove()

    def _check_parent(self) -> None:
        """That nobody wrote beside the scratch. Nothing is removed there: the worker ends, and its file system too."""
        if self._parent_changed() != self._changed:
            raise OSError(f"something was written to {self.path.parent}")
        with suppress(OSError):  # listing it leaves a trace, the time
            os.utime(self.path.parent, (0, 0))
        self._changed = self._parent_changed()

    def _parent_changed(self) -> int:
        """When anything of the folder above was changed last, in nanoseconds: entries, mode, owner, attributes."""
        return self.path.parent.stat().st_ctime_ns


def new_name() -> str:
    """A name that no other folder has, for a scratch among other people's files."""
    return f"grader-{secrets.token_hex(16)}"


@functools.cache  # in many networks, a server is asked for a user's home
def _never_emptied() -> set[tuple[int, int]]:
    """Device and inode of ``/`` and of the user's and root's homes, wherever a link or a mount shows them."""
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


def _remove_entries(top: int) -> None:
    """Remove all entries of an open folder. Raises OSError where one stays, also where something is mounted in it.

    A folder inside a folder is first moved up to ``top``: a tree of any depth is taken apart with no recursion, no
    long paths and one more open file. No link is followed, and no file system that is mounted inside is entered.
    """
    prefix = secrets.token_hex(16)
    moved_up = (f"{prefix}-{number}" for number in itertools.count())
    while names := _some_names(top):
        for name in names:
            if _unlink(name, top):
                continue
            inner = _open_inner(name, top)
            try:
                while inner_names := _some_names(inner):
                    for inner_name in inner_names:
                        if not _unlink(inner_name, inner):
                            _move(inner_name, inner, next(moved_up), top)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=top)


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
    """Remove a file, link or socket. False: it is a directory."""
    try:
        os.unlink(name, dir_fd=directory)
    except (IsADirectoryError, PermissionError):  # the latter is POSIX's answer for a directory
        return False
    return True
