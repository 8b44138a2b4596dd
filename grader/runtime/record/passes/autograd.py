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
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import Any

import torch
from torch.autograd import forward_ad

from ..gradient_uses.gradient_uses import GradientUses
from ..hands.found_hands import hands_of
from ..hands.hands import Hands
from ..recorder import Recorder
from ..steps.steps import Steps
from ..stream import is_tensor
from .curvature import Curvatures
from .describe_pass import MAX_LEAVES, DescribedPass, PassDescriber, tensors_in
from .forward_mode import ForwardMode, forward_gradient, is_direction
from .intervention import changed, changed_gradients, changed_pass, watch_retained
from .origins import Origins
from .pass_hooks import captured
from .thinning import Thinning
from .transforms import is_inside, layers_of, unwrapped
from .waiting_pass import WaitingPass
from .weight_derivatives import WeightDerivatives

_BACKWARD_FIELDS = ("tensors", "grad_tensors", "retain_graph", "create_graph", "grad_variables", "inputs")
_GRAD_FIELDS = ("outputs", "inputs", "grad_outputs", "retain_graph", "create_graph")
_run_engine = torch.autograd.graph._engine_run_backward
_ones_like = torch.ones_like
_FUNCTIONAL = ("jacobian", "hessian", "vjp", "jvp", "hvp", "vhp")


class Autograd:
    """Wraps torch's entry points for the life of the process and reports each pass to the recorder.

    ``intervene``: the wrappers scale the results of passes and report none. ``worked``: some pass succeeded.
    """

    def __init__(self, recorder: Recorder, hands: Hands, *, intervene: bool) -> None:
        self.intervene = intervene
        self.worked = False
        self.mode: object = None
        """The function mode that is active while the submission runs."""
        self.steps: Steps | None = None
        """Is told of each pass; None: nobody asks for the steps of leaves."""
        self.uses: GradientUses | None = None
        """Is told which gradients passes leave, and which passes hand theirs out; None: nobody asks."""
        self.note_call: Callable[[str], None] | None = None
        """Is told of each differentiation in a hidden call; None: nobody asks."""
        self.origins = Origins(recorder)
        self._recorder = recorder
        self._hands = hands
        self._describer = PassDescriber(recorder, self.origins, hands)
        self._thinning = Thinning(recorder, self.origins, self._describer, hands)
        self._by_weights = WeightDerivatives(self._describer)
        self._forward = ForwardMode()
        self._local = threading.local()
        self._groups = itertools.count(1)
        self.grad = torch.autograd.grad
        """torch's own ``grad``, not wrapped, for the recorder's use."""
        self.curvatures = Curvatures(recorder, self.origins, self.grad)

    def install(self) -> None:
        """Put the wrappers in place. They are never removed: the process is for one run only."""
        self.curvatures.install()
        self._wrapped_backward = torch.autograd.backward = self._wrap(torch.autograd.backward, self._backward)
        torch.autograd.grad = self._wrap(torch.autograd.grad, self._grad)
        forward_ad.unpack_dual = self._wrap(forward_ad.unpack_dual, self._unpack_dual)
        forward_ad.make_dual = self._wrap(forward_ad.make_dual, self._make_dual)
        torch.Tensor.backward = self._past_mode(torch.Tensor.backward)  # type: ignore[method-assign]
        for name in _FUNCTIONAL:
            function = getattr(torch.autograd.functional, name)
            setattr(torch.autograd.functional, name, self._grouped(function))

    def follow_steps(self, steps: Steps) -> None:
        """From now on tell of each pass."""
        self.steps = self._thinning.steps = steps

    def end_statement(self) -> None:
        """Record the passes of a loop that wait for its end."""
        self._thinning.end_statement()

    def start_intervening(self) -> None:
        """From now on change the results of passes, and report nothing."""
        self.intervene = True
        watch_retained(self.origins)

    def _wrap(self, original: Callable[..., Any], handler: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            # Called from inside itself: by an active function mode, or by the recorder.
            if getattr(self._local, "inside", False) or self._recorder.paused:
                if self.note_call is not None:
                    self.note_call(original.__name__)
                return original(*args, **kwargs)
            self._local.inside = True
            try:
                return handler(original, args, kwargs)
            finally:
                self._local.inside = False

        return wrapper

    def _past_mode(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``Tensor.backward`` without the way through the recorder's function mode, which takes half a small pass.

        The mode has nothing to do there: the wrapper of ``torch.autograd.backward`` records the pass.
        """

        @functools.wraps(original)
        def backward(tensor: torch.Tensor, /, *args: Any, **kwargs: Any) -> Any:
            is_alone = type(tensor) is torch.Tensor and torch._C._len_torch_function_stack() == 1
            if not is_alone or torch._C._get_function_stack_at(0) is not self.mode or self._hands.writes.exposed:
                return original(tensor, *args, **kwargs)
            mode = torch._C._pop_torch_function_stack()
            try:
                if not args and not kwargs and self._ran_in_brief(tensor, sys._getframe(1)):
                    return None
                return original(tensor, *args, **kwargs)
            finally:
                torch._C._push_on_torch_function_stack(mode)

        return backward

    def _ran_in_brief(self, root: torch.Tensor, frame: FrameType) -> bool:
        """Run the pass of ``root.backward()``, if it is one of a long loop and an ordinary one, and record it in brief.

        What torch's Python functions do for a scalar is done here: there it takes a third of the time of a small pass.
        """
        if torch.autograd.backward is not self._wrapped_backward or self._hands.any or self._group or self.intervene:
            return False
        if root.dtype not in (torch.float32, torch.float64) or root.numel() != 1 or not root.requires_grad:
            return False
        if self._recorder.paused or getattr(self._local, "inside", False) or is_inside():
            return False
        entry = self._thinning.begin_in_brief(root, frame)
        if entry is None:
            return False
        self._thinning.backward(
            entry,
            lambda: _run_engine(
                (root,), (_ones_like(root),), False, False, (), allow_unreachable=True, accumulate_grad=True
            ),
        )
        self.worked = True
        return True

    def _grouped(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Give the passes inside one call of ``torch.autograd.functional`` a common group, as parts of one pass."""

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            outer = self._group
            self._local.group = outer or -next(self._groups)
            try:
                return function(*args, **kwargs)
            finally:
                self._local.group = outer

        return wrapper

    def _backward(self, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        fields = dict(zip(_BACKWARD_FIELDS, args, strict=False)) | kwargs
        roots = tensors_in(fields.get("tensors"))
        if self.intervene:
            self._recorder.send_names_in_between()
            with changed_pass(roots, self.origins, self._recorder.place()):
                return original(*args, **kwargs)
        if self.uses is not None and self._hands.sees_gradients:
            self.uses.escape()
        wanted, given = tensors_in(fields.get("inputs")), fields.get("grad_tensors")
        line = self._thinning.begin("backward", roots, fields, gradients=given, inputs=wanted, group=self._group)
        if isinstance(line, WaitingPass):
            self._thinning.backward(line, lambda: original(*args, **kwargs))
            self.worked = True
            return None
        event = self._begin("backward", roots, fields, gradients=given)
        if event is None:
            return original(*args, **kwargs)
        leaves, before = self._describer.snapshots(wanted or event.leaves)
        event.curvatures = self.curvatures.of(event.fields["place"], roots, tensors_in(given), leaves)
        looked_at = self._thinning.before_full(line, leaves)
        with self._hands.watching_grads(leaves) as writes, captured(leaves) as own:
            self._call(event, original, args, kwargs)
        with torch._C.DisableTorchFunction():
            if writes is not None:
                writes.mark(event.acted, own)
            if event.fields["create_graph"]:
                self._note_gradients(event, [leaf.grad for leaf in leaves if leaf.is_leaf or leaf.retains_grad])
            event.leaf_passes = [
                self._describer.leaf_pass(event, leaf, fields_before, gradient)
                for leaf, fields_before, gradient in zip(leaves, before, own, strict=True)
            ]
            if self.uses is not None:
                self.uses.note_pass(
                    event, [leaf for leaf, (_, grad) in zip(leaves, before, strict=True) if grad is None]
                )
        self._thinning.after_full(line, event, looked_at)
        self._finish(event)
        self._note_steps(event, roots, leaves, own)
        return None

    def _grad(self, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        fields = dict(zip(_GRAD_FIELDS, args, strict=False)) | kwargs
        if self.intervene:
            self._recorder.send_names_in_between()
            return changed_gradients(original(*args, **kwargs), fields.get("inputs"), self._recorder.place())
        if self.uses is not None:
            self.uses.escape()
        roots, inputs = tensors_in(fields.get("outputs")), tensors_in(fields.get("inputs"))
        given = fields.get("grad_outputs")
        line = self._thinning.begin("grad", roots, fields, gradients=given, inputs=inputs, group=self._group)
        if isinstance(line, WaitingPass):
            result = self._thinning.grad(line, lambda: original(*args, **kwargs))
            self.worked = True
            return result
        event = self._begin("grad", roots, fields, gradients=given)
        if event is None:
            return original(*args, **kwargs)
        self._describer.note_given(event, inputs[:MAX_LEAVES], is_copied=self._group < 0)
        leaves, before = self._describer.snapshots(inputs[:MAX_LEAVES], event.given)
        weights = tensors_in(given)
        if any(weight.requires_grad for weight in weights):  # a derivative by them is the pass that counts
            weights = tuple(torch.ones_like(weight, requires_grad=False) for weight in weights)
        event.curvatures = self.curvatures.of(event.fields["place"], roots, weights, leaves)
        curvature = None
        if self._forward.is_open and len(leaves) == 1:
            curvature = self.curvatures.of_derivative(roots, weights, leaves[0])
        looked_at = self._thinning.before_full(line, leaves)
        result = self._call(event, original, args, kwargs)
        gradients = list(result.values() if isinstance(result, Mapping) else result)
        own = {id(leaf): gradient for leaf, gradient in zip(inputs, gradients, strict=False)}
        with torch._C.DisableTorchFunction():
            event.leaf_passes = [
                self._describer.leaf_pass(event, leaf, fields_before, own.get(id(leaf)))
                for leaf, fields_before in zip(leaves, before, strict=True)
            ]
            self._by_weights.describe(event, inputs, given)
            computes_nothing = False
            if event.fields["create_graph"]:
                computes_nothing = self._by_weights.note(event, given)
                if self._forward.is_open and len(gradients) == 1 and gradients[0] is not None:
                    self._forward.note_gradient(gradients[0], curvature)
                self._note_gradients(event, gradients)
        self._thinning.after_full(line, event, looked_at)
        if not computes_nothing:
            self._finish(event)
            self._note_steps(event, roots, leaves, [own.get(id(leaf)) for leaf in leaves])
        return result

    def _unpack_dual(self, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = original(*args, **kwargs)
        if result.tangent is None:
            return result
        if self.intervene:
            self._recorder.send_names_in_between()
            return result._replace(tangent=changed(result.tangent, result.primal, self._recorder.place()))
        if self.uses is not None:
            self.uses.escape()
        if self._recorder.is_full:
            return result
        with self._recorder.pause(), torch._C.DisableTorchFunction():
            order, is_nested, duals = self._forward.order(), self._forward.is_nested(), self._forward.read()
            found = forward_gradient(*duals[0], result.primal, result.tangent) if len(duals) == 1 else None
            curvature = None if found is None else self._forward.curvature(result.primal)
            directed = bool(duals) and all(itertools.starmap(is_direction, duals))
            duals = duals[:MAX_LEAVES] if directed or found is not None else []
        leaves = tuple(primal for primal, _ in duals)
        fields = {"create_graph": is_nested or any(layer.requires_grad for layer in layers_of(result.tangent))}
        line = self._thinning.begin("jvp", (result.primal,), fields, inputs=leaves, group=self._group)
        if isinstance(line, WaitingPass):
            self._thinning.forward(line, [] if found is None else [found.gradient])
            self.worked = True
        elif (event := self._begin("jvp", (result.primal,), fields, gradients=None)) is not None:
            looked_at = self._thinning.before_full(line, leaves)
            event.fields["order"] = event.order = max(order, event.order)
            with torch._C.DisableTorchFunction():
                tangents = [tangent for _, tangent in duals] if directed else []
                self._describer.describe_forward(event, leaves, tangents, found, curvature)
                event.fields["jvp"] = self._recorder.stream.maybe_tensor(result.tangent) if directed else None
                self.origins.note_gradients(event.order, [result.tangent])
            self._thinning.after_full(line, event, looked_at)
            self._finish(event)
        return result

    def _make_dual(self, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        primal, tangent = (*args, *kwargs.values())[:2] if len(args) + len(kwargs) > 1 else (None, None)
        if is_tensor(primal) and is_tensor(tangent):
            self._forward.note_input(primal, tangent)
        return original(*args, **kwargs)

    def _begin(
        self, call: str, roots: tuple[torch.Tensor, ...], fields: Mapping[str, Any], *, gradients: Any
    ) -> DescribedPass | None:
        return self._describer.begin(call, roots, fields, gradients=gradients, group=self._group)

    @property
    def _group(self) -> int:
        """The group of the call of ``torch.autograd.functional`` that runs; 0: none."""
        group: int = getattr(self._local, "group", 0)
        return group

    def _call(
        self, event: DescribedPass, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        try:
            if not self._hands.may_act:
                return original(*args, **kwargs)
            with self._hands.collected() as event.acted:
                return original(*args, **kwargs)
        except BaseException as error:
            self._finish(event, error)
            raise

    def _note_gradients(self, event: DescribedPass, gradients: list[torch.Tensor | None]) -> None:
        """Differentiable gradients of a pass, which a later pass may go through."""
        self.origins.note_gradients(event.order, gradients)
        self._hands.note_gradients(gradients, hands_of(event.hands, event.acted))

    def _note_steps(
        self,
        event: DescribedPass,
        roots: tuple[torch.Tensor, ...],
        leaves: Sequence[torch.Tensor],
        gradients: Sequence[torch.Tensor | None],
    ) -> None:
        """Tell of a pass that was described in full. One with ``is_grads_batched``, or of ``jacrev``, computes many
        gradients at once, and so none by which anybody steps.
        """
        if self.steps is None or event.order > 1:
            return
        with self._recorder.pause(), torch._C.DisableTorchFunction(), torch.no_grad(), suppress(Exception):
            names = [described["names"] for described in event.leaf_passes]
            self.steps.note_pass(
                event.fields["place"],
                roots[0] if roots else None,
                [
                    (event.given.get(id(leaf), leaf), *known)
                    for leaf, *known in zip(leaves, names, gradients, strict=True)
                    if known[1] is None or unwrapped(known[1]).shape == unwrapped(leaf).shape
                ],
                event.hands | event.acted,
                accumulates=event.fields["call"] == "backward",
            )

    def _finish(self, event: DescribedPass, error: BaseException | None = None) -> None:
        self.worked = self.worked or error is None
        self._forward.note_pass(event.order)
        self._describer.finish(event, error)
