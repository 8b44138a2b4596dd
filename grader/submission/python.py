"""Python's own parser, kept from what could harm it, and what code looks like to a reader."""

from __future__ import annotations

import ast
import re
import warnings

LONGEST_LINE = 64 * 1024
"""Characters. Python 3.11 parses an f-string in a time that grows with the square of its line."""
LONGEST_NAME = 1_000
"""Dots in what one line imports. Python's parser keeps every beginning of ``import a.a.a…``, a gigabyte in a line."""

_IMPORTED = re.compile(r"\b(?:from|import)\b(?:[\w.,() \t\f]|\\\n)*")
# What stands in the place of code where Python shows an object that has none: <AddBackward0 object at 0x…>.
_SHOWN_OBJECT = re.compile(r"<[A-Za-z_][^<>\n]*>")
# print(x, y) puts values side by side.
_SIDE_BY_SIDE = re.compile(r"\)[ \t]+(?=(?:array|tensor)\()")
# Names that occur in what Python shows of a value, such as `tensor([nan, 1.], dtype=torch.float64)`.
_SHOWN_NAMES = frozenset({"array", "device", "inf", "nan", "Parameter", "tensor", "torch"})


def is_readable(code: str) -> bool:
    """Whether Python may be asked about it at all."""
    if len(code) > LONGEST_LINE and max(map(len, code.split("\n"))) > LONGEST_LINE:
        return False
    if code.count(".") <= LONGEST_NAME:
        return True
    return all(found[0].count(".") <= LONGEST_NAME for found in _IMPORTED.finditer(code))


def parse(code: str) -> ast.Module | None:
    """The syntax tree; None where Python cannot make one of it, or not in reasonable time."""
    tree = tree_or_error(code)
    return tree if isinstance(tree, ast.Module) else None


def tree_or_error(code: str) -> ast.Module | SyntaxError | None:
    """The syntax tree, or what Python says against it; None where it can say nothing."""
    if not is_readable(code):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return None


def can_run(code: str) -> bool:
    """Whether Python has nothing against it: there is a tree, and no ``refusal`` of it."""
    if not is_readable(code):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "<cell>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return False
    return True


def refusal(tree: ast.Module) -> SyntaxError | None:
    """What Python says against the first statement that has a tree and yet cannot run, such as a lone ``return``."""
    for statement in tree.body:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(ast.Module([statement], []), "<cell>", "exec", dont_inherit=True)
        except SyntaxError as error:
            return error
        except (ValueError, RecursionError, MemoryError, OverflowError):
            return SyntaxError("too deeply nested")
    return None


def is_shown(text: str) -> bool:
    """Whether a text is what Python shows, not what a person types: values, and values with a label before them."""
    tree = parse(_SIDE_BY_SIDE.sub("), ", _SHOWN_OBJECT.sub("None", text.strip())))
    return tree is not None and bool(tree.body) and all(map(_is_shown, tree.body))


def is_typed(statement: ast.stmt) -> bool:
    """Whether a statement is one that a person would type: it does something, or asks for more than names.

    ``see - above`` and ``ls -la`` are Python too, and so is ``Q1: b``, an answer.
    """
    if isinstance(statement, ast.AnnAssign) and statement.value is None and isinstance(statement.annotation, ast.Name):
        return False
    asks = (ast.Attribute, ast.Await, ast.Call, ast.Compare, ast.Subscript)
    if isinstance(statement, ast.Expr) and not any(isinstance(part, asks) for part in ast.walk(statement)):
        return False
    return not _is_shown(statement)


def _is_shown(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=value) | ast.AnnAssign(annotation=value, value=None):  # "x: tensor(1.)" is printed so
            return _is_value(value)
        case ast.Assign(value=ast.Call() as value):  # "x = tensor(1.)", too
            return _is_value(value)
    return False


def _is_value(node: ast.expr) -> bool:
    for part in ast.walk(node):
        match part:
            case ast.Attribute(value=ast.Name(id="torch")) | ast.Call(func=ast.Name()):
                continue
            case ast.Attribute() | ast.Call():
                return False
            case ast.Name(id=name) if name not in _SHOWN_NAMES:
                return False
            case ast.Compare() | ast.BoolOp() | ast.Lambda() | ast.Subscript() | ast.IfExp():
                return False
    return not (isinstance(node, ast.Name) and node.id in ("torch", "tensor", "array", "device"))
