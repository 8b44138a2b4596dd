"""The function that Dask runs on a worker: it takes a request to the worker's lane and returns the answer.

Arguments and results are bytes. The worker has a lane for each batch that uses it: a process beside the worker, which
imports once and grades many tasks. Its fork server stays on the lane's own main thread: Dask's threads come and go.
A lane ends when its batch ends, when nothing was asked of it for ``LEASE_S``, and with the worker.
"""

from __future__ import annotations

import asyncio
import atexit
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import IO

from grader.classroom.batch import messages
from grader.classroom.batch.lane import end_of
from grader.classroom.cluster import requests
from grader.classroom.cluster.course_lane import ARCHIVE
from grader.runtime.protocol.frames import FrameError, Json, pack
from grader.sandbox.channel import Channel

LEASE_S = 900.0
"""A lane that nothing is asked of for so long is ended: the batch's main process may have been killed."""
STOP_S = 3.0
WATCH = "autograd-lanes"
"""The name of the thread that looks for such lanes."""
LOOK_EVERY_S = 20.0
COMMAND = (sys.executable, "-P", "-m", "grader.classroom.cluster.course_lane")
SURVEY = (sys.executable, "-P", "-m", "grader.classroom.cluster.host_survey")


class HostedLane:
    """A lane beside a Dask worker. Only one request at a time is given to it."""

    def __init__(self, batch: str) -> None:
        self.batch = batch
        self.used = time.monotonic()
        self.lock = threading.Lock()
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._channel: Channel | None = None

    def keep_part(self, part: int, content: bytes) -> bytes:
        """Keep a part of the course's archive, in a folder that only this user can open."""
        if part == 0:
            self.end()
            self._folder = Path(tempfile.mkdtemp(prefix="autograd-course-", dir=_local_folder()))
            self._folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        if self._folder is None:
            return pack({"t": requests.WANTED})
        opened = os.open(self._folder / ARCHIVE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(opened, "ab") as file:
            file.write(content)
        return pack({"t": requests.KEPT})

    def open(self, header: Json) -> bytes:
        """Start the lane with the course that was sent, and wait until it is ready."""
        if self._process is not None:
            self.end()
        if self._folder is None or _digest(self._folder / ARCHIVE) != header["digest"]:
            self.end()
            return pack({"t": requests.WANTED})
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self._process = subprocess.Popen(
            (*COMMAND, str(self._folder)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            bufsize=0,
            start_new_session=True,  # a signal to the worker's group is not one to the lane, which the worker ends
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._channel = Channel(read_fd=self._process.stdout.fileno(), write_fd=self._process.stdin.fileno())
        about = pack({"t": requests.HOST, "dask": version("distributed")})
        return about + self.ask([header["start"], *header["first"]], b"", header["within_s"])

    def ask(self, headers: list[Json], payload: bytes, within_s: float, *, answers: bool = True) -> bytes:
        """Send frames to the lane, the last with a payload, and return its answer, after what it logged."""
        if self._channel is None:
            return pack({"t": requests.UNKNOWN})
        channel, frames = self._channel, bytearray()
        try:
            for header in headers[:-1]:
                channel.send(header)
            channel.send(headers[-1], payload)
            if not answers:
                return pack({"t": requests.KEPT})
            deadline = time.monotonic() + within_s
            while (frame := channel.receive(deadline - time.monotonic())) is not None:
                frames += pack(*frame)
                if frame[0]["t"] != messages.LOG:
                    if frame[0]["t"] == messages.FAILED:
                        self.end()
                    return bytes(frames)
            why = self._last_error_line()
        except TimeoutError:
            why = "it did not answer in time"
        except (FrameError, OSError) as error:
            why = self._last_error_line() if isinstance(error, OSError) else f"it sent what cannot be read: {error}"
        died = pack({"t": requests.DIED, "why": why, "standard_error": self._standard_error()})
        self.end()
        return bytes(frames) + died

    def interrupt(self) -> None:
        """End the lane, whatever it does. A request that is under way finds it ended, and cleans up."""
        process = self._process
        if process is not None and process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
        has_lock = self.lock.acquire(timeout=STOP_S)
        if not has_lock and process is not None:
            process.kill()
            has_lock = self.lock.acquire(timeout=STOP_S)
        if has_lock:
            try:
                self.end()
            finally:
                self.lock.release()

    def end(self) -> None:
        """End the lane, and remove the course."""
        process, self._process, self._channel = self._process, None, None
        if process is not None:
            assert process.stdin is not None
            assert process.stdout is not None
            with suppress(OSError):
                process.stdin.close()  # then it ends itself and everything that it started
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
        if self._errors is not None:
            self._errors.close()
            self._errors = None
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _standard_error(self) -> str:
        if self._errors is None:
            return ""
        return end_of(self._errors)

    def _last_error_line(self) -> str:
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_S)
        written = self._standard_error()
        return written.splitlines()[-1] if written else "it gave no reason"


_lanes: dict[str, HostedLane] = {}
_lanes_lock = threading.Lock()


def exchange(request: bytes) -> bytes:
    """Answer one request (``requests``). Never raises: Dask would send the exception as a pickle."""
    try:
        header, payload = next(requests.frames_of(request))
        kind, batch = header["t"], header["batch"]
        if kind == requests.SURVEY:
            return _survey(header["within_s"])
        lane = _lane(batch, is_new=kind == requests.COURSE)
        if lane is None:
            return pack({"t": requests.UNKNOWN})
        with lane.lock:
            lane.used = time.monotonic()
            if kind == requests.COURSE:
                return lane.keep_part(header["part"], payload)
            if kind == requests.OPEN:
                return lane.open(header)
            if kind == requests.ASK:
                return lane.ask([header["ask"]], payload, header["within_s"], answers=header["answers"])
            return pack({"t": requests.UNKNOWN})
    except Exception as error:
        return pack({"t": requests.DIED, "why": f"{type(error).__name__}: {error}", "standard_error": ""})


def _survey(within_s: float) -> bytes:
    """What this machine offers. A process of its own finds out, since a worker of the sandbox is started there."""
    done = subprocess.run(SURVEY, stdin=subprocess.DEVNULL, capture_output=True, timeout=within_s, check=False)
    lines = done.stdout.splitlines()
    if not lines:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return pack({"t": requests.DIED, "why": said[-1] if said else "it gave no reason", "standard_error": ""})
    return pack({"t": requests.SURVEYED, "dask": version("distributed"), "survey": json.loads(lines[-1])})


def has_grader() -> None:
    """Dask can call this only where the grader is installed. A worker that cannot read a task is ended by Dask, one
    that cannot read this says so.
    """


async def end_lane(batch: str) -> None:
    """End the lane of a batch, also while it grades. Dask runs this in the worker's event loop, beside the tasks."""
    with _lanes_lock:
        lane = _lanes.pop(batch, None)
    if lane is not None:
        await asyncio.to_thread(lane.interrupt)


def _lane(batch: str, *, is_new: bool) -> HostedLane | None:
    with _lanes_lock:
        if batch not in _lanes and is_new:
            _lanes[batch] = HostedLane(batch)
            if not any(thread.name == WATCH for thread in threading.enumerate()):
                threading.Thread(target=_watch, name=WATCH, daemon=True).start()
        return _lanes.get(batch)


def _watch() -> None:
    while True:
        time.sleep(LOOK_EVERY_S)
        end_unused()


def end_unused() -> None:
    """End lanes whose batch has not been heard of for ``LEASE_S``."""
    with _lanes_lock:
        for lane in list(_lanes.values()):
            if time.monotonic() - lane.used > LEASE_S and lane.lock.acquire(blocking=False):
                try:
                    lane.end()
                    del _lanes[lane.batch]
                finally:
                    lane.lock.release()


@atexit.register
def _end_all() -> None:
    for lane in list(_lanes.values()):
        lane.end()


def _local_folder() -> str | None:
    """The folder that the Dask worker may write to. Dask removes it, should this process be killed."""
    from distributed import get_worker

    try:
        return str(get_worker().local_directory)
    except ValueError:  # not called by a Dask worker
        return None


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
