"""Finds comparisons that can never hold: of a shape with a number, or of a dtype with a text that is none."""

from __future__ import annotations

import ast
from typing import Literal

from grader.language.expression.evaluation import is_literal
from grader.suggestions import did_you_mean_or_all

Kind = Literal["shape", "number", "text", "list", "texts"]

DTYPES = frozenset(
    {
        *("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
        *("float16", "bfloat16", "float32", "float64", "complex32", "complex64", "complex128"),
    }
)
_SAID: dict[Kind, str] = {
    "shape": "a shape",
    "number": "a number",
    "text": "a text",
    "list": "an array",
    "texts": "a list of texts",
}
_COMPARABLE = frozenset({frozenset({"number", "list"}), frozenset({"text", "texts"})})


def why_never(left: ast.expr, op: ast.cmpop, right: ast.expr) -> str:
    """Why a comparison never holds, or says nothing because it always does; empty if it may hold."""
    kinds = (_kind_of(left), _kind_of(right))
    if isinstance(op, ast.Eq | ast.NotEq):
        return _why_never_equal((left, kinds[0]), (right, kinds[1])) or _wrong_dtype(left, right)
    for side, kind in zip((left, right), kinds, strict=True):
        if kind in ("shape", "text", "texts"):
            instead = "; compare its size or one of its numbers: `size(x)`, `x.shape[0]`" if kind == "shape" else ""
            return f"`{ast.unparse(side)}` is {_SAID[kind]}, which is neither greater nor less than another{instead}"
    return ""


def why_not_everywhere(left: ast.expr, op: ast.cmpop, right: ast.expr) -> str:
    """Why a comparison of all nodes of a graph with a single name is not what was meant; empty if it may be."""
    for nodes, name in ((left, right), (right, left)):
        match nodes, name:
            case ast.Name(id="operations"), ast.Constant(value=str(text)):
                sign = "==" if isinstance(op, ast.Eq) else "!="
                meant = f'has_node("{text}")' if sign == "==" else f'not has_node("{text}")'
                return (
                    f"`operations {sign} …` compares all nodes of the graph with one name; write `{meant}`, or "
                    f'`any(operations {sign} "{text}")`'
                )
    return ""


def _why_never_equal(*sides: tuple[ast.expr, Kind | None]) -> str:
    (one, first), (other, second) = sides
    if first is None or second is None or first == second or frozenset({first, second}) in _COMPARABLE:
        return ""
    shape = (
        f"; a shape is written `{_as_shape(other if first == 'shape' else one)}`" if "shape" in (first, second) else ""
    )
    return (
        f"`{ast.unparse(one)}` is {_SAID[first]} and `{ast.unparse(other)}` is {_SAID[second]}, "
        f"which are never equal{shape}"
    )


def _as_shape(node: ast.expr) -> str:
    """What was written in the place of a shape, as a shape."""
    match node:
        case ast.Constant(value=int() as number):
            return f"({number},)"
        case ast.List(elts=[item]):
            return f"({ast.unparse(item)},)"
        case ast.List(elts=items) if items and all(isinstance(item, ast.Constant) for item in items):
            return f"({', '.join(map(ast.unparse, items))})"
    return "(2, 3)"


def _wrong_dtype(left: ast.expr, right: ast.expr) -> str:
    for asked, text in ((left, right), (right, left)):
        match asked, text:
            case ast.Attribute(attr="dtype"), ast.Constant(value=str(name)):
                if name not in DTYPES and not name.startswith("float8"):
                    known = did_you_mean_or_all(name.removeprefix("torch."), DTYPES)
                    return f"`{name}` is no dtype, so this never holds{known}"
    return ""


def _kind_of(node: ast.expr) -> Kind | None:
    """What a node always is, whatever the variables are; None where that is not known."""
    match node:
        case ast.Tuple() | ast.Attribute(attr="shape") | ast.Call(func=ast.Name(id="shape")):
            return "shape"
        case ast.Constant(value=str()) | ast.Attribute(attr="dtype" | "source"):
            return "text"
        case ast.Constant(value=bool() | None):
            return None
        case ast.Constant() | ast.Call(func=ast.Name(id="size")):
            return "number"
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return "number" if _kind_of(operand) == "number" else None
        case ast.List(elts=[ast.Constant(value=str()), *_]):
            return "texts"
        case ast.List(elts=[_, *_]):
            return "list" if is_literal(node) else None
    return None
