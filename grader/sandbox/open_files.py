"""How many files this process may have open at the same time (``ulimit -n``), and whether these are enough."""

from __future__ import annotations

import resource

from grader.errors import SandboxError

NEEDED = 256
"""A worker moves its pipes to numbers above 200 (``runtime/server``), away from those of a submission's files."""
ADVICE = "Raise the limit, as with `ulimit -n 1024`, or run fewer submissions at the same time (--jobs)."


def allow_open_files(number: int = NEEDED) -> None:
    """Let this process, and those that it starts, open so many files. Raises SandboxError where it may not."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _is_enough(now, number):
        return
    if not _is_enough(most, number):
        raise SandboxError(f"A process may have {most} files open here, and this needs {number}. {ADVICE}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, most))


def too_many_open_files() -> str:
    """What to do where a file could not be opened because too many are."""
    now, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return f"Too many open files: a process may have {now} here. {ADVICE}"


def _is_enough(limit: int, number: int) -> bool:
    return limit == resource.RLIM_INFINITY or limit >= number
