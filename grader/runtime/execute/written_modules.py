"""Imports of modules that cells of the submission wrote: their functions are the student's, and are seen as such."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

from ..record.written_files import WrittenFiles
from .definitions import Definitions


class WrittenModules:
    """Finds modules before Python does, and takes those whose file a cell wrote."""

    def __init__(self, files: WrittenFiles, definitions: Callable[[], Definitions]) -> None:
        self._files = files
        self._definitions = definitions

    def install(self) -> None:
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin is None or spec.origin not in self._files:
            return None
        spec.loader = _Loader(name, spec.origin, self._definitions)
        return spec

    def compiled(self, source: str | bytes, file_name: str) -> CodeType:
        """The code of a file, as cells are compiled. Raises what the compiler raises."""
        return _compiled(source, file_name, self._definitions() if file_name in self._files else None)


class _Loader(SourceFileLoader):
    """Compiles a module as cells are compiled.

    Nothing is cached: Python tells versions of a file apart by the second in which they were written, and here a
    notebook that took an hour runs in one.
    """

    def __init__(self, name: str, path: str, definitions: Callable[[], Definitions]) -> None:
        super().__init__(name, path)
        self._definitions = definitions

    def get_code(self, fullname: str) -> CodeType:
        return _compiled(self.get_data(self.path), self.path, self._definitions())


def _compiled(source: str | bytes, file_name: str, definitions: Definitions | None) -> CodeType:
    tree: Any = ast.parse(source, file_name)
    if definitions is not None:
        tree = definitions.visit(tree)
    return compile(tree, file_name, "exec", dont_inherit=True)
