"""The small language of ``given``, ``expect``, ``holds`` and ``when``: arithmetic and comparison of observed arrays.

    parsing      what is of the language, and in an instructor's words what is not
    evaluation   what an expression means over observed values

A comparison means *everywhere*: ``x == 0`` holds where every element does. Within the argument of ``any``, ``all`` or
``where`` it is taken element by element: ``any(gradient != 0)``. ``a != b`` is the opposite of ``a == b``, except
that no comparison at all holds where a NaN or something undefined takes part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.language.closeness import Tolerance
from grader.language.expression.evaluation import Node, Role, compiled, truth
from grader.language.expression.parsing import ATTRIBUTES, FUNCTIONS, ExpressionError, read
from grader.language.values import Undefined

__all__ = ["ATTRIBUTES", "FUNCTIONS", "Expression", "ExpressionError", "Role", "Tolerance", "Undefined", "parse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A parsed expression. ``attributes`` are pairs of a variable and its attribute: ``("x", "grad")``."""

    text: str
    names: frozenset[str]
    attributes: frozenset[tuple[str, str]]
    functions: frozenset[str]
    name: str | None = None
    """The variable, if the whole expression is the name of a variable."""
    equation: tuple[str, object] | None = None
    """The variable and the constant, if the whole expression is ``variable == constant`` or the reverse."""
    _value: Node = field(repr=False, compare=False)

    def reads(self, value: str) -> bool:
        """Whether it uses a variable or an attribute of this name: both ``grad`` and ``x.grad`` read ``grad``."""
        return value in self.names or any(attribute == value for _, attribute in self.attributes)

    def evaluate(self, variables: Mapping[str, object], *, tolerance: Tolerance | None = None) -> object:
        """The value: an Array, bool, int, float, str, shape, None, Opaque or Undefined.

        Variables are an Array, Role, None, bool, int, float, str, shape or Opaque; ``passed``, where a rubric calls
        it, is a function from a check's id to a bool. Never raises: what cannot be computed is Undefined.
        """
        return self._value(variables, tolerance)

    def holds(self, variables: Mapping[str, object], *, tolerance: Tolerance | None = None) -> bool:
        """Whether the value is true: an array is where no element is zero or NaN; None and Undefined never are."""
        return truth(self.evaluate(variables, tolerance=tolerance)) is True


def parse(text: str | int | float | bool) -> Expression:
    """The expression that ``text`` says, as it stands in YAML: a number and a truth value are expressions, too.

    Raises ExpressionError, with the column and what to write instead, for whatever is not of the language.
    """
    parsed = read(str(text))
    return Expression(
        text=parsed.text,
        names=parsed.names,
        attributes=parsed.attributes,
        functions=parsed.functions,
        name=parsed.name,
        equation=parsed.equation,
        _value=compiled(parsed.tree),
    )
