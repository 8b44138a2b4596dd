"""The expression language of ``given``, ``expect``, ``holds`` and ``when``: arithmetic and comparisons of arrays.

    parsing      text to syntax tree
    checking     whatever the language does not have is explained to the instructor
    impossible   comparisons that never hold
    evaluation   the value of a syntax tree over observed values
    functions    the functions of the language, with what the documentation says of them
    matrices     those that make or take matrices and positions
    attributes   what can be asked with a dot, likewise
    elements     what can be taken out with square brackets
    comparisons  two values, everywhere or element by element
    arrays       computing in float64, within limits
    nearby       whether an equation holds for the functions, or only for these numbers

A comparison holds if it is true for all elements: ``x == 0``. In the arguments of functions, in arithmetic and in an
index comparisons are elementwise: ``any(gradient != 0)``, ``2 * (x > 0)``. ``a != b`` is the opposite of ``a == b``,
except that no comparison with NaN or Undefined holds. Over ``Nearby`` variables, an equation of two formulas does not
hold where it is a coincidence of numbers.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from grader.language.closeness import Tolerance
from grader.language.expression.arrays import truth
from grader.language.expression.attributes import ATTRIBUTES, SOURCE, Role, source_key
from grader.language.expression.checking import ExpressionError
from grader.language.expression.evaluation import Node, compiled, source_of
from grader.language.expression.functions import CONSTANTS, FUNCTIONS
from grader.language.expression.nearby import Change, Direction, Nearby, compare_change
from grader.language.expression.parsing import read
from grader.language.values import Undefined, Unrecorded

__all__ = [
    "ATTRIBUTES",
    "CONSTANTS",
    "FUNCTIONS",
    "RESERVED",
    "SOURCE",
    "Change",
    "Direction",
    "Expression",
    "ExpressionError",
    "Nearby",
    "Role",
    "Tolerance",
    "Undefined",
    "Unrecorded",
    "parse",
    "source_key",
]

RESERVED = frozenset({*FUNCTIONS, *CONSTANTS})
"""Names that mean something in every expression, so that no variable can have them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A parsed expression.

    ``names`` are those of its variables, ``paths`` the variables or items of variables that it reads: ``w``,
    ``params[0]``, ``output["loss"]``. ``attributes`` are pairs of such a path and its attribute: ``("w", "grad")``.
    """

    text: str
    names: frozenset[str]
    paths: frozenset[str]
    attributes: frozenset[tuple[str, str]]
    functions: frozenset[str]
    name: str | None = None
    """The variable, if the whole expression is the name of a variable."""
    part: tuple[str, str] | None = None
    """The path and the attribute, if the whole expression is ``path.attribute``; of a path alone, the path and ""."""
    equation: tuple[str, object] | None = None
    """The variable and the constant, if the whole expression is ``variable == constant`` or the reverse."""
    tree: ast.expr = field(repr=False, compare=False)
    """Its syntax tree, to be read only."""
    _value: Node = field(repr=False, compare=False)
    _equations: tuple[tuple[str, Node, Node], ...] = field(default=(), repr=False, compare=False)

    def reads(self, value: str) -> bool:
        """Whether it uses a variable or an attribute of this name: both ``grad`` and ``x.grad`` read ``grad``."""
        return value in self.names or any(attribute == value for _, attribute in self.attributes)

    def evaluate(self, variables: Mapping[str, object], *, tolerance: Tolerance | None = None) -> object:
        """The value: an Array, bool, int, float, str, shape, texts, None, Structure, Opaque or Undefined.

        Variables may be these and Roles; texts are a tuple of str. In a rubric, ``passed`` is a function from a
        check's id to a bool. Never raises: a value that cannot be computed is Undefined.
        """
        return self._value(variables, tolerance)

    def holds(self, variables: Mapping[str, object], *, tolerance: Tolerance | None = None) -> bool:
        """Whether the value is true. An array is true if no element is zero or NaN; None and Undefined are false."""
        return truth(self.evaluate(variables, tolerance=tolerance)) is True

    def is_unrecorded(self, variables: Mapping[str, object], *, tolerance: Tolerance | None = None) -> bool:
        """Whether the value may be true, as far as the record tells: values that it depends on were not recorded."""
        return isinstance(truth(self.evaluate(variables, tolerance=tolerance)), Unrecorded)

    def equations(
        self, variables: Mapping[str, object], *, tolerance: Tolerance | None = None
    ) -> Iterator[tuple[str, object, object]]:
        """The equations that must hold for the whole to hold: a variable, or a part of one, such as ``x.grad``, its
        value, and the value that it has to be equal to.
        """
        for text, observed, wanted in self._equations:
            yield text, observed(variables, tolerance), wanted(variables, tolerance)

    def change(self, other: Expression, direction: Direction, *, tolerance: Tolerance | None = None) -> Change:
        """How this and another expression change in a direction."""
        return compare_change(self._value, other._value, direction, tolerance)


def parse(text: str | int | float | bool) -> Expression:
    """Parse a value from YAML; numbers and truth values are expressions too.

    Raises ExpressionError, which says where the mistake is and what to write instead.
    """
    return _parsed(str(text))


@functools.lru_cache(maxsize=1024)  # lints ask again for what was read
def _parsed(text: str) -> Expression:
    parsed = read(text)
    return Expression(
        text=parsed.text,
        names=parsed.names,
        paths=parsed.paths,
        attributes=parsed.attributes,
        functions=parsed.functions,
        name=parsed.name,
        part=parsed.part,
        equation=parsed.equation,
        tree=parsed.tree,
        _value=compiled(parsed.tree),
        _equations=tuple(
            (source_of(observed), compiled(observed), compiled(wanted)) for observed, wanted in parsed.equations
        ),
    )
