"""What a student reads where a line asks which functions of torch a hidden call called."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.language.expression import Expression
from grader.language.expression.evaluation import texts_of
from grader.language.expression.functions import ran
from grader.model import FunctionCall, ModuleCall


def why_ran(call: FunctionCall | ModuleCall, line: Expression) -> str:
    """A clause where it called what it has to do without, or did not call what it has to; else empty."""
    if call.torch_calls is None:
        return ""
    match line.tree:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Call(func=ast.Name(id="ran"), args=names)):
            found = [name for name in call.torch_calls if ran(texts_of(names), (name,))]
            return f"it calls torch's {_listed(found, 'and')}, which it has to do without" if found else ""
        case ast.Call(func=ast.Name(id="ran"), args=names):
            # Of many names, all would be the answer.
            named = _listed(texts_of(names), "or") if len(names) <= 2 else "function that is asked for"
            return f"it does not call torch's {named}"
    return ""


def ran_patterns(lines: Iterable[Expression]) -> Iterator[str]:
    """The names of functions that some lines ask for by ``ran``."""
    for line in lines:
        if "ran" in line.functions:
            for node in ast.walk(line.tree):
                match node:
                    case ast.Call(func=ast.Name(id="ran"), args=names):
                        yield from texts_of(names)


def _listed(names: Iterable[str], word: str) -> str:
    return f" {word} ".join(f"`{name}`" for name in list(names)[:3])
