"""The field ``let`` of an exercise: names for formulas, for the lines of its checks and of its rubric.

A name is replaced by its formula when the file is read. So what judges and explains never meets it, and every line
reads as if the formula stood there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator

from grader.judging import check_kinds
from grader.judging.any_of import ANY_OF
from grader.judging.checks.yaml_lines import ALL_WANTED_WORDS, EVIDENCE_WORDS
from grader.language import expression
from grader.language.expression import RESERVED
from grader.language.validation import MistakeCollector, describe

LET = "let"
MAX_FORMULAS = 50
_LINES = frozenset({"given", "known-by", "expect", "holds", "first", "every", "never", "next", "evidence"})
"""The fields of checks that have lines of the expression language."""
_DECLARING = ("arguments", "made-with", "leaves", "names")
"""The fields of checks that give names to something else."""


def _read(value: object) -> Mapping[str, str]:
    """The formulas by their names, each without the names of those above it. Raises ValueError or ValidationError."""
    if not isinstance(value, Mapping):
        raise ValueError(f"expected names with formulas, such as `hidden: relu(x @ w)`, found {describe(value)}")
    if len(value) > MAX_FORMULAS:
        raise ValueError(f"has more than {MAX_FORMULAS} names")
    mistakes = MistakeCollector()
    formulas: dict[str, str] = {}
    taken = {*RESERVED, *ALL_WANTED_WORDS, *EVIDENCE_WORDS, "found", "passed"}
    taken |= {name for kind in check_kinds.built_in().values() for name in kind.VARIABLES}
    for name, text in value.items():
        with mistakes.at(name):
            if not name.isidentifier():
                raise ValueError(f"`{name}` cannot be a name in expressions")
            if name in taken:
                raise ValueError(f"`{name}` has a meaning in expressions already; take another name")
            if not isinstance(text, str):
                raise ValueError(f"expected a formula, found {describe(text)}")
            formulas[name] = expression.parse(_with(formulas, text)).text
    mistakes.raise_if_any()
    return formulas


Formulas = Annotated[
    Mapping[str, str],
    PlainValidator(_read, json_schema_input_type=dict[str, str]),
    PlainSerializer(dict),
]
"""The type of the field ``let``."""


def check_with(formulas: Mapping[str, str], item: object) -> object:
    """A check as it stands in a file, with formulas in the place of their names. Raises ValueError."""
    if not formulas or not isinstance(item, Mapping):
        return item
    for name in _declared(item):
        if name in formulas:
            raise ValueError(f"`{name}` is a formula of `{LET}`, and a name of something else here; rename one of them")
    return {key: _field_with(formulas, key, value) for key, value in item.items()}


def exercise_with_formulas(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of an exercise's file without ``let``, with formulas in the place of their names. Raises ValueError."""
    formulas = _read(data.get(LET, {}))
    checks = [check_with(formulas, check) for check in data.get("checks", ())]
    return {**{key: value for key, value in data.items() if key != LET}, "checks": checks}


def rubric_with(formulas: Mapping[str, str], data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a rubric's file with formulas in the place of their names, wherever ``when`` stands."""
    return {key: _rules_with(formulas, key, value) for key, value in data.items()}


def _field_with(formulas: Mapping[str, str], key: str, value: object) -> object:
    if key == ANY_OF and isinstance(value, tuple | list):
        return tuple(check_with(formulas, way) for way in value)
    return _lines_with(formulas, value) if key in _LINES else value


def _lines_with(formulas: Mapping[str, str], value: object) -> object:
    if isinstance(value, str):
        return value if value in EVIDENCE_WORDS else _with(formulas, value)
    if isinstance(value, tuple | list):
        return tuple(_lines_with(formulas, line) for line in value)
    if isinstance(value, Mapping):
        return {_lines_with(formulas, key): _lines_with(formulas, line) for key, line in value.items()}
    return value


def _rules_with(formulas: Mapping[str, str], key: str, value: object) -> Any:
    if key == "when" and isinstance(value, str):
        return _with(formulas, value)
    if isinstance(value, Mapping):
        return {inner: _rules_with(formulas, inner, item) for inner, item in value.items()}
    return tuple(_rules_with(formulas, "", item) for item in value) if isinstance(value, tuple | list) else value


def _with(formulas: Mapping[str, str], text: str) -> str:
    """A line with formulas in the place of their names. What is no expression stays: its mistake is told where it is
    read.
    """
    if not any(name in text for name in formulas):
        return text
    try:
        tree = ast.parse(" ".join(text.split()), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & formulas.keys()
    return ast.unparse(_Replaced(formulas).visit(tree)) if used else text


class _Replaced(ast.NodeTransformer):
    def __init__(self, formulas: Mapping[str, str]) -> None:
        self._formulas = formulas

    def visit_Name(self, node: ast.Name) -> ast.expr:
        formula = self._formulas.get(node.id)
        return node if formula is None else ast.parse(formula, mode="eval").body


def _declared(item: Mapping[str, Any]) -> Iterable[str]:
    """The names that a check gives to something."""
    methods = item.get("methods")
    for method in methods if isinstance(methods, tuple | list) else ():
        yield from (name for given in method.values() if isinstance(given, Mapping) for name in given)
    for field in _DECLARING:
        value = item.get(field)
        for entry in value if isinstance(value, tuple | list) else (value,):
            if isinstance(entry, Mapping):
                yield from (name for name in entry if isinstance(name, str))
            elif isinstance(entry, str):
                yield entry
