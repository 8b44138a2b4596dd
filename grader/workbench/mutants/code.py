"""The code that mutants are made of: a syntax tree with the text that each part of it was written as."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

ATOMS = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set)
"""Expressions that need no parentheses beside an operator or a dot; a tuple's own are a part of it, see ``grouped``."""
STATEMENTS = (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Raise, ast.Assert, ast.Delete)
"""Statements that do something and have no statements inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A piece of a cell's text, by the positions of its characters, and what is written in its place."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was recorded of the reference in one cell, by lines as a ``Code`` counts them: its own numbers, which a
    learner could read off the screen and type in.
    """

    values: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """The values that names had after a line, as Python literals: ``torch.tensor([0.0, 2.0])``."""
    gradients: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """The gradients that a pass of this line left in ``.grad`` of leaves, by the names of the leaves."""
    formulas: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """The gradients that the exercise wants of a pass of this line, as formulas in Python, by the names of leaves."""


class Code:
    """The code of one cell. Raises SyntaxError where it does not parse."""

    def __init__(self, text: str, recorded: Recorded | None = None, *, prints_count: bool = False) -> None:
        """``prints_count``: what is printed is asked for, so that statements that only print are changed, too."""
        self.text = text
        self.tree = ast.parse(text)
        self.recorded = Recorded() if recorded is None else recorded
        self._prints_count = prints_count
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def offset(self, line: int, column: int) -> int:
        """The position of a character, by its line and, as syntax trees have it, its column in bytes of UTF-8."""
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode(errors="ignore"))

    def start(self, node: ast.expr | ast.stmt) -> int:
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.offset(node.end_lineno, node.end_col_offset)

    def line_at(self, position: int) -> int:
        """The line of a character, from 1."""
        return self.text.count("\n", 0, position) + 1

    def written(self, node: ast.expr | ast.stmt) -> str:
        """The text of a part."""
        return self.text[self.start(node) : self.end(node)]

    def grouped(self, node: ast.expr) -> str:
        """The text of an expression, in parentheses where it needs them beside an operator or a dot."""
        text = self.written(node)
        return text if isinstance(node, ATOMS) else f"({text})"

    def replaced(self, node: ast.expr | ast.stmt, text: str) -> Change:
        return Change(start=self.start(node), end=self.end(node), text=text)

    def dropped_argument(self, call: ast.Call, argument: ast.expr | ast.keyword) -> Change:
        """A call without one of its arguments."""
        parts: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
        parts.sort(key=lambda part: (part.lineno, part.col_offset))
        place = parts.index(argument)
        start, end = self._span(argument)
        if place + 1 < len(parts):
            end = self._span(parts[place + 1])[0]
        elif place:
            start = self._span(parts[place - 1])[1]
            start += self.text[start:end].index(",")
        return Change(start=start, end=end, text="")

    def between(self, left: ast.expr, right: ast.expr, symbol: str, text: str) -> Change | None:
        """Another symbol between two operands."""
        start = self.end(left)
        # A bracket that closes the left operand, or opens the right one, may stand there as well.
        found = re.search(rf"(?<![\w*/<>=!]){re.escape(symbol)}(?![\w*/<>=])", self.text[start : self.start(right)])
        if found is None:
            found = re.search(re.escape(symbol), self.text[start : self.start(right)])
        if found is None:
            return None
        return Change(start=start + found.start(), end=start + found.end(), text=text)

    def walk(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """The parts of these kinds, in the order of the text, of code that can matter: not of imports, docstrings and
        annotations, nor, where nobody asks for it, of what is only printed.
        """
        return (node for node in self._live if isinstance(node, kinds))

    def calls(self) -> Iterator[ast.Call]:
        for node in self.walk(ast.Call):
            assert isinstance(node, ast.Call)
            yield node

    def methods(self, *names: str) -> Iterator[tuple[ast.Call, ast.expr]]:
        """The calls of methods with these names, each with the object. Functions of modules are none."""
        for call in self.calls():
            function = call.func
            if isinstance(function, ast.Attribute) and function.attr in names and not self._is_module(function.value):
                yield call, function.value

    def functions(self, *names: str) -> Iterator[tuple[ast.Call, str]]:
        """The calls of functions with these names, as ``torch.sum`` or as ``sum``, each with the name."""
        for call in self.calls():
            function = call.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name in names and (isinstance(function, ast.Name) or self._is_module(getattr(function, "value", None))):
                yield call, name

    def statements(self) -> Iterator[ast.stmt]:
        """The statements that do something and have no statements inside."""
        for node in self.walk(*STATEMENTS):
            assert isinstance(node, ast.stmt)
            yield node

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self._parents.get(node)

    def inside(self, node: ast.AST, *kinds: type[ast.AST]) -> ast.AST | None:
        """The closest part of these kinds that a part stands in."""
        around = self.parent(node)
        while around is not None and not isinstance(around, kinds):
            around = self.parent(around)
        return around

    def in_try(self, node: ast.AST) -> bool:
        """Whether an error of it is caught: it stands in the body of a ``try`` with an ``except``."""
        child, around = node, self.parent(node)
        while around is not None:
            if isinstance(around, ast.Try) and around.handlers and child in around.body:
                return True
            child, around = around, self.parent(around)
        return False

    def statement_of(self, node: ast.AST) -> ast.stmt | None:
        """The innermost statement that a part stands in, or the part itself."""
        if isinstance(node, ast.stmt):
            return node
        found = self.inside(node, ast.stmt)
        return found if isinstance(found, ast.stmt) else None

    @cached_property
    def modules(self) -> frozenset[str]:
        """The names of modules."""
        found = {"torch", "np", "numpy", "plt", "math", "F", "nn"}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        return frozenset(found)

    @cached_property
    def numpy_alias(self) -> str | None:
        """The name by which numpy was imported here."""
        for node in ast.walk(self.tree):
            for alias in node.names if isinstance(node, ast.Import) else ():
                if alias.name == "numpy":
                    return alias.asname or alias.name
        return None

    def _is_module(self, node: ast.AST | None) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.modules

    def _span(self, part: ast.expr | ast.keyword) -> tuple[int, int]:
        """Where an argument begins and ends, with the brackets around it."""
        assert part.end_lineno is not None
        assert part.end_col_offset is not None
        start, end = self.offset(part.lineno, part.col_offset), self.offset(part.end_lineno, part.end_col_offset)
        while True:
            before, after = self.text[:start].rstrip(), self.text[end:].lstrip()
            call = self.parent(part)
            opens = self.end(call.func) if isinstance(call, ast.Call) else 0
            if not (before.endswith("(") and after.startswith(")")) or len(before) - 1 <= self._opening(opens):
                return start, end
            start, end = len(before) - 1, len(self.text) - len(after) + 1

    def _opening(self, position: int) -> int:
        """The bracket that opens the arguments of a call whose function ends at a position."""
        return self.text.index("(", position)

    @cached_property
    def _parents(self) -> Mapping[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def _live(self) -> tuple[ast.AST, ...]:
        return tuple(self._find_live(self.tree))

    def _find_live(self, node: ast.AST) -> Iterator[ast.AST]:
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "type_params"):
                continue
            for child in value if isinstance(value, list) else (value,):
                if isinstance(child, ast.AST) and not self._is_idle(child):
                    yield child
                    yield from self._find_live(child)

    def _is_idle(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr | ast.expr_context | ast.operator):
            return True  # of f-strings, Python 3.11 has no positions
        if isinstance(node, ast.Expr):
            return isinstance(node.value, ast.Constant) or (is_print(node) and not self._prints_count)
        return False


def is_print(node: ast.stmt) -> bool:
    """Whether a statement is a call of ``print``."""
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("print", "display")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A way in which learners go wrong. ``changes`` finds the places of a code where they may."""

    name: str
    about: str
    """What it does, in a few words."""
    changes: Callable[[Code], Iterator[Change]]
