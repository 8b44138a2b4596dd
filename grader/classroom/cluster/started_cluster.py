"""A cluster that is started for a batch, in a process of its own (``cluster_host``), and ended with the batch."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import asdict

from grader.classroom.cluster.addresses import StartedCluster
from grader.classroom.cluster.connecting import Place
from grader.errors import UsageError
from grader.process_end import end_started, last_words
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
            answer = {"error": last_words(self._errors)}
        if "address" in answer:
            return Place(url=str(answer["address"]), certificates=answer["tls"])
        text = bounded(" ".join(answer["error"].split()), REASON)
        where = "" if self._asked.kind == "local" else " What it needs to know stands in Dask's configuration files."
        raise UsageError(f"The cluster `{self._asked.kind}` could not be started: {text}.{where}")

    def close(self) -> None:
        end_started(self._process, STOP_S)
        self._errors.close()
