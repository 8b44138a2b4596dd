"""Sees the steps of torch's optimisers, of whatever class, by torch's hooks for all of them.

A class with a ``step`` that is no ``torch.optim.Optimizer`` has no hooks: its steps count as made by hand.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from ..recorder import Recorder
from ..stream import Json
from .followed_leaf import Step
from .optimizer_settings import class_name, parameters_of
from .steps import Steps
from .value_copy import ValueCopy


class _Begun:
    """The step of an optimiser that runs: its parameters with their values before it."""

    __slots__ = ("optimizer", "parameters", "pass_number", "place")

    def __init__(self, optimizer: object, place: Json, pass_number: int) -> None:
        self.optimizer = optimizer
        self.pass_number = pass_number
        self.place = place
        self.parameters: list[tuple[torch.Tensor, dict[str, float | None], ValueCopy]] = []


class OptimizerSteps:
    """Reports each step that has worked. A step inside another, as of an optimiser that wraps one, is a part of it."""

    def __init__(self, recorder: Recorder, steps: Steps) -> None:
        self._recorder = recorder
        self._steps = steps
        self._begun: list[_Begun] = []

    def install(self) -> None:
        """Register the hooks, for the life of the process."""
        register_optimizer_step_pre_hook(self._before)
        register_optimizer_step_post_hook(self._after)

    def _before(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if self._recorder.paused or self._recorder.figures_only:
            return
        with self._recorder.pause(), torch._C.DisableTorchFunction(), torch.no_grad(), suppress(Exception):
            if not self._steps.inside:
                self._begun.clear()  # steps that raised
            self._begun.append(_Begun(optimizer, self._recorder.place(), self._steps.passes))
            self._steps.inside += 1
            if len(self._begun) == 1:
                self._note_parameters(self._begun[0])

    def _note_parameters(self, begun: _Begun) -> None:
        parameters = list(parameters_of(begun.optimizer))
        self._steps.settle(tensor for tensor, _ in parameters)
        for tensor, settings in parameters:
            leaf = self._steps.leaf_of(tensor)
            copies = leaf is None or leaf.with_large
            begun.parameters.append((tensor, settings, ValueCopy(tensor, with_large=copies)))
            if leaf is not None:
                if not leaf.is_open and tensor.grad is not None:
                    leaf.was_zeroed = False
                leaf.passes = 0 if tensor.grad is None else leaf.passes
                leaf.grad = None if tensor.grad is None else ValueCopy(tensor.grad, with_large=leaf.with_large)

    def _after(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if self._recorder.paused or self._recorder.figures_only or not self._steps.inside:
            return
        with self._recorder.pause(), torch._C.DisableTorchFunction(), torch.no_grad(), suppress(Exception):
            while self._begun and self._begun[-1].optimizer is not optimizer:
                self._begun.pop()
            begun = self._begun.pop() if self._begun else None
            self._steps.inside = len(self._begun)
            if begun is not None and not self._begun:
                self._report(begun)

    def _report(self, begun: _Begun) -> None:
        step = Step(begun.place, class_name(begun.optimizer), None)
        step.inside_pass = torch._C._current_graph_task_id() >= 0
        for tensor, settings, before in begun.parameters:
            leaf = self._steps.leaf_of(tensor)
            if leaf is None and tensor.grad is not None:
                step.leaf_count += 1  # of more leaves than passes describe
            # A leaf that a pass has reached counts also where its ``.grad`` was cleared before the step.
            if leaf is None or (tensor.grad is None and not leaf.is_open and before.is_of(tensor)):
                continue
            # What changed the leaf between the pass and this step belongs to the step. A pass inside it, of a closure,
            # may have been at another value.
            ran_inside = leaf.pass_number > begun.pass_number
            start = leaf.value if leaf.is_open and not ran_inside else before
            start.token = leaf.token
            after = ValueCopy(tensor, leaf.token, with_large=leaf.with_large)
            step.loss = step.loss or leaf.loss
            self._steps.waiting.add_leaf(step, leaf, start, after, settings)
        self._steps.waiting.add(step)
