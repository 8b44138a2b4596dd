"""Watches code of the submission's that torch calls in place of its own: classes with ``__torch_function__`` or
``__torch_dispatch__``, kernels of ``torch.library``, and ``jvp`` of own ``Function``s.

What torch has is replaced once, at import, in the worker: in every child it would copy the worker's memory.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any

import torch
from torch.autograd.function import FunctionMeta
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from ..recorder import Recorder
from ..stream import Json, is_tensor
from .found_hands import made
from .modes import call_of_mode

_ABOVE, _BELOW = "__torch_function__", "__torch_dispatch__"
"""Called above autograd, where results have a node in the graph; and below it, where they have none."""
_watching: OwnDispatch | None = None
"""Is told of what a submission defines; None until a run begins."""


class OwnDispatch:
    """Reports hands by ``note_node`` for a graph node, by ``note_lasting`` for all that follows, and by
    ``note_forward`` for a tangent of forward mode.
    """

    def __init__(
        self,
        recorder: Recorder,
        *,
        note_node: Callable[[Any, Json], None],
        note_lasting: Callable[[Json], None],
        note_forward: Callable[[Json], None],
    ) -> None:
        self.any = False
        """Whether there is any own class, ``Function`` or kernel."""
        self._recorder = recorder
        self._note_node = note_node
        self._note_lasting = note_lasting
        self._note_forward = note_forward
        self._passed_on = _PassedOn()

    def install(self) -> None:
        global _watching  # the worker has replaced what its children watch
        _watching = self

    # ----------------------------------------------------------------------------------------------------------------
    # Subclasses of tensors and modes
    # ----------------------------------------------------------------------------------------------------------------

    def note_passed_on(self, call: tuple[Any, Any, Any]) -> None:
        """Keep the latest result of ``super().__torch_function__``: a class that returns it changed nothing."""
        self._passed_on.latest = call

    def watch_subclass(self, cls: Any) -> None:
        for name in (_ABOVE, _BELOW):
            method = vars(cls).get(name)
            function = getattr(method, "__func__", method)
            if type(function) is FunctionType and not self._recorder.installed.has_callable(function):
                self.any = True
                watched: Any = self._watched(cls, name, function)
                setattr(cls, name, classmethod(watched) if type(method) is classmethod else watched)

    def _watched(self, owner: type, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        hand = made(self._recorder, "class", owner.__name__, function)
        is_mode = issubclass(owner, TorchFunctionMode | TorchDispatchMode)

        @functools.wraps(function)
        def dispatch(*arguments: Any, **keywords: Any) -> Any:
            if self._recorder.figures_only:
                return function(*arguments, **keywords)
            if is_mode:
                result, unchanged = call_of_mode(function, arguments, keywords, below=name == _BELOW)
            else:
                self._passed_on.latest = None
                result = function(*arguments, **keywords)
                unchanged = name == _ABOVE and self._passed_on.is_latest(arguments, result)
                self._passed_on.latest = None
            if unchanged or result is NotImplemented:
                return result
            if name == _BELOW:
                self._note_lasting(hand)
            else:
                self._note_results((result,), hand)
            return result

        return dispatch

    def _note_results(self, results: Iterable[Any], hand: Json) -> None:
        for result in results:
            if is_tensor(result):
                with torch._C.DisableTorchFunction():
                    node = result.grad_fn
                if node is not None:
                    self._note_node(node, hand)
            elif isinstance(result, tuple | list):
                self._note_results([item for item in result if is_tensor(item)], hand)

    # ----------------------------------------------------------------------------------------------------------------
    # Functions in forward mode, kernels of operators
    # ----------------------------------------------------------------------------------------------------------------

    def watch_function(self, cls: Any, name: str, jvp: object) -> None:
        self.any = True
        if jvp is not None and not self._recorder.installed.has_callable(jvp):
            cls.jvp = staticmethod(self._watched_jvp(name, jvp))

    def _watched_jvp(self, name: str, jvp: Any) -> Callable[..., Any]:
        hand = made(self._recorder, "function", name, jvp)

        @functools.wraps(jvp)
        def watched(*arguments: Any) -> Any:
            self._note_forward(hand)
            return jvp(*arguments)

        return watched

    def watch_kernel(self, library: Any, operator: object, kernel: Any) -> Any:
        """Kernels that compute a gradient themselves, and those that replace a kernel of torch's own operators."""
        if type(kernel) is not FunctionType or self._recorder.installed.has_callable(kernel):
            return kernel
        self.any = True
        return self._watched_kernel(f"{library.ns}::{operator}", kernel, lasting=library.ns == "aten")

    def _watched_kernel(self, name: str, kernel: Callable[..., Any], *, lasting: bool) -> Callable[..., Any]:
        hand = made(self._recorder, "operator", name, kernel)

        @functools.wraps(kernel)
        def watched(*arguments: Any, **keywords: Any) -> Any:
            result = kernel(*arguments, **keywords)
            if lasting:
                self._note_lasting(hand)
            self._note_results((result,), hand)
            return result

        return watched


class _PassedOn(threading.local):
    """The latest call that the submission passed on to torch, on each thread: function, arguments, result."""

    latest: Any = None

    def is_latest(self, arguments: tuple[Any, ...], result: Any) -> bool:
        """Whether a method that was called with these arguments passed its function and its ``args`` on, and returned
        what came back.
        """
        if self.latest is None:
            return False
        function, args, passed_back = self.latest
        given = [any(value is argument for argument in arguments) for value in (function, args)]
        return result is passed_back and all(given)


def _replace_passing_on() -> None:
    tensor: Any = torch.Tensor
    original = tensor.__torch_function__.__func__

    @functools.wraps(original)
    def passed_on(cls: Any, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = original(cls, func, types, args, kwargs)
        if _watching is not None:
            _watching.note_passed_on((func, args, result))
        return result

    tensor.__torch_function__ = classmethod(passed_on)


def _replace_making_of_subclasses(base: Any) -> None:
    original = base.__init_subclass__

    def made_subclass(cls: Any, /, **kwargs: Any) -> None:
        original(**kwargs)
        if _watching is not None:
            _watching.watch_subclass(cls)

    base.__init_subclass__ = classmethod(made_subclass)


def _replace_making_of_functions() -> None:
    metaclass: Any = FunctionMeta
    original = metaclass.__init__

    @functools.wraps(original)
    def new_class(cls: Any, name: str, bases: Any, attributes: dict[str, Any]) -> None:
        original(cls, name, bases, attributes)
        if _watching is not None:
            _watching.watch_function(cls, name, getattr(attributes.get("jvp"), "__func__", None))

    metaclass.__init__ = new_class


def _replace_registering_of_kernels() -> None:
    library: Any = torch.library.Library
    original = library.impl

    @functools.wraps(original)
    def impl(self: Any, op_name: Any, fn: Any, *arguments: Any, **keywords: Any) -> Any:
        watched = fn if _watching is None else _watching.watch_kernel(self, op_name, fn)
        return original(self, op_name, watched, *arguments, **keywords)

    library.impl = impl


_replace_passing_on()
for _base in (torch.Tensor, TorchFunctionMode, TorchDispatchMode):
    _replace_making_of_subclasses(_base)
_replace_making_of_functions()
_replace_registering_of_kernels()
