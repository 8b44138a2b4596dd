"""The registry of kinds of checks: the modules of ``checks``, and entry points of the group ``grader.checks``."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType, ModuleType
from typing import get_args

from grader.errors import CourseError
from grader.extensions import Extension, load_extensions
from grader.judging import checks
from grader.judging.checks.base import Check

GROUP = "grader.checks"


def find(name: str) -> type[Check] | None:
    """The kind of this name, or None. Raises CourseError as ``kinds`` does.

    Entry points are only searched for a name that is not built in, since that takes longer than loading a course.
    """
    return _built_in(name) or kinds().get(name)


@cache
def _built_in(name: str) -> type[Check] | None:
    """The kind of this name in the package ``checks``, of which only the module that is named as it is imported."""
    if name not in _modules():
        return None
    module = importlib.import_module(f"{checks.__name__}.{name}")
    return next((check for check in checks_of(module) if name_of(check) == name), None)


@cache
def built_in() -> Mapping[str, type[Check]]:
    """The kinds in the package ``checks``, by name."""
    found = {name: check for name in sorted(_modules()) if (check := _built_in(name)) is not None}
    return MappingProxyType(found)


@cache
def _modules() -> frozenset[str]:
    return frozenset(module.name for module in pkgutil.iter_modules(checks.__path__))


@cache
def kinds() -> Mapping[str, type[Check]]:
    """Every kind, by its name in YAML (``kind: …``). Raises CourseError for an entry point that cannot be used."""
    found = dict(built_in())
    for extension in load_extensions(GROUP, "The kind of check", CourseError):
        check = _check_of(extension)
        name = name_of(check)
        if name in found:
            raise CourseError(
                f"{extension.origin}: there is a kind of check `{name}` already; uninstall one of the two."
            )
        found[name] = check
    return MappingProxyType(found)


def checks_of(module: ModuleType) -> Iterator[type[Check]]:
    """The kinds of checks that a module defines."""
    for value in vars(module).values():
        is_check = inspect.isclass(value) and issubclass(value, Check) and not inspect.isabstract(value)
        if is_check and value.__module__ == module.__name__:
            yield value


def _check_of(extension: Extension) -> type[Check]:
    loaded = extension.loaded
    if inspect.isclass(loaded) and issubclass(loaded, Check) and not inspect.isabstract(loaded) and name_of(loaded):
        return loaded
    raise CourseError(
        f"{extension.origin} is no kind of check: `{extension.value}` must be a subclass of "
        "grader.judging.checks.base.Check with `kind: Literal[...]` and `judge`."
    )


def name_of(check: type[Check]) -> str:
    """The text in its ``kind: Literal["…"]``; empty if it has none."""
    return next(iter(get_args(check.model_fields["kind"].annotation)), "")
