"""Branches, loops and conditions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.workbench.mutants.code import Change, Code, Operator

SHIFTED: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: ("<", ("<=",)),
    ast.LtE: ("<=", ("<",)),
    ast.Gt: (">", (">=",)),
    ast.GtE: (">=", (">",)),
}
REVERSED: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", ">"),
    ast.LtE: ("<=", ">="),
    ast.Gt: (">", "<"),
    ast.GtE: (">=", "<="),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
}


def _swapped_branches(code: Code) -> Iterator[Change]:
    for node in code.walk(ast.IfExp):
        assert isinstance(node, ast.IfExp)
        text = f"{code.grouped(node.orelse)} if {code.written(node.test)} else {code.grouped(node.body)}"
        yield code.replaced(node, text)
    for call, _ in code.functions("where"):
        if len(call.args) == 3:
            first, second = call.args[1:]
            yield Change(
                start=code.start(first), end=code.end(second), text=f"{code.written(second)}, {code.written(first)}"
            )


def _negated(code: Code) -> Iterator[Change]:
    for node in code.walk(ast.If):
        assert isinstance(node, ast.If)
        yield code.replaced(node.test, f"not ({code.written(node.test)})")


def _shifted(code: Code) -> Iterator[Change]:
    for node in code.walk(ast.Compare):
        assert isinstance(node, ast.Compare)
        symbol, others = SHIFTED.get(type(node.ops[0]), ("", ()))
        for other in others if len(node.ops) == 1 else ():
            yield from filter(None, (code.between(node.left, node.comparators[0], symbol, other),))


def _reversed(code: Code) -> Iterator[Change]:
    for node in code.walk(ast.Compare):
        assert isinstance(node, ast.Compare)
        symbol, other = REVERSED.get(type(node.ops[0]), ("", ""))
        if symbol and len(node.ops) == 1:
            yield from filter(None, (code.between(node.left, node.comparators[0], symbol, other),))


def _one_branch_only(code: Code) -> Iterator[Change]:
    for node in code.walk(ast.IfExp):
        assert isinstance(node, ast.IfExp)
        yield code.replaced(node, code.grouped(node.body))
        yield code.replaced(node, code.grouped(node.orelse))


def _always(code: Code) -> Iterator[Change]:
    for node in code.walk(ast.If):
        assert isinstance(node, ast.If)
        yield code.replaced(node.test, "True")


def _never(code: Code) -> Iterator[Change]:
    for node in code.walk(ast.If):
        assert isinstance(node, ast.If)
        yield code.replaced(node.test, "False")


def _once(code: Code) -> Iterator[Change]:
    """A loop turns once at most."""
    for node in code.walk(ast.While):
        assert isinstance(node, ast.While)
        start = code.start(node)
        if not node.orelse and not any(isinstance(each, ast.Break | ast.Continue) for each in ast.walk(node)):
            yield Change(start=start, end=start + len("while"), text="if")


def _no_turn(code: Code) -> Iterator[Change]:
    for node in code.walk(ast.While):
        assert isinstance(node, ast.While)
        yield code.replaced(node.test, "False")


def _one_short(code: Code) -> Iterator[Change]:
    for call, _ in code.functions("range"):
        if call.args:
            last = call.args[min(1, len(call.args) - 1)]
            yield code.replaced(last, f"{code.grouped(last)} - 1")
    for node in code.walk(ast.For):
        assert isinstance(node, ast.For)
        if isinstance(node.iter, ast.Name | ast.Tuple | ast.List):
            yield code.replaced(node.iter, f"{code.grouped(node.iter)}[:-1]")


def _other_conjunction(code: Code) -> Iterator[Change]:
    for node in code.walk(ast.BoolOp):
        assert isinstance(node, ast.BoolOp)
        symbol, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        yield from filter(None, (code.between(node.values[0], node.values[1], symbol, other),))


OPERATORS = (
    Operator(name="swap-branches", about="the two branches are swapped", changes=_swapped_branches),
    Operator(name="negate-condition", about="a condition is negated", changes=_negated),
    Operator(name="shift-condition", about="the border counts for the other side", changes=_shifted),
    Operator(name="reverse-condition", about="> for < and the like", changes=_reversed),
    Operator(name="one-branch", about="one branch is taken always", changes=_one_branch_only),
    Operator(name="always", about="a condition always holds", changes=_always),
    Operator(name="never", about="a condition never holds", changes=_never),
    Operator(name="loop-once", about="if in the place of while", changes=_once),
    Operator(name="no-turn", about="a loop never turns", changes=_no_turn),
    Operator(name="loop-short", about="a loop is one turn short", changes=_one_short),
    Operator(name="other-conjunction", about="or for and, and for or", changes=_other_conjunction),
)
