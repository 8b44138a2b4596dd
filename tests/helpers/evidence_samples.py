"""Evidence made by hand, for the tests of pages and pictures."""

from __future__ import annotations

import numpy as np

from grader import model
from grader.model import CurveEvidence, Evidence, GradientEvidence, GraphEvidence, GraphNode, SourceLine
from grader.model.evidence import MAX_CURVES, MAX_ELEMENTS, MAX_GRADIENTS, MAX_NODES, MAX_POINTS


def curve(points: int = 100, *, factor: float = 1.1, name: str = "cos(x)") -> CurveEvidence:
    """A cosine that is too large by a factor."""
    x = np.linspace(-2 * np.pi, 2 * np.pi, points)
    return CurveEvidence(name=name, x=x, drawn=factor * np.cos(x), expected=np.cos(x))


def gradient(shape: tuple[int, ...] = (3, 4), *, name: str = "x") -> GradientEvidence:
    """A gradient whose first row is too small, and whose last element is too large."""
    size = int(np.prod(shape, dtype=np.int64))
    expected = np.arange(1.0, size + 1)
    actual = expected.copy()
    actual[: shape[-1] if shape else 1] /= 2
    actual[-1] *= 3
    return GradientEvidence(name=name, shape=shape, actual=actual, expected=expected, is_close=actual == expected)


def graph() -> GraphEvidence:
    """``z = (x * y.detach() * w).sum()``, with a hook on ``w``, whose gradient the second run moved."""
    return GraphEvidence(
        nodes=(
            GraphNode(kind="root", label="z", shape=()),
            GraphNode(kind="operation", label="SumBackward0"),
            GraphNode(kind="operation", label="MulBackward0"),
            GraphNode(kind="operation", label="MulBackward0"),
            GraphNode(kind="leaf", label="x", shape=(4,), moved=True),
            GraphNode(kind="cut", label="y", shape=(4,)),
            GraphNode(kind="leaf", label="w", shape=(4,), moved=False, is_foreign=True),
        ),
        edges=((0, 1), (1, 2), (2, 3), (3, 4), (3, 5), (2, 6)),
    )


def lines(marked: int = 9, text: str = "z.sum().backward()") -> tuple[SourceLine, ...]:
    """Lines of a notebook's cell around a marked line."""
    return (
        SourceLine(number=marked - 2, text="y = x * x"),
        SourceLine(number=marked - 1, text="z = y * x  # not cut"),
        SourceLine(number=marked, text=text, is_marked=True),
        SourceLine(number=marked + 1, text=""),
    )


def evidence() -> Evidence:
    return Evidence(curves=(curve(),), gradients=(gradient(),), graph=graph(), lines=lines())


def largest_evidence() -> Evidence:
    """Everything at its bounds, and nothing that repeats."""
    random = np.random.default_rng(0)
    x = np.linspace(0, 1, MAX_POINTS)
    curves = tuple(
        CurveEvidence(
            name=f"curve {index} " + "x" * 200,
            x=x,
            drawn=random.normal(size=MAX_POINTS),
            expected=random.normal(size=MAX_POINTS),
            is_shortened=True,
        )
        for index in range(MAX_CURVES)
    )
    gradients = tuple(
        GradientEvidence(
            name=f"leaf {index} " + "x" * 200,
            shape=(100, 100),
            actual=random.normal(size=MAX_ELEMENTS),
            expected=random.normal(size=MAX_ELEMENTS),
            is_close=random.random(MAX_ELEMENTS) < 0.3,
            is_shortened=True,
        )
        for index in range(MAX_GRADIENTS)
    )
    nodes = tuple(
        GraphNode(kind="operation", label=f"Operation{index}" + "x" * 200, shape=(index, 3), moved=index % 2 == 0)
        for index in range(MAX_NODES)
    )
    edges = tuple((index, index + 1) for index in range(MAX_NODES - 1))
    edges += tuple((index, index + 7) for index in range(0, MAX_NODES - 7, 3))
    around = tuple(model.SourceLine(number=index, text="x" * 240, is_marked=index == 4) for index in range(1, 8))
    return Evidence(
        curves=curves,
        gradients=gradients,
        graph=GraphEvidence(nodes=nodes, edges=edges, is_shortened=True),
        lines=around,
    )
