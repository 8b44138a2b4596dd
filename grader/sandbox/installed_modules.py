"""Which modules the Python that runs submissions has."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Collection
from pathlib import Path

from grader.errors import SandboxError
from grader.sandbox.interpreter import environment, find_interpreter

_ASK = """
import importlib.util, json, sys

def is_there(name):
    try:
        return name in sys.builtin_module_names or importlib.util.find_spec(name) is not None
    except Exception:
        return False

print(json.dumps([name for name in json.load(sys.stdin) if is_there(name)]))
"""


def installed_modules(python: Path | None, names: Collection[str]) -> frozenset[str]:
    """Of the names of modules at the top of their packages, those that can be imported. None of them is imported.

    ``python`` is the interpreter, as ``--python`` names it. Raises UsageError where it is none, and SandboxError where
    it gives no answer.
    """
    interpreter = find_interpreter(python)
    wanted = [name for name in names if name.isidentifier()]
    try:
        answer = subprocess.run(
            [interpreter.executable, "-c", _ASK],
            input=json.dumps(wanted),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            cwd="/",
            env=environment(interpreter, "/nowhere"),
        )
        found = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise SandboxError(f"{interpreter.executable}: does not say which modules it has.") from error
    return frozenset(found)
