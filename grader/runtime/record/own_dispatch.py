"""Watches code of the submission's that torch calls in place of its own: classes with ``__torch_function__`` or
``__torch_dispatch__``, kernels of ``torch.library``, and ``jvp`` of own ``Function``s.
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

from .found_hands import made
from .recorder import Recorder
from .stream import Json, is_tensor

_ABOVE, _BELOW = "__torch_function__", "__torch_dispatch__"
"""Called above autograd, where results have a node in the graph; and below it, where they have none."""


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
        self._watch_what_is_passed_on()
        for base in (torch.Tensor, TorchFunctionMode, TorchDispatchMode):
            self._watch_subclasses(base)
        self._watch_functions()
        self._watch_kernels()

    # ----------------------------------------------------------------------------------------------------------------
    # Subclasses of tensors and modes
    # ----------------------------------------------------------------------------------------------------------------

    def _watch_what_is_passed_on(self) -> None:
        """Keep the latest result of ``super().__torch_function__``: a class that returns it changed nothing."""
        tensor: Any = torch.Tensor
        original = tensor.__torch_function__.__func__

        @functools.wraps(original)
        def passed_on(cls: Any, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            result = original(cls, func, types, args, kwargs)
            self._passed_on.latest = func, args, result
            return result

        tensor.__torch_function__ = classmethod(passed_on)

    def _watch_subclasses(self, base: Any) -> None:
        original = base.__init_subclass__

        def made_subclass(cls: Any, /, **kwargs: Any) -> None:
            original(**kwargs)
            for name in (_ABOVE, _BELOW):
                method = vars(cls).get(name)
                function = getattr(method, "__func__", method)
                if type(function) is FunctionType and not self._recorder.installed.has_callable(function):
                    self.any = True
                    watched: Any = self._watched(cls, name, function)
                    setattr(cls, name, classmethod(watched) if type(method) is classmethod else watched)

        base.__init_subclass__ = classmethod(made_subclass)

    def _watched(self, owner: type, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        hand = made(self._recorder, "class", owner.__name__, function)

        @functools.wraps(function)
        def dispatch(*arguments: Any, **keywords: Any) -> Any:
            self._passed_on.latest = None
            result = function(*arguments, **keywords)
            latest: Any = self._passed_on.latest
            self._passed_on.latest = None
            if self._recorder.figures_only or result is NotImplemented:
                return result
            if name == _BELOW:
                self._note_lasting(hand)
            elif not (latest and result is latest[2] and all(any(it is one for one in arguments) for it in latest[:2])):
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

    def _watch_functions(self) -> None:
        metaclass: Any = FunctionMeta
        original = metaclass.__init__

        @functools.wraps(original)
        def new_class(cls: Any, name: str, bases: Any, attributes: dict[str, Any]) -> None:
            original(cls, name, bases, attributes)
            self.any = True
            jvp = getattr(attributes.get("jvp"), "__func__", None)
            if jvp is not None and not self._recorder.installed.has_callable(jvp):
                cls.jvp = staticmethod(self._watched_jvp(name, jvp))

        metaclass.__init__ = new_class

    def _watched_jvp(self, name: str, jvp: Callable[..., Any]) -> Callable[..., Any]:
        hand = made(self._recorder, "function", name, jvp)

        @functools.wraps(jvp)
        def watched(*arguments: Any) -> Any:
            self._note_forward(hand)
            return jvp(*arguments)

        return watched

    def _watch_kernels(self) -> None:
        """Kernels that compute a gradient themselves, and those that replace a kernel of torch's own operators."""
        library: Any = torch.library.Library
        original = library.impl

        @functools.wraps(original)
        def impl(self_: Any, op_name: Any, fn: Any, *arguments: Any, **keywords: Any) -> Any:
            if type(fn) is FunctionType and not self._recorder.installed.has_callable(fn):
                self.any = True
                fn = self._watched_kernel(f"{self_.ns}::{op_name}", fn, lasting=self_.ns == "aten")
            return original(self_, op_name, fn, *arguments, **keywords)

        library.impl = impl

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
