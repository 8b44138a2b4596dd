"""A process of the pool, seen from the pool (``lane_process``). It does one work after the other."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import suppress

from grader.pipeline.options import GradingOptions, encode_options
from grader.runtime.protocol.frames import FrameError, read_text_part, text_part
from grader.sandbox.channel import Channel
from grader.workbench.lane_process import DONE, ERRORS, START, WORK
from grader.workbench.work import Work, encode_work

COMMAND = (sys.executable, "-P", "-m", "grader.workbench.lane_process")
"""``-P``: nothing is imported from the current folder. Students' files may lie there."""
SILENT_S = 600.0
"""A process that does not answer for so long is considered hung. Each run has a limit of its own, which is shorter."""
STOP_S = 3.0


class LaneEnded(Exception):
    """The process has ended, or does not answer. The message is what it wrote last."""


class Lane:
    """A process with a bench. Use it from one thread, and ``close`` it."""

    def __init__(self, options: GradingOptions) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self._process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            bufsize=0,
            start_new_session=True,  # Ctrl-C interrupts the pool alone, which then ends its processes
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._channel = Channel(read_fd=self._process.stdout.fileno(), write_fd=self._process.stdin.fileno())
        with suppress(OSError):  # it has ended, which shows when its answer is read
            self._channel.send({"t": START, "options": encode_options(options)})

    def do(self, work: Work) -> str:
        """The result as text. Raises LaneEnded, and GraderError where nothing can be done."""
        try:
            self._channel.send({"t": WORK}, text_part(encode_work(work)))
            frame = self._channel.receive(SILENT_S)
        except (OSError, FrameError) as error:
            raise LaneEnded(self._last_words() or str(error)) from error
        if frame is None:
            raise LaneEnded(self._last_words())
        header, payload = frame
        if header["t"] == DONE:
            return payload.decode("utf-8", "surrogatepass")
        raise ERRORS[header["kind"]](read_text_part(payload))

    def close(self) -> None:
        """End the process: it ends itself and what it started when its input ends."""
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

    def _last_words(self) -> str:
        """The last line that the process wrote to standard error."""
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").splitlines()
        return lines[-1] if lines else "it gave no reason"
