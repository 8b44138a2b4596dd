"""The Python that runs submissions: the folders of its installation, its environment and its command line."""

from __future__ import annotations

import json
import site
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

OLDEST = (3, 11)

_ASK = """
import json, site, sys
user = site.getuserbase() if site.ENABLE_USER_SITE and site.getusersitepackages() in sys.path else None
print(json.dumps([sys.prefix, sys.base_prefix, user, sys.version_info[:2]]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python interpreter. ``prefix`` is its virtual environment; without one, it equals ``base_prefix``.

    ``user_base`` is the folder of packages installed with ``pip install --user``; None: they are not used.
    """

    executable: Path
    prefix: Path
    base_prefix: Path
    user_base: Path | None

    def folders(self) -> Iterator[Path]:
        """Every folder of the installation, by its given path and by its real path."""
        seen = set()
        prefixes = [self.prefix, self.base_prefix, self.executable.resolve().parent.parent]
        if Path("/usr") in prefixes:
            prefixes.append(Path("/usr/local"))  # where pip installs for a system's Python
        for prefix in prefixes:
            for path in (prefix, prefix.resolve()):
                if path not in seen:
                    seen.add(path)
                    yield path


def find_interpreter(python: Path | None) -> Interpreter:
    """The interpreter that ``--python`` names; None: the interpreter that runs the grader. Raises UsageError."""
    if python is None or _absolute(python) == Path(sys.executable):
        user = site.getuserbase() if site.ENABLE_USER_SITE and site.getusersitepackages() in sys.path else None
        return _interpreter(sys.executable, sys.prefix, sys.base_prefix, user)
    from grader.errors import UsageError  # imported late, so that the worker starts earlier

    executable = _absolute(python)
    if not executable.is_file():
        raise UsageError(f"--python {python}: there is no such file. Give the path of a Python interpreter.")
    try:
        answer = subprocess.run(
            [executable, "-c", _ASK], capture_output=True, text=True, timeout=30, check=True, cwd="/"
        )
        prefix, base_prefix, user, version = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        raise UsageError(f"--python {python}: this is no Python interpreter that can be started.") from None
    if tuple(version) < OLDEST:
        raise UsageError(
            f"--python {python}: this is Python {version[0]}.{version[1]}; submissions run with "
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer."
        )
    return _interpreter(str(executable), prefix, base_prefix, user)


def _interpreter(executable: str, prefix: str, base_prefix: str, user_base: str | None) -> Interpreter:
    return Interpreter(
        executable=Path(executable),
        prefix=Path(prefix),
        base_prefix=Path(base_prefix),
        user_base=Path(user_base) if user_base is not None else None,
    )


def _absolute(python: Path) -> Path:
    """The absolute path, links kept: a virtual environment's Python is a link to the Python that it was made from."""
    if python.name == str(python):
        import shutil  # imported late: slow, and rarely needed

        python = Path(shutil.which(python) or python)
    return python.absolute()


def environment(interpreter: Interpreter, scratch: str) -> dict[str, str]:
    """All environment variables of the worker and its children. None comes from the host's environment."""
    base = interpreter.user_base
    user = {"PYTHONUSERBASE": str(base)} if base is not None else {"PYTHONNOUSERSITE": "1"}
    return user | {
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


Serves = Literal["many", "one", "spawn"]
"""What a worker is for: many submissions, one, or many without a fork, each in a new interpreter."""


def command(
    interpreter: Interpreter,
    runtime: str,
    scratch: str,
    uid: int,
    support: str | None,
    data: Iterable[str] = (),
    *,
    serves: Serves,
) -> list[str]:
    """The worker's command line. Without ``-I``, which would ignore the environment variables."""
    program = [str(interpreter.executable), "-P", f"{runtime}/__main__.py"]
    return [*program, scratch, str(uid), serves, support or "", *data]
