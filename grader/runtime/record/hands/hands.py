"""What has a hand in a backward pass besides torch: hooks, own ``Function``s and operators, own classes, and values
that were written past autograd.

The record says of each whether it changed a value: a hook that prints does not. Registering is watched, so that a
submission that registers nothing loses no time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch.autograd.function import BackwardCFunction

from ..recorder import Recorder
from ..stream import Json
from .found_hands import HandSet, add, made
from .grad_writes import GradWrites, State
from .own_dispatch import OwnDispatch
from .own_functions import classes_behind, closure_of, method_of, name_of
from .silent_writes import SilentWrites
from .watched_hooks import WatchedHooks

MAX_TOUCHED = 256
"""Graph nodes of which it is kept what had a hand in them."""
_METHODS = ("backward", "vjp", "jvp", "forward", "setup_context", "vmap")
_OF_OPERATOR = "GeneratedBackwardFor_"
"""How the names of the classes begin that torch makes of the derivatives of operators of ``torch.library``."""

BeforeHook = Sequence[tuple[GradWrites, State]]


class Hands:
    """Collects the hands in passes. ``writes`` are the values that were written past autograd."""

    def __init__(self, recorder: Recorder) -> None:
        self.writes = SilentWrites(recorder)
        self._recorder = recorder
        self._collections = _Collections()
        self._touched: dict[Any, HandSet] = {}
        self._lasting: HandSet = {}
        """Hands in all later passes: what replaces torch's own operators, or dispatches below autograd."""
        self._forward: tuple[int, HandSet] = (0, {})
        """Hands in tangents, which have no graph, with the statement that computed them."""
        self._functions: dict[type, Json | None] = {}
        """The hand of each class of graph nodes that is a Python class; None for torch's own."""
        self._hooks = WatchedHooks(recorder, self.note, self.before_hook, lambda: bool(self._collections.open))
        self._dispatch = OwnDispatch(
            recorder, note_node=self.note_node, note_lasting=self._note_lasting, note_forward=self._note_forward
        )

    def install(self) -> None:
        """Watch what registers a hand. Never undone: the process is for one run only."""
        self._hooks.install()
        self._dispatch.install()
        self.writes.install()

    # ----------------------------------------------------------------------------------------------------------------
    # Told by what is watched
    # ----------------------------------------------------------------------------------------------------------------

    def before_hook(self) -> BeforeHook:
        """The state of all ``.grad`` that is watched on this thread, before a hook runs; for ``note``."""
        return [(writes, writes.state()) for writes in self._collections.writes]

    def note(self, hand: Json, *, changed: bool, before: BeforeHook = ()) -> None:
        """A hand acted now, on this thread. ``before``, of a hook: the state before it ran."""
        for writes, state in before:
            writes.note(hand, state)
        for found in self._collections.open:
            add(found, {**hand, "changed": changed})

    def note_node(self, node: Any, hand: Json) -> None:
        """A hand changed what a graph node stands for."""
        while len(self._touched) >= MAX_TOUCHED:
            del self._touched[next(iter(self._touched))]
        add(self._touched.setdefault(node, {}), hand)

    def note_gradients(self, gradients: Iterable[torch.Tensor | None], hands: Sequence[Json]) -> None:
        """What changed a gradient that will be differentiated has a hand in the passes that go through it."""
        changing = [hand for hand in hands if hand["changed"]]
        for gradient in gradients if changing else ():
            if gradient is not None and gradient.grad_fn is not None:
                for hand in changing:
                    self.note_node(gradient.grad_fn, hand)

    def _note_lasting(self, hand: Json) -> None:
        add(self._lasting, hand)

    def _note_forward(self, hand: Json) -> None:
        self.note(hand, changed=True)
        statement = self._recorder.statement
        if self._forward[0] != statement:
            self._forward = statement, {}
        add(self._forward[1], hand)

    # ----------------------------------------------------------------------------------------------------------------
    # Asked for a pass
    # ----------------------------------------------------------------------------------------------------------------

    @contextmanager
    def collected(self) -> Iterator[HandSet]:
        """The hands that act inside the ``with`` block, on this thread; complete at its end."""
        found: HandSet = {}
        self._collections.open.append(found)
        try:
            yield found
        finally:
            self._collections.open = [other for other in self._collections.open if other is not found]

    def in_graph(self, nodes: set[Any], leaves: Iterable[torch.Tensor] = ()) -> HandSet:
        """The hands that can be seen in a graph: in its nodes, and in the values of its tensors."""
        if not self.any:
            return {}
        found: HandSet = dict(self._lasting)
        for kind in set(map(type, nodes)):
            hand = self._hand_of_node(kind) if issubclass(kind, BackwardCFunction) else None
            if hand is not None:
                add(found, hand)
        for node in nodes & self._touched.keys() if self._touched else ():
            for hand in self._touched[node].values():
                add(found, hand)
        if self.writes.exposed:
            for hand in self.writes.in_graph(nodes, leaves):
                add(found, hand)
        return found

    def in_forward_mode(self) -> HandSet:
        """The hands in a tangent that the current statement computed."""
        statement, found = self._forward
        return self._lasting | (found if statement == self._recorder.statement else {})

    @property
    def any(self) -> bool:
        """Whether anything was registered, defined or opened by now that could have a hand in a pass."""
        return self._hooks.any or self._dispatch.any or bool(self.writes.exposed)

    @property
    def may_act(self) -> bool:
        """Whether a hook was registered that could act in a pass."""
        return self._hooks.any

    @property
    def sees_gradients(self) -> bool:
        """Whether a hook, a class or an operator of the submission's may be given the gradients of passes."""
        return self._hooks.any or self._dispatch.any

    @contextmanager
    def watching_grads(self, leaves: Sequence[torch.Tensor]) -> Iterator[GradWrites | None]:
        """Inside the ``with`` block, watch which hooks write to ``.grad`` of the leaves of a pass; None: no hook was
        registered.
        """
        if not self._hooks.any:
            yield None
            return
        writes = GradWrites(leaves)
        self._collections.writes.append(writes)
        try:
            yield writes
        finally:
            self._collections.writes = [other for other in self._collections.writes if other is not writes]

    # ----------------------------------------------------------------------------------------------------------------
    # Own functions
    # ----------------------------------------------------------------------------------------------------------------

    def _hand_of_node(self, kind: type) -> Json | None:
        if kind not in self._functions:
            self._functions[kind] = self._hand_of_function(kind)
        return self._functions[kind]

    def _hand_of_function(self, kind: type) -> Json | None:
        """``torch.func`` and ``torch.library`` make classes of their own, with the submission's code in a closure."""
        installed = self._recorder.installed
        function: type | None = None
        for function in classes_behind(kind):
            class_name = str(name_of(function))
            closure = closure_of(method_of(function, "backward"))
            if class_name.startswith(_OF_OPERATOR) and "info" in closure:
                backward = getattr(closure["info"], "_backward_fn", None)
                if backward is None or installed.has_callable(backward):
                    return None
                name = class_name.removeprefix(_OF_OPERATOR).removesuffix("_default").replace("_", "::", 1)
                return made(self._recorder, "operator", name, backward)
        if function is None:
            return None
        methods = [method for name in _METHODS if (method := method_of(function, name)) is not None]
        own = next((method for method in methods if not installed.has_callable(method)), None)
        return None if own is None else made(self._recorder, "function", name_of(function), own)


class _Collections(threading.local):
    """The open collections of hands, and what is watched of ``.grad``, on each thread."""

    def __init__(self) -> None:
        self.open: list[HandSet] = []
        self.writes: list[GradWrites] = []
