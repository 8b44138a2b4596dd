"""A process of the pool (``python -m grader.workbench.lane_process``): a bench, and works that come one by one.

Frames come in on standard input and go out on standard output: ``start`` with the options; each ``work`` is answered
with ``done``; with ``fault`` where the grader failed on this work, and others can be done; with ``failed`` where
nothing can be done. The process ends when its input does.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.errors import CourseError, GraderError, SandboxError, UsageError
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.options import decode_options
from grader.process_end import run_and_end
from grader.runtime.protocol.frames import text_part
from grader.sandbox.channel import Channel

START, WORK, DONE, FAULT, FAILED = "start", "work", "done", "fault", "failed"
"""Types of frames."""
ERRORS: Mapping[str, type[GraderError]] = {"course": CourseError, "usage": UsageError, "sandbox": SandboxError}
"""The errors that a process of the pool may report, by the word for them in a frame."""
FOREVER_S = 10.0**6
NEW_OBJECTS = 50_000
"""Python looks for garbage after so many new objects, see ``grader.cli``."""


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
    except OSError:
        return 0  # the pool has ended
    return 0


def _serve(channel: Channel, start: Mapping[str, Any]) -> None:
    options = decode_options(start["options"])
    with OpenGrader(options) as opened:
        opened.preload(start["modules"], start["runs"])
        # Imported while the worker imports torch on another core.
        from grader.course.course import load_course
        from grader.sandbox.kept_runs import KeptRuns
        from grader.workbench.bench import Bench
        from grader.workbench.work import decode_work, encode_result

        course = load_course(options.course, options.trusted_checks)
        runs_in = start["runs_in"]
        kept_runs = None if runs_in is None else KeptRuns(Path(runs_in), reads=start["reads"])
        bench = Bench(course, opened, timeout_s=options.timeout_s, kept_runs=kept_runs)
        opened.settle()  # so that the first work is not measured with the imports
        while (frame := channel.receive(FOREVER_S)) is not None:
            work, began = decode_work(json.loads(frame[1])), time.monotonic()
            try:
                result = encode_result(work, work.do(bench))
            except GraderError as error:
                channel.send(*failure(error))
            except Exception as error:
                fault = {"reason": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()}
                channel.send({"t": FAULT}, text_part(fault))
            else:
                seconds = time.monotonic() - began
                channel.send({"t": DONE, "seconds": seconds}, result.encode("utf-8", "surrogatepass"))


def failure(error: GraderError) -> tuple[dict[str, str], bytes]:
    """The frame that says why nothing can be done."""
    kind = next((name for name, known in ERRORS.items() if isinstance(error, known)), "sandbox")
    return {"t": FAILED, "kind": kind}, text_part(str(error))


if __name__ == "__main__":
    run_and_end(main)
