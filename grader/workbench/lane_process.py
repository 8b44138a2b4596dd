"""A process of the pool (``python -m grader.workbench.lane_process``): a bench, and works that come one by one.

Frames come in on standard input and go out on standard output: ``start`` with the options; each ``work`` is answered
with ``done``, or ``failed`` where nothing can be done. The process ends when its input does.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
from collections.abc import Mapping
from typing import Any

from grader.errors import CourseError, GraderError, SandboxError, UsageError
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.options import decode_options
from grader.process_end import run_and_end
from grader.runtime.protocol.frames import text_part
from grader.sandbox.channel import Channel

START, WORK, DONE, FAILED = "start", "work", "done", "failed"
"""Types of frames."""
ERRORS: Mapping[str, type[GraderError]] = {"course": CourseError, "usage": UsageError, "sandbox": SandboxError}
"""The errors that a process of the pool may report, by the word for them in a frame."""
FOREVER_S = 10.0**6
NEW_OBJECTS = 50_000
"""Python looks for garbage after so many new objects, see ``grader.cli``."""

logger = logging.getLogger(__name__)


def main() -> int:
    out = os.dup(1)
    os.dup2(2, 1)  # what is printed by mistake does not get between the frames
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the pool, which then ends its processes
    channel = Channel(read_fd=0, write_fd=out)
    frame = channel.receive(FOREVER_S)
    if frame is None:
        return 0
    gc.set_threshold(NEW_OBJECTS)
    try:
        _serve(channel, frame[0])
    except GraderError as error:
        channel.send(*failure(error))
    return 0


def _serve(channel: Channel, start: Mapping[str, Any]) -> None:
    with OpenGrader(decode_options(start["options"])) as opened:
        # Imported while the worker imports torch on another core.
        from grader.course.course import load_course
        from grader.workbench.bench import Bench
        from grader.workbench.work import decode_work, encode_result

        bench = Bench(load_course(decode_options(start["options"]).course), opened)
        while (frame := channel.receive(FOREVER_S)) is not None:
            work = decode_work(json.loads(frame[1]))
            try:
                result = encode_result(work, work.do(bench))
            except GraderError as error:
                channel.send(*failure(error))
            except Exception as error:
                logger.exception("A work of the pool failed: %s", work)
                channel.send(*failure(error))
            else:
                channel.send({"t": DONE}, result.encode("utf-8", "surrogatepass"))


def failure(error: Exception) -> tuple[dict[str, str], bytes]:
    """The frame that says why nothing can be done, or what is wrong in the grader."""
    kind = next((name for name, known in ERRORS.items() if isinstance(error, known)), "sandbox")
    what = str(error) if isinstance(error, GraderError) else f"{type(error).__name__}: {error}"
    return {"t": FAILED, "kind": kind}, text_part(what)


if __name__ == "__main__":
    run_and_end(main)
