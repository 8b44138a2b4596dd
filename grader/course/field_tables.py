"""Tables, for the pages of the docs, of the fields and variables that authors write, from the models' descriptions.

A page marks the place of a table with ``<!-- fields: backward -->`` (or ``variables``) and ``<!-- end -->``. The tables
of the expression language are ``<!-- expressions: functions -->`` and ``<!-- expressions: attributes -->``. What a
class of a kind can define is ``<!-- kind: constants -->`` and ``<!-- kind: methods -->``. The place of a whole file is
marked with ``<!-- file: ../examples/… -->``, by its path from the page.
``python -m grader.course.field_tables docs`` writes all tables of the pages in a folder anew.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from grader.course.exercise import Exercise
from grader.course.known_submissions import Expected
from grader.course.rubric import MistakeRule, Remark, Rubric, RubricCheck
from grader.errors import UsageError, reason_of
from grader.judging import check_kinds
from grader.judging.checks.base import Check
from grader.judging.functions.argument_entries import FileArgument
from grader.language.expression import ATTRIBUTES, FUNCTIONS
from grader.language.expression.attributes import Attribute
from grader.language.expression.functions import Function
from grader.suggestions import did_you_mean_or_all

MODELS: Mapping[str, type[BaseModel]] = {
    "exercise": Exercise,
    "check": Check,
    "rubric": Rubric,
    "rubric-check": RubricCheck,
    "mistake": MistakeRule,
    "remark": Remark,
    "file-argument": FileArgument,
    "verdicts": Expected,
}
"""Models with a table of fields, besides the kinds of checks."""

_TABLE = re.compile(r"(<!-- (fields|variables|expressions|kind|file): (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
_LANGUAGES = {".py": "python", ".toml": "toml", ".yaml": "yaml", ".md": "markdown"}
OF_A_KIND = (
    "judge", "probes", "binds", "references", "building_on", "wants_reference", "wants_changes", "unrecorded_names",
)  # fmt: skip
"""The methods of a check that a kind may define, those that most need first."""


def with_tables(page: str, folder: Path = Path()) -> str:
    """A page of the docs, which lies in ``folder``, with every table and file in it written anew. Raises UsageError for
    a table or a file that there is not.
    """
    return _TABLE.sub(lambda found: f"{found[1]}\n{_table(found[2], found[3], folder)}\n\n{found[4]}", page)


def _table(of_what: str, name: str, folder: Path) -> str:
    if of_what == "file":
        return _shown_file(folder / name)
    if of_what == "kind":
        if name not in ("constants", "methods"):
            raise UsageError(f"there is no table of a kind's `{name}`; known: constants, methods")
        return "\n".join(_rows(("name", "what it is"), _constants() if name == "constants" else _methods()))
    if of_what == "expressions":
        return _expression_table(name)
    kinds = check_kinds.built_in()
    known = {*kinds, *(MODELS if of_what == "fields" else ())}
    if name not in known:
        raise UsageError(f"there is no table of {of_what} `{name}`{did_you_mean_or_all(name, known)}")
    if of_what == "variables":
        return "\n".join(_rows(("variable", "what it is"), _variables(kinds[name])))
    if name in MODELS:
        return "\n".join(_rows(("field", "default", "meaning"), _fields(MODELS[name])))
    return "\n".join(_rows(("field", "default", "meaning"), _own_fields(kinds[name])))


def _expression_table(name: str) -> str:
    tables: dict[str, Mapping[str, Function | Attribute]] = {"functions": FUNCTIONS, "attributes": ATTRIBUTES}
    if name not in tables:
        raise UsageError(f"there is no table of expressions `{name}`{did_you_mean_or_all(name, tables)}")
    entries = sorted(tables[name].items(), key=lambda entry: entry[0].lower())
    rows = ((f"`{entry.usage.replace(f', {word}(', f'`, `{word}(')}`", entry.about) for word, entry in entries)
    return "\n".join(_rows(("written", "what it is"), rows))


def _shown_file(path: Path) -> str:
    """A file as a block of code, with its name in the first line if it can have a comment."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be shown: {reason_of(error)}") from None
    language = _LANGUAGES.get(path.suffix, "")
    return f"```{language}\n# {path.name}\n{text.rstrip()}\n```"


def _constants() -> Iterator[tuple[str, ...]]:
    """The constants of a kind, with what stands below each of them in the class."""
    (body,) = (node.body for node in ast.parse(inspect.getsource(Check)).body if isinstance(node, ast.ClassDef))
    for node, below in itertools.pairwise(body):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name) or not node.target.id.isupper():
            continue
        if isinstance(below, ast.Expr) and not node.target.id.startswith("_"):
            yield f"`{node.target.id}`", _in_markdown(str(ast.literal_eval(below.value)))


def _methods() -> Iterator[tuple[str, ...]]:
    for name in OF_A_KIND:
        method = getattr(Check, name)
        parameters = ", ".join(list(inspect.signature(method).parameters)[1:])
        yield f"`{name}({parameters})`", _in_markdown(inspect.getdoc(method) or "")


def _in_markdown(docstring: str) -> str:
    return " ".join(docstring.replace("``", "`").split())


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for row in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _variables(kind: type[Check]) -> Iterator[tuple[str, ...]]:
    return ((f"`{name}`", meaning) for name, meaning in kind.VARIABLES.items())


def _own_fields(kind: type[Check]) -> Iterator[tuple[str, ...]]:
    """The fields that a kind adds, and those of every check that it takes for something else."""
    shared = dict(_named_rows(Check))
    return (row for name, row in _named_rows(kind) if shared.get(name) != row and name != "kind")


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    return (row for _, row in _named_rows(model))


def _named_rows(model: type[BaseModel]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, field in model.model_fields.items():
        yield name, (f"`{field.alias or name}`", _default(field), field.description or "")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    return "" if field.default is PydanticUndefined else _in_yaml(field.default)


def _in_yaml(value: Any) -> str:
    if value is None or value in ((), {}, ""):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{value}`"


def main(folders: Iterable[str]) -> None:
    """Write the tables of all pages in some folders."""
    for path in sorted(page for folder in folders for page in Path(folder).rglob("*.md")):
        page = path.read_text(encoding="utf-8")
        path.write_text(with_tables(page, path.parent), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
