"""A lane's process (``python -m grader.classroom.batch.lane_process``): a worker in its sandbox, and the judge.

Frames come in on standard input and go out on standard output (``messages``): ``start`` with the options is answered
with ``ready``; ``prepare`` says which modules to import. Then one lane is asked to ``check`` the
references, and all get what it found (``references``). Each ``task`` is answered with ``done``. ``log`` frames may come
at any time. The process ends when its input does.
"""

from __future__ import annotations

import gc
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from grader.classroom.batch import messages
from grader.errors import GraderError, SandboxError
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.options import GradingOptions, decode_options
from grader.process_end import run_and_end
from grader.runtime.protocol.frames import FrameError
from grader.sandbox.channel import Channel

# For types only: the worker is started before the model is imported.
if TYPE_CHECKING:
    from grader.model import Graded
    from grader.pipeline.grader import Grader

FOREVER_S = 10.0**6
NEW_OBJECTS = 50_000
"""Python looks for garbage after so many new objects. With its usual 700, that takes a twentieth of the judge's time.
"""

Frame = tuple[dict[str, Any], bytes]


def main() -> int:
    channel = take_channel()
    start = start_of(channel)
    return 0 if start is None else grade_in_lane(channel, decode_options(start))


def start_of(channel: Channel) -> Mapping[str, Any] | None:
    """The first frame, which has the options; None: the input has ended."""
    start = channel.receive(FOREVER_S)
    return None if start is None else start[0]


def grade_in_lane(channel: Channel, options: GradingOptions, rename: Mapping[str, str] | None = None) -> int:
    """Import everything, and grade until the input ends. ``rename``: paths in messages about the course, and what to
    say for them.
    """

    def run(frames: queue.Queue[Frame]) -> None:
        with OpenGrader(options) as opened:
            # Imported while the worker imports torch on another core.
            from grader.classroom.batch.ready import ready_of

            grader = opened.load()
            ready = ready_of(grader)
            channel.send(messages.encode_ready(ready, opened.about()))
            serve(opened, grader, ready.rubrics, channel, frames, rename)

    be_lane(channel, run, rename)
    return 0


def be_lane(
    channel: Channel, run: Callable[[queue.Queue[Frame]], None], rename: Mapping[str, str] | None = None
) -> None:
    """Call ``run`` with the frames of the pool as they come; errors and log entries go to the pool."""
    frames: queue.Queue[Frame] = queue.Queue()
    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=_listen, args=(channel, frames), daemon=True).start()
    with errors_told_to(channel, rename):
        run(frames)


@contextmanager
def errors_told_to(channel: Channel, rename: Mapping[str, str] | None = None) -> Iterator[None]:
    """Send log entries to the pool, and the error that keeps everything from being graded. ``rename``: see
    ``grade_in_lane``.
    """
    logger = logging.getLogger("grader")
    logger.addHandler(handler := LogToPool(channel))
    try:
        yield
    except GraderError as error:
        channel.send(messages.encode_error(error, rename))
    except Exception as error:
        logger.exception("A process of the pool failed")
        fault = SandboxError(f"An error of the grader itself: {type(error).__name__}: {error}")
        channel.send(messages.encode_error(fault))
    finally:
        logger.removeHandler(handler)


def take_channel() -> Channel:
    """Keep standard output for frames: everything else that is printed goes to standard error."""
    out = os.dup(1)
    os.dup2(2, 1)
    return Channel(read_fd=os.dup(0), write_fd=out)


class LogToPool(logging.Handler):
    """Sends log entries, with their tracebacks, to the process that keeps the log (``cli.options``: ``--log-file``)."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(logging.WARNING)
        self._channel = channel

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._channel.send(messages.encode_log(record.name, record.levelno, self.format(record)))
        except (OSError, FrameError):
            self.handleError(record)


def _listen(channel: Channel, frames: queue.Queue[Frame]) -> None:
    """Take frames as they come, so that the end of the input is noticed while a submission runs."""
    while (frame := channel.receive(FOREVER_S)) is not None:
        frames.put(frame)
    os.kill(os.getpid(), signal.SIGTERM)


def stop(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(0)


def serve(
    opened: OpenGrader,
    grader: Grader,
    rubrics: str,
    channel: Channel,
    frames: queue.Queue[Frame],
    rename: Mapping[str, str] | None = None,
) -> NoReturn:
    """Grade one task after the other. Raises GraderError where nothing can be graded. ``rename``: see
    ``grade_in_lane``.
    """
    from grader.classroom.batch.grade_task import grade_task

    gc.freeze()  # modules and the course stay; what tasks leave is still collected
    gc.set_threshold(NEW_OBJECTS)
    while True:
        header, payload = frames.get()
        kind = header["t"]
        if kind == messages.PREPARE:
            opened.preload(messages.decode_modules(header), header["runs"])
        elif kind == messages.CHECK:
            broken = grader.find_broken_references(again=header["again"])
            channel.send(messages.encode_references(messages.CHECKED, broken.values(), rename))
        elif kind == messages.REFERENCES:
            grader.assume_references(messages.decode_references(header))
        elif kind == messages.SETTLE:
            opened.settle()
            channel.send({"t": messages.SETTLED})
        else:
            answer(channel, grade_task(messages.decode_task(header, payload), grader, rubrics))


def answer(channel: Channel, graded: Graded) -> None:
    """Send a result. One that does not fit into a frame is ``broken``, which costs no other task anything."""
    try:
        channel.send(*messages.encode_graded(graded))
    except FrameError as error:
        logging.getLogger("grader").warning("The result of %s cannot be sent: %s", graded.key, error)
        why = f"Its result is too large to be kept: {error}. This is an error of the grader, not of the submission."
        channel.send(*messages.encode_graded(messages.broken(graded.key, graded.rubrics, why)))


if __name__ == "__main__":
    run_and_end(main)
