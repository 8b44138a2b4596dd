"""The processes below the worker: finding them, giving them the lowest priority, and ending them."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

LINUX = sys.platform == "linux"


def is_alone() -> bool:
    """Whether this process is PID 1 of a namespace, so that every other process in the namespace descends from it."""
    return os.getpid() == 1


def others() -> Iterator[int]:
    """All descendants of this process."""
    if is_alone():
        yield from (int(name) for name in _names("/proc") if name.isdigit() and name != "1")
    else:
        yield from _descendants(os.getpid())


def lower_priority(pid: int) -> None:
    """Have all threads of a process run only while nothing else wants the processor (``SCHED_IDLE``).

    What they start later inherits that, and without a privilege none of them can go back.
    """
    with suppress(OSError):  # it ended meanwhile
        for thread in _names(f"/proc/{pid}/task"):
            with suppress(OSError):
                os.sched_setscheduler(int(thread), os.SCHED_IDLE, os.sched_param(0))


def kill(child: int, until: float) -> tuple[int | None, float]:
    """Kill and reap a child that may have ended already: its status (None: it has not ended ``until`` then), and the
    processor time of it and of its children.
    """
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    for _ in _tries(until):
        pid, status, spent = os.wait4(child, os.WNOHANG)
        if pid != 0:
            return status, cpu_s(spent)
    return None, 0.0


def cpu_s(spent: Any) -> float:
    """The processor time in what ``os.wait4`` gave."""
    seconds: float = spent.ru_utime + spent.ru_stime
    return seconds


def kill_the_rest(group: int, until: float) -> bool:
    """Kill and reap every process that a child left. False: some process did not end ``until`` then.

    ``group`` is the child's process group. Where there is no ``/proc``, only the processes of that group are found.
    """
    alone = is_alone()
    for _ in _tries(until):
        if alone:
            with suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)  # every other process of this PID namespace
        else:
            if not LINUX:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(group, signal.SIGKILL)
            for pid in list(_descendants(os.getpid())):
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return True  # orphans become children of the worker, so without children it has no descendants
    return False


def _tries(deadline: float) -> Iterator[None]:
    """Yields until the deadline, with pauses that become longer."""
    pause_s = 0.0002
    while True:
        yield
        if time.monotonic() >= deadline:
            return
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, 0.01)


def _names(folder: str) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries]


def _descendants(pid: int) -> Iterator[int]:
    with suppress(OSError):  # it ended meanwhile, or this is no Linux
        children = [path.read_text("ascii").split() for path in Path(f"/proc/{pid}/task").glob("*/children")]
        for child in itertools.chain.from_iterable(children):
            yield int(child)
            yield from _descendants(int(child))
