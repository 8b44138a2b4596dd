"""Runs a small submission of the grader's own in the worker, as its children run those of students.

Python writes to what it runs for the first time: to code that it specializes, to names that it looks up in types. Each
child would copy these pages, and do that work again. After a rehearsal, all children share them.

autograd's engine must not run here: a process in which it ran cannot fork children that use it. A stand-in takes its
place, which computes nothing. Otherwise this is ``execute.run`` as it is, and ``kept_process`` puts back what that
changes. Nothing is written to a disk: a notebook without files has no script. There is no second run, which would empty
the current folder.

Relies on torch to call its engine in one place, and checks that; elsewhere, nothing is rehearsed.
"""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import torch
from torch.autograd import Variable

from ..protocol.frames import text_part
from ..protocol.record_memory import RecordMemory
from .imports import Execute
from .kept_process import kept_process

_RECORD_BYTES = 1024**2
_SECONDS = 5.0

# Nothing that torch warns of: some of its warnings come once in a process, and the children would miss them.
_CALCULATION = """\
import torch
import numpy as np
x = torch.arange(4.0)
x.requires_grad_(True)
x
y = 2 * torch.dot(x, x)
y.backward()
print(x.grad, y.item(), f"{y.item():.2f}")
x.grad == 4 * x
x.grad.zero_()
y = x.sum()
y.backward()
x.grad
x.grad = None
y = x * x
u = y.detach()
z = u * x
z.sum().backward()
x.grad == u
def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c
a = torch.randn(size=(), requires_grad=True)
d = f(a)
d.backward()
a.grad == d / a
first, = torch.autograd.grad((x ** 3).sum(), x, create_graph=True)
first.sum().backward()
for step in range(3):
    v = torch.tensor([1.0, 2.0], requires_grad=True)
    (v.exp() + torch.cos(v)).mean().backward()
"""
_FIGURE = """\
import matplotlib.pyplot as plt
t = torch.linspace(-3, 3, 100, requires_grad=True)
s = torch.sin(t)
s.sum().backward()
plt.figure(figsize=(6, 4))
plt.plot(t.detach().numpy(), s.detach().numpy(), label="a")
plt.plot(t.detach().numpy(), t.grad.numpy(), "--", label="b")
plt.xlabel("x")
plt.ylabel("y")
plt.title("t")
plt.legend()
plt.grid(True)
plt.show()
figure, axes = plt.subplots()
axes.plot(t.detach(), t.grad)
axes.set_title("u")
"""


def rehearse(execute: Execute, folder: str) -> None:
    """Run the submission in ``folder``, which is empty and stays so.

    To be called by a process that may do no more than a submission, and has no other thread.
    """
    if not _is_replaceable():
        return
    header, payload = _job(with_figure="matplotlib.pyplot" in sys.modules)
    memory = RecordMemory(_RECORD_BYTES)
    before = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.chdir(folder)
        # What fails here fails in the children, too, where the record says it.
        with kept_process(), _without_engine(), suppress(Exception):
            execute(header, payload, null, None, memory)
    finally:
        os.fchdir(before)
        os.close(before)
        os.close(null)
        memory.close()


def _job(*, with_figure: bool) -> tuple[dict[str, Any], bytes]:
    """A job as ``grader.sandbox.encode_job`` makes it."""
    cells = [
        {
            "number": number,
            "name": "",
            "source": source,
            "code": source,
            "first_line": 1,
            "quiet": False,
            "broken_statements": [],
        }
        for number, source in enumerate((_CALCULATION, _FIGURE) if with_figure else (_CALCULATION,), start=1)
    ]
    sized = text_part({"file_name": "rehearsal.ipynb", "folder": "", "files": [], "cells": cells})
    inputs = array("f", (1.5, -0.5))
    call = {
        "id": "rehearsal",
        "functions": ["f"],
        "inputs": [
            {"dtype": "<f4", "shape": (), "offset": position * inputs.itemsize} for position in range(len(inputs))
        ],
        "own": False,
        "second": False,
        "branches": True,
        "numeric": True,
        "weighed": True,
        "varies": False,
    }
    payload = inputs.tobytes()
    header = {
        "format": "ipynb",
        "student_sized": {"offset": len(payload), "size": len(sized)},
        "seed": 0,
        "intervene": False,
        "names": ["x", "y", "u", "a"],
        "torch_calls": [],
        "second_run": False,
        "calls": [call],
        "data": [],
        "guard_data": False,
        "limits": {"wall_s": _SECONDS, "own_s": None, "output_characters": 100_000},
    }
    return header, payload + sized


def _is_replaceable() -> bool:
    """Whether all passes reach the engine where ``_without_engine`` replaces it."""
    graph = torch.autograd.graph
    run = getattr(graph, "_engine_run_backward", None)
    passes = (torch.autograd.backward, torch.autograd.grad)
    return (
        getattr(graph, "Variable", None) is Variable
        and "_execution_engine" in vars(Variable)
        and "_execution_engine" in getattr(getattr(run, "__code__", None), "co_names", ())
        and getattr(torch.autograd, "_engine_run_backward", None) is run
        and all("_engine_run_backward" in each.__code__.co_names for each in passes)
    )


@contextmanager
def _without_engine() -> Iterator[None]:
    engine = Variable._execution_engine
    Variable._execution_engine = _Engine()  # type: ignore[assignment]  # it has what is called of it
    try:
        yield
    finally:
        Variable._execution_engine = engine


class _Engine:
    """Stands in for torch's. Gradients are ones, or, where they shall be differentiable, something with a graph."""

    def run_backward(
        self,
        roots: Sequence[torch.Tensor],
        given: object,
        keep_graph: bool,
        create_graph: bool,
        inputs: Sequence[torch.Tensor],
        allow_unreachable: bool = False,
        accumulate_grad: bool = False,
    ) -> tuple[torch.Tensor, ...] | None:
        if not accumulate_grad:
            return tuple(each.exp() if create_graph else torch.ones_like(each) for each in inputs)
        for leaf in inputs or _leaves(roots):
            leaf.grad = torch.ones_like(leaf)
        return None


def _leaves(roots: Sequence[torch.Tensor]) -> Iterator[torch.Tensor]:
    nodes: list[Any] = [root.grad_fn for root in roots]
    while nodes:
        node = nodes.pop()
        if hasattr(node, "variable"):
            yield node.variable
        elif node is not None:
            nodes += [following for following, _ in node.next_functions]
