"""Parses expressions into syntax trees that contain the expression language only."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grader.language.expression.evaluation import ELEMENTWISE, OPERATORS, ORDER, REDUCTIONS
from grader.suggestions import did_you_mean
from grader.text import shorten

LONGEST_TEXT = 2_000
DEEPEST_NESTING = 40

ATTRIBUTES = frozenset({"dtype", "grad", "gradient", "is_leaf", "requires_grad", "shape"})

_ARGUMENTS = {"all_equal": 1, "any": 1, "all": 1, "finite": 1, "passed": 1, "shape": 1, "size": 1, "where": 3}
_ARGUMENTS |= dict.fromkeys((*ELEMENTWISE, *REDUCTIONS), 1)
FUNCTIONS = frozenset(_ARGUMENTS)

_INSTEAD = {
    "²": "**2",
    "³": "**3",
    "×": "*",
    "·": "*",
    "÷": "/",
    "−": "-",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≈": "==",
    "^": "**",
    "&&": "and",
    "||": "or",
}
"""Signs that the language does not have, with what to write instead."""
_NOT_KNOWN: dict[type[ast.AST], str] = {
    ast.BitAnd: "`&` is not known here; write `and`",
    ast.BitOr: "`|` is not known here; write `or`",
    ast.BitXor: "`^` is not known here; a power is `**`",
    ast.FloorDiv: "`//` is not known here; divide with `/`",
    ast.Mod: "`%` is not known here",
    ast.MatMult: "`@` is not known here; `sum(a * b)` is a dot product",
    ast.Invert: "`~` is not known here; write `not`",
    ast.Is: "`is` is not known here; write `==`",
    ast.IsNot: "`is not` is not known here; write `!=`",
    ast.In: "`in` is not known here; compare with `==` and `or`",
    ast.NotIn: "`not in` is not known here; compare with `!=` and `and`",
    ast.IfExp: "`if … else` is not known here; write where(condition, a, b)",
    ast.Lambda: "`lambda` is not known here",
    ast.NamedExpr: "`:=` is not known here; compare with `==`",
    ast.Subscript: "elements cannot be taken out with `[…]`; write conditions on the whole array",
    ast.Starred: "`*` can only stand between two values",
    ast.JoinedStr: "f-strings are not known here; write the text itself",
    ast.Dict: "`{…}` is not known here",
    ast.Set: "`{…}` is not known here",
}


class ExpressionError(ValueError):
    """A text that is not an expression. ``column`` counts from 1; None: the mistake is in the text as a whole."""

    def __init__(self, text: str, column: int | None, reason: str) -> None:
        shown = shorten(text, 80)
        place = f"column {column} of " if column is not None else ""
        super().__init__(f"{place}`{shown}`: {reason}")
        self.column = column


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A checked syntax tree, with what ``Expression`` knows about it."""

    text: str
    tree: ast.expr
    names: frozenset[str]
    attributes: frozenset[tuple[str, str]]
    functions: frozenset[str]
    name: str | None
    equation: tuple[str, object] | None
    equations: tuple[tuple[ast.expr, ast.expr], ...]


def read(text: str) -> Parsed:
    """Parse and check a text. Raises ExpressionError."""
    source = text.translate({ord(space): " " for space in "\t\n\r"}).strip()
    if not source:
        raise ExpressionError(source, None, "nothing to compute")
    if len(source) > LONGEST_TEXT:
        raise ExpressionError(
            source, None, f"longer than {LONGEST_TEXT} characters; split it into a list of conditions"
        )
    if not source.isprintable():
        column = next(column for column, sign in enumerate(source, 1) if not sign.isprintable())
        raise ExpressionError(ascii(source), column, f"{source[column - 1]!a} is no sign that can be seen; delete it")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        raise _syntax_error(source, error) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionError(source, None, "this cannot be read as an expression") from None
    checker = _Checker(source)
    checker.check(tree, depth=0)
    return Parsed(
        text=source,
        tree=tree,
        names=frozenset(checker.names),
        attributes=frozenset(checker.attributes),
        functions=frozenset(checker.functions),
        name=tree.id if isinstance(tree, ast.Name) else None,
        equation=_equation_of(tree),
        equations=tuple(_equations_in(tree)),
    )


def _equation_of(tree: ast.expr) -> tuple[str, object] | None:
    match tree:
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Eq()], comparators=[ast.Constant(value=constant)]):
            return name, constant
        case ast.Compare(left=ast.Constant(value=constant), ops=[ast.Eq()], comparators=[ast.Name(id=name)]):
            return name, constant
    return None


def _equations_in(tree: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The equations that must hold for the whole to hold: a variable or attribute, and what it is equal to."""
    match tree:
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                yield from _equations_in(value)
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            for observed, wanted in ((left, right), (right, left)):
                if isinstance(observed, ast.Name | ast.Attribute):
                    yield observed, wanted


def _syntax_error(source: str, error: SyntaxError) -> ExpressionError:
    column = min(error.offset or len(source), len(source))
    for sign, instead in _INSTEAD.items():
        if sign in source and sign != "^":
            return ExpressionError(source, source.index(sign) + 1, f"`{sign}` is not known here; write `{instead}`")
    reason = error.msg
    if "==" in reason or source[column - 1 : column] == "=":
        reason = "`=` is not known here; a comparison is `==`"
    elif "never closed" in reason or "unmatched" in reason:
        reason += " (inside `{…}` a comma ends an entry in YAML: put an expression that holds one in quotes)"
    return ExpressionError(source, column, reason)


class _Checker:
    """Walks a tree, raises ExpressionError for what the language does not have, and collects the names in it."""

    def __init__(self, source: str) -> None:
        self._source = source
        self.names: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.functions: set[str] = set()

    def check(self, node: ast.expr, depth: int) -> None:
        if depth > DEEPEST_NESTING:
            raise self._error(node, f"nested more than {DEEPEST_NESTING} deep; split it into a list of conditions")
        match node:
            case ast.Constant(value=bool() | str() | None):
                pass
            case ast.Constant(value=int() | float() as number):
                if abs(number) > 1e300:
                    raise self._error(node, "a number this large is not known here")
            case ast.Name(id=name):
                if name in FUNCTIONS:
                    raise self._error(node, f"`{name}` is a function; write `{name}(…)`")
                self.names.add(name)
            case ast.Attribute():
                self._check_attribute(node, depth)
            case ast.Call():
                self._check_call(node, depth)
            case ast.Tuple(elts=items) | ast.List(elts=items):
                self._check_items(node, items)
            case ast.UnaryOp(op=ast.UAdd() | ast.USub() | ast.Not(), operand=operand):
                self.check(operand, depth + 1)
            case ast.BinOp(op=op, left=left, right=right) if type(op) in OPERATORS:
                self.check(left, depth + 1)
                self.check(right, depth + 1)
            case ast.BoolOp(values=values):
                for value in values:
                    self.check(value, depth + 1)
            case ast.Compare(ops=ops) if all(isinstance(op, ast.Eq | ast.NotEq) or type(op) in ORDER for op in ops):
                for value in (node.left, *node.comparators):
                    self.check(value, depth + 1)
            case _:
                parts = (node, *ast.iter_child_nodes(node))
                known = (_NOT_KNOWN[type(part)] for part in parts if type(part) in _NOT_KNOWN)
                raise self._error(node, next(known, "this is not known here; write arithmetic, comparisons, functions"))

    def _check_attribute(self, node: ast.Attribute, depth: int) -> None:
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            depth += 1
            if root.attr not in ATTRIBUTES:
                raise self._error(node, f"unknown `.{root.attr}`{_nearest(root.attr, ATTRIBUTES, '.')}")
            outer, root = root, root.value
        if not isinstance(root, ast.Name):
            raise self._error(node, f"`.{outer.attr}` can only be asked of a name")
        self.attributes.add((root.id, outer.attr))
        self.check(root, depth)

    def _check_call(self, node: ast.Call, depth: int) -> None:
        if not isinstance(node.func, ast.Name):
            raise self._error(node, "only the functions of the language can be called; methods cannot")
        name = node.func.id
        if name not in FUNCTIONS:
            raise self._error(node, f"unknown function `{name}`{_nearest(name, FUNCTIONS)}")
        if node.keywords or len(node.args) != _ARGUMENTS[name]:
            wanted = "1 argument" if _ARGUMENTS[name] == 1 else f"{_ARGUMENTS[name]} arguments"
            raise self._error(node, f"`{name}` takes {wanted}, without names")
        if name == "passed" and not (isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)):
            raise self._error(node, '`passed` takes the id of a check, in quotes: passed("gradient-accumulates")')
        self.functions.add(name)
        for argument in node.args:
            self.check(argument, depth + 1)

    def _check_items(self, node: ast.expr, items: list[ast.expr]) -> None:
        """Check a shape, ``(2, 3)``, or an array, ``[1.5, -2]`` or ``[[1, 2], [3, 4]]``, of equal rows."""
        try:
            literal = np.asarray(ast.literal_eval(node))
        except (ValueError, TypeError, RecursionError, MemoryError):
            raise self._error(node, "only numbers can stand in a list, in rows of equal length") from None
        if literal.dtype.kind not in "if":
            raise self._error(node, "only numbers can stand in a list")
        if isinstance(node, ast.Tuple) and items and (literal.ndim, literal.dtype.kind) != (1, "i"):
            raise self._error(node, "only whole numbers can stand in a shape, as in (2, 3)")

    def _error(self, node: ast.expr, reason: str) -> ExpressionError:
        column = len(self._source.encode()[: node.col_offset].decode(errors="ignore")) + 1
        return ExpressionError(self._source, column, reason)


def _nearest(name: str, known: frozenset[str], prefix: str = "") -> str:
    return f"{did_you_mean(name, known, prefix) or ';'} Known are {', '.join(sorted(known))}"
