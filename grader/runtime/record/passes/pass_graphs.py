"""Sends the graphs of passes, as nodes and edges for a picture. Equal graphs, as in a loop, are sent once."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Sequence
from typing import Any

import torch

from ...protocol.record import GRAPH, MAX_GRAPH_EDGES, MAX_GRAPH_NODES, MAX_GRAPHS
from ..recorder import Recorder
from ..stream import MAX_NAME, Json, Tokens
from .cut_uses import CutUse, CutUses
from .graph import is_accumulator

MAX_VISITED = 5_000
"""Nodes of all graphs of a run that are looked at."""

Names = Sequence[tuple[str, torch.Tensor]]


class PassGraphs:
    def __init__(self, recorder: Recorder, cut_uses: CutUses) -> None:
        self._recorder = recorder
        self._cut_uses = cut_uses
        self._numbers: dict[str, int] = {}
        self._left = MAX_VISITED
        self._lock = threading.Lock()

    def number_of(self, roots: tuple[torch.Tensor, ...], names: Names) -> int:
        """The number under which the graph below some roots was sent; 0: it is not sent. ``names`` are those in sight.

        The pass may have run: then the graph has lost its values, but not its nodes.
        """
        if self._left <= 0 or len(self._numbers) >= MAX_GRAPHS or self._cut_uses.is_incomplete:
            return 0
        try:
            graph = _Graph(names, self._recorder.stream.tokens, self._cut_uses)
            graph.read(roots)
        except Exception:  # a picture is no reason to fail: classes of the submission's may be in the graph
            return 0
        self._left -= len(graph.nodes)
        key = repr((graph.nodes, graph.edges))
        with self._lock:
            number = self._numbers.get(key)
            if number is None:
                number = self._numbers[key] = len(self._numbers) + 1
                self._recorder.stream.send(
                    GRAPH, id=number, nodes=graph.nodes, edges=graph.edges, is_shortened=graph.is_shortened
                )
        return number


class _Graph:
    """Reads a graph in the order in which a pass visits its nodes: those that were made last come first."""

    def __init__(self, names: Names, tokens: Tokens, cut_uses: CutUses) -> None:
        self.nodes: list[Json] = []
        self.edges: list[tuple[int, int]] = []
        self.is_shortened = False
        self._in_sight = names
        self._names = {id(tensor): name for name, tensor in reversed(names)}
        self._tokens = tokens
        self._cut_uses = cut_uses
        self._places: dict[Any, int] = {}
        self._waiting: list[tuple[int, int, Any]] = []

    def read(self, roots: tuple[torch.Tensor, ...]) -> None:
        for root in roots:
            at = self._add("root", self._name_of(root), root.shape)
            if root.grad_fn is not None:
                self._connect(at, root.grad_fn)
            elif root.requires_grad:
                self._edge(at, self._add("leaf", self._name_of(root), root.shape))
        while self._waiting:
            _, at, node = heapq.heappop(self._waiting)
            for below, _ in node.next_functions:
                if below is not None:
                    self._connect(at, below)
            uses = self._cut_uses.of(node)
            if uses and any(below is None for below, _ in node.next_functions):
                for use in uses:
                    self._edge(at, self._add("cut", self._name_of_cut(use), use.shape))

    def _connect(self, at: int | None, node: Any) -> None:
        known = self._places.get(node)
        if known is None:
            leaf = node.variable if is_accumulator(node) else None
            if leaf is not None:
                known = self._add("leaf", self._name_of(leaf), leaf.shape)
            else:
                known = self._add("operation", node.name()[:MAX_NAME])
            if known is None:
                return
            self._places[node] = known
            if leaf is None:
                heapq.heappush(self._waiting, (-node._sequence_nr(), known, node))
        self._edge(at, known)

    def _add(self, kind: str, label: str, shape: Sequence[int] | None = None) -> int | None:
        if len(self.nodes) >= MAX_GRAPH_NODES:
            self.is_shortened = True
            return None
        self.nodes.append({"kind": kind, "label": label, "shape": None if shape is None else list(shape)})
        return len(self.nodes) - 1

    def _edge(self, one: int | None, other: int | None) -> None:
        if one is None or other is None or len(self.edges) >= MAX_GRAPH_EDGES:
            self.is_shortened = True
        else:
            self.edges.append((one, other))

    def _name_of(self, tensor: torch.Tensor) -> str:
        return self._names.get(id(tensor), "")[:MAX_NAME]

    def _name_of_cut(self, use: CutUse) -> str:
        """The tensor's own name; without one, that of the tensor that it was taken from."""
        tensor = use.tensor()
        if tensor is not None and (name := self._name_of(tensor)):
            return name
        names = (name for name, known in self._in_sight if self._tokens.known(known) == use.source)
        return next(names, "")[:MAX_NAME]
