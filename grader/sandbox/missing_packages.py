"""Why a package that the worker needs cannot be imported in the sandbox, and what to do about it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.sandbox.interpreter import Interpreter
from grader.sandbox.visible_files import secret_at

TRY_S = 30.0

_FIND = """
import importlib.util, json, sys
sys.path[:] = [path for path in sys.path if path]
found = [importlib.util.find_spec(name) for name in sys.argv[1:]]
print(json.dumps([spec and (spec.origin or next(iter(spec.submodule_search_locations), None)) for spec in found]))
"""


def explain_missing(names: Sequence[str], interpreter: Interpreter, hide: Sequence[Path]) -> str:
    """Says why packages are not there in the sandbox: not installed, or in a folder that submissions must not see."""
    python = interpreter.executable
    places = _places(names, interpreter)
    unseen = [name for name in names if name in places]
    lacking = [name for name in names if name not in places]
    sentences = [_about_unseen(name, places[name], interpreter, hide) for name in unseen]
    if lacking:
        are = "is" if len(lacking) == 1 else "are"
        sentences.append(f"{' and '.join(lacking)} {are} not installed for {python}.")
    install = f"`{python} -m pip install {' '.join(names)}`"
    them = "it" if len(names) == 1 else "them"
    advice = f"{install} puts {them} where submissions can see {them}" if unseen else f"Install with {install}"
    return f"{' '.join(sentences)} {advice}, or name another Python with `--python`."


def _about_unseen(name: str, place: Path, interpreter: Interpreter, hide: Sequence[Path]) -> str:
    folder = _import_folder(place)
    seen = f"{interpreter.executable} finds {name} in {folder}, and submissions cannot"
    secret = secret_at(folder, hide)
    if secret is None or any(folder.is_relative_to(path) for path in interpreter.installed):
        return f"{seen}: it is reached by something else than the interpreter's folders, .pth files and PYTHONPATH."
    if folder.resolve() == secret.resolve():
        return f"{seen}: this folder is hidden from them."
    if folder.resolve().is_relative_to(secret.resolve()):
        return f"{seen}: this folder lies in {secret}, which is hidden from them."
    return f"{seen}: this folder holds {secret}, which is hidden from them."


def _import_folder(place: Path) -> Path:
    """The folder that is searched for a module with this file."""
    return place.parent.parent if place.name.startswith("__init__.") else place.parent


def _places(names: Sequence[str], interpreter: Interpreter) -> dict[str, Path]:
    """The files of the packages that the interpreter finds outside of the sandbox, by name."""
    try:
        answer = subprocess.run(
            [interpreter.executable, "-c", _FIND, *names],
            capture_output=True,
            text=True,
            timeout=TRY_S,
            check=True,
            cwd="/",
        )
        found = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return {}
    return dict(_named(names, found))


def _named(names: Sequence[str], found: Sequence[object]) -> Iterator[tuple[str, Path]]:
    for name, place in zip(names, found, strict=False):
        if isinstance(place, str):
            yield name, Path(place)
