"""Which dtype a result has: that of its operands with the fewest digits."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

FLOATS = (
    "bfloat16",
    "float16",
    "complex32",
    "float32",
    "complex64",
    "float64",
    "complex128",
    "float128",
    "longdouble",
)
"""From the coarsest to the finest."""
_RANKS = {dtype: rank for rank, dtype in enumerate(FLOATS)}


def coarser(dtypes: Iterable[str]) -> str:
    """The dtype with the fewest digits. Any float is coarser than integers and booleans, which are exact."""
    return _coarser(tuple(dtypes))


@lru_cache(maxsize=256)
def _coarser(dtypes: tuple[str, ...]) -> str:
    names = ["bfloat16" if _is_inexact(dtype) and dtype not in _RANKS else dtype for dtype in dtypes]
    return min(names, key=lambda dtype: _RANKS.get(dtype, len(_RANKS) + (dtype == "bool")), default="int64")


def _is_inexact(dtype: str) -> bool:
    return dtype.startswith(("float", "complex", "bfloat"))
