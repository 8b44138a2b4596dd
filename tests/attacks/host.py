"""What attacks aim at, laid out anew for a test session: a home, a course, another student's work, sockets, a process.

Everything secret holds one random word. Afterwards ``damage`` tells what was touched.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

ATTACKS = Path(__file__).resolve().parent
PROJECT = ATTACKS.parents[1]
SECRET_VARIABLE = "GRADER_TEST_SECRET"
BREACH = "BREACH: "

TARGET = '''
"""What an attack aims at, and how it says that it got through."""

HOME, COURSE, NEIGHBOUR, PROJECT = {home!r}, {course!r}, {neighbour!r}, {project!r}
SECRETS = {secrets!r}  # files that hold the word
TCP_PORT, UDP_PORT, UNIX_SOCKET, ABSTRACT_SOCKET = {tcp!r}, {udp!r}, {unix!r}, {abstract!r}  # somebody listens there
BYSTANDER, TESTS = {bystander!r}, {tests!r}  # process ids outside
DROW = {backwards!r}  # the secret word, backwards: so that it stands in nobody's memory because of this file
LEVEL = {level!r}


def breach(what):
    """Say that something got through that must not."""
    print("\\n{breach}" + str(what), flush=True)


def refused(action, *arguments, **options):
    """Do what must fail; returns the exception, or None where it did not fail."""
    try:
        result = action(*arguments, **options)
    except Exception as error:
        return error
    breach(f"{{getattr(action, '__name__', action)}}{{arguments}} gave {{str(result)[:80]}}")


def has_word(data):
    """Whether the secret word is in some bytes or text."""
    return DROW in (data if isinstance(data, str) else bytes(data).decode("latin-1"))[::-1]
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """Of one file or folder, as far as anybody could change it."""

    content: bytes
    mode: int
    owner: tuple[int, int]
    modified_ns: int
    attributes: tuple[str, ...]


class Host:
    """The surroundings of an attack."""

    def __init__(self, top: Path) -> None:
        self.word = f"canary{secrets.token_hex(8)}"
        self.packages = top / "packages"
        """Where Python imports packages from, by PYTHONPATH. The course lies among them."""
        self.home, self.course, self.klass = top / "home", self.packages / "course", top / "class"
        self.base = self.packages / "base"
        """The course that the attacked one builds on."""
        for course in (self.course, self.base):
            shutil.copytree(ATTACKS / course.name, course)
            for path in course.rglob("*.*"):
                path.write_text(path.read_text().replace("CANARY", self.word))
        (self.base / "checks.py").write_text(f"# {self.word}\n")
        self.neighbour = self.klass / "neighbour.py"
        files = [self.home / ".ssh" / "id_ed25519", self.home / "notes.txt", self.neighbour]
        for path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"# {self.word}\n")
        top.chmod(0o755)
        self.secrets = [*files, self.course / "solutions" / "prize.py", self.course / "rubrics" / "prize.yaml"]
        self.secrets += [self.base / "solutions" / "warm-up.py", self.base / "checks.py"]
        self._top = top
        self._sockets = self._listen(top / "socket")
        self._bystander = subprocess.Popen(["sleep", "100000"])
        self._before = self._look()
        self._scheduling = self._scheduling_of_bystander()

    def companions(self, level: str) -> dict[str, str]:
        """The modules that attacks at an isolation level import, by their files' names."""
        return {"target.py": self._target(level), "protocol.py": (ATTACKS / "protocol.py").read_text()}

    def _target(self, level: str) -> str:
        tcp, udp, unix, abstract = self._sockets
        return (
            textwrap.dedent(TARGET)
            .lstrip()
            .format(
                home=str(self.home),
                course=str(self.course),
                neighbour=str(self.neighbour),
                project=str(PROJECT),
                secrets=[str(path) for path in self.secrets],
                tcp=tcp.getsockname()[1],
                udp=udp.getsockname()[1],
                unix=unix.getsockname(),
                abstract=abstract.getsockname(),
                bystander=self._bystander.pid,
                tests=os.getpid(),
                backwards=self.word[::-1],
                breach=BREACH,
                level=level,
            )
        )

    def damage(self) -> list[str]:
        """What was done to it, in words."""
        found = []
        now = self._look()
        for path in sorted(now.keys() | self._before.keys()):
            if now.get(path) != self._before.get(path):
                found.append(f"{path} was changed: {self._before.get(path)} became {now.get(path)}")
        if self._bystander.poll() is not None:
            found.append("a process of the user was ended")
        elif self._scheduling_of_bystander() != self._scheduling:
            found.append("a process of the user was given another priority or other processors")
        for each in self._sockets:
            with suppress(BlockingIOError):
                each.recv(1) if each.type == socket.SOCK_DGRAM else each.accept()[0].close()
                found.append(f"something connected to {each.getsockname()!r}")
        return found

    def close(self) -> None:
        self._bystander.kill()
        self._bystander.wait()
        for each in self._sockets:
            each.close()

    def _listen(self, path: Path) -> tuple[socket.socket, ...]:
        addresses = (
            (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            (socket.AF_UNIX, socket.SOCK_STREAM, str(path)),
            # `target` tells its name, so the word must not be in it.
            (socket.AF_UNIX, socket.SOCK_STREAM, f"\0attacked-{secrets.token_hex(8)}"),
        )
        found = []
        for family, kind, address in addresses:
            each = socket.socket(family, kind)
            each.bind(address)
            each.setblocking(False)
            if kind == socket.SOCK_STREAM:
                each.listen()
            found.append(each)
        path.chmod(0o777)
        return tuple(found)

    def _look(self) -> dict[Path, _State]:
        found = {}
        for path in (self._top, *self._top.rglob("*")):
            about = path.lstat()
            found[path] = _State(
                content=path.read_bytes() if path.is_file() else b"",
                mode=about.st_mode,
                owner=(about.st_uid, about.st_gid),
                modified_ns=about.st_mtime_ns,
                attributes=tuple(os.listxattr(path, follow_symlinks=False)),
            )
        return found

    def _scheduling_of_bystander(self) -> object:
        pid = self._bystander.pid
        return os.getpriority(os.PRIO_PROCESS, pid), os.sched_getaffinity(pid), os.sched_getscheduler(pid)


@contextmanager
def host() -> Iterator[Host]:
    """A host in a folder that every user of the machine may enter."""
    with tempfile.TemporaryDirectory(prefix="attacked-") as top, pytest.MonkeyPatch.context() as patch:
        made = Host(Path(top))
        patch.setenv(SECRET_VARIABLE, "canary in the environment")
        patch.setenv("PYTHONPATH", str(made.packages), prepend=os.pathsep)
        try:
            yield made
        finally:
            made.close()
