"""What the recorder watches is replaced in the worker, once: a run of a submission's only says who is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from grader.sandbox.worker_handle import RUNTIME

CODE = """
import sys
sys.path.insert(0, {folder!r})
from runtime.record import recorder, stream
from runtime.record.hands import hands
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

def watched():
    owners = (torch.Tensor, TorchFunctionMode, TorchDispatchMode, torch.library.Library, torch._C._autograd, torch,
              torch._C._autograd.SavedTensor, torch.autograd.function.FunctionMeta)
    return [dict(vars(owner)) for owner in owners]

def use():
    seen = []
    class Own(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            seen.append(func.__name__)
            return super().__torch_function__(func, types, args, kwargs)
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a)
            return a * a
        @staticmethod
        def backward(ctx, g):
            return 2 * ctx.saved_tensors[0] * g
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    x.register_hook(seen.append)
    x.register_post_accumulate_grad_hook(seen.append)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
        (Square.apply(x).as_subclass(Own) * 3).sum().backward()
    torch.from_numpy(x.detach().numpy()).set_(torch.ones(2))
    assert x.grad.tolist() == [6, 12] and "sum" in seen and len(seen) >= 4

use()
before = watched()
found = hands.Hands(recorder.Recorder(stream.Stream(1), {{}}, patterns=(), figures_only=False))
found.install()
assert watched() == before
assert not found.any
use()
assert found.any
print("done")
"""


def test_a_run_replaces_nothing_of_torchs(tmp_path: Path) -> None:
    code = CODE.format(folder=str(Path(RUNTIME).parent))
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert run.stdout == "done\n", run.stderr
