"""A line of the expression language in words where that is plain, else as it is written.

Arithmetic stays arithmetic: a formula in words is harder to read than the formula.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.language.expression import Expression
from grader.language.expression.evaluation import texts_of
from grader.model import ExplainedLine

LONGEST = 160
"""A line that is longer in words is shown as it is written."""
_WHETHER = "whether "
_IN_RUBRICS = "in rubrics"

# How tightly a text holds together: words less than a condition, a condition less than a sum, and so on.
_WORDS, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(6)

_COMPARED: Mapping[type[ast.cmpop], tuple[str, str]] = {
    ast.Eq: ("is", "is not"),
    ast.NotEq: ("is not", "is"),
    ast.Lt: ("is less than", "is at least"),
    ast.LtE: ("is at most", "is more than"),
    ast.Gt: ("is more than", "is at most"),
    ast.GtE: ("is at least", "is less than"),
}
_OF = {
    "sum": "the sum of",
    "mean": "the mean of",
    "size": "the number of elements of",
    "shape": "the shape of",
    "norm": "the norm of",
    "max": "the greatest element of",
    "min": "the least element of",
    "argmax": "the position of the greatest element of",
    "argmin": "the position of the least element of",
    "prod": "the product of",
    "inverse": "the inverse of",
}
_ATTRIBUTES = {
    "gradient": "the gradient for {}",
    "weighed_gradient": "the weighed gradient for {}",
    "second": "the second derivative by {}",
    "shape": "the shape of {}",
    "dtype": "the dtype of {}",
    "source": "the source of {}",
    "tangent": "the direction for {}",
    "after": "{} afterwards",
    "previous_change": "the change of {} at the step before",
    "passes": "the number of passes in the `.grad` of {}",
}
_FLAGS_WITH_A_DOT = {
    "requires_grad": ("{} requires a gradient", "{} does not require a gradient"),
    "is_leaf": ("{} is a leaf", "{} is no leaf"),
    "changed": ("{} was changed in place", "{} was not changed in place"),
    "was_zeroed": ("the `.grad` of {} was cleared", "the `.grad` of {} was not cleared"),
}
_FLAGS_OF_CALLS = {
    "finite": ("all elements of {} are finite", "not all elements of {} are finite"),
    "all_equal": ("all elements of {} are equal", "not all elements of {} are equal"),
}
_POWERS = {"2": "²", "3": "³"}


class _NotPlainError(Exception):
    """This has no plain words."""


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    tightness: int
    formula: str = ""
    """How it is written inside of a formula, where words would not fit."""

    def within(self, least: int) -> str:
        return self.text if self.tightness >= least else self.formula or f"({self.text})"


def explained_line(line: Expression, variables: Mapping[str, str]) -> ExplainedLine:
    """A condition in words. ``variables``: what the names of its kind mean."""
    return ExplainedLine(
        words=_or_as_written(line, lambda: _Speaker(variables).condition(line.tree)), expression=line.text
    )


def value_in_words(line: Expression, variables: Mapping[str, str]) -> str:
    """A value in words."""
    return _or_as_written(line, lambda: _Speaker(variables).value(line.tree).text)


def is_flag(about: str) -> bool:
    """Whether a variable says of something whether it is so."""
    return _plain(about).startswith(_WHETHER)


def _or_as_written(line: Expression, words: Callable[[], str]) -> str:
    try:
        found = words()
    except _NotPlainError:
        return f"`{line.text}`"
    return found if len(found) <= LONGEST else f"`{line.text}`"


def _plain(about: str) -> str:
    """What is said of a variable, without where it is known, and without what explains it."""
    text = about.partition(": ")[2] if about.startswith(_IN_RUBRICS) else about
    return re.split(r"[:;] ", text)[0]


@dataclass(frozen=True, slots=True)
class _Speaker:
    variables: Mapping[str, str]

    # ----------------------------------------------------------------------------------------------------------------
    # Conditions
    # ----------------------------------------------------------------------------------------------------------------

    def condition(self, node: ast.expr, *, holds: bool = True, inner: bool = False) -> str:
        """A condition, or that it does not hold. ``inner``: it is a part of another one."""
        match node:
            case ast.BoolOp(op=op, values=values):
                if not holds:
                    return f"not ({self.condition(node)})"
                word = " and " if isinstance(op, ast.And) else ", or "
                text = word.join(self.condition(value, inner=True) for value in values)
                return f"({text})" if inner else text
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.condition(operand, holds=not holds, inner=inner)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARED:
                verb = _COMPARED[type(op)][0 if holds else 1]
                return f"{self.value(left).within(_WORDS)} {verb} {self.value(right).within(_WORDS)}"
            case ast.Compare() if holds:
                return ast.unparse(node).replace("<=", "≤").replace(">=", "≥")
            case ast.Name(id=name):
                return self._flag(name, holds)
            case ast.Attribute(value=of, attr=attribute) if attribute in _FLAGS_WITH_A_DOT:
                return _FLAGS_WITH_A_DOT[attribute][0 if holds else 1].format(self.value(of).within(_ATOM))
            case ast.Call(func=ast.Name(id="ran"), args=arguments):
                names = " or ".join(f"`{text}`" for text in texts_of(arguments))
                return f"the call {'calls' if holds else 'does without'} torch's {names}"
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                return self._called(name, argument, holds)
        raise _NotPlainError

    def _flag(self, name: str, holds: bool) -> str:
        if name == "found":
            return "something was found" if holds else "nothing was found"
        about = _plain(self.variables.get(name, ""))
        if not about.startswith(_WHETHER):
            raise _NotPlainError
        said = about.removeprefix(_WHETHER)
        return said if holds else f"it is not so that {said}"

    def _called(self, name: str, argument: ast.expr, holds: bool) -> str:
        if name == "passed" and isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return f"the check `{argument.value}` {'passed' if holds else 'did not pass'}"
        if name == "has_node" and isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return f"the graph has {'a' if holds else 'no'} node `{argument.value}`"
        if name in _FLAGS_OF_CALLS:
            return _FLAGS_OF_CALLS[name][0 if holds else 1].format(self.value(argument).within(_SUM))
        if name in ("all", "any"):
            where = "for every element" if (name == "all") == holds else "for some element"
            return f"{where}, {self.condition(argument, holds=holds)}"
        raise _NotPlainError

    # ----------------------------------------------------------------------------------------------------------------
    # Values
    # ----------------------------------------------------------------------------------------------------------------

    def value(self, node: ast.expr) -> _Text:
        match node:
            case ast.Name(id=name):
                return _Text("π" if name == "pi" else name, _ATOM)
            case ast.Constant(value=str() as text):
                return _Text(f'"{text}"', _ATOM)
            case ast.Constant() | ast.Subscript() | ast.List() | ast.Tuple():
                return _Text(ast.unparse(node), _ATOM)
            case ast.Attribute(value=of, attr=attribute):
                if attribute in _ATTRIBUTES:
                    return _Text(_ATTRIBUTES[attribute].format(self.value(of).within(_ATOM)), _SUM)
                return _Text(ast.unparse(node), _ATOM)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _Text(f"-{self.value(operand).within(_SIGN)}", _SIGN)
            case ast.BinOp():
                return self._arithmetic(node)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._of(name, arguments)
        raise _NotPlainError

    def _arithmetic(self, node: ast.BinOp) -> _Text:
        left, right = self.value(node.left), self.value(node.right)
        match node.op:
            case ast.Add():
                return _Text(f"{left.within(_SUM)} + {right.within(_SUM)}", _SUM)
            case ast.Sub():
                return _Text(f"{left.within(_SUM)} - {right.within(_PRODUCT)}", _SUM)
            case ast.Mult():
                return _Text(f"{left.within(_PRODUCT)} × {right.within(_PRODUCT)}", _PRODUCT)
            case ast.Div():
                return _Text(f"{left.within(_PRODUCT)} / {right.within(_SIGN)}", _PRODUCT)
            case ast.MatMult():
                return _Text(f"{left.within(_PRODUCT)} @ {right.within(_SIGN)}", _PRODUCT)
            case ast.Pow():
                if isinstance(node.right, ast.Constant) and (sign := _POWERS.get(str(node.right.value))):
                    return _Text(f"{left.within(_ATOM)}{sign}", _POWER)
                return _Text(f"{left.within(_ATOM)} ** {right.within(_ATOM)}", _POWER)
        raise _NotPlainError

    def _of(self, name: str, arguments: list[ast.expr]) -> _Text:
        if name in _OF and len(arguments) == 1:
            argument = self.value(arguments[0])
            return _Text(f"{_OF[name]} {argument.within(_PRODUCT)}", _WORDS, f"{name}({argument.within(_SUM)})")
        if name == "abs":
            return _Text(f"|{self.value(arguments[0]).within(_SUM)}|", _ATOM)
        if name == "sqrt":
            return _Text(f"√{self.value(arguments[0]).within(_ATOM)}", _POWER)
        if name == "where":
            where = self.condition(arguments[0])
            then, other = (self.value(argument).within(_SUM) for argument in arguments[1:])
            return _Text(f"{then} where {where}, else {other}", _WORDS)
        if name in ("all", "any", "finite", "all_equal", "has_node", "passed", "ran"):
            raise _NotPlainError
        return _Text(f"{name}({', '.join(self.value(argument).within(_SUM) for argument in arguments)})", _ATOM)
