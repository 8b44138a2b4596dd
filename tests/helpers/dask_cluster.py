"""For tests: a Dask cluster of real processes on this machine, whose parts can be killed, stopped and added.

A scheduler or a worker needs one to two seconds to start, so a module of tests shares a cluster.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent.parent
START_S = 60.0
STOP_S = 10.0
SETTINGS = {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False", "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "500ms"}
"""As ``--cluster local`` has them: nobody looks at profiles, which cost processor time."""
MARK = "GRADER_TESTS_CLUSTER"
"""An environment variable of all processes of a cluster, and of those that they start: its value is the cluster's."""


@dataclass(slots=True)
class DaskWorker:
    """A ``dask worker`` process without a nanny, so that nobody starts it again when it is killed."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    folder: Path
    """Where Dask and what runs in the worker may write."""

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """As the kernel does when memory runs out: nothing of it is told to anybody."""
        _end(self.process, signal.SIGKILL)

    def stop(self) -> None:
        """As a batch system does when a job is over: it leaves the cluster in order."""
        _end(self.process, signal.SIGTERM)

    def said(self) -> str:
        return self.log.read_text(errors="replace")


@dataclass(slots=True)
class DaskCluster:
    """A scheduler and ``size`` workers. ``options`` are further arguments of all processes, ``worker_options`` of the
    workers, ``environment`` further variables. Use it as a context manager: everything that it started has ended when
    it is left.
    """

    size: int = 2
    options: Sequence[str] = ()
    worker_options: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    protocol: str = "tcp"
    address: str = ""
    workers: list[DaskWorker] = field(default_factory=list)
    _folder: tempfile.TemporaryDirectory[str] | None = None
    _scheduler: subprocess.Popen[bytes] | None = None
    _started: int = 0

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="dask")
        try:
            self.start_scheduler()
            self.add(self.size)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def folder(self) -> Path:
        assert self._folder is not None, "the cluster was not started"
        return Path(self._folder.name)

    @property
    def scheduler_pid(self) -> int:
        assert self._scheduler is not None
        return self._scheduler.pid

    def start_scheduler(self) -> None:
        """Start a scheduler at a port of its own. Workers of an earlier one are killed."""
        for worker in self.living():
            worker.kill()
        told = self.folder / f"scheduler{self._started}.json"
        log = self.folder / "scheduler.log"
        command = ["scheduler", "--port", "0", "--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(told)]
        if self.protocol != "tcp":
            command += ["--protocol", self.protocol]
        self._scheduler = self._start(command, log, {})
        _wait_until(told.exists, self._scheduler, log)
        # The file is written in place: it may be there, and be empty.
        _wait_until(lambda: told.read_text().endswith("}"), self._scheduler, log)
        self.address = json.loads(told.read_text())["address"]

    def add(
        self, count: int = 1, *, threads: int = 1, wait: bool = True, environment: Mapping[str, str] | None = None
    ) -> list[DaskWorker]:
        """Start workers side by side. ``wait``: until they are known to the scheduler."""
        new = [self._start_worker(threads, environment or {}) for _ in range(count)]
        self.workers += new
        if wait:
            for worker in new:
                _wait_until(lambda worker=worker: "Registered to:" in worker.said(), worker.process, worker.log)  # type: ignore[misc]
        return new

    def fill(self, size: int) -> None:
        """Start as many workers as are missing."""
        self.add(max(0, size - len(self.living())))

    def living(self) -> list[DaskWorker]:
        return [worker for worker in self.workers if worker.alive]

    def kill_scheduler(self) -> None:
        assert self._scheduler is not None
        _end(self._scheduler, signal.SIGKILL)

    def processes(self) -> list[int]:
        """The ids of all processes that live: scheduler, workers, and what the workers started, orphans included.

        Processes of another user are not found: submissions' sandboxes that have become ``nobody``.
        """
        mark = f"{MARK}={self.folder}".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    found.append(int(process.name))
            except OSError:  # it has just ended, or is another user's
                continue
        return sorted(found)

    def close(self) -> None:
        """Kill everything. Nobody is asked: a worker may wait for a scheduler that was killed."""
        for worker in self.workers:
            worker.kill()
        if self._scheduler is not None:
            _end(self._scheduler, signal.SIGKILL)
        if self._folder is not None:
            deadline = time.monotonic() + STOP_S
            while (left := self.processes()) and time.monotonic() < deadline:  # lanes end when their input does
                time.sleep(0.05)
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            self._folder.cleanup()
            assert not left, f"processes outlived the workers that started them: {left}"

    def _start_worker(self, threads: int, environment: Mapping[str, str]) -> DaskWorker:
        self._started += 1
        name = f"worker-{self._started}"
        folder = self.folder / name
        folder.mkdir()
        log = self.folder / f"{name}.log"
        command = [
            *("worker", self.address, "--name", name, "--nthreads", str(threads), "--memory-limit", "0"),
            *("--no-nanny", "--no-dashboard", "--local-directory", str(folder), "--death-timeout", "20"),
            *self.worker_options,
        ]
        process = self._start(command, log, {"TMPDIR": str(folder), **environment})
        return DaskWorker(name=name, process=process, log=log, folder=folder)

    def _start(self, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        with log.open("ab") as written:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *command, "--host", "127.0.0.1", *self.options],
                cwd=self.folder,
                env={
                    **os.environ,
                    **SETTINGS,
                    "PYTHONPATH": path,
                    MARK: str(self.folder),
                    **self.environment,
                    **environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def state_of(address: str, **security: Any) -> dict[str, Any]:
    """What a cluster holds: its tasks and plugins, and for each worker its data, plugins, children and files.

    Two states of an idle cluster can be compared, whoever used it in between.
    """
    from distributed import Client

    with Client(address, set_as_default=False, timeout="20s", **security) as client:
        scheduler = client.run_on_scheduler(scheduler_state)
        workers = client.run(worker_state)
    return {**scheduler, "workers": {seen["name"]: seen for seen in workers.values()}}


def scheduler_state(dask_scheduler: Any) -> dict[str, Any]:
    """Runs in the scheduler."""
    return {
        "tasks": sorted(map(str, dask_scheduler.tasks)),
        "plugins": sorted(dask_scheduler.plugins),
        "worker_plugins": sorted(dask_scheduler.worker_plugins),
        "addresses": sorted(dask_scheduler.workers),
        "extensions": sorted(dask_scheduler.extensions),
        "variables": sorted(dask_scheduler.extensions["variables"].variables),
    }


def worker_state(dask_worker: Any) -> dict[str, Any]:
    """Runs in a worker."""
    mine = Path(f"/proc/{os.getpid()}/task")
    return {
        "name": dask_worker.name,
        "data": sorted(map(str, dask_worker.data)),
        "tasks": sorted(map(str, dask_worker.state.tasks)),
        "plugins": sorted(dask_worker.plugins),
        "children": [int(child) for task in mine.glob("*/children") for child in task.read_text().split()],
        "files": sorted(str(path) for path in Path(tempfile.gettempdir()).rglob("*") if path.name != "__pycache__"),
    }


def _wait_until(is_so: Any, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while not is_so():
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"It did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
