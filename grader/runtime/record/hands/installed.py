"""Tells code of installed packages (Python, torch, the course's helper modules) from code of the submission."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import torch

_RUNTIME = str(Path(__file__).parents[1])
_TORCH = str(Path(torch.__file__).parent)


class Installed:
    """Made before the submission's folder is put on ``sys.path``: what can be imported until then is installed."""

    def __init__(self) -> None:
        here = os.path.realpath(".")
        given = [path for path in sys.path if path.startswith(os.sep)]
        folders = {*given, *map(os.path.realpath, given)} - {here}
        self._folders = _as_prefixes({*folders, sys.prefix, sys.base_prefix, _RUNTIME, _TORCH})
        self._of_torch = _as_prefixes({_TORCH, _RUNTIME})

    def has(self, code: CodeType, names: Mapping[str, Any]) -> bool:
        """Whether code comes from an installed package. ``names`` are its globals: a file name alone is easily feigned
        by ``compile``.
        """
        file = code.co_filename
        return file.startswith("<frozen ") or (file.startswith(self._folders) and _is_module(names))

    def is_torch(self, code: CodeType, names: Mapping[str, Any]) -> bool:
        """Whether code comes from torch, or from the recorder, which calls torch for the submission."""
        return code.co_filename.startswith(self._of_torch) and _is_module(names)

    def has_callable(self, called: Any) -> bool:
        """Whether a function or method comes from an installed package; of any other callable it is not known."""
        function = called.__func__ if type(called) is MethodType else called
        return type(function) is FunctionType and self.has(function.__code__, function.__globals__)


def _as_prefixes(folders: set[str]) -> tuple[str, ...]:
    return tuple(folder.rstrip(os.sep) + os.sep for folder in sorted(folders) if folder.strip(os.sep))


def _is_module(names: Mapping[str, Any]) -> bool:
    """Whether these are the globals of the module that they name."""
    name = names.get("__name__")
    module = sys.modules.get(name) if type(name) is str else None
    return issubclass(type(module), ModuleType) and ModuleType.__getattribute__(module, "__dict__") is names
