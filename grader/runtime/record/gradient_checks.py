"""Records calls of ``torch.autograd.gradcheck`` and ``gradgradcheck``, which no function mode sees: what they found,
and which functions of the student's they went through.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Collection
from typing import Any

import torch

from ..protocol.record import TORCH_CALL
from .passes.graph import walk
from .passes.origins import Origins
from .recorder import Recorder
from .stream import is_tensor

_NAMES = ("gradcheck", "gradgradcheck")
_MODULE = "torch.autograd.gradcheck"
"""The module, whose name in ``torch.autograd`` is that of the function."""


class GradientChecks:
    """Wraps the functions for the life of the process, if a probe asks for one of them."""

    def __init__(self, recorder: Recorder, origins: Origins) -> None:
        self._recorder = recorder
        self._origins = origins
        self._is_inside = False

    def install(self, watched: Collection[str]) -> None:
        for name in _NAMES:
            if name in watched:
                wrapped = self._wrap(getattr(torch.autograd, name), name)
                for module in (torch.autograd, sys.modules[_MODULE]):
                    setattr(module, name, wrapped)

    def _wrap(self, original: Callable[..., Any], name: str) -> Callable[..., Any]:
        @functools.wraps(original)
        def wrapper(func: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
            if self._recorder.paused or self._is_inside:  # `gradgradcheck` calls `gradcheck`
                return original(func, inputs, *args, **kwargs)
            functions: set[tuple[int, int]] = set()

            def followed(*given: Any, **named: Any) -> Any:
                result = func(*given, **named)
                if not functions and not self._recorder.paused:
                    with self._recorder.pause(), torch._C.DisableTorchFunction():
                        functions.update(self._origins.functions_in(walk(tuple(_tensors(result)))[0]))
                return result

            agrees = False
            self._is_inside = True
            try:
                result = original(followed, inputs, *args, **kwargs)
                agrees = result is True
                return result
            finally:
                self._is_inside = False
                self._report(name, _differentiated(inputs), agrees=agrees, functions=sorted(functions))

        return wrapper

    def _report(self, name: str, tensor: torch.Tensor | None, **fields: Any) -> None:
        recorder = self._recorder
        with recorder.pause():
            known = None if tensor is None else recorder.stream.maybe_tensor(tensor)
            recorder.send(TORCH_CALL, place=recorder.place(), call=name, tensor=known, **fields)


def _tensors(value: Any) -> list[torch.Tensor]:
    return [each for each in (value if type(value) in (tuple, list) else (value,)) if is_tensor(each)]


def _differentiated(inputs: Any) -> torch.Tensor | None:
    """The input by which is differentiated; of several the one whose dtype has the fewest digits."""
    with torch._C.DisableTorchFunction():
        tensors = [each for each in _tensors(inputs) if each.requires_grad]
        return min(tensors, key=lambda each: each.element_size(), default=None)
