"""Lets a function that holds float32 tensors of its own be evaluated in float64, so that its slopes can be measured."""

from __future__ import annotations

from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from ..record.stream import is_tensor

_WRITING_IN_PLACE = frozenset(
    f"__{name}__"
    for name in ("setitem", "iadd", "isub", "imul", "itruediv", "ifloordiv", "ipow", "imod", "iand", "ior", "ixor")
)
_ATTRIBUTES = frozenset({"__get__", "__set__", "__delete__"})


class DoublePrecision(TorchFunctionMode):
    """Inside the ``with`` block torch makes float64 numbers where nothing else is said, and its functions get float64
    copies of float32 tensors, through which gradients flow, and float64 for the dtype float32.

    What writes to a tensor, or reads an attribute of it, gets the tensor itself: a copy would keep the change.
    """

    def __enter__(self) -> DoublePrecision:
        self._default = torch.get_default_dtype()
        torch.set_default_dtype(torch.float64)
        super().__enter__()  # type: ignore[no-untyped-call]  # torch's
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)  # type: ignore[no-untyped-call]  # torch's
        torch.set_default_dtype(self._default)

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name, kwargs = str(getattr(func, "__name__", "")), kwargs or {}
        writes = name in _WRITING_IN_PLACE or (name.endswith("_") and not name.endswith("__")) or "out" in kwargs
        if writes or name in _ATTRIBUTES or func is torch.autograd.grad or func is torch.autograd.backward:
            return func(*args, **kwargs)
        if func is torch.Tensor.float:
            func = torch.Tensor.double
        return func(*map(_double, args), **{key: _double(value) for key, value in kwargs.items()})


def _double(value: Any) -> Any:
    if value is torch.float32:
        return torch.float64
    kind = type(value)
    if kind is tuple or kind is list:
        return kind(map(_double, value))
    # A tensor of a class of the submission's own is handed on as it is.
    if (kind is torch.Tensor or kind is torch.nn.Parameter) and is_tensor(value):
        with torch._C.DisableTorchFunction():
            return value.double() if value.dtype == torch.float32 else value
    return value
