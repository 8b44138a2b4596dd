"""A worker that imports once and then forks workers, each into namespaces of its own: a zygote, as Chromium calls it.

bubblewrap leaves it the capabilities that this takes. Until all workers are made, nothing but imports runs. Then the
zygote gives everything up, waits for the workers to end, and only then do they read their first job. So no
process beside a submission ever has a capability.

A worker shares with the zygote, and with the other workers, the pages of memory that nobody has written to since, and
what is mounted read-only. Its processes, network, IPC, ``/proc``, disk, user and channel are its own.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fcntl import F_DUPFD_CLOEXEC, fcntl
from pathlib import Path

from ..protocol.scratch import Scratch
from . import confine, namespaces

FIRST_FD = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a worker that is forked gets: its channel, a socket; where its standard error goes; its user when started as
    root.
    """

    channel: int
    errors: int
    uid: int


def read_places(text: str) -> tuple[Place, ...]:
    """Places as the host writes them on the command line: ``CHANNEL:ERRORS:UID``, between commas."""
    found = (map(int, word.split(":")) for word in text.split(",") if word)
    return tuple(Place(channel=channel, errors=errors, uid=uid) for channel, errors, uid in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zygote:
    """``disk_bytes``: the size of each worker's disk, ``scratch`` the folder that it makes there, ``uid`` the user that
    the zygote becomes when started as root, ``needed`` the paths that workers must be able to read.
    """

    places: Sequence[Place]
    disk_bytes: int
    scratch: Path
    uid: int
    needed: Sequence[str]

    def attempt(self) -> tuple[int, str | None]:
        """Make a process like a worker, before the imports. Returns its user, and why that is not possible."""
        said, end = os.pipe()
        maker = os.fork()
        if maker == 0:
            try:
                if self._leave():
                    self._settle_in(self.places[0])
                    os.close(os.pidfd_open(os.getpid()))
                    os.write(end, f"{os.getuid()}".encode())
            except BaseException as error:
                os.write(end, f"{error}".encode())
            os._exit(0)
        os.close(end)
        with os.fdopen(said, "rb") as pipe:
            answer = pipe.read().decode("utf-8", "replace")
        _reap_all()
        if not answer.isdecimal():
            return os.getuid(), answer or "a process in new namespaces ended without a word"
        uid = int(answer)
        return uid, "no ordinary user is to be had, or none could read this Python" if uid == 0 else None

    def fork_workers(self) -> tuple[Scratch, int]:
        """Fork the workers, and return in each: the folder that it made, and its channel. In the zygote, it does not
        return. Each sends a byte with its pidfd on its channel.

        To be called after all imports, without any other thread.
        """
        confine.be_dumpable()  # otherwise its `/proc/self` belongs to root
        _check_memory()
        made, making = os.pipe()  # at its end as soon as no worker is being made any more
        barrier, dropped = os.pipe()  # at its end as soon as the zygote has no capability any more
        for place in self.places:
            maker = os.fork()
            if maker == 0:
                os.close(dropped)
                scratch, channel = self._be_worker(place)
                os.close(making)
                os.read(barrier, 1)
                confine.close_all_but({channel})
                _send_pidfd(channel)
                return scratch, channel
            os.waitpid(maker, 0)
            os.close(place.channel)
            os.close(place.errors)
        os.close(making)
        os.read(made, 1)
        self._give_up_everything()
        os.close(dropped)
        _reap_all()
        os._exit(0)

    def _be_worker(self, place: Place) -> tuple[Scratch, int]:
        os.dup2(place.errors, 2)
        channel = fcntl(place.channel, F_DUPFD_CLOEXEC, FIRST_FD)
        if not self._leave():
            os._exit(0)
        return self._settle_in(place), channel

    def _leave(self) -> bool:
        """Fork a process into new namespaces. True: this is that process, and its parent has ended; False: this is the
        parent, which has nothing left to do.
        """
        namespaces.unshare()
        gone, end = os.pipe()
        if os.fork() != 0:
            return False
        os.close(end)
        os.read(gone, 1)  # the end of the parent must not be taken for that of the zygote (PR_SET_PDEATHSIG)
        os.close(gone)
        return True

    def _settle_in(self, place: Place) -> Scratch:
        """Make the namespaces' own mounts and become an ordinary user without capabilities."""
        # Otherwise a signal to its process group would reach processes outside of the namespace.
        os.setsid()
        proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            namespaces.mount_own(str(self.scratch.parent), self.disk_bytes)
            if os.getuid() != 0:
                namespaces.enter_user_namespace(proc)
        finally:
            os.close(proc)
        scratch = Scratch.make(self.scratch, alone=True)
        confine.drop_bounding_set()
        confine.harden(uid=place.uid, scratch=str(self.scratch), needed=self.needed)
        confine.drop_capabilities()
        return scratch

    def _give_up_everything(self) -> None:
        """Keep no capability in the zygote, and let no process below make a user namespace."""
        if os.getuid() != 0:
            namespaces.forbid_user_namespaces(str(self.scratch.parent))
        confine.drop_bounding_set()
        confine.harden(uid=self.uid, scratch=str(self.scratch), needed=())
        confine.drop_capabilities()
        if os.getuid() == 0:
            sys.exit("the zygote could not become an ordinary user")


def _send_pidfd(channel: int) -> None:
    """Tell the host how to end this process, whose number it cannot know."""
    pidfd = os.pidfd_open(os.getpid())
    with socket.socket(fileno=os.dup(channel)) as connection:
        socket.send_fds(connection, [b"\0"], [pidfd])
    os.close(pidfd)


def _reap_all() -> None:
    with suppress(ChildProcessError):
        while True:
            os.wait()


def _check_memory() -> None:
    """End where workers would share memory that can be written to, or where a thread would be lost."""
    for line in Path("/proc/self/maps").read_text("utf-8", "replace").splitlines():
        mode = line.split(None, 2)[1]
        if mode[1] == "w" and mode[3] == "s":
            sys.exit(f"memory is shared, so that no worker can be forked: {line}")
    threads = list(Path("/proc/self/task").iterdir())
    if len(threads) != 1:
        sys.exit(f"there are {len(threads)} threads, so that no worker can be forked")
