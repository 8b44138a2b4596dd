"""A worker whose children say which modules they import, besides what they run: for tests of what is imported late.

The worker has a copy of the runtime, in which an audit hook is installed in each child when it starts. The hook sees
each ``import`` of what is not loaded, also one that fails; the modules that are there in the end show what was imported
by other means.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from grader.model import Job
from grader.runtime.protocol.frames import HEADER
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.worker_handle import RUNTIME, WorkerHandle

KIND = "imported by the child"

_HOOK = f"""
_be_unwatched_child = _be_child


def _be_child(work, limits, confinement, job, execute, *rest, **named):
    import json
    import os

    def watch(event, arguments):
        if event == "import":
            imported.append(arguments[0])

    def run(header, payload, fd, *others):
        try:
            execute(header, payload, fd, *others)
        finally:
            own = (os.path.realpath(work.path) + "/", "<")
            new = [name for name in sys.modules if name not in before and name != "__main__"]
            new = [name for name in new if not (getattr(sys.modules[name], "__file__", None) or "?").startswith(own)]
            text = json.dumps({{"kind": {KIND!r}, "modules": sorted({{*imported, *new}})}}).encode()
            os.write(fd, frames.HEADER.pack(len(text), 0) + text)

    before, imported = set(sys.modules), []
    sys.addaudithook(watch)
    _be_unwatched_child(work, limits, confinement, job, run, *rest, **named)
"""


class WatchedWorker:
    """Runs jobs, and knows what they imported."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def imported_by(self, job: Job) -> tuple[str, ...]:
        """The names of the modules that a run of this job imported, or tried to."""
        stream, start, found = self._sandbox.run(job).stream, 0, None
        while start < len(stream):
            header, payload = HEADER.unpack_from(stream, start)
            text = stream[start + HEADER.size : start + HEADER.size + header]
            start += HEADER.size + header + payload
            fields = json.loads(text)
            if fields["kind"] == KIND:
                found = tuple(fields["modules"])
        assert found is not None, "the run was ended by force"
        return found


@contextmanager
def watched_worker(folder: Path, preload: Sequence[str], support: Sequence[Path]) -> Iterator[WatchedWorker]:
    """``folder``: where the copy of the runtime goes; every user must be able to read it."""
    runtime = folder / "runtime"
    if not runtime.exists():
        shutil.copytree(RUNTIME, runtime)
        with (runtime / "server" / "children.py").open("a", encoding="utf-8") as file:
            file.write(_HOOK)

    def start() -> WorkerHandle:
        worker = WorkerHandle.start(runtime=runtime, support=support)
        worker.configure(preload)
        return worker

    sandbox = Sandbox(start(), start)
    try:
        yield WatchedWorker(sandbox)
    finally:
        sandbox.close()
