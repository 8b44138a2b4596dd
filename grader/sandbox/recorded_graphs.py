"""Frames with the graphs of backward passes: their schema, and what their values promise beyond their types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.model import GraphEvidence, GraphNode, NodeKind
from grader.model.bounded_fields import Name
from grader.runtime.protocol.record import MAX_DIMENSIONS, MAX_GRAPH_EDGES, MAX_GRAPH_NODES, MAX_LENGTH


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedNode:
    kind: NodeKind
    label: Name
    shape: tuple[int, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedGraph:
    """``id`` is the number by which passes refer to it. ``edges`` are pairs of indices in ``nodes``."""

    kind: Literal["graph"] = "graph"
    id: int
    nodes: tuple[RecordedNode, ...]
    edges: tuple[tuple[int, int], ...]
    is_shortened: bool


def graph_of(frame: RecordedGraph) -> GraphEvidence | None:
    """The graph; None if it has too many nodes or edges, edges to nodes that are not there, or impossible shapes."""
    count = len(frame.nodes)
    if count > MAX_GRAPH_NODES or len(frame.edges) > MAX_GRAPH_EDGES:
        return None
    if not all(0 <= one < count and 0 <= other < count for one, other in frame.edges):
        return None
    if not all(_is_shape(node.shape) for node in frame.nodes):
        return None
    nodes = (GraphNode(kind=node.kind, label=node.label, shape=node.shape) for node in frame.nodes)
    return GraphEvidence(nodes=tuple(nodes), edges=frame.edges, is_shortened=frame.is_shortened)


def _is_shape(shape: tuple[int, ...] | None) -> bool:
    return shape is None or (len(shape) <= MAX_DIMENSIONS and all(0 <= size < MAX_LENGTH for size in shape))
