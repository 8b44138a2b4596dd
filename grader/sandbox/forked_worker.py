"""A worker that was forked by another one, a zygote (``runtime.server.zygote``), seen from the host."""

from __future__ import annotations

import os
import select
import signal
import socket
from contextlib import suppress
from pathlib import Path

from grader.sandbox.channel import Channel

STOP_S = 2.0


class ForkedWorker:
    """The host's end of the channel to it, and how to end it: what ``launch.WorkerProcess`` is for other workers.

    It is no child of any process of the host, but its pidfd comes on its channel.
    """

    namespaces = True

    def __init__(self, uid: int) -> None:
        self.uid = uid
        """The user that it becomes when started as root."""
        self._connection, self._far_end = socket.socketpair()
        self._errors = os.memfd_create("worker-errors")
        self._open = True
        self._pidfd: int | None = None
        self._pid: int | None = None
        self.channel = Channel(read_fd=self._connection.fileno(), write_fd=self._connection.fileno())

    @property
    def passed_fds(self) -> tuple[int, int]:
        """The descriptors that the worker inherits: its channel and its standard error."""
        return self._far_end.fileno(), self._errors

    @property
    def place(self) -> str:
        channel, errors = self.passed_fds
        return f"{channel}:{errors}:{self.uid}"

    def has_been_passed(self) -> None:
        """To be called when the zygote has inherited the descriptors."""
        self._far_end.close()

    @property
    def has_arrived(self) -> bool:
        """Whether it was forked, and is to be released by whoever uses it."""
        return self._pidfd is not None

    def arrives(self, timeout_s: float) -> bool:
        """Wait until it has been forked. False: it could not be, or not in time."""
        self._connection.settimeout(timeout_s)
        try:
            said, descriptors, _, _ = socket.recv_fds(self._connection, 1, 1)
        except OSError:
            return False
        finally:
            self._connection.settimeout(None)
        if not said or not descriptors:
            return False
        self._pidfd = descriptors[0]
        os.set_inheritable(self._pidfd, False)
        with suppress(OSError, ValueError):
            fields = Path(f"/proc/self/fdinfo/{self._pidfd}").read_text("ascii").splitlines()
            self._pid = next(int(field.split()[1]) for field in fields if field.startswith("Pid:"))
        return True

    def waited_s(self) -> float | None:
        """Seconds for which the worker could have run, and other programs had the processors; None: not known."""
        with suppress(OSError, ValueError, IndexError):
            return int(Path(f"/proc/{self._pid}/schedstat").read_bytes().split()[1]) / 1e9
        return None

    def exit_status(self) -> int | None:
        """None: only its parent, the zygote, is told its exit status."""
        return None

    def last_words(self) -> str:
        """The worker's standard error."""
        return os.pread(self._errors, 64 * 1024, 0).decode("utf-8", "replace").strip()

    def kill(self, *, serving: bool = True) -> None:
        """End the worker, and with it every process of its namespaces."""
        self._connection.close()
        if self._pidfd is None:
            return
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        poller = select.poll()
        poller.register(self._pidfd, select.POLLIN)
        poller.poll(1000 * STOP_S)

    def leave(self) -> None:
        """In a process that does not use it: close all descriptors. The worker lives."""
        self.release()

    def release(self) -> None:
        """Close all descriptors."""
        if self._open:
            self._open = False
            self._connection.close()
            self._far_end.close()
            os.close(self._errors)
            if self._pidfd is not None:
                os.close(self._pidfd)
                self._pidfd = None
