"""The command line in the test's own process, with real workers that are kept from one command to the next.

A worker needs more than a second to import torch. Tests of what a command grades and prints share one, tests of the
process itself (standard input, signals, time limits, what is imported) start the real command.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast
from unittest import mock

import grader.cli
from grader.model import Isolation, Level, Limits
from grader.pipeline import open_grader
from grader.sandbox.preload import EVERYTHING
from grader.sandbox.raw_run import RawRun
from grader.sandbox.worker_handle import WorkerHandle

Key = tuple[Path | None, str | None, Path | None, tuple[tuple[str, Path], ...]]


class KeptWorkers:
    """Running workers, by what they were started with. Takes the place of ``WorkerHandle`` in ``open_grader``."""

    def __init__(self) -> None:
        self._workers: dict[Key, WorkerHandle] = {}

    def start(
        self,
        *,
        python: Path | None,
        level: Level | None,
        support: Sequence[Path],
        data: Mapping[str, Path],
        lasting: bool,
        hide: Sequence[Path],
        workers: int,
    ) -> WorkerHandle:
        """A worker that has imported everything. It stays alive when the command closes it.

        What a command hides lies outside of the installation in these tests, so that commands can share workers.
        """
        assert workers == 0, "lanes are processes of their own"
        key = python, level, tuple(support), tuple(data.items())
        worker = self._workers.get(key)
        if worker is None or not worker.alive:
            worker = self._workers[key] = WorkerHandle.start(python=python, level=level, support=support, data=data)
            worker.configure(EVERYTHING)
        return cast(WorkerHandle, _Borrowed(worker))

    def close(self) -> None:
        for worker in self._workers.values():
            worker.close()


class _Borrowed:
    """What a command uses of a worker. It has everything imported already, and only its owner ends it."""

    def __init__(self, worker: WorkerHandle) -> None:
        self._worker = worker
        self.support = worker.support

    @property
    def alive(self) -> bool:
        return self._worker.alive

    @property
    def versions(self) -> Mapping[str, str | None]:
        return self._worker.versions

    @property
    def isolation(self) -> Isolation:
        return self._worker.isolation

    def configure(self, preload: Sequence[str] = (), runs: int = 0) -> None:
        assert self._worker.isolation

    def run(self, header: Mapping[str, object], payload: bytes, limits: Limits) -> RawRun:
        return self._worker.run(header, payload, limits)

    def close(self) -> None:
        pass


def run_here(
    arguments: Sequence[object], *, folder: Path, home: Path, workers: KeptWorkers
) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, with kept workers."""
    environment = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    with mock.patch.object(open_grader, "WorkerHandle", workers):
        return run_in_process(arguments, folder=folder, environment=environment)


def run_in_process(
    arguments: Sequence[object], *, folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command as ``capture_in_process`` does. What it wrote is text, with line ends as in ``subprocess``."""
    done = capture_in_process(arguments, folder=folder, environment=environment)
    return subprocess.CompletedProcess(done.args, done.returncode, _text(done.stdout), _text(done.stderr))


def capture_in_process(
    arguments: Sequence[object], *, folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in this process, with ``folder`` as its current folder; nothing that it sets outlives it.

    Standard input is empty. What it wrote is bytes.
    """
    command = list(map(str, arguments))
    written = io.BytesIO(), io.BytesIO()
    out, err = (io.TextIOWrapper(each, encoding="utf-8", write_through=True) for each in written)
    with (
        open(os.devnull) as nothing,  # noqa: PTH123 - it is no path in the file system
        _kept_signals(),
        _kept_logging(),
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, {"COLUMNS": "80", **environment}),
        mock.patch.object(sys, "stdin", nothing),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            code = grader.cli.main(command)
        except SystemExit as ended:  # argparse ends so after wrong usage, `--help` and `--version`
            code = int(ended.code or 0)
    out.flush()
    err.flush()
    return subprocess.CompletedProcess(command, code, *(each.getvalue() for each in written))


def _text(written: bytes) -> str:
    return io.TextIOWrapper(io.BytesIO(written), encoding="utf-8").read()


@contextlib.contextmanager
def _kept_signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _kept_logging() -> Iterator[None]:
    logger = logging.getLogger("grader")
    handlers, level = logger.handlers[:], logger.level
    try:
        yield
    finally:
        for handler in set(logger.handlers) - set(handlers):
            handler.close()
        logger.handlers[:] = handlers
        logger.setLevel(level)
