"""The Python that runs submissions: the folders of its installation, its environment and its command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from grader.sandbox import installation

OLDEST = (3, 11)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python interpreter. ``prefix`` is its virtual environment; without one, it equals ``base_prefix``.

    ``user_base`` is the folder of packages installed with ``pip install --user``; None: they are not used.
    """

    executable: Path
    prefix: Path
    base_prefix: Path
    user_base: Path | None
    installed: tuple[Path, ...] = ()
    """The folders and files of the installation, as sysconfig and site name them."""
    added: tuple[Path, ...] = ()
    """What lies elsewhere and is imported as well: by ``.pth`` files, editable installs, links in site-packages."""
    python_path: tuple[Path, ...] = ()
    """The folders that PYTHONPATH names where the grader runs."""


def find_interpreter(python: Path | None) -> Interpreter:
    """The interpreter that ``--python`` names; None: the interpreter that runs the grader. Raises UsageError."""
    if python is None or _absolute(python) == Path(sys.executable):
        return _interpreter(Path(sys.executable), installation.describe())
    from grader.errors import UsageError  # imported late, so that the worker starts earlier

    executable = _absolute(python)
    if not executable.is_file():
        raise UsageError(f"--python {python}: there is no such file. Give the path of a Python interpreter.")
    try:
        answer = subprocess.run(
            [executable, installation.__file__],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
            cwd="/",
            env=os.environ | {"PYTHONPATH": os.pathsep.join(installation.python_path())},
        )
        described = json.loads(answer.stdout)
        version = tuple(described[3])
    except (OSError, subprocess.SubprocessError, ValueError, LookupError, TypeError):
        raise UsageError(f"--python {python}: this is no Python interpreter that can be started.") from None
    if version < OLDEST:
        raise UsageError(
            f"--python {python}: this is Python {version[0]}.{version[1]}; submissions run with "
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer."
        )
    return _interpreter(executable, described)


def _interpreter(executable: Path, described: Sequence[Any]) -> Interpreter:
    prefix, base_prefix, user_base, _, installed, added, python_path = described
    return Interpreter(
        executable=executable,
        prefix=Path(prefix),
        base_prefix=Path(base_prefix),
        user_base=Path(user_base) if user_base is not None else None,
        installed=tuple(map(Path, installed)),
        added=tuple(map(Path, added)),
        python_path=tuple(map(Path, python_path)),
    )


def _absolute(python: Path) -> Path:
    """The absolute path, links kept: a virtual environment's Python is a link to the Python that it was made from."""
    if python.name == str(python):
        import shutil  # imported late: slow, and rarely needed

        python = Path(shutil.which(python) or python)
    return python.absolute()


def environment(interpreter: Interpreter, scratch: str, python_path: Iterable[Path] = ()) -> dict[str, str]:
    """All environment variables of the worker and its children. None is copied from the host's environment.

    ``python_path``: the folders of PYTHONPATH that submissions may see.
    """
    base = interpreter.user_base
    user = {"PYTHONUSERBASE": str(base)} if base is not None else {"PYTHONNOUSERSITE": "1"}
    found = ":".join(map(str, python_path))
    return (
        user
        | ({"PYTHONPATH": found} if found else {})
        | {
            "HOME": f"{scratch}/home",
            "LANG": "C.UTF-8",
            "PATH": f"{interpreter.prefix}/bin:/usr/bin:/bin",
            "TMPDIR": scratch,
            "USER": "student",
            "MPLBACKEND": "agg",
            "MPLCONFIGDIR": f"{scratch}/matplotlib",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            "TORCHDYNAMO_DISABLE": "1",
            "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # a fork of a process with large pages is four times faster
            "OPENBLAS_NUM_THREADS": "1",  # its threads do not survive a fork
        }
    )


Serves = Literal["many", "one", "spawn"]
"""What a worker is for: many submissions, one, or many without a fork, each in a new interpreter."""


def command(
    interpreter: Interpreter,
    runtime: str,
    scratch: str,
    uid: int,
    support: Sequence[str],
    data: Iterable[str] = (),
    *,
    serves: Serves,
    places: str = "",
    disk_bytes: int = 0,
) -> list[str]:
    """The worker's command line. Without ``-I``, which would ignore the environment variables.

    ``places``: what each of the workers gets that it forks, as ``runtime.server.zygote`` reads it, with a disk of
    ``disk_bytes`` each.
    """
    program = [str(interpreter.executable), "-P", f"{runtime}/__main__.py"]
    return [*program, scratch, str(uid), serves, places, str(disk_bytes), str(len(support)), *support, *data]
