"""Watches the hooks that a submission registers: whether they change what they are given when they run.

The methods that register hooks are replaced, so that a submission without hooks loses no time. torch's classes of graph
nodes cannot be changed in the usual way, but their dictionaries can. This happens once, at import, in the worker:
in every child it would copy the memory of hundreds of classes.
"""

from __future__ import annotations

import ctypes
import functools
import gc
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from ..passes.curvature import is_looking_ahead
from ..recorder import Recorder
from ..stream import Json, is_tensor, to_numpy
from .found_hands import made

Note = Callable[..., None]
register_hook = torch.Tensor.register_hook
"""torch's own, for hooks of the recorder's, which are not watched."""

_watching: WatchedHooks | None = None
"""Wraps hooks before torch gets them; None until a run begins."""


class WatchedHooks:
    """Wraps hooks of tensors, graph nodes, accumulators and saved tensors when they are registered.

    Whenever a hook has run, ``note`` is called with the hand, whether it changed its arguments, and what
    ``before_hook`` returned before it ran. ``is_collecting``: whether a pass is being recorded; otherwise ``note`` is
    not called.
    """

    def __init__(
        self, recorder: Recorder, note: Note, before_hook: Callable[[], Any], is_collecting: Callable[[], bool]
    ) -> None:
        self.any = False
        """Whether a hook was registered at all."""
        self._recorder = recorder
        self._note = note
        self._before_hook = before_hook
        self._is_collecting = is_collecting

    def install(self) -> None:
        global _watching  # the worker has replaced what its children watch
        _watching = self

    def saved_tensor_hooks(self, pack: Any, unpack: Any) -> tuple[Any, Any]:
        """``pack`` and ``unpack`` of torch's own, such as those of ``checkpoint``, are not watched."""
        installed = self._recorder.installed
        if installed.has_callable(pack) and installed.has_callable(unpack):
            return pack, unpack
        self.any = True
        saved = _Saved(pack, unpack, self._watcher("saved_tensor_hook", "", pack))
        return saved.pack, saved.unpack

    def gradient_hook(self, tensor: Any, hook: Any) -> Any:
        return self._wrapped(hook, _changes_arguments, lambda: self._recorder.name_of(tensor))

    def accumulated_hook(self, tensor: Any, hook: Any) -> Any:
        return self._wrapped(hook, _changes_gradient, lambda: self._recorder.name_of(tensor))

    def node_hook(self, node: Any, hook: Any) -> Any:
        return self._wrapped(hook, _changes_arguments, lambda: _name_of_node(node, self._recorder.name_of))

    def _wrapped(self, hook: Any, call: _Call, name: Callable[[], str]) -> Any:
        # torch calls a method again where a function mode is active. What is not callable it refuses itself.
        if type(hook) is _Watched or not callable(hook):
            return hook
        self.any = True
        return _Watched(hook, call, self._watcher("hook", name()))

    def _watcher(self, kind: str, name: str, code: object = None) -> _Watcher:
        hand = made(self._recorder, kind, name, code, changed=False)
        return _Watcher(self._note, self._before_hook, self._is_collecting, hand)


class _Watcher(NamedTuple):
    """Whom to tell that a hook has run."""

    note: Note
    before_hook: Callable[[], Any]
    is_collecting: Callable[[], bool]
    hand: Json


_Call = Callable[[Callable[..., Any], tuple[Any, ...]], tuple[Any, bool]]
"""Calls a hook; returns its result, and whether it changed something."""


class _Watched:
    """A hook of the submission's, as torch gets it."""

    def __init__(self, hook: Callable[..., Any], call: _Call, watcher: _Watcher) -> None:
        self.hook = hook
        self._call = call
        self._watcher = watcher

    def __call__(self, *arguments: Any) -> Any:
        if is_looking_ahead():
            return None
        if not self._watcher.is_collecting():
            return self.hook(*arguments)
        before = self._watcher.before_hook()
        result, changed = self._call(self.hook, arguments)
        self._watcher.note(self._watcher.hand, changed=changed, before=before)
        return result


class _Saved:
    """``pack`` and ``unpack`` of a submission's, for saved tensors."""

    def __init__(self, pack: Callable[..., Any], unpack: Callable[..., Any], watcher: _Watcher) -> None:
        self._pack = pack
        self._unpack = unpack
        self._watcher = watcher

    def pack(self, tensor: Any) -> Any:
        before = _Values(tensor)
        return before, self._pack(tensor)

    def unpack(self, packed: tuple[_Values, Any]) -> Any:
        values, theirs = packed
        before = self._watcher.before_hook()
        tensor = self._unpack(theirs)
        self._watcher.note(self._watcher.hand, changed=not values.are_in(tensor), before=before)
        return tensor


class _Values:
    """A copy of a tensor's values. Of large tensors only the version is known, which in-place operations count up."""

    def __init__(self, tensor: Any) -> None:
        self._tensor = tensor if is_tensor(tensor) else None
        self._data = self._read(tensor)
        self._version = self._version_of(tensor)

    def are_in(self, tensor: Any) -> bool:
        """Whether another tensor has the same values, or this tensor has kept them."""
        if tensor is None or self._tensor is None:
            return tensor is self._tensor
        data = self._read(tensor)
        if data is None or self._data is None:
            return tensor is self._tensor and self._version_of(tensor) == self._version
        return data.shape == self._data.shape and np.array_equal(data, self._data, equal_nan=data.dtype.kind in "fc")

    def _read(self, tensor: Any) -> np.ndarray[Any, Any] | None:
        try:
            with torch._C.DisableTorchFunction(), torch.no_grad():
                return to_numpy(tensor) if is_tensor(tensor) else None
        except Exception:  # a tensor whose values cannot be read
            return None

    def _version_of(self, tensor: Any) -> int:
        try:
            return int(tensor._version)
        except Exception:  # an inference tensor, or none
            return 0


def _changes_arguments(hook: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, bool]:
    """Call a hook that may return what replaces its first argument: a gradient, or a tuple of gradients."""
    groups = [_tensors_in(argument) for argument in arguments]
    before = [[_Values(tensor) for tensor in group] for group in groups]
    result = hook(*arguments)
    written = not all(map(_are_kept, before, groups))
    return result, written or (result is not None and _replaces(result, groups[0] if groups else (), before))


def _are_kept(before: Sequence[_Values], tensors: Sequence[Any]) -> bool:
    return all(values.are_in(tensor) for values, tensor in zip(before, tensors, strict=True))


def _replaces(result: Any, given: Sequence[Any], before: Sequence[Sequence[_Values]]) -> bool:
    returned = _tensors_in(result)
    if len(returned) != len(given) or not _are_kept(before[0], returned):
        return True
    # Where the gradient will be differentiated, equal values are not enough.
    return any(
        one is not other and one.requires_grad for one, other in zip(given, returned, strict=True) if is_tensor(one)
    )


def _tensors_in(argument: Any) -> Sequence[Any]:
    return argument if isinstance(argument, tuple | list) else (argument,)


def _changes_gradient(hook: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, bool]:
    """Call a hook that gets a leaf after its ``.grad`` was accumulated. To clear ``.grad`` then is no change."""
    (leaf,) = arguments
    before = _Values(leaf.grad)
    result = hook(leaf)
    return result, not is_cleared(leaf.grad) and not before.are_in(leaf.grad)


def is_cleared(gradient: torch.Tensor | None) -> bool:
    """Whether there is no gradient, or nothing but zeros."""
    if gradient is None:
        return True
    with torch._C.DisableTorchFunction(), torch.no_grad():
        return not bool(gradient.count_nonzero())


def _name_of_node(node: Any, name_of: Callable[[Any], str]) -> str:
    leaf = getattr(node, "variable", None)
    return (name_of(leaf) if is_tensor(leaf) else "") or str(node.name())


def _replace_methods_of_nodes() -> None:
    forget_cached = ctypes.pythonapi.PyType_Modified
    forget_cached.argtypes = [ctypes.py_object]
    forget_cached.restype = None
    for kind in (*vars(torch._C._functions).values(), torch._C._FunctionBase):
        if not isinstance(kind, type) or "register_prehook" not in vars(kind):
            continue
        (members,) = gc.get_referents(vars(kind))
        for name in ("register_hook", "register_prehook"):
            members[name] = _watching_node(members[name])
        forget_cached(kind)


def _watching_node(original: Callable[..., Any]) -> Callable[..., Any]:
    def register(node: Any, hook: Any, /) -> Any:
        return original(node, hook if _watching is None else _watching.node_hook(node, hook))

    return register


def _replace_methods_of_tensors() -> None:
    tensor: Any = torch.Tensor
    of_gradients, of_accumulated = tensor.register_hook, tensor.register_post_accumulate_grad_hook

    @functools.wraps(of_gradients)
    def register_gradient_hook(tensor: Any, hook: Any) -> Any:
        return of_gradients(tensor, hook if _watching is None else _watching.gradient_hook(tensor, hook))

    @functools.wraps(of_accumulated)
    def register_accumulated_hook(tensor: Any, hook: Any) -> Any:
        return of_accumulated(tensor, hook if _watching is None else _watching.accumulated_hook(tensor, hook))

    tensor.register_hook, tensor.register_post_accumulate_grad_hook = register_gradient_hook, register_accumulated_hook
    engine: Any = torch._C._autograd
    engine._push_saved_tensors_default_hooks = _watching_saved(engine._push_saved_tensors_default_hooks)
    engine.SavedTensor.register_hooks = _watching_saved(engine.SavedTensor.register_hooks)


def _watching_saved(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def register(*arguments: Any) -> Any:
        *owner, pack, unpack = arguments
        if _watching is not None:
            pack, unpack = _watching.saved_tensor_hooks(pack, unpack)
        return original(*owner, pack, unpack)

    return register


_replace_methods_of_nodes()
_replace_methods_of_tensors()
