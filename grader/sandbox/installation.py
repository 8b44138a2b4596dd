"""What an interpreter says about its own installation, as JSON.

The interpreter that ``--python`` names runs this file. So it imports the standard library only, and also runs in
Pythons that are too old for the rest of the grader.
"""

from __future__ import annotations

import json
import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

_NAMED = ("stdlib", "platstdlib", "purelib", "platlib", "scripts")
"""What is shown of an installation, by the names of sysconfig. Headers and data are not needed."""
_MAX_CHARACTERS = 1024**2
"""How much of a ``.pth`` file is read."""


def describe() -> tuple[str, str, str | None, tuple[int, ...], list[str], list[str], list[str]]:
    """The fields of ``interpreter.Interpreter`` after its executable, with the version before the last three."""
    uses_user_site = bool(site.ENABLE_USER_SITE) and site.getusersitepackages() in sys.path
    packages = [*site.getsitepackages(), *([site.getusersitepackages()] if uses_user_site else [])]
    of_base = sysconfig.get_paths(vars={"base": sys.base_prefix, "platbase": sys.base_exec_prefix})
    named = [paths[name] for paths in (sysconfig.get_paths(), of_base) for name in _NAMED if name in paths]
    programs = [Path(sys.prefix, "bin"), Path(sys.executable).resolve().parent]
    prefixes = dict.fromkeys((sys.prefix, sys.base_prefix, sys.base_exec_prefix))
    libraries = [path for prefix in prefixes for name in ("lib", "lib64") for path in _libraries(Path(prefix, name))]
    installed: list[str | Path] = [*named, *packages, *programs, *libraries, Path(sys.prefix, "pyvenv.cfg")]
    reached = [path for folder in packages for path in _reached_from(Path(folder))]
    return (
        sys.prefix,
        sys.base_prefix,
        site.getuserbase() if uses_user_site else None,
        sys.version_info[:2],
        _existing(installed),
        _existing([*reached, *_editable_packages()]),
        _existing(python_path()),
    )


def python_path() -> list[str]:
    """The folders that PYTHONPATH names. An empty entry means the current folder, which is never taken."""
    entries = [] if sys.flags.ignore_environment else os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return [str(Path(entry).absolute()) for entry in entries if entry]


def _libraries(folder: Path) -> list[Path]:
    """The shared libraries in a folder: that of Python itself, and those that conda's packages share."""
    return [path for path in _entries(folder) if ".so" in path.name]


def _reached_from(packages: Path) -> Iterator[Path]:
    """What lies elsewhere and belongs to a folder of packages: what links in it lead to, and the lines of ``.pth``
    files, as ``site`` reads them.
    """
    for path in _entries(packages):
        if path.is_symlink():
            yield path.resolve()
        if path.suffix == ".pth" and not path.name.startswith("."):
            for line in _lines(path):
                if line.strip() and not line.startswith(("#", "import ", "import\t")):
                    yield Path(os.path.normpath(packages / line.rstrip()))


def _editable_packages() -> Iterator[Path]:
    """The packages that the finders of setuptools' editable installs know. These finders are loaded at the start."""
    for name, module in list(sys.modules.items()):
        mapping = getattr(module, "MAPPING", None) if name.startswith("__editable__") else None
        if isinstance(mapping, dict):
            yield from (Path(path) for path in mapping.values())


def _lines(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8", errors="surrogateescape") as file:
            return file.read(_MAX_CHARACTERS).lstrip("\ufeff").splitlines()
    except OSError:
        return []


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _existing(paths: Iterable[str | Path]) -> list[str]:
    """The paths that exist. A line of a ``.pth`` file may be no path at all."""
    found = dict.fromkeys(map(str, paths))
    return [path for path in found if "\0" not in path and os.access(path, os.F_OK)]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(describe()))
