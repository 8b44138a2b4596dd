"""Why what a function returns has no gradient: the calls in it that take a tensor out of the graph."""

from __future__ import annotations

from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from ..record.recorder import Recorder
from ..record.stream import is_tensor

_LEAVE_THE_GRAPH = {
    "detach": "detach()",
    "detach_": "detach_()",
    "item": "item()",
    "tolist": "tolist()",
    "numpy": "numpy()",
    "__array__": "a function of NumPy",
    "__float__": "float()",
    "__int__": "int()",
    "tensor": "torch.tensor()",
    "new_tensor": "new_tensor()",
    "__complex__": "complex()",
}
MAX_CUTS = 5


class CutTrace(TorchFunctionMode):
    """Notes, with their lines, the calls inside the ``with`` block that take a tensor with a gradient out of the graph,
    and the first operation on such a tensor while gradients are turned off.
    """

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self._recorder = recorder
        self.cuts: list[tuple[str, int]] = []

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name = getattr(func, "__name__", "")
        if name == "__get__" and getattr(getattr(func, "__self__", None), "__name__", "") == "data":
            self._note(".data", args)
        elif name in _LEAVE_THE_GRAPH:
            self._note(_LEAVE_THE_GRAPH[name], args)
        elif not torch.is_grad_enabled() and name not in ("__get__", "size", "dim", "numel"):
            self._note("torch.no_grad()", args)
        return func(*args, **(kwargs or {}))

    def _note(self, what: str, args: tuple[Any, ...]) -> None:
        if len(self.cuts) >= MAX_CUTS or any(known == what for known, _ in self.cuts):
            return
        with torch._C.DisableTorchFunction():
            for argument in args:
                parts = argument if isinstance(argument, (list, tuple)) else (argument,)
                if any(is_tensor(part) and part.requires_grad for part in parts):
                    self.cuts.append((what, self._recorder.place()["line"]))
                    return
