"""Errors of the operating system that are no error of the grader: what a person has to change on the machine."""

from __future__ import annotations

import errno
import os

from grader.errors import GraderError, SandboxError, UsageError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_NO_DESCRIPTORS = frozenset({errno.EMFILE, errno.ENFILE})
_NO_PROCESSES = frozenset({errno.EAGAIN, errno.ENOMEM})


def explained_error(error: Exception) -> GraderError | None:
    """The error in words, for whoever runs the command; None if it may be a mistake in the grader."""
    if not isinstance(error, OSError):
        return None
    if error.errno == errno.ENOENT and not _has_current_folder():
        return UsageError("The current folder is not there any more: it was deleted or moved. Change to another one.")
    from grader.sandbox.open_files import too_many_open_files

    where = f" ({error.filename})" if isinstance(error.filename, str) else ""
    if error.errno in _FULL:
        return UsageError(f"A disk is full, or a quota is used up{where}. Make room, and run the command again.")
    if error.errno in _NO_DESCRIPTORS:
        return SandboxError(too_many_open_files())
    if error.errno in _NO_PROCESSES:
        return SandboxError(
            "The system has no memory or no process left for this command. End other programs, raise `ulimit -u`, or "
            "run fewer submissions at the same time (--jobs)."
        )
    return None


def _has_current_folder() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - Path.cwd does the same
    except OSError:
        return False
    return True
