"""Where the grader's cache lies. It holds what reference solutions did, so no submission may see it."""

from __future__ import annotations

import os
from pathlib import Path

CACHE = "autograd-grader"


def cache_folders() -> tuple[Path, ...]:
    """The cache's folder on Linux, where it has to be hidden; none where the user has no home.

    ``platformdirs`` gives this folder too, but is imported only after the worker has started, since that takes time.
    """
    above = Path(os.environ.get("XDG_CACHE_HOME", "").strip() or os.path.expanduser("~/.cache"))  # noqa: PTH111 - Path.expanduser raises without a home
    return (above / CACHE,) if above.is_absolute() else ()
