"""Records every backward pass, by wrapping the functions that all passes go through.

``Tensor.backward``, ``torch.func.*`` and ``torch.autograd.functional.*`` all call ``torch.autograd.backward`` or
``torch.autograd.grad``; forward mode calls ``forward_ad.unpack_dual``. The wrappers see passes on every thread and
under every transform, and exceptions that the student's ``try`` catches.
"""

from __future__ import annotations

import functools
import itertools
import sys
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import CodeType
from typing import Any

import torch
from torch.autograd import forward_ad

from ..protocol.record import BACKWARD, RUN_NOTE, SECOND_RUN_CHANGE
from .recorder import Recorder
from .stream import MAX_NAME, Json, is_tensor, raised

SCALE = 1 + SECOND_RUN_CHANGE

MAX_NODES = 100_000
MAX_LEAVES = 64
MAX_REDUCTIONS = 4_096
MAX_RETURNED = 512

_BACKWARD_FIELDS = ("tensors", "grad_tensors", "retain_graph", "create_graph", "grad_variables", "inputs")
_GRAD_FIELDS = ("outputs", "inputs", "grad_outputs", "retain_graph", "create_graph")
_FUNCTIONAL = ("jacobian", "hessian", "vjp", "jvp", "hvp", "vhp")


class Autograd:
    """Wraps torch's entry points for the life of the process and reports each pass to the recorder.

    ``intervene``: the wrappers scale the results of passes and report nothing. ``worked``: some pass succeeded.
    """

    def __init__(self, recorder: Recorder, *, intervene: bool) -> None:
        self.intervene = intervene
        self.worked = False
        self._recorder = recorder
        self._reductions: dict[int, tuple[weakref.ref[torch.Tensor], str, torch.Tensor, tuple[Any, ...]]] = {}
        self._retained: list[weakref.ref[torch.Tensor]] = []
        self._derivative_nodes: dict[Any, int] = {}
        self._returned: dict[Any, CodeType] = {}
        self._local = threading.local()
        self._groups = itertools.count(1)
        self.grad = torch.autograd.grad
        """torch's own ``grad``, not wrapped, for the recorder's use."""

    def install(self) -> None:
        """Put the wrappers in place. They are never removed: the process is for one run only."""
        torch.autograd.backward = self._wrap(torch.autograd.backward, self._backward)
        torch.autograd.grad = self._wrap(torch.autograd.grad, self._grad)
        forward_ad.unpack_dual = self._wrap(forward_ad.unpack_dual, self._unpack_dual)
        for name in _FUNCTIONAL:
            function = getattr(torch.autograd.functional, name)
            setattr(torch.autograd.functional, name, self._grouped(function))

    # ----------------------------------------------------------------------------------------------------------------
    # Called by the torch function mode
    # ----------------------------------------------------------------------------------------------------------------

    def note_reduction(self, call: str, result: object, args: tuple[Any, ...]) -> None:
        """Remember which tensor a scalar is a sum, mean or element of. A pass from it records that tensor as output."""
        if not is_tensor(result) or not args or not is_tensor(args[0]):
            return
        with torch._C.DisableTorchFunction():
            if result.numel() == 1 and args[0].numel() <= 1_000_000:
                while len(self._reductions) >= MAX_REDUCTIONS:
                    del self._reductions[next(iter(self._reductions))]
                self._reductions[id(result)] = (weakref.ref(result), call, args[0], args[1:])

    def note_returned(self, value: Any) -> Any:
        """Called with what a function of the student's returns, from inside that function; returns the value unchanged.

        The graph's node is remembered instead of the tensor, which may no longer exist when the pass runs.
        """
        if is_tensor(value) and not self._recorder.paused:
            with torch._C.DisableTorchFunction():
                node = value.grad_fn
            if node is not None:
                while len(self._returned) >= MAX_RETURNED:
                    del self._returned[next(iter(self._returned))]
                self._returned[node] = sys._getframe(1).f_code
        return value

    def note_retained(self, tensor: torch.Tensor) -> None:
        """Remember a non-leaf tensor whose ``retain_grad`` was called: it has a ``.grad`` like a leaf."""
        if len(self._retained) < MAX_LEAVES:
            self._retained.append(weakref.ref(tensor))

    # ----------------------------------------------------------------------------------------------------------------
    # The wrappers
    # ----------------------------------------------------------------------------------------------------------------

    def _wrap(self, original: Callable[..., Any], handler: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            # Called from inside itself: by an active function mode, or by the recorder.
            if getattr(self._local, "inside", False) or self._recorder.paused:
                return original(*args, **kwargs)
            self._local.inside = True
            try:
                return handler(original, args, kwargs)
            finally:
                self._local.inside = False

        return wrapper

    def _grouped(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Give the passes inside one call of ``torch.autograd.functional`` a common group, as parts of one pass."""

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            outer = getattr(self._local, "group", 0)
            self._local.group = outer or -next(self._groups)
            try:
                return function(*args, **kwargs)
            finally:
                self._local.group = outer

        return wrapper

    def _backward(self, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        fields = dict(zip(_BACKWARD_FIELDS, args, strict=False)) | kwargs
        roots = _tensors(fields.get("tensors"))
        if self.intervene:
            with _scaled(roots):
                return original(*args, **kwargs)
        event = self._begin("backward", roots, fields, gradients=fields.get("grad_tensors"))
        if event is None:
            return original(*args, **kwargs)
        wanted = _tensors(fields.get("inputs"))
        leaves, before = self._snapshots(wanted or event.leaves)
        with _captured(leaves) as own:
            self._call(event, original, args, kwargs)
        with torch._C.DisableTorchFunction():
            if event.fields["create_graph"]:
                self._remember(event.order, [leaf.grad for leaf in leaves if leaf.is_leaf or leaf.retains_grad])
            event.leaf_passes = [
                self._leaf_pass(event, leaf, fields_before, gradient)
                for leaf, fields_before, gradient in zip(leaves, before, own, strict=True)
            ]
        self._finish(event)
        return None

    def _grad(self, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        fields = dict(zip(_GRAD_FIELDS, args, strict=False)) | kwargs
        if self.intervene:
            return _scale(original(*args, **kwargs))
        event = self._begin("grad", _tensors(fields.get("outputs")), fields, gradients=fields.get("grad_outputs"))
        if event is None:
            return original(*args, **kwargs)
        inputs = _tensors(fields.get("inputs"))
        leaves, before = self._snapshots(inputs[:MAX_LEAVES])
        result = self._call(event, original, args, kwargs)
        gradients = list(result.values() if isinstance(result, Mapping) else result)
        own = {id(leaf): gradient for leaf, gradient in zip(inputs, gradients, strict=False)}
        with torch._C.DisableTorchFunction():
            if event.fields["create_graph"]:
                self._remember(event.order, gradients)
            event.leaf_passes = [
                self._leaf_pass(event, leaf, fields_before, own.get(id(leaf)))
                for leaf, fields_before in zip(leaves, before, strict=True)
            ]
        self._finish(event)
        return result

    def _unpack_dual(self, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = original(*args, **kwargs)
        if result.tangent is None:
            return result
        if self.intervene:
            return result._replace(tangent=result.tangent * SCALE)
        event = self._begin("jvp", (result.primal,), {}, gradients=None)
        if event is not None:
            self._finish(event)
        return result

    # ----------------------------------------------------------------------------------------------------------------
    # Describing a pass
    # ----------------------------------------------------------------------------------------------------------------

    def _begin(
        self, call: str, roots: tuple[torch.Tensor, ...], fields: Mapping[str, Any], *, gradients: Any
    ) -> _Event | None:
        """Describe a pass before it runs. None: the record is full, or the tensors cannot be described, which a note
        says.
        """
        if self._recorder.is_full:
            return None
        try:
            return self._describe(call, roots, fields, gradients)
        except (RuntimeError, TypeError, ValueError, NotImplementedError) as error:  # sparse, meta, quantised …
            self._recorder.stream.send(RUN_NOTE, text=f"A {call}() was not recorded: {type(error).__name__}: {error}")
            return None

    def _describe(
        self, call: str, roots: tuple[torch.Tensor, ...], fields: Mapping[str, Any], gradients: Any
    ) -> _Event:
        """Must run before the pass, which frees the graph and changes ``.grad`` in place."""
        recorder, stream = self._recorder, self._recorder.stream
        recorder.send_changed_local_names()
        with recorder.pause(), torch._C.DisableTorchFunction(), torch.no_grad():
            nodes, leaves = _walk(roots)
            order = 1 + max((self._derivative_nodes.get(node, 0) for node in nodes), default=0)
            leaves += [tensor for ref in self._retained if (tensor := ref()) is not None and tensor.grad_fn in nodes]
            root = roots[0] if roots else torch.zeros(0)
            output, weights, group = self._before_reduction(root)
            given = _tensors(gradients)
            if given and weights is None:
                weights = given[0]
            elif given and weights is not None and given[0].numel() == 1:
                weights = weights * given[0].reshape(())
            elif weights is None and root.numel() == 1:
                weights = torch.ones_like(root)
            names = recorder.tensors_in_sight()
            in_graph = {id(leaf) for leaf in leaves} | {id(tensor) for tensor in roots}
            through = {name[:MAX_NAME] for name, value in names if id(value) in in_graph or value.grad_fn in nodes}
            return _Event(
                names=names,
                leaves=tuple(leaves[:MAX_LEAVES]),
                order=order,
                fields={
                    "place": recorder.place(),
                    "call": call,
                    "root": stream.tensor(root),
                    "output": stream.tensor(output),
                    "weights": stream.maybe_tensor(weights),
                    "root_names": _names_of(names, root),
                    "output_names": _names_of(names, output),
                    "through": sorted(through)[:200],
                    "functions": self._functions_in(nodes),
                    "retain_graph": bool(fields.get("retain_graph")),
                    "create_graph": bool(fields.get("create_graph")),
                    "order": order,
                    "operations": sorted({node.name()[:MAX_NAME] for node in nodes})[:200],
                    "group": getattr(self._local, "group", 0) or group,
                    "stale": recorder.reading_stale,
                },
            )

    def _call(self, event: _Event, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        try:
            return original(*args, **kwargs)
        except BaseException as error:
            self._finish(event, error)
            raise

    def _finish(self, event: _Event, error: BaseException | None = None) -> None:
        self.worked = self.worked or error is None
        self._recorder.send(
            BACKWARD,
            **event.fields,
            leaves=event.leaf_passes,
            error=None if error is None else raised(error),
        )

    def _snapshots(
        self, leaves: tuple[torch.Tensor, ...]
    ) -> tuple[tuple[torch.Tensor, ...], list[tuple[Json, Json | None]]]:
        """Leaves, their values and their ``.grad`` before the pass. Leaves that cannot be described are left out."""
        kept, found = [], []
        for leaf in leaves:
            with suppress(Exception):
                described = self._recorder.stream.tensor(leaf, with_grad=True)
                found.append((described, described["$array"].pop("grad", None)))
                kept.append(leaf)
        return tuple(kept), found

    def _leaf_pass(
        self, event: _Event, leaf: torch.Tensor, before: tuple[Json, Json | None], gradient: torch.Tensor | None
    ) -> Json:
        stream = self._recorder.stream
        after = leaf.grad if leaf.is_leaf or leaf.retains_grad else None
        return {
            "names": _names_of(event.names, leaf),
            "value": before[0],
            "gradient": stream.maybe_tensor(gradient),
            "grad_before": before[1],
            "grad_after": stream.maybe_tensor(after),
        }

    def _before_reduction(self, root: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None, int]:
        """The tensor that a scalar root was reduced from, the weights of its elements in the root, and its group."""
        known = self._reductions.get(id(root))
        if known is None or known[0]() is not root:
            return root, None, 0
        _, call, output, arguments = known
        if not output.is_floating_point() and not output.is_complex():
            return root, None, 0
        if call == "sum":
            return output, torch.ones_like(output), 0
        if call == "mean":
            return output, torch.full_like(output, 1 / output.numel()), 0
        weights = torch.zeros_like(output)
        try:
            weights[arguments[0]] = 1
        except Exception:  # the index was changed in place since
            return root, None, 0
        return output, weights, self._recorder.stream.tokens.of(output)

    def _functions_in(self, nodes: set[Any]) -> list[tuple[int, int]]:
        """Cell and line of the definition of every function whose result is in the graph."""
        codes = {code for node, code in self._returned.items() if node in nodes}
        found = (self._recorder.place_of(code.co_filename, code.co_firstlineno) for code in codes)
        return sorted({(place["cell"], place["line"]) for place in found})[:200]

    def _remember(self, order: int, gradients: Iterable[torch.Tensor | None]) -> None:
        """Keep the nodes of differentiable gradients: a pass through one of them is of the next order."""
        for gradient in gradients:
            node = None if gradient is None else gradient.grad_fn
            if node is not None and len(self._derivative_nodes) < MAX_REDUCTIONS:
                self._derivative_nodes[node] = max(order, self._derivative_nodes.get(node, 0))


class _Event:
    """What is known of a pass while it runs."""

    def __init__(
        self,
        *,
        names: list[tuple[str, torch.Tensor]],
        leaves: tuple[torch.Tensor, ...],
        order: int,
        fields: Json,
    ) -> None:
        self.names = names
        self.leaves = leaves
        self.order = order
        self.fields = fields
        self.leaf_passes: list[Json] = []


def _tensors(given: Any) -> tuple[torch.Tensor, ...]:
    """The tensors in an argument: a tensor, a sequence or mapping of tensors, or anything else."""
    if is_tensor(given):
        return (given,)
    if isinstance(given, Mapping):
        given = tuple(given.values())
    if isinstance(given, (tuple, list)):
        return tuple(item for item in given if is_tensor(item))
    return ()


def _names_of(names: list[tuple[str, torch.Tensor]], tensor: torch.Tensor) -> list[str]:
    return list(dict.fromkeys(name[:MAX_NAME] for name, value in names if value is tensor))[:20]


def _walk(roots: tuple[torch.Tensor, ...]) -> tuple[set[Any], list[torch.Tensor]]:
    """The graph's nodes below the roots, and its leaves. Not recursive: a graph can be deeper than Python's stack."""
    nodes: set[Any] = set()
    leaves: dict[int, torch.Tensor] = {}
    waiting = []
    for root in roots:
        if root.grad_fn is not None:
            waiting.append(root.grad_fn)
        elif root.requires_grad:
            leaves[id(root)] = root
    while waiting and len(nodes) < MAX_NODES:
        node = waiting.pop()
        if node in nodes:
            continue
        nodes.add(node)
        leaf = getattr(node, "variable", None) if node.name().endswith("AccumulateGrad") else None
        if leaf is not None:
            leaves.setdefault(id(leaf), leaf)
        waiting.extend(below for below, _ in node.next_functions if below is not None)
    return nodes, list(leaves.values())


@contextmanager
def _captured(leaves: tuple[torch.Tensor, ...]) -> Iterator[list[torch.Tensor | None]]:
    """Keep, by hooks, the gradient that this pass computes for each leaf; ``.grad`` also contains earlier passes."""
    own: list[torch.Tensor | None] = [None] * len(leaves)

    def keep(position: int, gradient: torch.Tensor) -> None:
        with torch._C.DisableTorchFunction(), torch.no_grad():
            earlier = own[position]
            own[position] = gradient.detach().clone() if earlier is None else earlier + gradient

    with torch._C.DisableTorchFunction():
        handles = [
            leaf.register_hook(functools.partial(keep, position))  # type: ignore[no-untyped-call]  # torch's
            for position, leaf in enumerate(leaves)
            if leaf.requires_grad
        ]
    try:
        yield own
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def _scaled(roots: tuple[torch.Tensor, ...]) -> Iterator[None]:
    """Scale a pass at its roots. A pass is linear, so all of its results are scaled by the same factor."""
    with torch._C.DisableTorchFunction():
        handles = [
            root.register_hook(lambda gradient: gradient * SCALE)  # type: ignore[no-untyped-call]  # torch's
            for root in roots
            if root.requires_grad
        ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _scale(result: Any) -> Any:
    if isinstance(result, Mapping):
        return {key: None if value is None else value * SCALE for key, value in result.items()}
    return tuple(None if value is None else value * SCALE for value in result)
