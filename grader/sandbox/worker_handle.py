"""The host's handle on a worker, the process that has torch imported and runs each submission in a child.

Starting a worker takes the host a few milliseconds and imports nothing heavy, so that the worker imports torch while
the host prepares everything else.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import asdict
from functools import partial
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from grader.runtime.protocol import frame_types
from grader.runtime.protocol.frames import FrameError, Json, pack
from grader.sandbox import bubblewrap, launch, visible_files
from grader.sandbox.forked_worker import ForkedWorker
from grader.sandbox.interpreter import Interpreter, Serves, find_interpreter
from grader.sandbox.open_files import NEEDED, allow_open_files
from grader.sandbox.raw_run import RawRun

# Imported late at run time: they import numpy and more, and the worker should start before that.
if TYPE_CHECKING:
    from grader.errors import GraderError
    from grader.model import Isolation, Level, Limits

RUNTIME = Path(__file__).resolve().parents[1] / "runtime"

HELLO_S = 60.0
READY_S = 300.0
"""Importing torch takes a second or two; minutes from a network disk."""
FORK_S = 30.0
"""Time for forking one worker after the imports."""
CLEANUP_S = 60.0
"""Time for starting a run, ending it and cleaning up after it, on top of the run's own limit."""
LATE_S = 1.9
"""How long after the limit of a run the worker may be silent. It keeps to less, unless a submission has stopped it in
the kernel; then it is replaced.
"""

FILES_A_WORKER = 8
"""Descriptors that the host and the zygote may have for each worker that is forked."""

FORKS = sys.platform != "darwin"
"""Whether a process that has torch loaded can be forked. Apple's libraries do not survive a fork."""

Launcher = Callable[[], launch.WorkerProcess]


class WorkerHandle:
    """A worker in its sandbox. To be used from one thread, which must live as long as the worker.

    ``start`` returns at once; methods that need the worker's answer wait for it. The order is ``start``, ``configure``,
    any number of ``run``, ``close``.
    """

    def __init__(
        self,
        interpreter: Interpreter,
        level: Level | None,
        launchers: Sequence[Launcher],
        support: Sequence[Path],
        data: Mapping[str, Path],
        hide: Sequence[Path],
        files: Mapping[str, Callable[[], Sequence[str]]],
        begin_s: float,
    ) -> None:
        """Use ``start``. ``launchers`` are tried in order until one starts a worker that sends its first frame.

        ``files``: functions that find the paths for Landlock's ``read`` and ``names``. ``begin_s``: how long a child
        may take until the submission begins, on top of the submission's own time.
        """
        self.support = support
        """The folders of the course's helper modules, which submissions can import, in the order of their search."""
        self.data = data
        """Folders with the data of assignments, by their paths in the course. A job says which it needs."""
        self._interpreter = interpreter
        self._hide = hide
        self._level = level
        self._launchers = list(launchers)
        self._refusals: list[str] = []
        self._hello: Json | None = None
        self._isolation: Isolation | None = None
        self._syscall_filter = b""
        self._find_files = files
        self._begin_s = begin_s
        self._files: Mapping[str, Sequence[str]] | None = None
        self._fonts_key: str | None = None
        self._configured = self._ready = False
        self._process: launch.WorkerProcess | ForkedWorker | None = None
        self._launch_next()

    @classmethod
    def start(
        cls,
        *,
        python: Path | None = None,
        level: Level | None = None,
        disk_bytes: int = launch.DISK_BYTES,
        hide: Sequence[Path] = (),
        runtime: Path = RUNTIME,
        support: Sequence[Path] = (),
        data: Mapping[str, Path] = MappingProxyType({}),
        lasting: bool = True,
        forks: bool = FORKS,
        workers: int = 0,
    ) -> Self:
        """Start a worker that runs submissions with ``python`` (None: the grader's own) and return at once.

        ``level``: the isolation that is required; None: the best that the machine allows. ``hide``: files and folders
        that must not be visible, wherever they lie; they need not exist yet. ``support``: the folders of helper modules
        that submissions may import. ``data``: folders with the data of assignments, by their paths in the course.
        ``lasting``: it will run many submissions.
        ``forks``: it forks a child for each submission; otherwise it spawns an interpreter, which has to import torch.
        ``workers``: it is to import for so many workers, and then to fork them (``split``), if the machine allows that;
        0: it runs jobs itself. Raises UsageError and SandboxError.
        """
        allow_open_files(NEEDED + FILES_A_WORKER * workers)
        interpreter = find_interpreter(python)
        serves: Serves = "spawn" if not forks else "many" if lasting else "one"
        plainly = partial(
            launch.start_plainly,
            interpreter,
            runtime=runtime,
            support=support,
            data=data,
            hide=hide,
            serves=serves,
        )
        boxed = [
            partial(
                launch.start_in_bubblewrap,
                program,
                interpreter,
                runtime=runtime,
                support=support,
                data=data,
                disk_bytes=disk_bytes,
                hide=hide,
                serves=serves,
                workers=workers if forks else 0,
            )
            for program in (bubblewrap.binaries() if level in (None, "strict") else ())
        ]
        readable = partial(
            visible_files.readable, interpreter, runtime=runtime, support=support, data=data.values(), hide=hide
        )
        files = {"read": readable, "names": partial(visible_files.listable, interpreter, hide=hide)}
        launchers = boxed if level == "strict" else [*boxed, plainly]
        return cls(interpreter, level, launchers, support, data, hide, files, 0.0 if forks else READY_S)

    # ----------------------------------------------------------------------------------------------------------------
    # Using it
    # ----------------------------------------------------------------------------------------------------------------

    @property
    def alive(self) -> bool:
        """Whether it can run jobs."""
        return self._process is not None

    @property
    def versions(self) -> Mapping[str, str | None]:
        """Versions of ``python``, ``torch``, ``numpy``, ``matplotlib`` in the sandbox; None: not installed."""
        found: dict[str, str | None] = self._await_hello()["versions"]
        return found

    @property
    def isolation(self) -> Isolation:
        """How submissions are isolated. Raises SandboxError where that is less than what was required."""
        if self._isolation is None:
            self._isolation = self._find_isolation()
        return self._isolation

    def configure(self, preload: Sequence[str] = (), runs: int = 0) -> None:
        """Tell the worker which modules to import before the first submission. Raises SandboxError.

        ``.name`` is a module of the runtime. Modules that are not installed are skipped. ``runs``: how many submissions
        it will run at most, so that it knows which preparations pay; 0: not known.
        """
        from grader.sandbox import font_cache

        isolation = self.isolation
        if any(name.partition(".")[0] == "matplotlib" for name in preload):
            where = "in" if isolation.mechanisms[:1] == ("bubblewrap",) else "out"
            self._fonts_key = f"{self.versions['matplotlib']} {self._interpreter.executable} {where}"
        known = font_cache.load(self._fonts_key) if self._fonts_key is not None else {}
        start = {
            "t": frame_types.START,
            "preload": list(preload),
            "runs": runs,
            "fonts": known,
            "files": self._files,
        }
        self._send(start, self._syscall_filter)
        self._configured = True

    @property
    def why_alone(self) -> str | None:
        """Why it cannot fork the workers that were asked for, in words; None: it can. Waits for its first frame."""
        hello = self._await_hello()
        if not self._zygote_process().forked:
            return " ".join(f"No namespaces: {reason}" for reason in self._refusals) or "There are no namespaces."
        refused: str | None = hello["refused"]
        return None if refused is None else f"No worker can be forked into namespaces of its own: {refused}."

    def split(self) -> Sequence[Self]:
        """Wait until it has imported everything, and has forked the workers: the handles of these, ready for jobs. One
        that could not be forked is not ``alive``. Raises GraderError where the imports fail.

        This worker runs no jobs itself. Where it ends, or the process that started it, the others end, too.
        """
        self._await_ready()
        found = []
        for worker in self._zygote_process().forked:
            handle = copy(self)
            handle._process = worker if worker.arrives(FORK_S) else None
            found.append(handle)
        if not all(handle.alive for handle in found):
            _log("Not all workers could be forked.", self._alive_process().last_words())
        return found

    def leave(self) -> None:
        """In a process that was forked from the one that uses this worker: close all descriptors. The worker lives."""
        if self._process is not None:
            process, self._process = self._process, None
            process.leave()

    def settle(self) -> None:
        """Wait until its imports are done. Raises GraderError where they fail."""
        self._await_ready()

    def run(self, header: Mapping[str, Any], payload: bytes, limits: Limits) -> RawRun:
        """Run one job (as ``encode_job.encode`` returns it).

        Raises SandboxError where the worker failed, not the submission; ``alive`` then says whether it can continue.
        Raises FrameError, before anything is sent, where the job is too large.
        """
        self._await_ready()
        data = [self._shown_data(path) for path in header.get("data", ()) if path in self.data]
        guarded = not self._alive_process().namespaces and self._files is None
        header = {**header, "data": data, "guard_data": bool(data) and guarded, "support": self._shown_support()}
        # The job is a frame inside a frame: only the child unpacks the inner one.
        job = pack({"t": frame_types.JOB, **header}, payload)
        self._send({"t": frame_types.JOB, "limits": asdict(limits)}, job)
        stream = bytearray()
        waited_s = self._alive_process().waited_s()
        done = self._await_end(stream, limits)
        if done is None:
            return self._given_up(bytes(stream), limits, waited_s)
        if not done["clean"]:
            self.close()
        if done["error"] is not None:
            raise _sandbox_error(f"The sandbox could not be set up for a submission: {done['error']}")
        return RawRun(
            stream=bytes(stream),
            exit=done["exit"],
            signal=done["signal"],
            timed_out=done["timed_out"],
            truncated=done["truncated"],
            exceeded=done["exceeded"] and tuple(done["exceeded"]),
            wall_s=done["wall_s"],
            cpu_s=done["cpu_s"],
            waited_s=done["waited_s"],
        )

    def _await_end(self, stream: bytearray, limits: Limits) -> Json | None:
        """Collect the record until the run has ended. Returns the ``done`` frame's JSON; None: it has begun, and the
        worker does not end it.
        """
        has_begun = False
        deadline = time.monotonic() + self._begin_s + limits.wall_s + CLEANUP_S
        while True:
            try:
                header, payload = self._receive(deadline - time.monotonic(), may_be_late=has_begun)
            except TimeoutError:
                return None
            if header["t"] == frame_types.BEGUN:
                has_begun = True
                deadline = time.monotonic() + limits.wall_s + LATE_S
            elif header["t"] == frame_types.CHUNK:
                stream += payload
                if len(stream) > limits.observation_bytes:
                    raise self._ended("It sent more than it was allowed to.")
            else:
                return header

    def _given_up(self, stream: bytes, limits: Limits, waited_before_s: float | None) -> RawRun:
        """The run of a submission that keeps the worker from ending it. The worker is replaced.

        How long others kept the submission waiting is not known: all of the time, where they kept the worker waiting.
        ``waited_before_s``: how long that had waited before the run.
        """
        process = self._alive_process()
        waited_s = process.waited_s()
        was_busy = waited_s is None or waited_before_s is None or waited_s - waited_before_s > LATE_S / 4
        _log("A worker did not end a run in time.", process.last_words())
        self.close()
        took_s = limits.wall_s + LATE_S
        return RawRun(
            stream=stream,
            signal=signal.SIGKILL,
            timed_out=True,
            wall_s=took_s,
            waited_s=took_s if was_busy else 0.0,
        )

    def _shown_data(self, path: str) -> Mapping[str, str]:
        """Where a folder with data lies for submissions, beside its path in the course."""
        boxed = self._alive_process().namespaces
        return {"path": path, "folder": f"{bubblewrap.COURSE}/{path}" if boxed else str(self.data[path].resolve())}

    def _shown_support(self) -> Sequence[str]:
        """Where the folders of helper modules lie for submissions."""
        if self._alive_process().namespaces:
            return bubblewrap.shown_support(self.support)
        return [str(folder.resolve()) for folder in self.support]

    def close(self) -> None:
        """End the worker, also while it runs a submission."""
        if self._process is not None:
            process, self._process = self._process, None
            process.kill(serving=self._ready)
            process.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # ----------------------------------------------------------------------------------------------------------------
    # Starting
    # ----------------------------------------------------------------------------------------------------------------

    def _launch_next(self) -> None:
        while self._launchers:
            try:
                self._process = self._launchers.pop(0)()
                return
            except OSError as error:
                self._refusals.append(f"{error.strerror}: {error.filename}")
        raise _sandbox_error(self._cannot_start())

    def _await_hello(self) -> Json:
        while self._hello is None:
            process = self._alive_process()
            try:
                frame = process.channel.receive(HELLO_S)
            except (TimeoutError, FrameError):
                frame = None
            if frame is not None and frame[0]["t"] == frame_types.HELLO:
                self._hello = frame[0]
                device, inode = frame[0]["scratch"]
                self._zygote_process().has_started((device, inode))
            else:
                words = process.last_words()
                _log("A worker did not start.", words)
                self._refusals.append(bubblewrap.explain(words) if process.namespaces else _last_line(words))
                self.close()
                self._launch_next()
        return self._hello

    def _cannot_start(self) -> str:
        if self._level == "strict":
            reasons = self._refusals or [bubblewrap.diagnose() or "there is no reason to be seen"]
            return (
                f"`--isolation strict` is not possible here: {' '.join(dict.fromkeys(reasons))} "
                "Without `--isolation`, the grader uses what there is, and every result says what that was."
            )
        return f"The worker could not be started with {self._interpreter.executable}: {' '.join(self._refusals)}"

    def _find_isolation(self) -> Isolation:
        from grader.model import NO_MORE_ASKED, Isolation, Level
        from grader.sandbox import seccomp

        hello = self._await_hello()
        boxed = self._alive_process().namespaces
        mechanisms = list(bubblewrap.mechanisms()) if boxed else ["process"]
        missing: list[str] = []
        if not boxed:
            missing += [f"No namespaces: {reason}" for reason in dict.fromkeys(self._refusals)]
            if not self._refusals and self._level is None and (reason := bubblewrap.diagnose()) is not None:
                missing.append(f"No namespaces: {reason}")
            missing += self._find_landlock(hello, mechanisms)
        if self._level == Level.NONE:
            missing.append("No filter of system calls.")
        elif (reason := seccomp.diagnose()) is not None:
            missing.append(f"No filter of system calls: {reason}")
        else:
            self._syscall_filter = seccomp.compile_filter(
                shares_host=not boxed, landlocked=self._files is not None, may_fork=boxed or hello["uid"] != 0
            )
            mechanisms.append("seccomp")
        if not boxed and not self._syscall_filter:
            missing.append("The submission can use the network and end other processes of its user.")
        if hello["uid"] == 0:
            missing.append("The submission runs as root: an ordinary user could not read this Python installation.")
        else:
            mechanisms.append("unprivileged user")
        mechanisms.append("resource limits")
        if boxed and self._syscall_filter and hello["uid"] != 0:
            level = Level.STRICT
        else:
            level = Level.REDUCED if boxed or self._syscall_filter else Level.NONE
        if (self._level == Level.STRICT and level != Level.STRICT) or (
            self._level == Level.REDUCED and level == Level.NONE
        ):
            raise self._ended(f"`--isolation {self._level}` is not possible here: {' '.join(missing)}")
        if self._level in (Level.REDUCED, Level.NONE):
            missing.append(NO_MORE_ASKED)
        return Isolation(level=level, mechanisms=tuple(mechanisms), missing=tuple(missing))

    def _find_landlock(self, hello: Json, mechanisms: list[str]) -> Iterator[str]:
        """Use Landlock where there are no namespaces and the kernel has it; returns what is missing, in words."""
        from grader.model import Level

        if self._level == Level.NONE:
            yield "No Landlock."
        elif not hello["landlock"]:
            yield "No Landlock: that is a part of Linux 6.2 and later, where the kernel was built and started with it."
        else:
            self._files = {name: find() for name, find in self._find_files.items()}
            mechanisms.append("landlock")
            yield "The submission can see that files of the machine exist, by their paths, and not what is in them."
            return
        yield "The submission can read every file that its user can read."

    def _await_ready(self) -> None:
        if self._ready:
            return
        if not self._configured:
            self.configure()
        ready = self._receive(READY_S)[0]
        if ready["error"] is not None:
            raise self._import_failed(ready["error"])
        if self._fonts_key is not None:
            from grader.sandbox import font_cache

            font_cache.store(self._fonts_key, ready["fonts"])
        self._ready = True

    def _import_failed(self, error: str) -> GraderError:
        from grader.errors import UsageError

        self.close()
        python = self._interpreter.executable
        lacking = [name for name in ("torch", "numpy") if self.versions[name] is None]
        if lacking:
            from grader.sandbox.missing_packages import explain_missing

            return UsageError(explain_missing(lacking, self._interpreter, self._hide))
        return _sandbox_error(f"torch cannot be imported with {python}: {error}")

    # ----------------------------------------------------------------------------------------------------------------
    # Frames
    # ----------------------------------------------------------------------------------------------------------------

    def _alive_process(self) -> launch.WorkerProcess | ForkedWorker:
        if self._process is None:
            raise _sandbox_error("The worker has ended; a new one is needed.")
        return self._process

    def _zygote_process(self) -> launch.WorkerProcess:
        process = self._alive_process()
        assert isinstance(process, launch.WorkerProcess)
        return process

    def _send(self, header: Mapping[str, object], payload: bytes) -> None:
        try:
            self._alive_process().channel.send(header, payload)
        except BrokenPipeError:
            raise self._ended() from None

    def _receive(self, timeout_s: float, *, may_be_late: bool = False) -> tuple[Json, bytes]:
        """The next frame. Where there is none, closes the worker and raises SandboxError.

        ``may_be_late``: raises TimeoutError where none comes in time, and leaves the worker as it is.
        """
        try:
            frame = self._alive_process().channel.receive(timeout_s)
        except TimeoutError:
            if may_be_late:
                raise
            raise self._ended(f"It did not answer for {timeout_s:.0f} seconds.") from None
        except FrameError as error:
            raise self._ended(f"It sent what cannot be read: {error}.") from None
        if frame is None:
            raise self._ended()
        return frame

    def _ended(self, reason: str | None = None) -> GraderError:
        """Close the worker; returns the error to raise. Without ``reason``, its exit status and output give one."""
        if reason is None:
            process = self._alive_process()
            status = process.exit_status()
            if status == -signal.SIGKILL:
                reason = "It was killed, most likely because the machine ran out of memory."
            elif status is not None and status < 0:
                reason = f"It crashed ({signal.strsignal(-status)})."
            else:
                reason = _last_line(process.last_words())
        text = reason if reason.startswith("`") else f"The worker failed. {reason}"
        _log(text, self._alive_process().last_words())
        self.close()
        return _sandbox_error(text)


def _log(what: str, words: str) -> None:
    """Log all that a worker wrote to its standard error."""
    import logging  # only if something went wrong, because the worker should start as soon as possible

    logging.getLogger(__name__).warning("%s Its standard error:\n%s", what, words or "(nothing)")


def _last_line(words: str) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return lines[-1] if lines else "It gave no reason."


def _sandbox_error(text: str) -> GraderError:
    from grader.errors import SandboxError

    return SandboxError(text)
