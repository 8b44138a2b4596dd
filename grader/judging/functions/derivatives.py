"""Which derivatives of a function lines of a check are about: ``gradient``, ``w.second``, ``params[0].gradient``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from grader.language.expression import Expression
from grader.runtime.protocol.record import INPUT

DerivativeName = Literal["gradient", "second", "weighed_gradient"]
NAMES: tuple[DerivativeName, ...] = ("gradient", "second", "weighed_gradient")


class Derivative(NamedTuple):
    """A derivative of a function by one argument, or by a part of it, which ``path`` names."""

    path: str
    name: DerivativeName

    @property
    def noun(self) -> str:
        """The argument in messages."""
        return "the input" if self.path == INPUT else f"`{self.path}`"


def derivative_of(line: Expression) -> Derivative | None:
    """The derivative that a whole expression is; None where it is something else, or computes with it."""
    if line.name in NAMES:
        return Derivative(INPUT, line.name)
    if line.part is not None and line.part[1] in NAMES:
        return Derivative(line.part[0], line.part[1])
    return None


def derivatives_in(line: Expression) -> Iterator[Derivative]:
    """All derivatives that an expression reads."""
    yield from (Derivative(INPUT, name) for name in NAMES if name in line.names)
    for path, attribute in sorted(line.attributes):
        if attribute in NAMES:
            yield Derivative(path, attribute)


def read_by(lines: Iterable[Expression]) -> frozenset[Derivative]:
    """All derivatives that some expressions read."""
    return frozenset(derivative for line in lines for derivative in derivatives_in(line))
