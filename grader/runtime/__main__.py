"""Starts a worker, ``python -P __main__.py SCRATCH UID one|many|spawn PLACES DISK SUPPORT [DATA…]``, or the child of a
worker that does not fork, ``python -P __main__.py child SCRATCH``. SUPPORT is empty where the course has no helper
modules. PLACES is empty, or says what each of the workers gets that it forks (``server.zygote``), DISK the bytes of the
disk of each.

This folder becomes the package ``grader_runtime`` without being on ``sys.path``: a submission that imports ``run`` or
``stream`` gets its own file, not a module of the runtime.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

PACKAGE = "grader_runtime"


def load_package(folder: Path) -> None:
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    load_package(Path(__file__).resolve().parent)
    if sys.argv[1] == "child":
        from grader_runtime.server import children  # type: ignore[import-not-found]  # made by load_package

        children.main(sys.argv[2])
    from grader_runtime.server import worker, zygote

    scratch, uid, serves, places, disk_bytes, helpers, *folders = sys.argv[1:]
    worker.main(
        scratch=scratch,
        uid=int(uid),
        serves=serves,
        places=zygote.read_places(places),
        disk_bytes=int(disk_bytes),
        support=folders[: int(helpers)],
        data=folders[int(helpers) :],
    )
