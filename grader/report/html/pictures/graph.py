"""The autograd graph of a pass, from its root at the top to its leaves, in the layers of a Sugiyama layout."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.model import GraphEvidence, GraphNode
from grader.report.html.pictures.svg import coordinate, element, joined, label, picture
from grader.text import count

LABEL_LENGTH = 20
FULL_LABEL = 80
"""Characters of a label in a node, and while the pointer is on it."""
NODE_WIDTH, NODE_HEIGHT = 112.0, 36.0
"""The width is the least: all nodes of a picture are as wide as the longest text in it needs."""
LABEL_ADVANCE, ABOUT_ADVANCE = 6.9, 6.0
"""The width of a character, about."""
ACROSS, DOWN = 20.0, 34.0
"""Room between neighbours in a layer, and between layers."""
MARGIN = 6.0
REPEATED = 4
"""So many equal operations in a row, or more, are drawn as a single one with their number."""
FITTED = 560.0, 1000.0
"""Pictures of these widths shrink where a page has less room."""
MOST_BENDS = 2000
"""Places where edges pass layers: the time of a layout grows with their number."""
MANY_BENDS = 300
"""Beyond this number fewer ways to order a layer are tried, which is faster by far."""
LISTED = 40
"""Lines of the list that stands for a picture."""

Place = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """A node of the picture: a node of the graph, or ``times`` equal operations in a row."""

    node: GraphNode
    times: int = 1


def draw_graph(graph: GraphEvidence) -> Markup | None:
    """The picture; None where the layout's library is missing or the graph is too large: ``list_graph`` then stands
    for it.
    """
    nodes, edges = _with_repeats_joined(graph)
    bends_needed = _bends_needed(len(nodes), edges)
    if not nodes or bends_needed is None or bends_needed > MOST_BENDS:
        return None
    node_width = max(_width(drawn) for drawn in nodes)
    placed = _layout(len(nodes), edges, node_width, is_thorough=bends_needed <= MANY_BENDS)
    if placed is None:
        return None
    places, bends = placed
    parts = _edges(edges, places, bends)
    parts += [_node(drawn, places[index], node_width) for index, drawn in enumerate(nodes)]
    width = max(x for x, _ in places) + node_width / 2 + MARGIN
    height = max(y for _, y in places) + NODE_HEIGHT / 2 + MARGIN
    # A large graph scrolls in its frame, so that its text stays readable; one that is a little too wide is fitted.
    is_fitted = FITTED[0] < width < FITTED[1]
    return picture(
        joined(parts),
        width=width,
        height=height,
        title="Autograd graph",
        described=describe_graph(graph),
        class_="graph fitted" if is_fitted else "graph",
        has_own_size=True,
    )


def describe_graph(graph: GraphEvidence) -> str:
    """What the picture shows, in sentences."""
    kinds = Counter(node.kind for node in graph.nodes)
    parts = [count(kinds["operation"], "operation"), f"{kinds['leaf']} {'leaf' if kinds['leaf'] == 1 else 'leaves'}"]
    said = [f"{' and '.join(parts)}, from the root at the top to what gets a gradient."]
    if kinds["cut"]:
        said.append(f"Cut in {count(kinds['cut'], 'place')}: no gradient flows further.")
    moved = [node for node in graph.nodes if node.moved]
    if moved:
        said.append(
            "The code ran a second time with each gradient changed, and the curve changed with the gradient of "
            f"{_names(moved)}: the curve shows what autograd computed."
        )
    if any(node.is_foreign for node in graph.nodes):
        said.append("Something besides torch had a hand in what is marked as such.")
    if graph.is_shortened:
        said.append(f"Only the first {len(graph.nodes)} nodes are shown.")
    return " ".join(said)


def list_graph(graph: GraphEvidence) -> tuple[str, ...]:
    """The graph in lines of text: each node with those that its gradient flows to."""
    nodes, edges = _with_repeats_joined(graph)
    names = [f"{index + 1} {_title(drawn)}" for index, drawn in enumerate(nodes)]
    following = defaultdict(list)
    for a, b in edges:
        following[a].append(names[b].split(" ", 1)[0])
    lines = []
    for index, drawn in enumerate(nodes[:LISTED]):
        to = f" → {', '.join(following[index][:10])}" if following[index] else ""
        about = f" ({', '.join(said)})" if (said := _about(drawn)) else ""
        lines.append(f"{names[index]}{about}{to}")
    if len(nodes) > LISTED:
        lines.append(f"and {len(nodes) - LISTED} more")
    return tuple(lines)


def _with_repeats_joined(graph: GraphEvidence) -> tuple[list[_Drawn], Mapping[tuple[int, int], int]]:
    """The nodes to draw, and how many edges lead from one to another. Edges to nothing and circles, which no pass has,
    are left out.
    """
    edges = Counter((a, b) for a, b in graph.edges if _is_edge(a, b, len(graph.nodes)))
    after, before = defaultdict(list), defaultdict(list)
    for a, b in edges:
        after[a].append(b)
        before[b].append(a)

    def follows(index: int) -> int | None:
        """The operation that repeats this one: its only follower, which follows nothing else."""
        if len(after[index]) != 1:
            return None
        then = after[index][0]
        is_equal = graph.nodes[then] == graph.nodes[index] and graph.nodes[index].kind == "operation"
        return then if is_equal and before[then] == [index] and edges[index, then] == 1 else None

    member_of: dict[int, int] = {}
    times: dict[int, int] = {}
    for index in range(len(graph.nodes)):
        is_start = not (len(before[index]) == 1 and follows(before[index][0]) == index)
        if index in member_of or not is_start:
            continue
        run, seen = [index], {index}
        while (then := follows(run[-1])) is not None and then not in seen:
            run.append(then)
            seen.add(then)
        if len(run) >= REPEATED:
            member_of |= dict.fromkeys(run, index)
            times[index] = len(run)
    kept = [index for index in range(len(graph.nodes)) if member_of.get(index, index) == index]
    number = {index: position for position, index in enumerate(kept)}
    drawn = [_Drawn(node=graph.nodes[index], times=times.get(index, 1)) for index in kept]
    joined_edges: Counter[tuple[int, int]] = Counter()
    for (a, b), several in edges.items():
        pair = number[member_of.get(a, a)], number[member_of.get(b, b)]
        if pair[0] != pair[1]:
            joined_edges[pair] += several
    return drawn, joined_edges


def _is_edge(a: int, b: int, nodes: int) -> bool:
    return a != b and 0 <= a < nodes and 0 <= b < nodes


def _layout(
    nodes: int, edges: Mapping[tuple[int, int], int], node_width: float, *, is_thorough: bool
) -> tuple[list[Place], Mapping[tuple[int, int], Sequence[Place]]] | None:
    """The middle of each node, and the places that a long edge passes through; None without the library."""
    try:
        from fast_sugiyama import from_edges
    except ImportError:
        return None
    linked = sorted({index for pair in edges for index in pair})
    number = {index: position for position, index in enumerate(linked)}
    spacing = node_width + ACROSS
    found = from_edges(
        [(number[a], number[b]) for a, b in edges],
        vertex_spacing=spacing,
        dummy_vertices=True,
        dummy_size=0.3,
        transpose=is_thorough,
    )
    places: dict[int, Place] = {}
    bends: dict[tuple[int, int], Sequence[Place]] = {}
    left = MARGIN + node_width / 2
    for positions, width, _, found_edges in found:
        top = max(y for _, (_, y) in positions)
        lowest_x = min(x for _, (x, _) in positions)
        at = {
            node: (left + x - lowest_x, _row((top - y) / spacing))
            for node, (x, y) in positions
            if isinstance(node, int)
        }
        places |= {linked[node]: place for node, place in at.items() if node < len(linked)}
        bends |= _bends(tuple(found_edges or ()), at, linked)
        left += width + spacing
    for index in range(nodes):
        if index not in places:
            places[index] = (left, _row(0))
            left += spacing
    return [places[index] for index in range(nodes)], bends


def _bends_needed(nodes: int, edges: Iterable[tuple[int, int]]) -> int | None:
    """In how many places edges pass a layer without a node of theirs; None if there is a circle, which no pass has, and
    with which a layout may not end.
    """
    after, waits_for = defaultdict(list), [0] * nodes
    for a, b in edges:
        after[a].append(b)
        waits_for[b] += 1
    layer = [0] * nodes
    ready = [index for index in range(nodes) if not waits_for[index]]
    for index in ready:  # grows while it is gone through
        for then in after[index]:
            layer[then] = max(layer[then], layer[index] + 1)
            waits_for[then] -= 1
            if not waits_for[then]:
                ready.append(then)
    if len(ready) < nodes:
        return None
    return sum(layer[b] - layer[a] - 1 for a in after for b in after[a])


def _row(layer: float) -> float:
    return MARGIN + NODE_HEIGHT / 2 + layer * (NODE_HEIGHT + DOWN)


def _bends(
    edges: Sequence[tuple[object, object]], at: Mapping[int, Place], linked: Sequence[int]
) -> dict[tuple[int, int], Sequence[Place]]:
    """For each edge that spans layers, where it passes through those between. The layout gives it as a chain of
    nodes of its own, whose numbers follow those of the graph.
    """
    after = {a: b for a, b in edges if isinstance(a, int) and isinstance(b, int) and a >= len(linked)}
    found: dict[tuple[int, int], Sequence[Place]] = {}
    for a, b in edges:
        if not (isinstance(a, int) and isinstance(b, int) and a < len(linked) <= b):
            continue
        passed: list[Place] = []
        while b >= len(linked) and b in after and len(passed) <= len(after):
            passed.append(at[b])
            b = after[b]
        if b < len(linked):
            found[linked[a], linked[b]] = passed
    return found


def _edges(
    edges: Mapping[tuple[int, int], int], places: Sequence[Place], bends: Mapping[tuple[int, int], Sequence[Place]]
) -> list[Markup]:
    """All edges as a path and all heads of their arrows as another; a number where several edges join two nodes."""
    lines, heads, numbers = "", "", []
    for (a, b), times in edges.items():
        (x, y), end = places[a], places[b]
        slope, middle = 0.0, places[a]
        y += NODE_HEIGHT / 2
        lines += f"M{coordinate(x)} {coordinate(y)}"
        for to_x, to_y in (*bends.get((a, b), ()), (end[0], end[1] - NODE_HEIGHT / 2 - 5)):
            half = (y + to_y) / 2
            slope, middle = to_x - x, ((x + to_x) / 2, half)
            lines += "C" + " ".join(map(coordinate, (x, half, to_x, half, to_x, to_y)))
            x, y = to_x, to_y
        heads += f"M{coordinate(x - 4)} {coordinate(y - 2)}l4 7l4-7z"
        if times > 1:
            # To the right of the line: above it where it leads to the right, else below it.
            beside = middle[1] + (-4 if slope > 0 else 12 if slope < 0 else 4)
            numbers.append(element("text", f"{times}×", x=middle[0] + 6, y=beside, class_="tick"))
    if not lines:
        return []
    return [element("path", d=lines, class_="edge"), element("path", d=heads, class_="head"), *numbers]


def _node(drawn: _Drawn, place: Place, width: float) -> Markup:
    node = drawn.node
    left, top = place[0] - width / 2, place[1] - NODE_HEIGHT / 2
    about = _about(drawn)
    round_ = 18 if node.kind == "leaf" else 3
    is_cut = len(node.label) > LABEL_LENGTH - 4
    parts = [
        *([element("title", label(node.label, FULL_LABEL))] if is_cut else []),
        element("rect", x=left, y=top, width=width, height=NODE_HEIGHT, rx=round_),
        element("text", _title(drawn), x=place[0], y=place[1] - 3 if about else place[1] + 4, class_="middle label"),
    ]
    if about:
        parts.append(element("text", " · ".join(about), x=place[0], y=place[1] + 11, class_="middle about"))
    marks = " moved" if node.moved else ""
    marks += " foreign" if node.is_foreign else ""
    return element("g", joined(parts), class_=f"node {node.kind}{marks}")


def _width(drawn: _Drawn) -> float:
    about = len(" · ".join(_about(drawn)))
    return max(NODE_WIDTH, LABEL_ADVANCE * len(_title(drawn)) + 16, ABOUT_ADVANCE * about + 24)


def _title(drawn: _Drawn) -> str:
    name = label(drawn.node.label, LABEL_LENGTH - 4 if drawn.times > 1 else LABEL_LENGTH) or drawn.node.kind
    return f"{name} ×{drawn.times}" if drawn.times > 1 else name


def _about(drawn: _Drawn) -> list[str]:
    """What is said below a node's name, so that nothing is told by shape or colour alone."""
    node = drawn.node
    has_name = node.kind != "operation" and bool(node.label.strip())
    said: list[str] = [node.kind] if has_name else []
    if node.shape is not None and len(node.shape) <= 4:
        said.append("×".join(map(str, node.shape)) or "scalar")
    if node.moved:
        said.append("gradient drawn")
    if node.is_foreign:
        said.append("not torch’s")
    return said


def _names(nodes: Sequence[GraphNode]) -> str:
    names = list(dict.fromkeys(label(node.label, LABEL_LENGTH) or f"a {node.kind} without a name" for node in nodes))
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown
