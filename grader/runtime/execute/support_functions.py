"""Functions of the course's ``support/`` that hidden calls get as arguments.

Their modules are imported before the submission runs, under names that no submission uses, so that neither a module of
the submission's with the same name nor a change of ``sys.modules`` replaces them.
"""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..record.stream import raised

MAX_FRAMES = 2_000
_PACKAGE = "_functions_of_the_course"
"""The package as which the folder ``support/`` is imported."""


class CourseError(Exception):
    """A function of ``support/`` could not be used. The submission did not cause it."""


class SupportFunctions:
    """The functions by their names, such as ``bowls.valley``: module and function."""

    def __init__(self, folders: Sequence[str], names: Iterable[str]) -> None:
        """Import the modules of these functions from the first of the folders that has them."""
        self._found: dict[str, Any] = {}
        for name in names:
            if name not in self._found:
                self._found[name] = _load(name, folders)

    def __call__(self, name: str) -> Any:
        """A function by its name. Raises CourseError."""
        found = self._found[name]
        if isinstance(found, CourseError):
            raise CourseError(*found.args)
        return found


def names_in(calls: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The names of all functions of ``support/`` that the calls of a job get."""
    waiting = [
        argument
        for call in calls
        for arguments in call["arguments"]
        for _, argument in (*arguments["by_position"], *arguments["by_name"])
    ]
    while waiting:
        argument = waiting.pop()
        if argument["kind"] == "support":
            yield argument["name"]
        waiting += argument.get("items", ())


def place_in_support(error: BaseException) -> str:
    """The innermost line of ``support/`` that an exception came through, in words; empty where it came through none."""
    place, trace = "", error.__traceback__
    for _ in range(MAX_FRAMES):
        if trace is None:
            break
        module = trace.tb_frame.f_globals.get("__name__")
        if type(module) is str and module.startswith(f"{_PACKAGE}."):
            path = module.removeprefix(f"{_PACKAGE}.").replace(".", "/")
            place = f"support/{path}.py, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place


def called(name: str, function: Any) -> Any:
    """What a function returns that is called without arguments. Raises CourseError where it raises."""
    try:
        return function()
    except Exception as error:
        place = place_in_support(error)
        raise CourseError(f"`{name}()` raised {_in_words(error)}" + (f" ({place})" if place else "")) from None


def _load(name: str, folders: Sequence[str]) -> Any:
    module, _, function = name.rpartition(".")
    if not folders:
        return CourseError(f"the course has no folder support/ for `{name}`")
    package = types.ModuleType(_PACKAGE)
    package.__path__ = list(folders)
    here, paths, known = str(Path.cwd()), sys.path.copy(), set(sys.modules)
    sys.modules.setdefault(_PACKAGE, package)
    # Without the submission's folder, whose modules would come before those in support/.
    sys.path[:] = [*folders, *(path for path in paths if path not in ("", *folders, here))]
    try:
        found = getattr(importlib.import_module(f"{_PACKAGE}.{module}"), function, None)
    except BaseException as error:  # whatever a module raises: that is no fault of the submission's
        return CourseError(f"support/{module.replace('.', '/')}.py cannot be imported: {_in_words(error)}")
    finally:
        sys.path[:] = paths
        _forget(folders, known)
    if not callable(found):
        return CourseError(f"support/{module.replace('.', '/')}.py has no function `{function}`")
    return found


def _forget(folders: Sequence[str], known: set[str]) -> None:
    """Forget the modules of ``support/`` that were imported on the way: a submission may have its own of that name."""
    for name in [name for name in sys.modules if name not in known and not name.startswith(_PACKAGE)]:
        file = getattr(sys.modules[name], "__file__", None)
        if isinstance(file, str) and file.startswith(tuple(f"{folder}/" for folder in folders)):
            del sys.modules[name]


def _in_words(error: BaseException) -> str:
    described = raised(error)
    return f"{described['type']}: {described['text']}"
