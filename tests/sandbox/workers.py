"""Workers whose children run any Python, and the processes below them: helpers of these tests."""

from __future__ import annotations

import json
import os
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from grader.model import Level, Limits
from grader.sandbox.raw_run import RawRun
from grader.sandbox.worker_handle import WorkerHandle

STAND_IN = """
import json, os

def execute(job, payload, out_fd, work, memory):
    def say(value):
        os.write(out_fd, json.dumps(value).encode() + b"\\n")

    def attempt(action, *arguments):
        try:
            action(*arguments)
        except OSError as error:
            say(error.errno)
        else:
            say("done")

    names = {"__name__": "__main__", "say": say, "attempt": attempt, "payload": payload, "out_fd": out_fd,
             "memory": memory}
    try:
        exec(job["code"], names)
    except Exception as error:
        say(f"{type(error).__name__}: {error}")
"""

LIMITS = Limits(
    wall_s=5.0,
    memory_bytes=512 * 1024**2,
    disk_bytes=8 * 1024**2,
    observation_bytes=256 * 1024,
    processes=16,
    open_files=64,
)

STAYS = ("__init__.py", "__main__.py", "preparation", "protocol", "server")
"""The parts of the runtime that do not run submissions. The stand-in replaces the rest."""

SYSTEM_PYTHON = Path("/usr/bin/python3")

Run = Callable[..., tuple[list[Any], RawRun]]


def limits(**changes: Any) -> Limits:
    return Limits(**{name: getattr(LIMITS, name) for name in LIMITS.__slots__} | changes)


def run_on(worker: WorkerHandle, code: str, *, payload: bytes = b"", **changes: Any) -> tuple[list[Any], RawRun]:
    """Run code in a child. Returns what it passed to ``say``, and the run."""
    raw = worker.run({"code": textwrap.dedent(code)}, payload, limits(**changes))
    said = []
    for line in raw.stream.splitlines():
        with suppress(ValueError):  # written by other means than `say`
            said.append(json.loads(line))
    return said, raw


def started(runtime: Path, level: Level | None, **options: Any) -> WorkerHandle:
    worker = WorkerHandle.start(level=level, runtime=runtime, disk_bytes=LIMITS.disk_bytes, **options)
    worker.configure()
    return worker


def descendants(pid: int) -> Iterator[int]:
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, path.read_text().split()):
            yield child
            yield from descendants(child)


def is_running(pid: int) -> bool:
    """False for a zombie, too: the system's first process may reap it late."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def innermost_worker() -> int:
    """Process id of the worker that was started last. That need not be the greatest: process ids wrap around."""
    return max(descendants(os.getpid()), key=lambda pid: (started_at(pid), depth(pid)))


def started_at(pid: int) -> int:
    """When a process was started, in ticks since boot."""
    return int(stat_of(pid)[19])


def depth(pid: int) -> int:
    """The number of processes between it and this one."""
    parent = int(stat_of(pid)[1])
    return 0 if parent in (0, 1, os.getpid()) else 1 + depth(parent)


def status_of(pid: int) -> dict[str, str]:
    """The fields of ``/proc/PID/status``."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def stat_of(pid: int) -> list[str]:
    """The fields of ``/proc/PID/stat`` from the third on. The second, the name, may contain spaces and parentheses."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def eventually(condition: Callable[[], bool], timeout_s: float = 60.0) -> bool:
    """Whether it comes true, which may take long where the machine is busy."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False
