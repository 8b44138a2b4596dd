"""Puts back what a run changes in its process, which is usually for one run only.

What that is, beside the modules of the runtime itself, is listed here. ``tests/runtime/test_rehearsal.py`` compares
everything else, and fails where the recorder replaces something that is missing from the lists.
"""

from __future__ import annotations

import linecache
import os
import random
import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import torch

_CLASSES: Mapping[str, tuple[str, ...]] = {
    "torch": ("Tensor",),
    "torch.nn.parameter": ("Parameter",),
    "torch.utils.hooks": ("RemovableHandle",),
    "matplotlib.axes": ("Axes",),
    "matplotlib.collections": ("Collection",),
    "matplotlib.figure": ("Figure",),
    "matplotlib.lines": ("Line2D",),
}
"""Classes in which the recorder replaces methods, by the names of their modules. ``RemovableHandle`` counts handles."""
_MODULES = (
    "builtins",
    "torch.autograd",
    "torch.autograd.forward_ad",
    "torch.autograd.functional",
    "torch._C._autograd",
    "matplotlib",
    "matplotlib.pyplot",
)
"""Modules in which it replaces functions."""
_OF_SYS = ("argv", "stdin", "stdout", "stderr", "displayhook", "excepthook", "unraisablehook")
_MAX_DESCRIPTORS = 1024

PutBack = Callable[[], None]


@contextmanager
def kept_process() -> Iterator[None]:
    """At the end of the ``with`` block, the process is as it was at its beginning."""
    what = (_generators, _modes_of_torch, _signals, _descriptors, _environment, _names, _registering, _lists, _modules)
    put_back = [keep() for keep in what]
    try:
        yield
    finally:
        for each in reversed(put_back):
            each()


def _generators() -> PutBack:
    of_torch, of_numpy, of_python = torch.get_rng_state(), np.random.get_state(), random.getstate()

    def put_back() -> None:
        torch.set_rng_state(of_torch)
        np.random.set_state(of_numpy)
        random.setstate(of_python)

    return put_back


def _modes_of_torch() -> PutBack:
    enabled, modes = torch.is_grad_enabled(), torch._C._len_torch_function_stack()

    def put_back() -> None:
        while torch._C._len_torch_function_stack() > modes:
            torch._C._pop_torch_function_stack()
        torch.set_grad_enabled(enabled)

    return put_back


def _signals() -> PutBack:
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}

    def put_back() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in handlers.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)

    return put_back


def _descriptors() -> PutBack:
    before = set(_open_descriptors())

    def put_back() -> None:
        for descriptor in set(_open_descriptors()) - before:
            os.close(descriptor)

    return put_back


def _open_descriptors() -> Iterator[int]:
    """One by one: a process that cannot be dumped may not list its own."""
    for descriptor in range(_MAX_DESCRIPTORS):
        with suppress(OSError):
            os.fstat(descriptor)
            yield descriptor


def _environment() -> PutBack:
    variables = dict(os.environ)

    def put_back() -> None:
        for name in os.environ.keys() - variables.keys():
            del os.environ[name]
        for name, value in variables.items():
            if os.environ.get(name) != value:
                os.environ[name] = value

    return put_back


def _names() -> PutBack:
    """Names of modules and classes."""
    own = __package__.rpartition(".")[0] + "."
    of_runtime = [module for name, module in sys.modules.items() if name.startswith(own)]
    classes: list[Any] = [
        vars(sys.modules[module])[name]
        for module, names in _CLASSES.items()
        for name in names
        if module in sys.modules and name in vars(sys.modules[module])
    ]
    for module in of_runtime:
        members = list(vars(module).values())
        classes += [each for each in members if isinstance(each, type) and each.__module__ == module.__name__]
    modules = [*of_runtime, *(sys.modules[name] for name in _MODULES if name in sys.modules)]
    before = [(owner, dict(vars(owner))) for owner in (*modules, *classes)]
    of_sys = {name: vars(sys)[name] for name in _OF_SYS if name in vars(sys)}
    shown = warnings.showwarning

    def put_back() -> None:
        for owner, names in before:
            for name in vars(owner).keys() - names.keys():
                delattr(owner, name)
            _set(owner, names)
        _set(sys, of_sys)
        warnings.showwarning = shown

    return put_back


def _set(owner: Any, names: Mapping[str, Any]) -> None:
    now = vars(owner)
    for name, value in names.items():
        if name not in now or now[name] is not value:
            setattr(owner, name, value)


def _registering() -> PutBack:
    """What is to be called at a fork stays registered as long as the process lives. So nothing is, inside the block."""
    register = os.register_at_fork
    os.register_at_fork = lambda **functions: None

    def put_back() -> None:
        os.register_at_fork = register

    return put_back


def _lists() -> PutBack:
    lists: list[Any] = [sys.argv, sys.path, sys.meta_path, sys.path_hooks, warnings.filters]
    before = [list(each) for each in lists]

    def put_back() -> None:
        for each, members in zip(lists, before, strict=True):
            each[:] = members
        warnings._filters_mutated()  # type: ignore[attr-defined]  # it keeps what was decided by the filters

    return put_back


def _modules() -> PutBack:
    """``sys.modules``, and the caches that know of the submission's folder and of its sources."""
    modules, folders, sources = dict(sys.modules), set(sys.path_importer_cache), dict(linecache.cache)

    def put_back() -> None:
        for name, module in modules.items():
            if sys.modules.get(name) is not module:
                sys.modules[name] = module
        _drop(sys.path_importer_cache, sys.path_importer_cache.keys() - folders)
        _drop(linecache.cache, linecache.cache.keys() - sources.keys())
        linecache.cache.update(sources)

    return put_back


def _drop(mapping: Any, names: Iterable[str]) -> None:
    for name in names:
        del mapping[name]
