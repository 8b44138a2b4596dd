"""What a submission may see of the disk: the Python installation and the system's libraries, and of ``grader`` only
the runtime. The same for each mechanism that keeps the rest away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.sandbox.interpreter import Target

SYSTEM = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32", "/lib", "/lib32", "/lib64", "/libx32")
"""Where shared libraries lie; links on most systems, folders on others."""
DATA = (
    "/etc/ld.so.cache",
    "/etc/alternatives",  # Debian's choice of BLAS
    "/etc/matplotlibrc",
    "/usr/share/matplotlib",
    "/usr/share/zoneinfo",
    "/nix/store",
    "/sys/devices/system/cpu",  # torch asks it for the processor's caches and cores
    "/sys/kernel/mm/transparent_hugepage",  # without it the C library uses no large pages, and a fork takes 4 ms more
)
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")
"""Which matplotlib found before the submission began, and opens where one is asked for."""
OWN_NAMES = ("grader", "autograd_grader-*.dist-info")
"""What of the grader may be installed in the target's ``site-packages``."""


def visible(target: Target) -> tuple[Path, ...]:
    """The parts of the installation that Python needs, each at its own path: a virtual environment names them so."""
    found = []
    for folder in target.folders():
        for path in (folder / "bin", *sorted(folder.glob("lib*")), folder / "pyvenv.cfg"):
            if path.exists() and not (path.is_symlink() and str(path) in SYSTEM):
                found.append(path)
    if target.user_base is not None:
        found.append(target.user_base / "lib")
    return tuple(dict.fromkeys(found))


def hidden(visible: Sequence[Path], hide: Sequence[Path]) -> tuple[Path, ...]:
    """Paths below what is visible that must not be seen all the same: the grader's own, and those to ``hide``."""
    own = Path(__file__).resolve().parents[1]
    found: list[Path] = []
    for path in visible:
        for packages in (*path.glob("python3*/site-packages"), *path.glob("python3*/dist-packages")):
            for name in OWN_NAMES:
                found += packages.glob(name)
        for secret in (own, *hide):
            real, root = secret.resolve(), path.resolve()
            if real.exists() and real.is_relative_to(root):
                found.append(path / real.relative_to(root))
    return tuple(dict.fromkeys(found))


def readable(target: Target, *, runtime: Path, support: Path | None, hide: Sequence[Path]) -> tuple[str, ...]:
    """Everything that may be read, for a mechanism that can allow and not hide: around what is hidden, one by one."""
    shown = visible(target)
    secrets = {path.resolve() for path in hidden(shown, hide)}
    paths = [*shown, *map(Path, (*SYSTEM, *DATA, *FONTS))]
    found = [part for path in paths if path.exists() for part in _around(path.resolve(), secrets)]
    found += [runtime.resolve(), *([support.resolve()] if support is not None else [])]
    return tuple(map(str, dict.fromkeys(found)))


def listable(target: Target, *, hide: Sequence[Path]) -> tuple[str, ...]:
    """The folders around what is hidden: an import looks through their names."""
    found: dict[str, None] = {}
    shown = visible(target)
    for secret in (path.resolve() for path in hidden(shown, hide)):
        for root in (path.resolve() for path in shown):
            if secret.is_relative_to(root):
                found.update((str(folder), None) for folder in secret.parents if folder.is_relative_to(root))
    return tuple(found)


def _around(path: Path, secrets: set[Path]) -> Iterator[Path]:
    """``path``, or, where a secret lies below it, whatever else lies there."""
    if path in secrets:
        return
    if not any(secret.is_relative_to(path) for secret in secrets):
        yield path
        return
    for part in sorted(path.iterdir()):
        real = part.resolve()
        if real == part:
            yield from _around(part, secrets)
        elif real.exists() and not any(each.is_relative_to(real) or real.is_relative_to(each) for each in secrets):
            yield real
