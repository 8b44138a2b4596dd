"""How curves would change in a second run of the submission, where the first one shows it.

The recorder says of a curve that no gradient can be in it: then it would not change. Or it says which tensor the
curve draws, as a pass left it in ``.grad``: then it would change as the gradients of this pass do. The values have to
be those of the gradient in the record of the pass. What the curve is worth is then decided as after a second run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

import numpy as np
import numpy.typing as npt

from grader.judging.curves.curve_sources import MAX_CURVES, CurveChanges
from grader.judging.curves.plotted_gradients import change_of_pass
from grader.model import Backward, Curve, Figure, LeafPass, Observation

Floats = npt.NDArray[np.float64]


def known_changes(observation: Observation) -> CurveChanges:
    """By how many units each point of each curve would change; None where the record does not show it."""
    return dict(islice(_changes(observation), MAX_CURVES))


def _changes(observation: Observation) -> Iterator[tuple[tuple[int, int], Floats | None]]:
    left: dict[int, tuple[Backward, LeafPass]] = {}
    number = 0
    for event in observation.events:
        if isinstance(event, Backward):
            left.update(_left_by(event))
        elif isinstance(event, Figure):
            for position, curve in enumerate(event.curves):
                yield (number, position), _change(curve, left)
            number += 1


def _left_by(event: Backward) -> dict[int, tuple[Backward, LeafPass]]:
    """What a pass left in ``.grad`` of leaves that had none before, by the token."""
    if event.error is not None or event.call != "backward" or event.create_graph or event.order != 1 or event.group:
        return {}
    return {
        leaf.grad_after.token: (event, leaf)
        for leaf in event.leaves
        if leaf.grad_before is None and leaf.grad_after is not None and leaf.grad_after.token
    }


def _change(curve: Curve, left: Mapping[int, tuple[Backward, LeafPass]]) -> Floats | None:
    if curve.y.data is None:
        return None
    if curve.untouched:
        return np.zeros(curve.y.data.shape)
    if curve.gradient not in left:
        return None
    event, leaf = left[curve.gradient]
    values = None if leaf.gradient is None else leaf.gradient.data
    change = change_of_pass(event, leaf)
    if values is None or change is None or change.shape != curve.y.data.shape:
        return None
    return change if np.array_equal(values.ravel().astype(np.float64), curve.y.data) else None
