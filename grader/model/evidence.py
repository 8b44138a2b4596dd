"""What a report needs to draw a check: curves, gradients, the graph of a pass, the student's lines; all bounded.

It is no part of ``grader.result/1``. A report without it shows text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

MAX_POINTS = 500
"""Points of a curve; of more, this many are kept, evenly spread."""
MAX_ELEMENTS = 1000
"""Elements of a gradient; of more, the first ones are kept."""
MAX_NODES = 200
"""Nodes of a graph, in the order in which the backward pass would visit them."""
MAX_CURVES = 4
MAX_GRADIENTS = 4
"""Curves and gradients of one check."""
LINES_AROUND = 3
"""Lines of source before and after the marked one."""

Floats = npt.NDArray[np.float64]
"""Not finite where the values are not."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CurveEvidence:
    """A curve of the submission with the curve that was expected at the same points.

    ``x``, ``drawn`` and ``expected`` have the shape (points,). ``drawn`` is None where the submission has no such
    curve; ``expected`` is None where nothing in particular was expected. ``is_close``, of the same shape, tells which
    points were equal within the tolerance of the check; None if it is not known, as in gradebooks of before.
    """

    name: str
    """What it is a curve of, such as its label in the legend; may be empty. Untrusted text."""
    x: Floats
    drawn: Floats | None
    expected: Floats | None
    is_close: npt.NDArray[np.bool_] | None = None
    is_shortened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GradientEvidence:
    """A gradient of the submission with the expected gradient, flattened to the shape (elements,).

    ``shape`` is that of the whole gradient. ``is_close``, of the shape (elements,), tells which elements were equal
    within the tolerance of the check. ``actual`` is None where the submission has none.
    """

    name: str
    """The leaf's name; may be empty. Untrusted text."""
    shape: tuple[int, ...]
    actual: Floats | None
    expected: Floats
    is_close: npt.NDArray[np.bool_] | None
    is_shortened: bool = False


NodeKind = Literal["root", "operation", "leaf", "cut"]
"""``root``: what the pass started from. ``leaf``: a tensor that gradients are computed for. ``cut``: a tensor that was
taken out of the graph, by ``detach`` or in ``no_grad``, so that the pass did not go on there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode:
    kind: NodeKind
    label: str
    """The operation as autograd calls it, such as ``MulBackward0``; of a leaf or root, the name of its tensor, which
    may be empty. Untrusted text."""
    shape: tuple[int, ...] | None = None
    """That of the tensor; None if it is not known."""
    moved: bool | None = None
    """Whether the curve that shows its gradient changed when a second run changed that gradient; None if nobody
    asked."""
    is_foreign: bool = False
    """Something besides torch had a hand in it, such as a hook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphEvidence:
    """The autograd graph of a backward pass. ``edges`` are pairs of indices in ``nodes``, in the direction in which
    gradients flow: from the root to the leaves.
    """

    nodes: tuple[GraphNode, ...]
    edges: tuple[tuple[int, int], ...]
    is_shortened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A line of the submission around the place of a check. Untrusted text."""

    number: int
    """As in ``Location.line``."""
    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What can be drawn of one check; empty fields are left out."""

    curves: tuple[CurveEvidence, ...] = ()
    gradients: tuple[GradientEvidence, ...] = ()
    graph: GraphEvidence | None = None
    lines: tuple[SourceLine, ...] = ()
