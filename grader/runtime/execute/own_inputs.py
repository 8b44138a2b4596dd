"""Inputs for a function that are derived from the arguments of the student's own calls of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

MAX_OWN = 8
"""Arguments of the student's own calls from which inputs are derived."""
OWN_FACTORS = (1.0, -1.0, 0.01, -0.01, 100.0, -100.0)
JITTER = 0.1

Numbers = np.ndarray[Any, Any]


def own_inputs(arguments: list[Numbers], seed: int) -> Iterator[Numbers]:
    """Inputs derived from the arguments of the student's own calls: with noise, and multiplied by ``OWN_FACTORS``.

    Small arguments come first. Where there are many arguments, evenly spaced ones are taken.
    """
    step = max(1, math.ceil(len(arguments) / MAX_OWN))
    chosen = sorted(arguments[::step], key=lambda argument: argument.size)
    for turn, factor in enumerate(OWN_FACTORS):
        for number, argument in enumerate(chosen):
            wide = np.asarray(argument, dtype=np.float64)
            scale = float(np.abs(wide).max()) or 1.0
            jitter = np.random.default_rng([seed, turn, number]).uniform(-JITTER, JITTER, wide.shape) * scale
            with np.errstate(over="ignore"):
                made = np.asarray(factor * (wide + jitter)).astype(argument.dtype)
            if np.isfinite(made).all():
                yield made
