"""The top-level statements of a file: their syntax as text, and which names they read, bind and change."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

from grader.submission.written_code import parse_with_written

MAX_DEPTH = 3
"""Blocks inside of each other whose statements are looked at one by one."""
MUTATORS = frozenset({"add", "append", "clear", "extend", "insert", "pop", "remove", "setdefault", "update"})
"""Methods of lists, dicts and sets that change them."""
PLOTTERS = frozenset({"bar", "errorbar", "fill_between", "loglog", "plot", "scatter", "semilogx", "semilogy", "step"})
"""Names of functions that draw."""
_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_PLOT_LIBRARIES = ("matplotlib", "pylab")


@dataclass(slots=True)
class Effects:
    """What a statement does to names. ``changes`` are names whose object it changes in place."""

    reads: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    differentiates: set[str] = field(default_factory=set)
    """Names from which it calls ``backward``."""
    imports: dict[str, str] = field(default_factory=dict)
    """Names that it binds to modules or their contents, with the module's name."""
    plots: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement with its lines in the cell, from 1. The body of a main guard counts as top-level.

    ``parts`` are the statements inside a class, ``if``, ``with`` or ``try``; empty for all other statements.
    ``key`` is the statement's syntax as text, ``header`` that of the statement without its parts.
    """

    first_line: int
    last_line: int
    key: str
    header: str
    effects: Effects
    parts: tuple[Statement, ...]
    shows_only: bool
    """It displays a value and does nothing else: ``x.grad``."""
    is_definition: bool
    """A function or class."""
    prints_only: bool
    """It prints names, their attributes and constants, and computes nothing: ``print("x:", x)``."""
    is_idle: bool
    """It does nothing that could be an answer: an import, an empty function, a constant, a magic."""
    inner_lines: tuple[int, ...] = ()
    """Of a top-level statement, the lines on which the statements inside begin that are not idle."""


@lru_cache(maxsize=1024)  # the cells of the handout are in every submission of a class
def statements_of(code: str) -> tuple[Statement, ...] | None:
    """The top-level statements of a cell's code; None if it does not parse."""
    tree = parse_with_written(code)
    if tree is None:
        return None
    with suppress(RecursionError):
        return tuple(_read(tree.body))
    return None


def _read(body: Sequence[ast.stmt], depth: int = 0) -> Iterator[Statement]:
    for node in body:
        if is_main_guard(node) and isinstance(node, ast.If):
            yield from _read(node.body, depth)
        else:
            yield _statement(node, depth)


def _statement(node: ast.stmt, depth: int) -> Statement:
    parts = tuple(_read(list(_parts(node)), depth + 1)) if depth < MAX_DEPTH else ()
    key = dumped(node)
    decorators = getattr(node, "decorator_list", [])
    return Statement(
        first_line=min([node.lineno, *(decorator.lineno for decorator in decorators)]),
        last_line=node.end_lineno or node.lineno,
        key=key,
        header=_header(node) if parts else key,
        effects=_effects_of(node),
        parts=parts,
        shows_only=_shows_only(node),
        is_definition=isinstance(node, _DEFINITIONS),
        prints_only=_prints_only(node),
        is_idle=_is_idle(node),
        inner_lines=tuple(_inner_lines(node)) if depth == 0 else (),
    )


def _inner_lines(node: ast.stmt) -> Iterator[int]:
    if hasattr(node, "body"):
        for inner in ast.walk(node):
            if isinstance(inner, ast.stmt) and inner is not node and not hasattr(inner, "body") and not _is_idle(inner):
                yield inner.lineno


def _parts(node: ast.stmt) -> Iterator[ast.stmt]:
    """The statements inside a block that runs once, in order."""
    match node:
        case ast.ClassDef(body=body) | ast.With(body=body):
            yield from body
        case ast.If(body=body, orelse=orelse):
            yield from (*body, *orelse)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            yield from (*body, *(inner for handler in handlers for inner in handler.body), *orelse, *final)


def _header(node: ast.stmt) -> str:
    """The syntax of a block without the statements inside."""
    blocks = ("body", "handlers", "orelse", "finalbody")
    fields = [
        f"{name}={dumped(value)}"
        for name, value in ast.iter_fields(node)
        # As in `dumped`: Python 3.11 has no type parameters.
        if name not in blocks and (value or name != "type_params")
    ]
    return f"{type(node).__name__}:{','.join(fields)}"


def is_main_guard(node: ast.stmt) -> bool:
    """Whether a statement is ``if __name__ == "__main__":`` without an else."""
    match node:
        case ast.If(test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]), orelse=[]):
            names = [side.id for side in (left, right) if isinstance(side, ast.Name)]
            texts = [side.value for side in (left, right) if isinstance(side, ast.Constant)]
            return names == ["__name__"] and texts == ["__main__"]
    return False


def dumped(node: object) -> str:
    """The output of ``ast.dump`` in Python 3.11, so that fingerprints do not depend on Python's version: later versions
    leave out empty fields, and have the new field ``type_params``.
    """
    if isinstance(node, list):
        return f"[{', '.join(map(dumped, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            if value or name != "type_params":
                fields.append(f"{name}={dumped(value)}")
        elif value is not None or getattr(type(node), name, ...) is not None:
            fields.append(f"{name}={dumped(value)}")
    return f"{type(node).__name__}({', '.join(fields)})"


# --------------------------------------------------------------------------------------------------------------------
# What a statement does to names
# --------------------------------------------------------------------------------------------------------------------


def _effects_of(node: ast.AST) -> Effects:
    effects = Effects()
    _collect(node, effects)
    return effects


def _collect(node: ast.AST, effects: Effects) -> None:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            if not isinstance(node, ast.Lambda):
                effects.binds.add(node.name)
            _collect_function(node, effects)
            return
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            inner = _inside(ast.iter_child_nodes(node))
            effects.reads |= inner.reads - inner.binds
            _add_changes(effects, inner, local=inner.binds)
            return
        case ast.ClassDef(name=name):
            effects.binds.add(name)
            inner = _inside(ast.iter_child_nodes(node))
            effects.reads |= inner.reads - inner.binds
            _add_changes(effects, inner, local=inner.binds)
            return
        case ast.Import(names=names):
            for alias in names:
                effects.imports[alias.asname or alias.name.partition(".")[0]] = alias.name
            return
        case ast.ImportFrom(module=module, names=names):
            for alias in names:
                effects.imports[alias.asname or alias.name] = module or "."
            return
        case ast.Name(id=name, ctx=ast.Load()):
            effects.reads.add(name)
        case ast.Name(id=name):
            effects.binds.add(name)
        case ast.ExceptHandler(name=str(name)):
            effects.binds.add(name)
        case ast.AugAssign(target=ast.Name(id=name)):
            effects.reads.add(name)
        case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
            effects.changes |= _changed(node)
        case ast.Call(func=ast.Attribute(value=owner, attr=method)):
            _collect_method(owner, method, effects)
        case ast.Call(func=ast.Name(id=name)):
            effects.plots |= name in PLOTTERS
    for child in ast.iter_child_nodes(node):
        _collect(child, effects)


def _collect_method(owner: ast.expr, method: str, effects: Effects) -> None:
    effects.plots |= method in PLOTTERS
    if method == "backward":
        effects.differentiates |= _root(owner)
    elif method in MUTATORS or (method.endswith("_") and not method.startswith("_")):
        effects.changes |= _changed(owner)


def _collect_function(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, effects: Effects) -> None:
    """Adds what a function reads from outside. What it binds is local."""
    for outside in (*getattr(node, "decorator_list", ()), *node.args.defaults, *filter(None, node.args.kw_defaults)):
        _collect(outside, effects)
    body = node.body if isinstance(node.body, list) else [node.body]
    inner = _inside(body)
    given = {argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)}
    effects.reads |= inner.reads - inner.binds - given - inner.imports.keys()


def _inside(nodes: Iterator[ast.AST] | Sequence[ast.AST]) -> Effects:
    inner = Effects()
    for node in nodes:
        _collect(node, inner)
    return inner


def _add_changes(effects: Effects, inner: Effects, *, local: set[str]) -> None:
    effects.changes |= inner.changes - local
    effects.differentiates |= inner.differentiates - local
    effects.plots |= inner.plots


def _changed(node: ast.expr) -> set[str]:
    """The name whose object changes when ``node`` does. ``x.grad`` is no part of ``x``: any pass changes it."""
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute | ast.Subscript | ast.Call):
        if isinstance(inner, ast.Attribute) and inner.attr == "grad":
            return set()
        inner = inner.func if isinstance(inner, ast.Call) else inner.value
    return {inner.id} if isinstance(inner, ast.Name) else set()


def _root(node: ast.expr) -> set[str]:
    """The name that a chain of attributes, calls and indices begins with: ``y`` for ``y.sum()[0]``."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def figure_libraries(imports: dict[str, str]) -> set[str]:
    """The names of imported modules that keep figures, such as ``plt``."""
    return {name for name, module in imports.items() if module.startswith(_PLOT_LIBRARIES)}


# --------------------------------------------------------------------------------------------------------------------
# Statements that are no answer
# --------------------------------------------------------------------------------------------------------------------


def _shows_only(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and not any(
        isinstance(part, ast.Call | ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom) for part in ast.walk(node)
    )


def _prints_only(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=arguments)):
            inner = (part for argument in arguments for part in ast.walk(argument))
            return not any(isinstance(part, ast.Call | ast.BinOp | ast.Compare | ast.NamedExpr) for part in inner)
    return False


def _is_idle(node: ast.stmt) -> bool:
    """Whether a statement only imports, defines something empty, names, states or prints constants, or stands for code
    that is still to be written.
    """
    if _is_stub(node):
        return True
    match node:
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body) | ast.ClassDef(body=body):
            return all(_is_stub(inner) or (isinstance(inner, _DEFINITIONS) and _is_idle(inner)) for inner in body)
        case ast.Assign(value=ast.Constant(value=str())) | ast.AnnAssign(value=ast.Constant(value=str())):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=arguments)):
            return all(isinstance(argument, ast.Constant) for argument in arguments)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython"))))):
            return True
        case ast.Expr(value=value):
            while isinstance(value, ast.Attribute):
                value = value.value
            return isinstance(value, ast.Constant | ast.Name)
    return False


def _is_stub(node: ast.stmt) -> bool:
    """Whether a statement stands for one that is still to be written."""
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()) | ast.Return(value=None | ast.Constant(value=None)):
            return True
        case ast.Assign(value=ast.Constant(value=value)) | ast.AnnAssign(value=ast.Constant(value=value)):
            return value is None or value is ...
        case ast.Raise(exc=exc):
            return exc is not None and _root(exc) == {"NotImplementedError"}
    return False
