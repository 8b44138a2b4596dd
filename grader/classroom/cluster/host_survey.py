"""What this machine offers to a batch, as a line of JSON (``python -m grader.classroom.cluster.host_survey``).

A Dask worker starts it beside itself: a worker of the sandbox has to be started by a thread that outlives it. It always
writes a line, whatever is missing here.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

MEMORY_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where a container is told how much of the machine's memory it may use."""


def main() -> int:
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    out.write(json.dumps(survey()) + "\n")
    out.close()
    return 0


def survey() -> dict[str, Any]:
    """``about`` is what results depend on (``pipeline.open_grader``); null where no worker starts, for the reason in
    ``error``. ``trial`` is what became of a short submission.
    """
    found: dict[str, Any] = {
        "host": platform.node(),
        "system": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "cores": _cores(),
        "memory": _memory(),
        "about": None,
        "trial": "",
        "error": "",
    }
    try:
        from grader.pipeline.open_grader import about_worker
        from grader.sandbox.trial_run import try_run
        from grader.sandbox.worker_handle import WorkerHandle

        with WorkerHandle.start() as worker:
            found["about"] = about_worker(worker)
            found["trial"] = try_run(worker)
    except Exception as error:  # also what is not installed: it is what was asked for
        found["error"] = str(error) or type(error).__name__
    return found


def _cores() -> int:
    with suppress(AttributeError):  # not Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory() -> int:
    """Bytes that this process may use; 0: not known."""
    sizes = []
    with suppress(ValueError, OSError, AttributeError):
        sizes.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for limit in MEMORY_LIMITS:
        with suppress(OSError, ValueError):  # "max" where there is none
            sizes.append(int(Path(limit).read_text()))
    return min(sizes, default=0)


if __name__ == "__main__":
    sys.exit(main())
