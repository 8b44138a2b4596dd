"""Finds the stand-ins for what notebooks import: see ``standins``."""

from __future__ import annotations

import dis
import sys
from collections.abc import Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from ..protocol.standins import ALWAYS, IF_MISSING
from .shell import Nothing

STANDINS = str(Path(__file__).with_name("standins"))


def install() -> None:
    """Have imports find the stand-ins."""
    sys.meta_path.insert(0, _Finder("always", ALWAYS))
    sys.meta_path.append(_Finder("if_missing", IF_MISSING))


class _Finder:
    """Finds the stand-ins in one folder: before Python looks for the real ones, or after it found none."""

    def __init__(self, folder: str, packages: dict[str, str]) -> None:
        self._folder = folder
        self._packages = packages

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        top, *_ = name.split(".")
        package = self._packages.get(top)
        if package is None:
            return None
        above = name.split(".")[:-1]
        is_late = self._folder == "if_missing"
        if is_late and _is_tried_by_the_student():
            return None  # what the code does where the package is missing is right here
        spec = PathFinder.find_spec(name, ["/".join((STANDINS, self._folder, *above))])
        if spec is not None and spec.loader is not None:
            spec.loader = _Lenient(spec.loader)
            return spec
        if not is_late and above:
            spec = PathFinder.find_spec(name, ["/".join((folder, *above)) for folder in sys.path])
            if spec is not None:
                return spec
        if f"{name}.".startswith(f"{package}."):
            return ModuleSpec(name, _Lenient(None), is_package=True)
        return None


class _Lenient(Loader):
    """Loads a stand-in, if there is one, and gives its module every other name."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        if self._loader is not None:
            self._loader.exec_module(module)
        known = vars(module).get("__getattr__")

        def get(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            try:
                return Nothing() if known is None else known(name)
            except AttributeError:
                return Nothing()

        module.__getattr__ = get  # type: ignore[method-assign]  # a module's own, by which Python asks for names


def _is_tried_by_the_student() -> bool:
    """Whether the statement that imports is the student's, and handles errors, as ``try: import google.colab`` does."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(("<frozen importlib", __file__)):
        frame = frame.f_back
    if frame is None or frame.f_code.co_filename.startswith((sys.prefix, sys.base_prefix, STANDINS)):
        return False
    entries: Any = dis._parse_exception_table(frame.f_code)  # type: ignore[attr-defined]  # its only reader
    return any(entry.start <= frame.f_lasti < entry.end for entry in entries)
