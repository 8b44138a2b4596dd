"""A lane, seen from the pool: a process that grades one task after the other (``lane_process``)."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from grader.classroom.batch import messages
from grader.classroom.batch.task_queue import PendingTask
from grader.classroom.batch.tasks import Ready
from grader.pipeline.options import GradingOptions
from grader.process_end import end_started
from grader.runtime.protocol.frames import FrameError, Json
from grader.sandbox.channel import Channel
from grader.sandbox.worker_handle import READY_S

# For types only: lanes are started before this process imports the model, so that both import at the same time.
if TYPE_CHECKING:
    from grader.pipeline.broken_reference import BrokenReference

FRAME_S = 60.0
STOP_S = 3.0
STANDARD_ERROR_BYTES = 64 * 1024


class Lane:
    """A lane of the pool: a process that grades, with a worker of its own, and the tasks that were sent to it and not
    answered. It grades the first of them.
    """

    def __init__(self, options: GradingOptions, command: Sequence[str]) -> None:
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            bufsize=0,
            start_new_session=True,  # Ctrl-C interrupts the pool alone, which then ends its processes
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._begin(errors, read_fd=self._process.stdout.fileno(), write_fd=self._process.stdin.fileno())
        self._send(messages.encode_start(options), b"")

    def _begin(self, errors: IO[bytes], *, read_fd: int, write_fd: int) -> None:
        self.pending: deque[PendingTask] = deque()
        self.ready: Ready | None = None
        self.asked = False
        """It was asked to check the references, or to settle, and has not answered."""
        self.deadline = time.monotonic() + READY_S
        self._errors = errors
        self.fd = read_fd
        self._channel = Channel(read_fd=read_fd, write_fd=write_fd)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def name(self) -> str:
        """What the log calls it."""
        return f"Process {self.pid} of the pool"

    @property
    def is_forked(self) -> bool:
        """Whether it shares what it imports with other lanes. Where it cannot begin, a lane by itself perhaps can."""
        return False

    def prepare(self, modules: Sequence[str], runs: int) -> None:
        self._send(messages.encode_modules(modules, runs), b"")

    def ask(self, question: messages.Json, within_s: float) -> None:
        self.asked = True
        self.deadline = time.monotonic() + within_s
        self._send(question, b"")

    def tell_references(self, broken: Iterable[BrokenReference]) -> None:
        self._send(messages.encode_references(messages.REFERENCES, broken), b"")

    def give(self, pending: PendingTask, task_s: float) -> None:
        """Send a task. Raises FrameError, before anything is sent, where it does not fit into a frame."""
        self._send(*messages.encode_task(pending.task))
        if not self.pending and self.ready is not None:  # otherwise it has the time that it takes to start
            self.deadline = time.monotonic() + task_s
        self.pending.append(pending)

    def receive(self) -> Iterator[tuple[Json, bytes] | None]:
        """The frames that have come; None where the process has ended, or sent what is no frame."""
        while True:
            try:
                frame = self._channel.receive(FRAME_S)
            except (FrameError, TimeoutError, OSError):
                frame = None
            yield frame
            if frame is None or not self._channel.holds_frame:
                return

    def standard_error(self) -> str:
        """What the process wrote to standard error, or the end of it."""
        return end_of(self._errors)

    def last_error_line(self) -> str:
        """The last line that the process wrote to standard error."""
        written = self.standard_error()
        return written.splitlines()[-1] if written else "it gave no reason"

    def ask_to_end(self) -> None:
        """Close the process's standard input: then it ends itself and everything that it started."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()

    def end(self) -> None:
        end_started(self._process, STOP_S)
        self._errors.close()

    def _send(self, header: messages.Json, payload: bytes) -> None:
        with suppress(OSError):  # the process has ended, which shows when the pool reads from it
            self._channel.send(header, payload)


def end_of(errors: IO[bytes]) -> str:
    """The end of what a process wrote to a file."""
    # By position: the process has the same file open, and writes where it stands.
    size = os.fstat(errors.fileno()).st_size
    start = max(0, size - STANDARD_ERROR_BYTES)
    return os.pread(errors.fileno(), STANDARD_ERROR_BYTES, start).decode("utf-8", "replace").strip()
