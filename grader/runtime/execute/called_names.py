"""The names of torch's functions and methods that a hidden call calls."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from ..protocol.record import MAX_TORCH_CALLS
from ..record.cut_tensors import DATA, GET_DATA
from ..record.stream import MAX_NAME

_TORCH = f"{torch.__path__[0]}/"
_DIFFERENTIATING = (f"{_TORCH}_functorch/", f"{_TORCH}autograd/")
"""Where torch's own code calls many functions to differentiate one."""
_IN_PYTHON = (f"{_TORCH}nn/utils/", f"{_TORCH}optim/")
"""Functions of torch that are there, `clip_grad_norm_` and `step`, are plain Python: only what they call is seen."""
_INSIDE = frozenset({"add_param_group", "wrapper"})
"""Functions that run when an optimiser is made, and around each `step`."""
_ATTRIBUTES = frozenset({"__get__", "__set__", "__delete__"})
_FORWARD_MODE = {"make_dual": "jvp", "unpack_dual": "jvp"}


class CalledNames(TorchFunctionMode):
    """Collects names. torch takes a mode off its stack while it runs, so what a function calls in turn is not seen."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def note(self, name: str) -> None:
        if len(self.names) < MAX_TORCH_CALLS:
            self.names.add(_FORWARD_MODE.get(name, name)[:MAX_NAME])

    def _meant(self, name: str, frame: FrameType | None) -> str:
        """The name of what the submission called, where a function is called in a frame; empty: it called no such."""
        if not name or (name[0] == "_" and name[:2] != "__"):
            return ""
        while frame is not None and (file := frame.f_code.co_filename).startswith(_TORCH):
            if file.startswith(_DIFFERENTIATING):
                return ""
            here = frame.f_code.co_name
            if file.startswith(_IN_PYTHON) and here.isidentifier() and here[0] != "_" and here not in _INSIDE:
                name = here
            frame = frame.f_back
        return name

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name = getattr(func, "__name__", "")
        if name in _ATTRIBUTES:
            name = DATA if name == "__get__" and func == GET_DATA else ""
        meant = self._meant(name, sys._getframe(1))
        if meant:
            self.note(meant)
        return func(*args, **(kwargs or {}))


@contextmanager
def active(mode: TorchFunctionMode | None) -> Iterator[None]:
    """Activate a torch function mode inside the ``with`` block; None: no mode."""
    if mode is None:
        yield
        return
    mode.__enter__()  # type: ignore[no-untyped-call]  # torch's
    try:
        yield
    finally:
        # torch takes the mode off its stack while the mode runs. An alarm at that moment can leave it off the stack.
        with suppress(RuntimeError):
            mode.__exit__(None, None, None)  # type: ignore[no-untyped-call]  # torch's
