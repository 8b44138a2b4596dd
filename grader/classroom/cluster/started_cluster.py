"""A cluster that is started for a batch, in a process of its own (``cluster_host``), and ended with the batch."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict

from grader.classroom.cluster.addresses import StartedCluster
from grader.classroom.cluster.connecting import Place
from grader.errors import UsageError
from grader.text_bounds import REASON, bounded

STOP_S = 30.0
"""Ending a cluster may mean to cancel jobs of a queue."""
COMMAND = (sys.executable, "-P", "-m", "grader.classroom.cluster.cluster_host")


class ClusterProcess:
    """Starts the cluster, and returns at once. ``place`` waits for it."""

    def __init__(self, asked: StartedCluster) -> None:
        self._asked = asked
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self._process = subprocess.Popen(
            (*COMMAND, json.dumps(asdict(asked))),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,  # Ctrl-C interrupts the main process alone
        )

    def place(self) -> Place:
        """Where its scheduler is. Raises UsageError where there is no cluster."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        try:
            answer = json.loads(line)
        except ValueError:
            answer = {"error": self._last_error_line()}
        if "address" in answer:
            return Place(url=str(answer["address"]), certificates=answer["tls"])
        text = bounded(" ".join(answer["error"].split()), REASON)
        where = "" if self._asked.kind == "local" else " What it needs to know stands in Dask's configuration files."
        raise UsageError(f"The cluster `{self._asked.kind}` could not be started: {text}.{where}")

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()

    def _last_error_line(self) -> str:
        self._errors.seek(0)
        written = self._errors.read().decode("utf-8", "replace").strip()
        return written.splitlines()[-1] if written else "it gave no reason"
