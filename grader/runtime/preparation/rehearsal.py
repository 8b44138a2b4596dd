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

# Submissions can read this file, so it answers no exercise. And it does nothing that torch warns of: some of its
# warnings come once in a process, and the children would miss them.
_CALCULATION = """\
import torch
import numpy as np
w = torch.tensor([0.5, -1.5, 2.0])
w.requires_grad_(True)
w
p = (w * w).mean() / 3
p.backward()
print(w.grad, p.item(), f"{p.item():.2f}")
w.grad == torch.full((3,), 7.0)
w.grad.zero_()
q = torch.dot(w, torch.ones(3))
q.backward()
w.grad
w.grad = None
k = torch.tanh(w).detach()
(k + w).sum().backward()
w.grad > k
def shrunk(h):
    while h.abs() > 1:
        h = h / 3
    if h.sum() < 0:
        return h - 1
    return h ** 2
g = torch.randn(size=(), requires_grad=True)
m = shrunk(g)
m.backward()
m == g - 1
first, = torch.autograd.grad(torch.sigmoid(w).prod(), w, create_graph=True)
first.sum().backward()
for step in range(3):
    v = torch.tensor([1.0, 2.0], requires_grad=True)
    (v.exp() + torch.cos(v)).mean().backward()
"""
_FIGURE = """\
import matplotlib.pyplot as plt
t = torch.linspace(-3, 3, 100, requires_grad=True)
s = torch.relu(t)
s.mean().backward()
plt.figure(figsize=(6, 4))
plt.plot(t.detach().numpy(), s.detach().numpy(), label="a")
plt.plot(t.detach().numpy(), t.grad.numpy() > 1, "--", label="b")
plt.xlabel("p")
plt.ylabel("q")
plt.title("r")
plt.legend()
plt.grid(True)
plt.show()
figure, axes = plt.subplots()
axes.plot(t.detach(), s.detach() + 1)
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
        "functions": ["shrunk"],
        "arguments": [
            {"by_position": [["input", _argument(position * inputs.itemsize)]], "by_name": []}
            for position in range(len(inputs))
        ],
        "own": False,
        "second": False,
        "branches": True,
        "numeric": ["input"],
        "weighed": True,
        "varies": False,
        "redraws": False,
        "torch_calls": False,
    }
    payload = inputs.tobytes()
    header = {
        "format": "ipynb",
        "student_sized": {"offset": len(payload), "size": len(sized)},
        "seed": 0,
        "intervene": False,
        "threads": 1,
        "names": ["w", "p", "k", "g"],
        "torch_calls": [],
        "steps": False,
        "lines": False,
        "named_first": False,
        "second_run": False,
        "sources": [],
        "calls": [call],
        "modules": [],
        "data": [],
        "guard_data": False,
        "support": [],
        "limits": {"wall_s": _SECONDS, "own_s": None, "output_characters": 100_000},
    }
    return header, payload + sized


def _argument(offset: int) -> dict[str, object]:
    data = {"dtype": "<f4", "shape": (), "offset": offset}
    return {"kind": "tensor", "data": data, "requires_grad": True, "grad": None}


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
