"""Evaluates syntax trees over observed values."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from typing import Any, Protocol

import numpy as np

from grader.language.closeness import Tolerance
from grader.language.expression.arrays import array, both, compute, either, matrix_product, recorded, truth
from grader.language.expression.attributes import SOURCE, Role, attribute_of, source_key
from grader.language.expression.comparisons import compared
from grader.language.expression.elements import Index, chosen_in, element_of, elements_at, path_of, read_index
from grader.language.expression.functions import CONSTANTS, FUNCTIONS, call, has_node, ran
from grader.language.expression.nearby import Nearby
from grader.language.values import Undefined, Unrecorded, floats, plain
from grader.model import Array, Structure

OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}

Variables = Mapping[str, object]


# A protocol, since pydantic would add a schema for a Callable to the JSON Schema of exercises.
class Node(Protocol):
    """Evaluates a node of the tree. ``tolerance`` None: by the dtypes involved."""

    def __call__(self, variables: Variables, tolerance: Tolerance | None, /) -> object: ...


def compiled(tree: ast.expr) -> Node:
    """A function that evaluates a tree from ``parsing``. It never raises: what cannot be computed is Undefined.

    The tree is walked only once, since an expression is evaluated for many candidates of many submissions.
    """
    value = _compiled(tree, elementwise=False)

    def evaluate(variables: Variables, tolerance: Tolerance | None) -> object:
        with np.errstate(all="ignore"):
            return value(variables, tolerance)

    return evaluate


def source_of(node: ast.expr) -> str:
    """The text of a node, with the keys of items in double quotes, as paths have them."""
    return path_of(node) or (
        f"{source_of(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ast.unparse(node)
    )


def _compiled(node: ast.expr, *, elementwise: bool) -> Node:
    """``elementwise``: the node is inside of a function, an index or arithmetic, so comparisons are elementwise."""
    part = partial(_compiled, elementwise=elementwise)
    operand_of = partial(_compiled, elementwise=True)
    match node:
        case ast.Constant(value=constant):
            return lambda variables, tolerance: constant
        case ast.Name(id=name) if name in CONSTANTS:
            return lambda variables, tolerance: CONSTANTS[name]
        case ast.List(elts=items) if not is_literal(node):
            return partial(_list, [part(item) for item in items])
        case ast.List():
            literal = ast.literal_eval(node)
            written = tuple(literal) if literal and isinstance(literal[0], str) else _array(literal)
            return lambda variables, tolerance: written
        case ast.Tuple():
            shape = ast.literal_eval(node)
            return lambda variables, tolerance: shape
        case ast.Name(id=name):
            return partial(_variable, name)
        case ast.Attribute() | ast.Subscript():
            return partial(_value, _asked(node))
        case ast.Call(func=ast.Name(id="passed"), args=[ast.Constant(value=str(check))]):
            return partial(_passed, check)
        case ast.Call(func=ast.Name(id="has_node"), args=[ast.Constant(value=str(name))]):
            return partial(_has_node, name)
        case ast.Call(func=ast.Name(id="ran"), args=arguments):
            return partial(_ran, texts_of(arguments))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            count = FUNCTIONS[name].arguments
            parts = [operand_of(argument) for argument in arguments[:count]]
            axis = ast.literal_eval(arguments[count]) if len(arguments) > count else None
            return partial(_call, name, parts, axis, elementwise, source_of(arguments[0]))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return partial(_negation, part(operand), elementwise)
        case ast.UnaryOp(op=sign, operand=operand):
            return partial(_signed, np.negative if isinstance(sign, ast.USub) else np.positive, operand_of(operand))
        case ast.BinOp(op=ast.MatMult(), left=left, right=right):
            return partial(_product, operand_of(left), operand_of(right))
        case ast.BinOp(op=operator, left=left, right=right):
            exact = not isinstance(operator, ast.Div | ast.Pow)
            return partial(_arithmetic, OPERATORS[type(operator)], operand_of(left), operand_of(right), exact)
        case ast.BoolOp(op=operator, values=values):
            is_and = isinstance(operator, ast.And)
            return partial(_elementwise_logic if elementwise else _logic, is_and, [part(value) for value in values])
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            pairs = [(type(op), part(value)) for op, value in zip(ops, comparators, strict=True)]
            # An equation with a constant says what it says: `gradient == 0`.
            sides = zip((left, *comparators), comparators, strict=False)
            are_formulas = [not elementwise and all(map(_reads_variables, pair)) for pair in sides]
            return partial(_comparisons, part(left), pairs, are_formulas, elementwise)
    raise AssertionError(f"parse let {type(node).__name__} through")


def is_literal(node: ast.expr) -> bool:
    """Whether it is a number, a text, or a list of these, possibly in lists."""
    match node:
        case ast.List(elts=items):
            return all(map(is_literal, items))
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return isinstance(operand, ast.Constant)
    return isinstance(node, ast.Constant)


def _list(parts: Sequence[Node], variables: Variables, tolerance: Tolerance | None) -> object:
    items = []
    for part in parts:
        item = recorded(part(variables, tolerance))
        if isinstance(item, Undefined):
            return item
        items.append(item)
    return plain(Structure(kind="list", items=tuple(items)))


def _array(literal: list[Any]) -> Array:
    data = np.asarray(literal)
    return array(data, {"i": "int64", "b": "bool"}.get(data.dtype.kind, "float64"))


def _reads_variables(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name):
            return name not in CONSTANTS
        case ast.Call(args=arguments):
            return any(map(_reads_variables, arguments))
    return any(map(_reads_variables, ast.iter_child_nodes(node)))


def _asked(node: ast.expr) -> Node:
    """The node's value, which may be a Role, so that more can be asked of it: ``x``, ``params[0]``, ``x.gradient``."""
    match node:
        case ast.Name(id=name) if name not in CONSTANTS:
            return partial(_observed, name)
        case ast.Attribute(value=of, attr=attribute):
            return partial(_attribute, _asked(of), attribute, source_of(of))
        case ast.Subscript(value=of, slice=index):
            read = read_index(index)
            chosen = chosen_in(read)
            if chosen is None:
                return partial(_element, _asked(of), read, source_of(of))
            positions = _compiled(chosen.node, elementwise=True)
            return partial(_chosen, _asked(of), read, positions, source_of(of), source_of(chosen.node))
    return _compiled(node, elementwise=False)


def _observed(name: str, variables: Variables, tolerance: Tolerance | None) -> object:
    return variables[name] if name in variables else Undefined(f"`{name}` was not observed")


def _variable(name: str, variables: Variables, tolerance: Tolerance | None) -> object:
    value = _observed(name, variables, tolerance)
    return plain(value.value if isinstance(value, Role) else value)


def _value(of: Node, variables: Variables, tolerance: Tolerance | None) -> object:
    value = of(variables, tolerance)
    return plain(value.value if isinstance(value, Role) else value)


def _attribute(of: Node, attribute: str, text: str, variables: Variables, tolerance: Tolerance | None) -> object:
    if attribute == SOURCE:
        return variables.get(source_key(text), Undefined(f"it is not known where `{text}` comes from"))
    return attribute_of(of(variables, tolerance), attribute, text)


def _element(of: Node, index: Index, text: str, variables: Variables, tolerance: Tolerance | None) -> object:
    return element_of(of(variables, tolerance), index, text)


def _chosen(
    of: Node,
    index: Index,
    positions: Node,
    text: str,
    at: str,
    variables: Variables,
    tolerance: Tolerance | None,
) -> object:
    return elements_at(of(variables, tolerance), index, positions(variables, tolerance), text, at)


def _logic(is_and: bool, parts: Sequence[Node], variables: Variables, tolerance: Tolerance | None) -> object:
    unrecorded: Unrecorded | None = None
    for part in parts:
        known = truth(part(variables, tolerance))
        if isinstance(known, Unrecorded):
            unrecorded = known
        elif (known is True) is not is_and:
            return not is_and
    return is_and if unrecorded is None else unrecorded


def _elementwise_logic(
    is_and: bool, parts: Sequence[Node], variables: Variables, tolerance: Tolerance | None
) -> object:
    join = partial(compute, both if is_and else either)
    return reduce(join, (part(variables, tolerance) for part in parts))


def _comparisons(
    left: Node,
    pairs: Sequence[tuple[type[ast.cmpop], Node]],
    are_formulas: Sequence[bool],
    elementwise: bool,
    variables: Variables,
    tolerance: Tolerance | None,
) -> object:
    result: object = True
    before, before_part = left(variables, tolerance), left
    for (op, part), is_formula in zip(pairs, are_formulas, strict=True):
        after = part(variables, tolerance)
        outcome = compared(op, before, after, elementwise, tolerance)
        if outcome is True and op is ast.Eq and is_formula and isinstance(variables, Nearby):
            outcome = not variables.is_coincidence(before_part, part, tolerance)
        if not elementwise and outcome is not True and not isinstance(outcome, Unrecorded):
            return False
        result = outcome if result is True else compute(both, result, outcome)
        before, before_part = after, part
    return result


def _passed(check: str, variables: Variables, tolerance: Tolerance | None) -> object:
    passed = variables.get("passed")
    return bool(passed(check)) if callable(passed) else Undefined("`passed` is known in rubrics only")


def _has_node(name: str, variables: Variables, tolerance: Tolerance | None) -> object:
    return has_node(name, plain(_observed("operations", variables, tolerance)))


def _ran(names: Sequence[str], variables: Variables, tolerance: Tolerance | None) -> object:
    return ran(names, plain(_observed("torch_calls", variables, tolerance)))


def texts_of(arguments: Sequence[ast.expr]) -> tuple[str, ...]:
    return tuple(each.value for each in arguments if isinstance(each, ast.Constant) and isinstance(each.value, str))


def _call(
    name: str,
    arguments: Sequence[Node],
    axis: int | None,
    elementwise: bool,
    text: str,
    variables: Variables,
    tolerance: Tolerance | None,
) -> object:
    values = [argument(variables, tolerance) for argument in arguments]
    return call(name, values, axis, elementwise=elementwise, text=text, tolerance=tolerance)


def _signed(
    sign: Callable[[Any], Any], operand: Node, variables: Variables, tolerance: Tolerance | None
) -> Array | Undefined:
    return compute(lambda data: sign(floats(data)), operand(variables, tolerance))


def _product(left: Node, right: Node, variables: Variables, tolerance: Tolerance | None) -> Array | Undefined:
    return matrix_product(left(variables, tolerance), right(variables, tolerance))


def _arithmetic(
    operator: Callable[[Any, Any], Any],
    left: Node,
    right: Node,
    exact: bool,
    variables: Variables,
    tolerance: Tolerance | None,
) -> Array | Undefined:
    one, other = left(variables, tolerance), right(variables, tolerance)
    return compute(lambda a, b: operator(floats(a), floats(b)), one, other, exact=exact)


def _negation(operand: Node, elementwise: bool, variables: Variables, tolerance: Tolerance | None) -> object:
    value = operand(variables, tolerance)
    if elementwise and isinstance(value, Array):
        return compute(lambda data: data == 0, value)
    known = truth(value)
    return known if isinstance(known, Undefined) else not known
