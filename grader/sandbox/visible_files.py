"""Which files a submission may see: the Python installation, the system's libraries and, of ``grader``, the runtime.

Whatever else is hidden, wherever it lies: a course in site-packages is covered, a gradebook that is written later never
appears. Both bubblewrap and Landlock use these lists.
"""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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
PACKAGES = ("site-packages", "dist-packages")
OWN_NAMES = ("grader", "autograd_grader-*.dist-info")
"""Names of the grader in the ``site-packages`` of an installation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What has to be done so that a folder that is visible does not show a secret in it.

    ``folder`` becomes empty; ``shown`` are its entries that are shown all the same, ``emptied`` those that are there
    without content.
    """

    folder: Path
    shown: tuple[Path, ...] = ()
    emptied: tuple[Path, ...] = ()


def visible(interpreter: Interpreter, hide: Sequence[Path]) -> tuple[Path, ...]:
    """The parts of the installation that Python needs, and what its site-packages and PYTHONPATH lead to elsewhere."""
    found = [path for given in interpreter.installed for path in (given, given.resolve()) if not _is_of_system(path)]
    extra = (*interpreter.added, *interpreter.python_path)
    found += [path for path in extra if not _is_in(path, found) and secret_at(path, hide) is None]
    return tuple(dict.fromkeys(found))


def python_path(interpreter: Interpreter, hide: Sequence[Path]) -> tuple[Path, ...]:
    """The folders of PYTHONPATH that submissions may see."""
    return tuple(path for path in interpreter.python_path if secret_at(path, hide) is None)


def secret_at(path: Path, hide: Sequence[Path]) -> Path | None:
    """A secret that a folder outside of the installation holds, or that it lies in: it is not shown then.

    The home counts as one, and so does any copy of the grader. A folder that is hidden along with a file in it, such as
    that of a graded file, may have other folders in it that are shown.
    """
    real = path.resolve()
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home raises where the user has none
    if home.is_absolute() and home.resolve().is_relative_to(real):
        return home
    copies = (place for place in (real, real / "grader") if (place / "runtime" / "protocol").is_dir())
    secrets = (_OWN, *hide, *copies)
    around = {secret.resolve().parent for secret in secrets if not os.path.isdir(secret)}  # noqa: PTH112 - Path.is_dir raises where a name is too long
    for secret in secrets:
        place = secret.resolve()
        if place.is_relative_to(real) or (real.is_relative_to(place) and place not in around):
            return secret
    return None


def outermost(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The paths without those that lie in others of them."""
    found = tuple(paths)
    return tuple(path for path in found if not any(_is_below(path, other) for other in found))


def covers(roots: Iterable[Path], hide: Sequence[Path]) -> tuple[Cover, ...]:
    """What hides the secrets below the visible ``roots``, the outer folders first. ``hide``: real paths.

    A folder is covered as a whole. Where a file is to be hidden, its folder shows what is in it now and nothing else: a
    gradebook may be written only later, has journals beside it, and is replaced where an editor saves it.
    """
    found: dict[Path, Cover] = {}
    for path in roots:
        root = path.resolve()
        if not root.is_dir():
            continue
        own = [place.resolve() for place in _own_files(root)]
        secrets = {place for place in (*own, *hide) if _is_below(place, root)}
        for place in outermost(sorted(secrets)):
            inside = path / place.relative_to(root)
            if os.path.isdir(place):  # noqa: PTH112 - Path.is_dir raises where a name is too long
                found.setdefault(inside, Cover(folder=inside))
            elif os.path.isdir(place.parent):  # noqa: PTH112
                parts = sorted(place.parent.iterdir())
                found[inside.parent] = Cover(
                    folder=inside.parent,
                    shown=tuple(part for part in parts if part not in secrets),
                    emptied=tuple(part for part in parts if part in secrets and part.is_file()),
                )
    partly = {folder for folder, cover in found.items() if cover.shown or cover.emptied}
    return tuple(found[folder] for folder in sorted(found) if folder.parent not in partly)


def readable(
    interpreter: Interpreter,
    *,
    runtime: Path,
    support: Iterable[Path],
    data: Iterable[Path] = (),
    hide: Sequence[Path],
) -> tuple[str, ...]:
    """Everything that may be read, for Landlock. It cannot hide a path below an allowed one, so siblings are listed."""
    roots = [path.resolve() for path in _readable_roots(interpreter, hide)]
    secrets = _secrets(roots, hide)
    found = [part for path in roots for part in _around(path, secrets)]
    found.append(runtime.resolve())
    for folder in (*support, *data):
        root = folder.resolve()
        found += _around(root, {secret for secret in secrets if _is_below(secret, root)})
    return tuple(map(str, dict.fromkeys(found)))


def listable(interpreter: Interpreter, *, hide: Sequence[Path]) -> tuple[str, ...]:
    """The folders above hidden paths. Imports have to list them."""
    roots = [path.resolve() for path in _readable_roots(interpreter, hide)]
    found: dict[str, None] = {}
    for secret in sorted(_secrets(roots, hide)):
        for root in roots:
            if _is_below(secret, root):
                above = (folder for folder in secret.parents if folder.is_relative_to(root) and folder.is_dir())
                found.update((str(folder), None) for folder in above)
    return tuple(found)


_OWN = Path(__file__).resolve().parents[1]
"""The grader's own package. Of it, submissions see the runtime only."""


def _readable_roots(interpreter: Interpreter, hide: Sequence[Path]) -> list[Path]:
    return [path for path in (*visible(interpreter, hide), *map(Path, (*SYSTEM, *DATA, *FONTS))) if path.exists()]


def _secrets(roots: Iterable[Path], hide: Sequence[Path]) -> set[Path]:
    """The real paths of everything that must not be seen. It need not exist yet."""
    return {secret.resolve() for secret in (_OWN, *hide, *(own for root in roots for own in _own_files(root)))}


def _own_files(root: Path) -> Iterator[Path]:
    """The files of the grader, or of another copy of it, in a folder of packages and in those of an installation."""
    versions = [root / name for name in _names_in(root) if name.startswith("python3")]
    places = [folder / name for folder in (root, *versions) for name in PACKAGES]
    for packages in (root, *places) if root.name in PACKAGES else places:
        names = _names_in(packages)
        for own in OWN_NAMES:
            yield from (packages / name for name in fnmatch.filter(names, own))
    yield _OWN


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - a tenth of the time
    except OSError:
        return []


def _is_below(path: Path, root: Path) -> bool:
    # By their texts, because `is_relative_to` takes ten times as long, and the worker waits for this.
    return str(path).startswith(f"{str(root).rstrip('/')}/") and path != root


def _is_in(path: Path, roots: Iterable[Path]) -> bool:
    return any(path.is_relative_to(root) for root in roots)


def _is_of_system(path: Path) -> bool:
    """Whether it lies in a folder of the system that is visible anyway."""
    return any(path.is_relative_to(name) for name in SYSTEM)


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
