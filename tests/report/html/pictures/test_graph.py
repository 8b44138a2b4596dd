"""The autograd graph as a picture and in words."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest

from grader.model import GraphEvidence, GraphNode
from grader.report.html.pictures.graph import describe_graph, draw_graph, list_graph
from tests.helpers.evidence_samples import graph, largest_evidence


def nodes_of(evidence: GraphEvidence) -> dict[str, tuple[str, float]]:
    """For each label in the picture the classes of its node, and how far down it is."""
    drawing = draw_graph(evidence)
    assert drawing is not None
    found = {}
    for node in ElementTree.fromstring(drawing).iter("g"):
        rect = node.find("rect")
        text = next(each for each in node.iter("text"))
        assert rect is not None
        found[text.text or ""] = node.get("class") or "", float(rect.get("y") or "")
    return found


def chain(operations: int, label: str = "MulBackward0") -> GraphEvidence:
    nodes = (
        GraphNode(kind="root", label="y"),
        *(GraphNode(kind="operation", label=label) for _ in range(operations)),
        GraphNode(kind="leaf", label="x"),
    )
    return GraphEvidence(nodes=nodes, edges=tuple((index, index + 1) for index in range(operations + 1)))


def test_gradients_flow_from_the_top_to_the_bottom() -> None:
    found = nodes_of(graph())
    assert found["z"][1] < found["SumBackward0"][1] < found["MulBackward0"][1] < found["x"][1]
    assert found["x"][1] == found["y"][1]


def test_each_kind_is_told_in_words_as_well() -> None:
    found = nodes_of(graph())
    assert found["z"][0] == "node root"
    assert found["x"][0] == "node leaf moved"
    assert found["y"][0] == "node cut"
    assert found["w"][0] == "node leaf foreign"
    drawing = draw_graph(graph())
    assert drawing is not None
    for words in ("root · scalar", "leaf · 4 · gradient drawn", "cut · 4", "leaf · 4 · not torch’s"):
        assert words in drawing


def test_it_is_described() -> None:
    assert describe_graph(graph()) == (
        "3 operations and 2 leaves, from the root at the top to what gets a gradient. Cut in 1 place: no gradient "
        "flows further. The code ran a second time with each gradient changed, and the curve changed with the gradient "
        "of x: the curve shows what autograd computed. Something besides torch "
        "had a hand in what is marked as such."
    )


def test_equal_operations_in_a_row_are_drawn_once() -> None:
    assert list(nodes_of(chain(30))) == ["y", "MulBackward0 ×30", "x"]
    assert (draw_graph(chain(3)) or "").count("MulBackward0") == 3


def test_several_edges_between_two_nodes_are_counted() -> None:
    square = GraphEvidence(
        nodes=(GraphNode(kind="root", label="y"), GraphNode(kind="leaf", label="x")), edges=((0, 1), (0, 1))
    )
    assert "2×" in (draw_graph(square) or "")


def test_a_node_without_edges_is_drawn() -> None:
    alone = GraphEvidence(nodes=(GraphNode(kind="leaf", label="x"), GraphNode(kind="leaf", label="")), edges=())
    assert list(nodes_of(alone)) == ["x", "leaf"]


@pytest.mark.parametrize("edges", [((0, 0),), ((0, 7), (-1, 0))])
def test_edges_that_lead_nowhere_are_left_out(edges: tuple[tuple[int, int], ...]) -> None:
    nodes = tuple(GraphNode(kind="operation", label=name) for name in "abc")
    assert list(nodes_of(GraphEvidence(nodes=nodes, edges=edges))) == ["a", "b", "c"]


def test_a_forged_graph_with_a_circle_is_a_list() -> None:
    nodes = tuple(GraphNode(kind="operation", label=name) for name in "abc")
    circle = GraphEvidence(nodes=nodes, edges=((0, 1), (1, 2), (2, 0)))
    assert draw_graph(circle) is None
    assert list_graph(circle) == ("1 a → 2", "2 b → 3", "3 c → 1")


def test_no_two_nodes_overlap_in_the_largest_graph() -> None:
    largest = largest_evidence().graph
    assert largest is not None
    boxes = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', draw_graph(largest) or "")
    assert len(boxes) == 200
    rows: dict[str, list[float]] = {}
    for x, y, _ in boxes:
        rows.setdefault(y, []).append(float(x))
    width = float(boxes[0][2])
    for lefts in map(sorted, rows.values()):
        assert all(b - a >= width for a, b in pairwise(lefts))


def test_without_the_library_it_is_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fast_sugiyama", None)
    assert draw_graph(graph()) is None
    assert list_graph(graph())[:4] == (
        "1 z (root, scalar) → 2",
        "2 SumBackward0 → 3",
        "3 MulBackward0 → 4, 7",
        "4 MulBackward0 → 5, 6",
    )


def test_a_graph_that_takes_too_long_to_lay_out_is_a_list() -> None:
    nodes = tuple(GraphNode(kind="operation", label=f"Op{index}") for index in range(200))
    dense = GraphEvidence(nodes=nodes, edges=tuple((a, b) for a in range(60) for b in range(a + 1, 60)))
    assert draw_graph(dense) is None
    assert list_graph(dense)[-1] == "and 160 more"
