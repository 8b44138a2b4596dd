"""The graphs of passes: what the record shows of them, and where something was taken out."""

from __future__ import annotations

from grader.model import Backward, GraphEvidence, Observation
from tests.helpers.observing import Observer, events

CODE = """
import torch
x = torch.arange(4.0, requires_grad=True)
y = x * x
u = y.detach()
z = u * x
z.sum().backward()
(x.data * x + torch.stack([x, u]).sum()).sum().backward()
w = u + 1                # computed out of the graph, and still out of it
(w * x).sum().backward()
for _ in range(3):
    (x * 2).sum().backward()
s = x
for _ in range(300):
    s = s + 1
s.sum().backward()
try:
    u.sum().backward()
except RuntimeError:
    pass
for step in range(130):  # so many that some are recorded in brief
    (x ** 2).sum().backward()
for _ in range(4_000):   # so many that it is not known any more what uses `u`
    u = u + 0
(u * x).sum().backward()
"""


def in_words(graph: GraphEvidence) -> list[str]:
    """Each edge as ``kind label > kind label``."""
    said = [f"{node.kind} {node.label}".strip() for node in graph.nodes]
    return [f"{said[one]} > {said[other]}" for one, other in graph.edges]


def graphs_of(observation: Observation) -> list[GraphEvidence | None]:
    return [observation.graphs.get(event.graph) for event in events(observation, Backward)]


def test_graphs_have_their_nodes_their_names_and_their_cuts(observe: Observer) -> None:
    found = graphs_of(observe(CODE))
    cut, others, later, *loop, long, failed = found[:8]
    assert cut is not None
    assert in_words(cut) == [
        "root > operation SumBackward0",
        "operation SumBackward0 > operation MulBackward0",
        "operation MulBackward0 > leaf x",
        "operation MulBackward0 > cut u",
    ]
    assert [node.shape for node in cut.nodes] == [(), None, None, (4,), (4,)]
    assert others is not None
    # What `.data` gave has no name: the cut has that of the tensor that it was taken from.
    assert [node.label for node in others.nodes if node.kind == "cut"] == ["u", "x"]
    assert later is not None
    assert [node.label for node in later.nodes if node.kind == "cut"] == ["w"]
    assert loop[0] is not None
    assert all(graph is loop[0] for graph in loop)
    assert long is not None
    assert (len(long.nodes), long.is_shortened) == (200, True)
    assert failed is not None
    assert in_words(failed) == []
    assert [(node.kind, node.shape) for node in failed.nodes] == [("root", ())]
    assert found[-1] is None
    assert found[-2] is not None
    assert found[-2] is found[9]
    assert in_words(found[-2])[-1] == "operation PowBackward0 > leaf x"
