"""The names, functions and classes that a file defines at its top level, as they stand in its code."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from grader.model import RunPlace, Submission
from grader.submission.statements import is_main_guard
from grader.submission.written_code import parse_with_written

MAX_SIGNATURE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinedName:
    """A name that the file binds. ``signature``: of a function ``f(x, y=2)``, of a class that of its ``__init__``."""

    name: str
    kind: Literal["value", "function", "class"]
    place: RunPlace
    signature: str = ""
    needed: tuple[str, ...] = ()
    """The arguments that a function has to be given by position."""
    takes_one: bool = False
    """Whether a function can be called with one argument by position."""


def defined_names(submission: Submission) -> tuple[DefinedName, ...]:
    """Every name once, as it is bound last; imports are none."""
    found: dict[str, DefinedName] = {}
    for number, cell in enumerate(submission.cells):
        tree = parse_with_written(cell.code)
        for node in () if tree is None else _statements(tree.body):
            for name, defined in _of(node):
                place = RunPlace(cell=number, line=cell.first_line + node.lineno - 1, statement=0)
                found[name] = DefinedName(name=name, place=place, **defined)
    return tuple(found.values())


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        match node:
            case ast.If(body=inner, orelse=rest) if not is_main_guard(node):
                yield from _statements([*inner, *rest])
            case ast.If(body=inner) | ast.With(body=inner) | ast.For(body=inner) | ast.While(body=inner):
                yield from _statements(inner)
            case ast.Try(body=inner, handlers=handlers, orelse=rest, finalbody=final):
                handled = [one for handler in handlers for one in handler.body]
                yield from _statements([*inner, *handled, *rest, *final])


def _of(node: ast.stmt) -> Iterator[tuple[str, dict[str, Any]]]:
    match node:
        case ast.FunctionDef(name=name, args=arguments) | ast.AsyncFunctionDef(name=name, args=arguments):
            yield name, _function(name, arguments)
        case ast.ClassDef(name=name, body=body, bases=bases):
            of = next((one.args for one in body if isinstance(one, ast.FunctionDef) and one.name == "__init__"), None)
            inside = "" if of is None else _arguments(of, skip_first=True)
            base = ", ".join(ast.unparse(one) for one in bases)
            text = f"{name}({inside})" + (f", a {base}" if base else "")
            yield name, {"kind": "class", "signature": text[:MAX_SIGNATURE]}
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda(args=arguments)):
            yield name, _function(name, arguments)
        case ast.Assign() | ast.AugAssign() | ast.AnnAssign() | ast.For() | ast.With() | ast.Expr():
            for name in _bound(node):
                if not keyword.iskeyword(name) and not name.startswith("__") and name != "_":
                    yield name, {"kind": "value"}


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement binds itself, not those of the statements in its body."""
    targets: list[ast.expr] = []
    match node:
        case ast.Assign(targets=several):
            targets += several
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target, value=ast.expr()) | ast.For(target=target):
            targets.append(target)
        case ast.With(items=items):
            targets += [one.optional_vars for one in items if one.optional_vars is not None]
    for target in targets:
        yield from (one.id for one in ast.walk(target) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
    if isinstance(node, ast.Assign | ast.Expr | ast.AugAssign):
        yield from (one.target.id for one in ast.walk(node.value) if isinstance(one, ast.NamedExpr))


def _function(name: str, arguments: ast.arguments) -> dict[str, Any]:
    positional = [*arguments.posonlyargs, *arguments.args]
    needed = len(positional) - len(arguments.defaults)
    keyword_only = any(default is None for default in arguments.kw_defaults)
    takes_one = needed <= 1 and bool(positional or arguments.vararg) and not keyword_only
    text = f"{name}({_arguments(arguments)})"
    return {
        "kind": "function",
        "signature": text[:MAX_SIGNATURE],
        "needed": () if keyword_only else tuple(one.arg for one in positional[: max(needed, 0)]),
        "takes_one": takes_one,
    }


def _arguments(arguments: ast.arguments, *, skip_first: bool = False) -> str:
    text = ast.unparse(arguments)
    return text.partition(",")[2].strip() if skip_first else text
