"""What a submission does with a gradient that it reads, as far as its source shows.

A gradient that is only printed, displayed, compared with something for the eye, or drawn can be in nothing else that
the submission computes, and nobody can have written to its memory. Whatever the source does not show for certain is
unknown.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from .source_trees import End, Sources, Tree, end_of

MAX_FOLLOWED = 2_000
"""Expressions that are followed for all reads of a submission."""

_METADATA = frozenset({"shape", "dtype", "device", "ndim", "is_leaf", "requires_grad", "size", "dim", "numel"})
_KEEPING = frozenset(
    {
        "numpy",
        "detach",
        "cpu",
        "clone",
        "tolist",
        "flatten",
        "ravel",
        "reshape",
        "view",
        "squeeze",
        "contiguous",
        "copy",
    }
)
"""Methods whose results have the values that the gradient has."""
_DERIVING = frozenset({"item", "sum", "mean", "norm", "max", "min", "abs", "all", "any", "round", "equal", "allclose"})
_KEEPING_FUNCTIONS = frozenset({"array", "asarray", "clone", "squeeze", "ravel", "flatten"})
_DERIVING_FUNCTIONS = frozenset({"allclose", "isclose", "equal", "array_equal", "abs", "max", "min", "sum", "mean"})
_MOST_ARGUMENTS = {"abs": 1}
"""Of a function that writes to the second one."""
_LIBRARIES = {name: frozenset({"torch", "numpy"}) for name in ("torch", "np", "numpy")}
"""Names of modules, and which modules they must be."""
_SHOWING = frozenset({"print", "display", "len", "type"})
_DISPLAYS = frozenset({"IPython.display.display", "builtins.print"})
_DRAWS = frozenset(
    f"{module}.{name}" for module in ("d2l", "d2l.torch", "pylab", "matplotlib.pyplot") for name in ("plot", "scatter")
)
_DRAWING = {"plot": None, "scatter": 1}
"""Functions of matplotlib, and the position of the y values; None: those at the odd positions, or the only one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """The calls that draw a gradient, by file and end. ``exact``: those that draw its very values there."""

    draws: frozenset[tuple[str, End]]
    exact: frozenset[tuple[str, End]]


class _UnknownError(Exception):
    """The source does not show what becomes of a value."""


class UsesInSource:
    """Looks up what becomes of what is read at a place of the source."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._left = MAX_FOLLOWED

    def of_read(self, file: str, end: End) -> Uses | None:
        """The uses of what is read by an expression ``….grad``; None where it may be used in other ways."""
        if self._sources.hides:
            return None
        followed = _Followed(self._sources, self._left)
        try:
            tree = self._sources.tree(file)
            node = tree.read_of_grad(end)
            if node is None:
                return None
            followed.value(tree, node, exact=True)
        except Exception:  # unknown, or a source that cannot be parsed
            return None
        finally:
            self._left = followed.left
        return Uses(draws=frozenset(followed.draws), exact=frozenset(followed.exact))


class _Followed:
    """Follows a value through the source. Raises ``_UnknownError`` where it may be used in any other way."""

    def __init__(self, sources: Sources, left: int) -> None:
        """``left``: so many expressions may be followed."""
        self.left = left
        self.draws: set[tuple[str, End]] = set()
        self.exact: set[tuple[str, End]] = set()
        self._sources = sources
        self._seen: set[tuple[str, bool]] = set()

    def value(self, tree: Tree, node: ast.expr, *, exact: bool) -> None:
        """Follow an expression. ``exact``: it has the gradient's very values, whatever ran before."""
        self.left -= 1
        if self.left <= 0:
            raise _UnknownError
        parent = tree.parents[node]
        if isinstance(parent, ast.Expr):
            if self._sources.shows_again or self._sources.keeps_output:
                raise _UnknownError
        elif isinstance(parent, ast.Attribute):
            self._attribute(tree, parent, exact=exact)
        elif isinstance(parent, ast.Call):
            self._argument(tree, parent, node, exact=exact)
        elif isinstance(parent, (ast.List, ast.Tuple)) and isinstance(tree.parents[parent], (ast.Call, ast.Expr)):
            self.value(tree, parent, exact=exact)
        elif isinstance(parent, ast.Subscript) and parent.value is node and isinstance(parent.ctx, ast.Load):
            self.value(tree, parent, exact=False)
        elif isinstance(parent, ast.Compare):
            if not all(isinstance(one, (ast.Is, ast.IsNot)) for one in parent.ops):
                self.value(tree, parent, exact=False)
        elif isinstance(parent, (ast.BinOp, ast.UnaryOp, ast.FormattedValue, ast.JoinedStr)):
            assert isinstance(parent, ast.expr)
            self.value(tree, parent, exact=False)
        elif isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
            if isinstance(_scope_of(tree, parent), ast.ClassDef):  # it is an attribute
                raise _UnknownError
            self._name(parent.targets[0].id, exact=exact)
        elif isinstance(parent, ast.Return):
            self._returned(tree, parent, exact=exact)
        elif not (isinstance(parent, ast.Assert) and _is_allclose(node)):
            raise _UnknownError

    def _attribute(self, tree: Tree, attribute: ast.Attribute, *, exact: bool) -> None:
        name, call = attribute.attr, tree.parents[attribute]
        if not isinstance(attribute.ctx, ast.Load):
            raise _UnknownError
        if name in _METADATA:
            return
        if name in ("data", "T"):
            self.value(tree, attribute, exact=exact)
            return
        if not _is_called(attribute, call) or self._sources.replaces(name):
            raise _UnknownError
        assert isinstance(call, ast.Call)
        if name in _KEEPING or (name in _DERIVING and len(call.args) <= 1):
            self.value(tree, call, exact=exact and name in _KEEPING)
        elif not (name == "zero_" and isinstance(tree.parents[call], ast.Expr)):
            raise _UnknownError

    def _argument(self, tree: Tree, call: ast.Call, node: ast.expr, *, exact: bool) -> None:
        if not any(one is node for one in call.args):
            raise _UnknownError
        function = call.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        if name in _DRAWING:
            self._drawn(tree, call, name, node, exact=exact)
        elif isinstance(function, ast.Name):
            if name not in {*_SHOWING, "list"} or self._sources.defines(name):
                raise _UnknownError
            if not self._sources.means(name, _DISPLAYS) or not self._prints_to_screen(call):
                raise _UnknownError
            if name == "list":
                self.value(tree, call, exact=exact)
        elif (
            isinstance(function, ast.Attribute)
            and isinstance(function.value, ast.Name)
            and function.value.id in _LIBRARIES
            and self._sources.means(function.value.id, _LIBRARIES[function.value.id])
            and name in _KEEPING_FUNCTIONS | _DERIVING_FUNCTIONS
            and _has_no_out(call)
            and len(call.args) <= _MOST_ARGUMENTS.get(name, 2)
            and not self._sources.replaces(name)
        ):
            self.value(tree, call, exact=exact and name in _KEEPING_FUNCTIONS)
        else:
            raise _UnknownError

    def _drawn(self, tree: Tree, call: ast.Call, name: str, node: ast.expr, *, exact: bool) -> None:
        """A call that may draw the value. What it returns must not be used: the drawn values can be read from it."""
        given = [one for one in call.args if not (isinstance(one, ast.Constant) and isinstance(one.value, str))]
        position = next(number for number, one in enumerate(given) if one is node)
        wanted = _DRAWING[name]
        is_y = (position % 2 == 1 or len(given) == 1) if wanted is None else position == wanted
        is_plain = not any(isinstance(one, ast.Starred) for one in call.args) and not any(
            keyword.arg in (None, "data") for keyword in call.keywords
        )
        if not is_y or not is_plain or not isinstance(tree.parents[call], ast.Expr) or self._sources.defines(name):
            raise _UnknownError
        if isinstance(call.func, ast.Name) and not self._sources.means(name, _DRAWS):
            raise _UnknownError
        place = tree.file, end_of(call)
        self.draws.add(place)
        if exact:
            self.exact.add(place)

    def _name(self, identifier: str, *, exact: bool) -> None:
        """All uses of a name that is bound to the value somewhere, in whatever scope."""
        if self._sources.by_text:
            raise _UnknownError
        trees = self._sources.trees_with(identifier)
        if any(identifier in {*tree.bound, *tree.imported, *tree.functions} for tree in trees):
            raise _UnknownError
        names = [(tree, name) for tree in trees for name in tree.names.get(identifier, ())]
        bindings = [(tree, name) for tree, name in names if not isinstance(name.ctx, ast.Load)]
        if any(isinstance(tree.parents[name], ast.AugAssign) for tree, name in bindings):  # it may write to the memory
            raise _UnknownError
        exact = exact and len(bindings) == 1
        if (identifier, exact) in self._seen:
            return
        self._seen.add((identifier, exact))
        for tree, name in names:
            if isinstance(name.ctx, ast.Load):
                self.value(tree, name, exact=exact)

    def _prints_to_screen(self, call: ast.Call) -> bool:
        return not self._sources.keeps_output and all(keyword.arg not in (None, "file") for keyword in call.keywords)

    def _returned(self, tree: Tree, node: ast.Return, *, exact: bool) -> None:
        """The results of all calls of a function that returns the value."""
        outer = _scope_of(tree, node)
        if not isinstance(outer, ast.FunctionDef) or outer.decorator_list or self._sources.by_text:
            raise _UnknownError
        if isinstance(tree.parents[outer], ast.ClassDef):
            raise _UnknownError
        parts = list(ast.walk(outer))
        if any(isinstance(part, (ast.Yield, ast.YieldFrom)) for part in parts):
            raise _UnknownError
        trees = self._sources.trees_with(outer.name)
        known = [one for other in trees for one in other.functions.get(outer.name, ())]
        names = [(other, name) for other in trees for name in other.names.get(outer.name, ())]
        if len(known) != 1 or any(outer.name in {*other.bound, *other.imported} for other in trees):
            raise _UnknownError
        exact = exact and sum(isinstance(part, ast.Return) for part in parts) == 1
        if (outer.name, exact) in self._seen:
            return
        self._seen.add((outer.name, exact))
        for other, name in names:
            call = other.parents[name]
            if not (isinstance(call, ast.Call) and call.func is name):
                raise _UnknownError
            self.value(other, call, exact=exact)


def _scope_of(tree: Tree, statement: ast.stmt) -> ast.AST:
    """The function, class or module whose names a statement binds."""
    outer: ast.AST = tree.parents[statement]
    while not isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)):
        outer = tree.parents[outer]
    return outer


def _is_called(method: ast.Attribute, call: ast.AST) -> bool:
    return isinstance(call, ast.Call) and call.func is method and _has_no_out(call)


def _has_no_out(call: ast.Call) -> bool:
    """Whether no keyword of a call names something that it writes to."""
    return all(keyword.arg not in (None, "out") for keyword in call.keywords)


def _is_allclose(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "allclose"
