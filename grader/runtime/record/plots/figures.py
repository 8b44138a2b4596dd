"""Loads the matplotlib backend when a submission, or a module that it imports, first imports matplotlib."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from types import ModuleType

from ..gradient_uses.gradient_uses import GradientUses
from ..recorder import Recorder

FIGURE, PYPLOT = "matplotlib.figure", "matplotlib.pyplot"


class Figures:
    """Access to the figures of a run. Does not import matplotlib by itself."""

    def __init__(self, recorder: Recorder, uses: GradientUses | None = None) -> None:
        """``uses``: tells what curves were computed from; None: nobody asks."""
        self._recorder = recorder
        self._uses = uses
        self._backend: ModuleType | None = None

    def install(self) -> None:
        """Record everything that is plotted from now on, whichever code imports matplotlib and whenever."""
        os.environ["MPLBACKEND"] = "agg"
        _after_import(FIGURE, self._watch_figures)
        _after_import(PYPLOT, self._watch_pyplot)

    @property
    def leave_open(self) -> bool:
        """Whether a curve was recorded that a second run can tell more about."""
        return self._backend is not None and bool(self._backend.leave_open())

    def show_all(self) -> None:
        """Record every figure that pyplot holds."""
        if self._backend is not None:
            self._backend.record_all()

    def close_all(self) -> None:
        """Record and close every figure that pyplot holds."""
        if self._backend is not None:
            self._backend.close_all()

    def displayed(self, value: object) -> None:
        """Record a figure that a cell's last expression displays."""
        if self._backend is not None and isinstance(value, self._backend.Figure):
            self._backend.record(value)

    def _watch_figures(self) -> None:
        from . import matplotlib_backend

        self._backend = matplotlib_backend
        matplotlib_backend.watch_figures(self._recorder, self._uses)

    def _watch_pyplot(self) -> None:
        from . import matplotlib_backend

        matplotlib_backend.watch_pyplot()


def _after_import(name: str, callback: Callable[[], None]) -> None:
    """Call back when the module has been imported; at once if it was imported before."""
    if name in sys.modules:
        callback()
    else:
        sys.meta_path.insert(0, _Watcher(name, callback))


class _Watcher:
    """An import hook for one module: finds it as Python would, and calls back when the module's code has run."""

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
