"""Checks that a syntax tree contains the expression language only, and collects what it reads."""

from __future__ import annotations

import ast
from collections.abc import Iterable

import numpy as np

from grader.language.expression.attributes import ATTRIBUTES
from grader.language.expression.comparisons import ORDER
from grader.language.expression.elements import NoIndex, chosen_in, path_of, read_index
from grader.language.expression.evaluation import OPERATORS, is_literal, texts_of
from grader.language.expression.functions import CONSTANTS, FUNCTIONS, MORE_THAN_ONE
from grader.language.expression.impossible import why_never, why_not_everywhere
from grader.suggestions import did_you_mean
from grader.text import shorten

DEEPEST_NESTING = 40

_NOT_KNOWN: dict[type[ast.AST], str] = {
    ast.BitAnd: "`&` is not known here; write `and`",
    ast.BitOr: "`|` is not known here; write `or`",
    ast.BitXor: "`^` is not known here; a power is `**`",
    ast.FloorDiv: "`//` is not known here; divide with `/`",
    ast.Mod: "`%` is not known here",
    ast.Invert: "`~` is not known here; write `not`",
    ast.Is: "`is` is not known here; write `==`",
    ast.IsNot: "`is not` is not known here; write `!=`",
    ast.In: '`in` is not known here; compare with `==` and `or`, or write any(operations == "AddBackward0")',
    ast.NotIn: "`not in` is not known here; compare with `!=` and `and`",
    ast.IfExp: "`if … else` is not known here; write where(condition, a, b)",
    ast.Lambda: "`lambda` is not known here",
    ast.NamedExpr: "`:=` is not known here; compare with `==`",
    ast.Starred: "`*` can only stand between two values",
    ast.JoinedStr: "f-strings are not known here; write the text itself",
    ast.Dict: "`{…}` is not known here",
    ast.Set: "`{…}` is not known here",
}


_SHAPE = "only whole numbers can stand in a shape, as in (2, 3)"


class ExpressionError(ValueError):
    """A text that is not an expression. ``column`` counts from 1; None: the mistake is in the text as a whole."""

    def __init__(self, text: str, column: int | None, reason: str) -> None:
        shown = shorten(text, 80)
        place = f"column {column} of " if column is not None else ""
        super().__init__(f"{place}`{shown}`: {reason}")
        self.column = column


class Checker:
    """Walks a tree, raises ExpressionError for what the language does not have, and collects the names in it."""

    def __init__(self, source: str) -> None:
        self._source = source
        self.names: set[str] = set()
        self.paths: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.functions: set[str] = set()
        self._elementwise = False

    def check(self, node: ast.expr, depth: int) -> None:
        if depth > DEEPEST_NESTING:
            raise self._error(node, f"nested more than {DEEPEST_NESTING} deep; split it into a list of conditions")
        match node:
            case ast.Constant(value=bool() | str() | None):
                pass
            case ast.Constant(value=int() | float() as number):
                if abs(number) > 1e300:
                    raise self._error(node, "a number this large is not known here")
            case ast.Name():
                self._check_name(node)
                self.paths |= {node.id} - CONSTANTS.keys()
            case ast.Subscript():
                self._check_element(node, depth)
            case ast.Attribute():
                self._check_attribute(node, depth)
            case ast.Call():
                self._check_call(node, depth)
            case ast.Tuple(elts=items) | ast.List(elts=items):
                self._check_items(node, items, depth)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self.check(operand, depth + 1)
            case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
                self._check_operand(operand, depth)
            case ast.BinOp(op=op, left=left, right=right) if type(op) in OPERATORS or isinstance(op, ast.MatMult):
                self._check_operand(left, depth)
                self._check_operand(right, depth)
            case ast.BoolOp(values=values):
                for value in values:
                    self.check(value, depth + 1)
            case ast.Compare(ops=ops) if all(isinstance(op, ast.Eq | ast.NotEq) or type(op) in ORDER for op in ops):
                self._check_comparison(node, depth)
            case _:
                parts = (node, *ast.iter_child_nodes(node))
                known = (_NOT_KNOWN[type(part)] for part in parts if type(part) in _NOT_KNOWN)
                raise self._error(node, next(known, "this is not known here; write arithmetic, comparisons, functions"))

    def _check_operand(self, node: ast.expr, depth: int) -> None:
        """Check what something is computed of, where comparisons are elementwise."""
        if self._elementwise:
            self.check(node, depth + 1)
            return
        self._elementwise = True
        self.check(node, depth + 1)
        self._elementwise = False

    def _check_name(self, node: ast.Name) -> None:
        if node.id in FUNCTIONS:
            raise self._error(node, f"`{node.id}` is a function; write `{node.id}(…)`")
        self.names |= {node.id} - CONSTANTS.keys()

    def _check_element(self, node: ast.Subscript, depth: int) -> None:
        try:
            index = read_index(node.slice)
        except NoIndex as error:
            raise self._error(node.slice, str(error)) from None
        chosen = chosen_in(index)
        if chosen is not None:
            self._check_operand(chosen.node, depth)
        path = path_of(node)
        if path is None:
            self.check(node.value, depth + 1)
            return
        root: ast.expr = node
        while isinstance(root, ast.Subscript):
            root, depth = root.value, depth + 1
        if depth > DEEPEST_NESTING:
            raise self._error(node, f"more than {DEEPEST_NESTING} pairs of `[…]`")
        assert isinstance(root, ast.Name)  # by path_of
        self._check_name(root)
        self.paths.add(path)

    def _check_attribute(self, node: ast.Attribute, depth: int) -> None:
        attribute = node.attr
        if attribute not in ATTRIBUTES:
            raise self._error(node, f"unknown `.{attribute}`{_nearest(attribute, ATTRIBUTES, '.')}")
        path = path_of(node.value)
        if path is not None:
            self.attributes.add((path, attribute))
        elif not ATTRIBUTES[attribute].of_results and not _is_part_of_name(node.value):
            raise self._error(node, f"`.{attribute}` can only be asked of a name")
        self.check(node.value, depth + 1)

    def _check_call(self, node: ast.Call, depth: int) -> None:
        if not isinstance(node.func, ast.Name):
            raise self._error(node, f"only the functions of the language can be called; methods cannot{_as(node.func)}")
        name = node.func.id
        if name in MORE_THAN_ONE:
            raise self._error(node, f"`{name}` is not known here; {MORE_THAN_ONE[name]}")
        if name not in FUNCTIONS:
            raise self._error(node, f"unknown function `{name}`{_nearest(name, FUNCTIONS)}")
        if name == "ran":
            self._check_names(node)
            return
        function = FUNCTIONS[name]
        axes = node.args[function.arguments :]
        last = "an axis" if function.axis else "a diagonal" if function.diagonal else ""
        if node.keywords or len(node.args) < function.arguments or len(axes) > bool(last):
            wanted = "1 argument" if function.arguments == 1 else f"{function.arguments} arguments"
            along = f", and the number of {last} if it is wanted" if last else ""
            raise self._error(node, f"`{name}` takes {wanted}, without names{along}: `{function.usage}`")
        for axis in axes:
            self._check_axis(node, name, axis, last)
        if name in ("passed", "has_node") and not (
            isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
        ):
            what = "the id of a check" if name == "passed" else "the name of a node"
            raise self._error(node, f"`{name}` takes {what}, in quotes: {function.usage}")
        if name == "has_node":
            self.names.add("operations")
        self.functions.add(name)
        for argument in node.args[: function.arguments]:
            self._check_operand(argument, depth)

    def _check_names(self, node: ast.Call) -> None:
        """Check the arguments of ``ran``, of which there may be several."""
        if node.keywords or not node.args or len(texts_of(node.args)) != len(node.args):
            raise self._error(
                node, "`ran` takes names of functions of torch, each in quotes: " + FUNCTIONS["ran"].usage
            )
        self.names.add("torch_calls")
        self.functions.add("ran")

    def _check_axis(self, node: ast.Call, name: str, axis: ast.expr, what: str) -> None:
        try:
            number = ast.literal_eval(axis)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            number = None
        if type(number) is int and abs(number) < 100:
            return
        other = {"max": "; the greater of two values is maximum(a, b)", "min": "; the lesser is minimum(a, b)"}
        raise self._error(
            node, f"the second argument of `{name}` is {what}, a whole number: `{name}(a, 0)`{other.get(name, '')}"
        )

    def _check_comparison(self, node: ast.Compare, depth: int) -> None:
        sides = (node.left, *node.comparators)
        for value in sides:
            self.check(value, depth + 1)
        for left, op, right in zip(sides, node.ops, node.comparators, strict=False):
            why = why_never(left, op, right) or ("" if self._elementwise else why_not_everywhere(left, op, right))
            if why:
                raise self._error(left, why)

    def _check_items(self, node: ast.expr, items: list[ast.expr], depth: int) -> None:
        """Check a shape, ``(2, 3)``, an array, ``[1.5, -2]`` or ``[[1, 2], [3, 4]]``, of equal rows, texts,
        ``["a", "b"]``, truth values, ``[True, False]``, or computed values, ``[x[1], 2 * x[0]]``.
        """
        texts = [isinstance(item, ast.Constant) and isinstance(item.value, str) for item in items]
        if isinstance(node, ast.List) and items and all(texts):
            return
        if any(texts):
            raise self._error(node, "either numbers or texts can stand in a list `[…]`, not both")
        if isinstance(node, ast.List) and not is_literal(node):
            for item in items:
                self.check(item, depth + 1)
            return
        try:
            literal = np.asarray(ast.literal_eval(node))
        except (ValueError, TypeError, RecursionError, MemoryError):
            if isinstance(node, ast.Tuple):
                raise self._error(node, f"{_SHAPE}; values that are computed stand in a list `[…]`") from None
            raise self._error(node, "only numbers can stand in a list, in rows of equal length") from None
        if literal.dtype.kind not in "ifb" or (literal.dtype.kind == "b" and isinstance(node, ast.Tuple)):
            raise self._error(node, "only numbers can stand in a list, only truth values, or only texts")
        if isinstance(node, ast.Tuple) and items and (literal.ndim, literal.dtype.kind) != (1, "i"):
            raise self._error(node, _SHAPE)

    def _error(self, node: ast.expr, reason: str) -> ExpressionError:
        column = len(self._source.encode()[: node.col_offset].decode(errors="ignore")) + 1
        return ExpressionError(self._source, column, reason)


def _is_part_of_name(node: ast.expr) -> bool:
    """Whether it is what a name has, as ``x.grad`` and ``params[1:]``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name)


def _as(called: ast.expr) -> str:
    """How to write a call of a method."""
    if not isinstance(called, ast.Attribute):
        return ""
    if called.attr in FUNCTIONS:
        return f"; write `{called.attr}(…)`"
    return "; write `x.T`" if called.attr in ("t", "transpose") else ""


def _nearest(name: str, known: Iterable[str], prefix: str = "") -> str:
    known = sorted(known)
    return f"{did_you_mean(name, known, prefix) or ';'} Known are {', '.join(known)}"
