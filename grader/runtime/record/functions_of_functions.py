"""Records calls of torch's functions about other functions, which no function mode sees: of ``gradcheck`` and
``gradgradcheck`` what they found, and which functions of the student's they went through; of ``jacrev``, ``jacobian``
and the like that they ran.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Collection
from typing import Any

import torch

from ..protocol.record import TORCH_CALL
from .passes.autograd import Autograd
from .passes.graph import walk
from .passes.transforms import is_inside
from .recorder import Recorder
from .stream import is_tensor

_CHECKS = ("gradcheck", "gradgradcheck")
_TRANSFORMS = ("jacrev", "jacfwd", "hessian")
"""Of ``torch.func``: each returns a function, of which the calls count."""
_OF_FUNCTIONAL = ("jacobian",)
_MODULE = "torch.autograd.gradcheck"
"""The module, whose name in ``torch.autograd`` is that of the function."""


class FunctionsOfFunctions:
    """Wraps the functions for the life of the process, if a probe asks for one of them."""

    def __init__(self, recorder: Recorder, autograd: Autograd) -> None:
        self._recorder = recorder
        self._autograd = autograd
        self._is_inside = False
        self._watched: frozenset[str] = frozenset()

    def install(self, watched: Collection[str], *, in_calls: bool) -> None:
        """``watched``: the calls that the submission's run is looked at for. ``in_calls``: so are hidden calls, for all
        of them.
        """
        self._watched = frozenset(watched)
        for name in self._watched.intersection(_CHECKS):
            wrapped = self._checking(getattr(torch.autograd, name), name)
            for module in (torch.autograd, sys.modules[_MODULE]):
                setattr(module, name, wrapped)
        for name in _TRANSFORMS:
            if in_calls or name in self._watched:
                setattr(torch.func, name, self._transforming(getattr(torch.func, name), name))
        for name in _OF_FUNCTIONAL:
            if in_calls or name in self._watched:
                functional = torch.autograd.functional
                setattr(functional, name, self._noting(getattr(functional, name), name, inputs=1))

    def _transforming(self, original: Callable[..., Any], name: str) -> Callable[..., Any]:
        @functools.wraps(original)
        def transform(*args: Any, **kwargs: Any) -> Any:
            return self._noting(original(*args, **kwargs), name, inputs=0)

        return transform

    def _noting(self, original: Callable[..., Any], name: str, *, inputs: int) -> Callable[..., Any]:
        """``inputs``: which argument has the inputs."""

        @functools.wraps(original)
        def called(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            if self._autograd.note_call is not None:
                self._autograd.note_call(name)
            elif name in self._watched and not self._recorder.paused and not is_inside():
                self._report(name, next(iter(_tensors(args[inputs])), None) if len(args) > inputs else None)
            return result

        return called

    def _checking(self, original: Callable[..., Any], name: str) -> Callable[..., Any]:
        @functools.wraps(original)
        def wrapper(func: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
            if self._recorder.paused or self._is_inside:  # `gradgradcheck` calls `gradcheck`
                return original(func, inputs, *args, **kwargs)
            functions: set[tuple[int, int]] = set()

            def followed(*given: Any, **named: Any) -> Any:
                result = func(*given, **named)
                if not functions and not self._recorder.paused:
                    with self._recorder.pause(), torch._C.DisableTorchFunction():
                        functions.update(self._autograd.origins.functions_in(walk(tuple(_tensors(result)))[0]))
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
