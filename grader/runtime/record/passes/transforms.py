"""What the transforms of ``torch.func`` wrap. torch's private names for it are used here only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch._C._functorch import get_unwrapped, is_functorch_wrapped_tensor, peek_interpreter_stack
from torch._functorch.pyfunctorch import temporarily_clear_interpreter_stack
from torch.autograd import forward_ad


def layers_of(tensor: torch.Tensor) -> Iterator[torch.Tensor]:
    """A tensor, and the tensors inside it that the transforms have wrapped, from the innermost transform outwards."""
    yield tensor
    while is_functorch_wrapped_tensor(tensor):
        tensor = get_unwrapped(tensor)
        yield tensor


def unwrapped(tensor: torch.Tensor) -> torch.Tensor:
    """The tensor inside all wrappers. It then has the dimension that ``vmap`` maps over."""
    while is_functorch_wrapped_tensor(tensor):
        tensor = get_unwrapped(tensor)
    return tensor


def given_as(leaf: torch.Tensor, named: Iterable[torch.Tensor], *, is_copied: bool) -> torch.Tensor | None:
    """The tensor that a transform was called with, where it made ``leaf`` of it, which shares its memory.

    ``is_copied``: not ``torch.func`` but ``autograd.functional`` runs, which makes a view of each argument.
    """
    if not is_copied and not is_functorch_wrapped_tensor(leaf):
        return None
    inner = unwrapped(leaf)
    with outside():
        return next((tensor for tensor in named if tensor is not leaf and _is_same_memory(tensor, inner)), None)


def _is_same_memory(one: torch.Tensor, other: torch.Tensor) -> bool:
    if is_functorch_wrapped_tensor(one) or not one.layout == other.layout == torch.strided or not one.numel():
        return False
    alike = (one.shape, one.stride(), one.dtype) == (other.shape, other.stride(), other.dtype)
    return alike and not one.is_meta and one.data_ptr() == other.data_ptr()


def is_inside() -> bool:
    """Whether a transform is active."""
    return peek_interpreter_stack() is not None


def outside() -> AbstractContextManager[Any]:
    """Inside the ``with`` block, no transform sees what is computed. For use where one is active."""
    found: AbstractContextManager[Any] = temporarily_clear_interpreter_stack()
    return found


def level() -> tuple[int, int]:
    """Which transforms, and which level of forward mode, are active now."""
    interpreter: Any = peek_interpreter_stack()
    return (0 if interpreter is None else int(interpreter.level())), int(forward_ad._current_level)
