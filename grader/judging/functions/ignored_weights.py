"""A backward of the student's own that leaves out the gradient that it is given, where a formula is asked for.

Under weights of 1 nothing shows it, and what a formula becomes under other weights is not known. A gradient that goes
through an own Function and stays the same, whatever the weights are, leaves them out: that of any function changes with
them, unless it is zero.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from grader.judging.comparison import Comparison
from grader.judging.foreign_hands import goes_through_own_function
from grader.language.values import show
from grader.model import Array, Hand, Opaque, Value

_SAME = 1e-6
"""Relative. The weights are drawn below zero, so an equal gradient is none by chance."""


def leaves_out_the_weights(
    gradient: object, weighed: object, weights: Value | None, hands: Iterable[Hand]
) -> Comparison | None:
    """What is wrong with a gradient that is as the formula says; None: nothing that is known. ``weighed`` is the
    gradient where the output is weighed by ``weights``.
    """
    if not isinstance(gradient, Array) or not isinstance(weighed, Array) or not goes_through_own_function(hands):
        return None
    one, other = gradient.data, weighed.data
    if one is None or other is None or one.shape != other.shape or one.dtype.kind != "f" or other.dtype.kind != "f":
        return None
    if not np.isfinite(one).all() or not one.any() or not np.allclose(other, one, rtol=_SAME, atol=0.0):
        return None
    by = "" if weights is None else f", by {show(weights, digits=3)}"
    return Comparison(
        equal=False,
        kind="values",
        message="is right only where each element of the result counts once. It stays the same when they are weighed"
        f"{by}: its backward leaves out the gradient that it is given (`grad_output`)",
        share=0.0,
        values=(weighed, Opaque(kind="other", text="another one for other weights")),
    )
