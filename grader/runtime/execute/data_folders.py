"""The assignment's data in the folder where a submission runs: links to files that it can read and not change.

Data may be large, so nothing is copied for a submission. The sandbox shows the folders themselves elsewhere, read-only
where the isolation allows that; here are only links, which go with the folder where the submission ran.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

MAX_LINKS = 1000
"""As many as the entries that a folder may have. Beyond it, data of several folders is there by its path only."""


def link_data(folders: Sequence[Mapping[str, str]], *, own: str) -> None:
    """Make the links in the current folder. Where two folders have a file of one name, that of the first is there.

    ``folders`` have ``folder``, where it lies in the sandbox, and ``path``, as the assignment names it. Each entry of a
    folder is there by its own name, and the folder by its path. ``own`` is the name of the submission's own file, which
    data does not replace.
    """
    entries: list[Path] = []
    for each in folders:
        with suppress(OSError):  # a folder that cannot be read has no files for a submission
            entries += sorted(Path(each["folder"]).iterdir())
    for path in entries[:MAX_LINKS]:
        if path.name != own:
            _link(str(path), Path(path.name))
    for each in folders:
        _link(each["folder"], Path(each["path"]))


def refuse_changes(folders: Sequence[Mapping[str, str]]) -> None:
    """Have Python refuse changes of the data in this process, for good, as a read-only file system would.

    For isolations under which the system does not refuse them. It keeps a submission from overwriting the course's
    data by mistake. It does not keep out one that wants to, by native code or in another program.
    """
    roots = tuple(os.path.realpath(each["folder"]) for each in folders)

    def check(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            if isinstance(arguments[2], int) and arguments[2] & _WRITES:
                refuse(arguments[0], follow=True)
        elif event in _CHANGES:
            for index in _CHANGES[event]:
                refuse(arguments[index], follow=event in _CHANGES_OF_TARGETS)

    def refuse(path: object, *, follow: bool) -> None:
        if not isinstance(path, str | bytes):
            return
        name = os.fsdecode(path)
        parent, last = os.path.split(name)
        real = os.path.realpath(name) if follow else os.path.join(os.path.realpath(parent or "."), last)  # noqa: PTH118 - names of any form
        if any(real == root or real.startswith(root + os.sep) for root in roots):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), name)

    sys.addaudithook(check)


_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES_OF_TARGETS = {"os.truncate", "os.chmod", "os.chown", "os.utime", "os.setxattr", "os.removexattr"}
"""Audit events of changes that follow links."""
_CHANGES = {
    **dict.fromkeys((*_CHANGES_OF_TARGETS, "os.remove", "os.rmdir", "os.mkdir"), (0,)),
    **dict.fromkeys(("os.rename", "os.link"), (0, 1)),
    "os.symlink": (1,),
}
"""Audit events of changes, with the positions of the paths among their arguments. They count as relative to the current
folder, even where the call has another one."""


def is_in_data(path: Path) -> bool:
    """Whether a path is a link to data or leads through one. Nothing is written there."""
    return any(os.path.islink(part) for part in (path, *path.parents))  # noqa: PTH114 - no Path for each


def _link(target: str, path: Path) -> None:
    with suppress(OSError):  # there is one already
        if not is_in_data(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(target)
