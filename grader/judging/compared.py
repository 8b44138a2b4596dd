"""The result of a comparison of two values, and what is known to have happened where the values come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from grader.language.closeness import Tolerance
from grader.language.values import show

Kind = Literal[
    "equal",
    "none",
    "shape",
    "undefined",
    "accumulated",
    "scaled",
    "sign",
    "transposed",
    "zeros",
    "nan",
    "values",
    "chance",
    "data",
]
"""``chance``: equal, but only by a coincidence of numbers (see ``coincidence``). ``data``: not compared, since it is
about other data than the exercise's (see ``passes.reference_passes``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What was seen to happen where the compared value comes from. A message names no cause that was not seen."""

    passes: int = 0
    """How many backward passes are summed in the value; 0: not known, or none."""
    reduced: Literal["sum", "mean"] | None = None
    """How the tensor that was differentiated became one number, if that was seen."""
    elements: int = 0
    """The number of elements of that tensor."""


NOT_SEEN = Happened()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The result of a comparison.

    ``message`` is a predicate, whose subject is the value that was compared: "`x.grad` *is None, …*". ``share`` is the
    share of the elements that agree, from 0 to 1.
    """

    equal: bool
    kind: Kind
    message: str
    share: float
    values: tuple[object, object] = field(repr=False)
    """The actual and the expected value."""
    digits: int = 6
    """Significant digits that tell the two values apart."""
    item: str = ""
    """Of structures, the item that ``values`` are of, as it is written after the structure: ``[0]``, ``["loss"]``."""
    of_item: str = ""
    """What is said of that item, as a predicate."""
    tolerance: Tolerance | None = None
    """By which numbers were compared; None where none were."""
    of_chance: bool = False
    """The difference is what chance makes of a statistic, and the tolerance a bound of that."""

    # Properties, so that the texts are made only for the few comparisons that a report shows.

    @property
    def actual(self) -> str:
        return show(self.values[0], digits=self.digits)

    @property
    def expected(self) -> str:
        return show(self.values[1], digits=self.digits)


Outcome = Callable[..., Comparison]
"""Makes the result of a comparison of known values: of a kind, with a message, and perhaps ``share`` and ``digits``."""
