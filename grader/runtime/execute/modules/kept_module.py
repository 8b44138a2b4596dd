"""The state of a module or another object, to which it is set back: before it is made use of for another input, and
after many calls with other random numbers.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import torch

from ...record.class_members import own_attributes
from ...record.stream import is_tensor
from .parameters import MAX_NUMBERS, is_module, modules_held_by, parts_of

_REGISTERS = ("_parameters", "_buffers", "_modules")


class KeptModule:
    """The state of an object when this was made; ``restore`` brings it back."""

    def __init__(self, thing: object) -> None:
        """Raises ``parameters.TooLarge``."""
        self._dictionaries: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._tensors: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor | None, bool]] = []
        self._room = MAX_NUMBERS
        modules = [thing] if is_module(thing) else [module for _, module in modules_held_by(thing)]
        parts = [part for module in modules for _, part in parts_of(module)]
        if not is_module(thing):
            parts.append(thing)
        for part in parts:
            attributes = own_attributes(part)
            self._keep(attributes)
            for name in _REGISTERS:
                inner = attributes.get(name)
                if issubclass(type(inner), dict):
                    self._keep(inner)

    def restore(self) -> None:
        """Never raises."""
        for dictionary, kept in self._dictionaries:
            dict.clear(dictionary)
            dict.update(dictionary, kept)
        with torch.no_grad():
            for tensor, values, grad, requires_grad in self._tensors:
                with suppress(Exception):  # it may have been resized
                    tensor.detach().copy_(values)
                    tensor.grad = grad
                    if tensor.is_leaf and tensor.requires_grad != requires_grad:
                        tensor.requires_grad_(requires_grad)

    def _keep(self, dictionary: Any) -> None:
        kept = dict(dict.items(dictionary))
        self._dictionaries.append((dictionary, kept))
        for value in kept.values():
            if is_tensor(value) and value.is_leaf and not torch.nn.parameter.is_lazy(value):
                self._room -= value.numel()
                if self._room >= 0:
                    with suppress(Exception):  # the values of some cannot be read
                        self._tensors.append((value, value.detach().clone(), value.grad, value.requires_grad))
