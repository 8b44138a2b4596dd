"""Decides, after the recorder failed, whether the submission caused it by changing what the recorder relies on."""

from __future__ import annotations

import builtins
import json.encoder
import os
import signal
import struct
import sys
import threading
import time
from collections.abc import Container
from types import FunctionType, ModuleType, TracebackType
from typing import Any

import numpy as np
import torch

_REPLACED_BY_RECORDER = frozenset(
    {
        "backward",
        "grad",
        "input",
        "from_numpy",
        "register_hook",
        "register_post_accumulate_grad_hook",
        "__init_subclass__",
        "__torch_function__",
    }
)
_RELIED_ON = (
    builtins,
    json.encoder,
    os,
    signal,
    struct,
    sys,
    threading,
    time,
    np,
    np.ndarray,
    torch,
    torch.autograd,
    torch.Tensor,
)
_PRISTINE: list[tuple[ModuleType | type, dict[str, Any]]] = [
    (owner, {name: member for name, member in vars(owner).items() if callable(member)}) for owner in _RELIED_ON
]
"""Functions and classes of these at import time, which is before any submission runs."""
_RECURSION_LIMIT = sys.getrecursionlimit()


def remember_own() -> None:
    """To be called when the runtime is imported: a submission may replace functions of its modules as well."""
    package = __name__.removesuffix(".record.integrity")
    modules = [module for name, module in sys.modules.items() if f"{name}.".startswith(f"{package}.")]
    owners: set[ModuleType | type] = set(modules)
    owners.update(kind for module in modules for kind in vars(module).values() if isinstance(kind, type))
    for owner in owners:
        if owner in modules or owner.__module__.startswith(f"{package}."):
            names = {name: value for name, value in vars(owner).items() if isinstance(value, FunctionType)}
            _PRISTINE.append((owner, names))


def was_disturbed(error: BaseException, files: Container[str]) -> bool:
    """Whether the submission most likely caused an exception in the recorder.

    It did where the exception is an interrupt or exit, which the recorder does not raise; where the traceback contains
    code from the student's ``files``; and where functions that the recorder relies on were replaced, or there is less
    room for calls.
    """
    return (
        not isinstance(error, Exception)
        or _passes_through(error.__traceback__, files)
        or sys.getrecursionlimit() < _RECURSION_LIMIT
        or _is_changed()
    )


def _passes_through(trace: TracebackType | None, files: Container[str]) -> bool:
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in files:
            return True
        trace = trace.tb_next
    return False


def _is_changed() -> bool:
    return any(
        vars(owner).get(name) is not value
        for owner, names in _PRISTINE
        for name, value in names.items()
        if name not in _REPLACED_BY_RECORDER
    )
