"""The graph of the backward pass that a check is about, as it was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.judging.checks.base import Check
from grader.judging.curves.drawn_curves import shown_pass
from grader.judging.observed import Observed
from grader.model import Array, Backward, GraphEvidence, GraphNode, Hand, Verdict

_FOREIGN_NODES = ("function", "operator")
_ASKS_WHAT_MOVED = frozenset({"source", "moved"})


def find_graph(check: Check, verdict: Verdict, observed: Observed) -> GraphEvidence | None:
    """None where it was not recorded, or the check is about no pass in particular."""
    event = _pass(check, verdict, observed)
    graph = None if event is None else observed.observation.graphs.get(event.graph)
    if event is None or graph is None:
        return None
    nodes = _with_hands(graph.nodes, [hand for hand in event.hands if hand.changed])
    if check.kind == "plot" and any(not line.names.isdisjoint(_ASKS_WHAT_MOVED) for _, line in check.expressions()):
        nodes = _with_moved(nodes, event, is_moved=verdict.variables[0].get("moved") is True)
    return replace(graph, nodes=tuple(nodes))


def _pass(check: Check, verdict: Verdict, observed: Observed) -> Backward | None:
    """The best candidate; for a curve, the pass whose gradients it shows; without a candidate, the only pass seen."""
    position = verdict.best_position
    if check.kind == "plot":
        position = _shown_by_curve(verdict, observed)
    elif check.kind == "backward" and not verdict.found:
        seen = {entry.position for entry in observed.typical_backward_passes}
        position = seen.pop() if len(seen) == 1 else None
    event = None if position is None or position < 0 else observed.events[position]
    return event if isinstance(event, Backward) else None


def _shown_by_curve(verdict: Verdict, observed: Observed) -> int | None:
    y = verdict.variables[0].get("y") if verdict.found and verdict.variables else None
    shown = shown_pass(observed, y.data) if isinstance(y, Array) and y.data is not None else None
    return None if shown is None else shown.position


def _with_hands(nodes: Sequence[GraphNode], hands: Iterable[Hand]) -> Sequence[GraphNode]:
    """The nodes of which the record says that something besides torch acted on them. A name that several nodes have
    says of none of them.
    """
    names = set()
    for hand in hands:
        names |= {hand.name, f"{hand.name}Backward"} if hand.kind in _FOREIGN_NODES else {hand.name}
    labels = [node.label for node in nodes]
    known = {name for name in names if name and labels.count(name) == 1}
    return [replace(node, is_foreign=True) if node.label in known else node for node in nodes]


def _with_moved(nodes: Sequence[GraphNode], event: Backward, *, is_moved: bool) -> Sequence[GraphNode]:
    """With what the second run found of the leaf whose gradient is drawn, where the pass has only that leaf."""
    if len(event.leaves) != 1:
        return nodes
    return [replace(node, moved=is_moved) if node.kind == "leaf" else node for node in nodes]
