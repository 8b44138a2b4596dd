"""One process of the pool (``python -m grader.classroom.batch.pool_process``): a worker in its sandbox, and the judge.

Frames come in on standard input and go out on standard output (``messages``): ``start`` with the orders, ``ready``
back; ``prepare`` with the modules to import; then a ``task`` and its ``done``, again and again. The process ends when
its input does.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from grader.course.course_folder import support_of
from grader.errors import GraderError, SandboxError
from grader.sandbox.channel import Channel
from grader.sandbox.worker import Worker

FOREVER_S = 10.0**6

Frame = tuple[dict[str, Any], bytes]


def main() -> int:
    channel = _take_channel()
    start = channel.receive(FOREVER_S)
    if start is None:
        return 0
    frames: queue.Queue[Frame] = queue.Queue()
    signal.signal(signal.SIGTERM, _stop)
    threading.Thread(target=_listen, args=(channel, frames), daemon=True).start()
    # The worker first: it imports torch while this process imports all the rest.
    header = start[0]
    try:
        worker = _start_worker(header)
        try:
            _serve(header, worker, channel, frames)
        finally:
            worker.close()
    except GraderError as error:
        _fail(channel, error)
    except Exception as error:
        _fail(channel, SandboxError(f"An error of the grader itself: {type(error).__name__}: {error}"))
    return 0


def _take_channel() -> Channel:
    """Frames have the standard output for themselves; whatever else is printed goes where errors go."""
    out = os.dup(1)
    os.dup2(2, 1)
    return Channel(read_fd=os.dup(0), write_fd=out)


def _listen(channel: Channel, frames: queue.Queue[Frame]) -> None:
    """Take frames as they come, so that the end of the input is seen while a submission runs."""
    while (frame := channel.receive(FOREVER_S)) is not None:
        frames.put(frame)
    os.kill(os.getpid(), signal.SIGTERM)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(0)


def _start_worker(header: Mapping[str, Any]) -> Worker:
    python = header["python"]
    return Worker.start(
        python=None if python is None else Path(python),
        level=header["isolation"],
        support=support_of(Path(header["course"])),
    )


def _serve(header: Mapping[str, Any], worker: Worker, channel: Channel, frames: queue.Queue[Frame]) -> NoReturn:
    """Grade one task after the other. Raises GraderError where nothing can be graded."""
    from grader.classroom.batch import messages
    from grader.classroom.batch.grade_task import grade_task
    from grader.classroom.batch.tasks import Ready
    from grader.course.course import load_course
    from grader.model import Limits
    from grader.pipeline import cache_keys
    from grader.pipeline.grader import Grader
    from grader.pipeline.references import ReferenceStore
    from grader.pipeline.settings import Settings
    from grader.sandbox.sandbox import Sandbox

    def restart() -> Worker:
        fresh = _start_worker(header)
        fresh.configure(modules)
        return fresh

    orders = messages.decode_orders(header)
    course = load_course(orders.course)
    exercises = course.select(orders.exercises)
    settings = Settings(
        exercises=exercises,
        explicit=bool(orders.exercises),
        seed=orders.seed,
        limits=Limits(wall_s=orders.timeout_s),
        handout=course.handout,
    )
    modules: tuple[str, ...] = ()
    sandbox = Sandbox(worker, restart)
    try:
        digest = cache_keys.of_course(
            exercises,
            explicit=settings.explicit,
            handout=course.handout,
            support=course.support,
            seed=orders.seed,
            limits=settings.limits,
            versions=sandbox.versions,
        )
        statements = {item.exercise.id: item.exercise.statement for item in exercises}
        ready = Ready(course=digest, rubrics=cache_keys.of_rubrics(exercises), statements=statements)
        channel.send(messages.encode_ready(ready))
        modules = messages.decode_modules(frames.get()[0])
        worker.configure(modules)
        grader = Grader(sandbox, settings, ReferenceStore())
        while True:
            task = messages.decode_task(*frames.get())
            channel.send(*messages.encode_graded(grade_task(task, grader, ready.rubrics)))
    finally:
        sandbox.close()


def _fail(channel: Channel, error: GraderError) -> None:
    from grader.classroom.batch import messages

    channel.send(messages.encode_error(error))


if __name__ == "__main__":
    sys.exit(main())
