"""Recognises errors of programs that start worker processes where the sandbox has no shared memory for them.

At isolation ``strict``, ``/dev/shm`` is private. Elsewhere it is the host's, so it cannot be written to.
"""

from __future__ import annotations

import errno

from ..record.stream import raised

NO_WORKERS = (
    "Submissions run without shared memory here, which worker processes need. Leave `num_workers` at 0, and use a loop "
    "or `map` in place of a pool of processes."
)

_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSYS)
_MODULES = ("multiprocessing.", "torch.multiprocessing.", "concurrent.futures.process")
_TEXT = "unable to open shared memory object"
"""torch's, which does not raise an OSError."""


def lacked_workers(error: BaseException) -> bool:
    """Whether an exception says that shared memory or processes were refused."""
    if type(error) is RuntimeError:
        return _TEXT in str(raised(error)["text"])
    if type(error) not in (OSError, PermissionError) or error.errno not in _REFUSED:  # type: ignore[attr-defined]
        return False
    trace = error.__traceback__
    while trace is not None:
        if str(trace.tb_frame.f_globals.get("__name__")).startswith(_MODULES):
            return True
        trace = trace.tb_next
    return False
