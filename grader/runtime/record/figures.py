"""The way to the matplotlib backend, which is there as soon as a submission, or what it imports, uses matplotlib."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from types import ModuleType

from .recorder import Recorder

FIGURE, PYPLOT = "matplotlib.figure", "matplotlib.pyplot"


class Figures:
    """Knows whether there are figures, without importing matplotlib for that."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._backend: ModuleType | None = None

    def install(self) -> None:
        """Record what is plotted from now on, whoever imports matplotlib, and whenever."""
        os.environ["MPLBACKEND"] = "agg"
        _after_import(FIGURE, self._watch_figures)
        _after_import(PYPLOT, self._watch_pyplot)

    @property
    def recorded(self) -> bool:
        """Whether some figure with a curve was."""
        return self._backend is not None and bool(self._backend.has_recorded())

    def show_all(self) -> None:
        """Record every figure there is."""
        if self._backend is not None:
            self._backend.record_all()

    def close_all(self) -> None:
        """Record and close every figure there is."""
        if self._backend is not None:
            self._backend.close_all()

    def displayed(self, value: object) -> None:
        """A figure as the value of a cell's last expression is shown, too."""
        if self._backend is not None and isinstance(value, self._backend.Figure):
            self._backend.record(value)

    def _watch_figures(self) -> None:
        from . import matplotlib_backend

        self._backend = matplotlib_backend
        matplotlib_backend.watch_figures(self._recorder)

    def _watch_pyplot(self) -> None:
        from . import matplotlib_backend

        matplotlib_backend.watch_pyplot()


def _after_import(name: str, callback: Callable[[], None]) -> None:
    """Call back once the module has been imported: at once where it is there already."""
    if name in sys.modules:
        callback()
    else:
        sys.meta_path.insert(0, _Watcher(name, callback))


class _Watcher:
    """Finds one module, as the import system would without it, and calls back when its code has run."""

    def __init__(self, name: str, callback: Callable[[], None]) -> None:
        self._name = name
        self._callback = callback

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self._name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_call_back(module: ModuleType) -> None:
                execute(module)
                self._callback()

            spec.loader.exec_module = execute_and_call_back  # type: ignore[method-assign]  # of this one loader
        return spec
