"""Lanes that share what they import, seen from the pool: a process forks them (``lane_forker``)."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress

from grader.classroom.batch import lane, messages
from grader.classroom.batch.lane import Lane
from grader.pipeline.options import GradingOptions
from grader.runtime.protocol.frames import write
from grader.sandbox import bubblewrap

COMMAND = (sys.executable, "-P", "-m", "grader.classroom.batch.lane_forker")
MAX_LANES = 64
"""Lanes that one process forks. Each takes some descriptors there."""


def can_share(options: GradingOptions) -> bool:
    """Whether lanes may be able to share imports; what a machine allows shows when it is tried."""
    return sys.platform == "linux" and options.isolation in (None, "strict") and bool(bubblewrap.binaries())


class ForkedLanes:
    """The process that forks lanes, and the ``lanes``. Close it after them."""

    def __init__(self, options: GradingOptions, size: int) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self.lanes = [ForkedLane(self, number) for number in range(size)]
        self._process = subprocess.Popen(
            [*COMMAND, *(each.place for each in self.lanes)],
            stdin=subprocess.PIPE,
            stderr=self._errors,
            bufsize=0,
            start_new_session=True,  # Ctrl-C interrupts the pool alone, which then ends its processes
            pass_fds=[fd for each in self.lanes for fd in each.passed_fds],
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # its threads do not survive a fork
        )
        for each in self.lanes:
            each.has_been_passed()
        self._send(messages.encode_start(options))

    @property
    def pid(self) -> int:
        return self._process.pid

    def prepare(self, modules: Sequence[str], runs: int) -> None:
        self._send(messages.encode_modules(modules, runs))

    def end_lane(self, number: int) -> None:
        """Kill a lane that does not end by itself."""
        self._send(messages.encode_end(number))

    def standard_error(self) -> str:
        """What the process wrote to standard error, or the end of it."""
        return lane.end_of(self._errors)

    def ask_to_end(self) -> None:
        """Have the process end at once, and its lanes with it."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        self._process.terminate()

    def close(self) -> None:
        self.ask_to_end()
        try:
            self._process.wait(2 * lane.STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()  # its lanes and workers end with it
            self._process.wait()
        self._errors.close()

    def _send(self, header: messages.Json) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # it has ended, which shows when the pool reads from the lanes
            write(self._process.stdin.fileno(), header)


class ForkedLane(Lane):
    """A lane that another process forks. Its channel is a socket, and ends with it."""

    def __init__(self, forker: ForkedLanes, number: int) -> None:
        self._forker = forker
        self._number = number
        self._connection, self._far_end = socket.socketpair()
        fd = self._connection.fileno()
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self._begin(errors, read_fd=fd, write_fd=fd)

    @property
    def name(self) -> str:
        return f"Lane {self._number} of process {self._forker.pid}"

    @property
    def is_forked(self) -> bool:
        return True

    @property
    def passed_fds(self) -> tuple[int, int]:
        """The descriptors that it inherits: its channel and its standard error."""
        return self._far_end.fileno(), self._errors.fileno()

    @property
    def place(self) -> str:
        channel, errors = self.passed_fds
        return f"{channel}:{errors}"

    def has_been_passed(self) -> None:
        """To be called when the process that forks it has inherited the descriptors."""
        self._far_end.close()

    def standard_error(self) -> str:
        return super().standard_error() or self._forker.standard_error()

    def ask_to_end(self) -> None:
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)

    def end(self) -> None:
        self.ask_to_end()
        if not self._ends():
            self._forker.end_lane(self._number)
            self._ends()
        self._connection.close()
        self._errors.close()

    def _ends(self) -> bool:
        """Wait for the end of its channel. False: it does not end in time."""
        deadline = time.monotonic() + lane.STOP_S
        poller = select.poll()
        poller.register(self.fd, select.POLLIN)
        while (remaining_s := deadline - time.monotonic()) > 0:
            if poller.poll(1000 * remaining_s):
                try:
                    if not os.read(self.fd, 1024**2):
                        return True
                except OSError:
                    return True
        return False
