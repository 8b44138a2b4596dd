"""The names that a frame of the submission has besides the module's, alike on every version of Python."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import FrameType
from typing import Any

INLINED = "<comprehension>"
"""The scope of a comprehension that stands outside of functions, since Python 3.12."""


def runs_module(frame: FrameType, namespace: dict[str, Any]) -> bool:
    """Whether a frame runs a statement of the module.

    ``f_locals`` does not tell: since Python 3.12 a comprehension runs in the frame around it, and while it runs in a
    module's, ``f_locals`` is not the namespace but a copy of it (3.12), or has the comprehension's names only (3.13).
    """
    return frame.f_globals is namespace and frame.f_code.co_name == "<module>"


def local_names(frame: FrameType, namespace: dict[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
    """The name of a frame's scope, and its names with their values; None where they are the module's.

    Of a frame that runs a statement of the module, the names of a comprehension that is running.
    """
    code = frame.f_code
    if code.co_flags & inspect.CO_OPTIMIZED:
        # Comprehensions inside of each other, which have frames of their own in Python 3.11, are not one scope.
        return code.co_qualname if code.co_name.startswith("<") else code.co_name, frame.f_locals
    is_module = runs_module(frame, namespace)
    inlined = dict.fromkeys((*code.co_varnames, *code.co_cellvars))
    if is_module and not inlined:
        return None
    seen = frame.f_locals
    if not is_module:
        return code.co_name, seen
    running = {} if seen is namespace else {name: seen[name] for name in inlined if name in seen}
    return (INLINED, running) if running else None
