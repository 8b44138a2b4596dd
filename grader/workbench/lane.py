"""A process of the pool, seen from the pool (``lane_process``). It does one work after the other."""

from __future__ import annotations

import logging
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from grader.pipeline.options import GradingOptions, encode_options
from grader.process_end import end_started, last_words
from grader.runtime.protocol.frames import FrameError, read_text_part, text_part
from grader.sandbox.channel import Channel
from grader.sandbox.kept_runs import KeptRuns
from grader.workbench.lane_process import DONE, ERRORS, FAULT, START, WORK
from grader.workbench.work import Work, encode_work

COMMAND = (sys.executable, "-P", "-m", "grader.workbench.lane_process")
"""``-P``: nothing is imported from the current folder. Students' files may lie there."""
SILENT_S = 600.0
"""A process that does not answer for so long is considered hung. Each run has a limit of its own, which is shorter."""
STOP_S = 3.0


logger = logging.getLogger(__name__)


class LaneEnded(Exception):
    """The process has ended, or does not answer. The message is what it wrote last."""


class WorkFailed(Exception):
    """The grader failed on this work; the process can do others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A result as text, and how long it took."""

    text: str
    seconds: float


class Lane:
    """A process with a bench. Use it from one thread, and ``close`` it."""

    def __init__(
        self,
        options: GradingOptions,
        modules: Sequence[str] = (),
        runs: int = 0,
        kept_runs: KeptRuns | None = None,
    ) -> None:
        """``modules``: what the worker is to import, for about so many ``runs``. ``kept_runs``: see
        ``Bench``.
        """
        self.has_answered = False
        """Whether it has done a work: then it can start, and ends only by what it does."""
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
            start = {
                "t": START,
                "options": encode_options(options),
                "modules": list(modules),
                "runs": runs,
                "runs_in": None if kept_runs is None else str(kept_runs.folder),
                "reads": kept_runs is not None and kept_runs.reads,
            }
            self._channel.send(start)

    def do(self, work: Work) -> Done:
        """Do it. Raises LaneEnded, WorkFailed, and GraderError where nothing can be done."""
        try:
            self._channel.send({"t": WORK}, text_part(encode_work(work)))
            frame = self._channel.receive(SILENT_S)
        except (OSError, FrameError) as error:
            raise LaneEnded(last_words(self._errors) or str(error)) from error
        if frame is None:
            raise LaneEnded(last_words(self._errors))
        header, payload = frame
        self.has_answered = True
        if header["t"] == DONE:
            return Done(text=payload.decode("utf-8", "surrogatepass"), seconds=header["seconds"])
        if header["t"] == FAULT:
            fault = read_text_part(payload)
            logger.error("A work of the pool failed: %s\n%s", work, fault["traceback"])
            raise WorkFailed(fault["reason"])
        raise ERRORS[header["kind"]](read_text_part(payload))

    def kill(self) -> None:
        """End the process at once. What it started notices, and ends. ``close`` it all the same."""
        self._process.kill()

    def close(self) -> None:
        """End the process: it ends itself and what it started when its input ends."""
        end_started(self._process, STOP_S)
        self._errors.close()
