"""Which files a submission may see: the Python installation, the system's libraries and, of ``grader``, the runtime.

Both bubblewrap and Landlock use these lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from grader.sandbox.interpreter import Interpreter

SYSTEM = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32", "/lib", "/lib32", "/lib64", "/libx32")
"""Folders of shared libraries. On most systems, some of them are links."""
DATA = (
    "/etc/ld.so.cache",
    "/etc/alternatives",  # Debian's choice of BLAS
    "/etc/matplotlibrc",
    "/usr/share/matplotlib",
    "/usr/share/zoneinfo",
    "/nix/store",
    "/sys/devices/system/cpu",  # torch reads the processor's caches and cores there
    "/sys/kernel/mm/transparent_hugepage",  # the C library needs it to use large pages, which save 4 ms for each fork
)
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")
"""Font folders. matplotlib opens files that its font list names."""
OWN_NAMES = ("grader", "autograd_grader-*.dist-info")
"""Names of the grader in the ``site-packages`` of an installation."""


def visible(interpreter: Interpreter) -> tuple[Path, ...]:
    """The parts of the installation that Python needs, by the paths that a virtual environment refers to."""
    found = []
    for folder in interpreter.folders():
        for path in (folder / "bin", *sorted(folder.glob("lib*")), folder / "pyvenv.cfg"):
            if path.exists() and not (path.is_symlink() and str(path) in SYSTEM):
                found.append(path)
    if interpreter.user_base is not None:
        found.append(interpreter.user_base / "lib")
    return tuple(dict.fromkeys(found))


def hidden(visible: Sequence[Path], hide: Sequence[Path]) -> tuple[Path, ...]:
    """Paths below the visible ones that must not be seen: the grader's own files, and the paths to ``hide``."""
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


def readable(
    interpreter: Interpreter,
    *,
    runtime: Path,
    support: Path | None,
    data: Iterable[Path] = (),
    hide: Sequence[Path],
) -> tuple[str, ...]:
    """Everything that may be read, for Landlock. It cannot hide a path below an allowed one, so siblings are listed."""
    shown = visible(interpreter)
    secrets = {path.resolve() for path in hidden(shown, hide)}
    paths = [*shown, *map(Path, (*SYSTEM, *DATA, *FONTS))]
    found = [part for path in paths if path.exists() for part in _around(path.resolve(), secrets)]
    found += [runtime.resolve(), *([support.resolve()] if support is not None else [])]
    found += [folder.resolve() for folder in data]
    return tuple(map(str, dict.fromkeys(found)))


def listable(interpreter: Interpreter, *, hide: Sequence[Path]) -> tuple[str, ...]:
    """The folders above hidden paths. Imports have to list them."""
    found: dict[str, None] = {}
    shown = visible(interpreter)
    for secret in (path.resolve() for path in hidden(shown, hide)):
        for root in (path.resolve() for path in shown):
            if secret.is_relative_to(root):
                found.update((str(folder), None) for folder in secret.parents if folder.is_relative_to(root))
    return tuple(found)


def _around(path: Path, secrets: set[Path]) -> Iterator[Path]:
    """``path``; or, if a secret lies below it, everything below it except the secrets."""
    if path in secrets:
        return
    if not any(secret.is_relative_to(path) for secret in secrets):
        yield path
        return
    for part in sorted(path.iterdir()):
        real = part.resolve()
        if real == part:
            yield from _around(part, secrets)
        elif real.exists() and not any(
            secret.is_relative_to(real) or real.is_relative_to(secret) for secret in secrets
        ):
            yield real
