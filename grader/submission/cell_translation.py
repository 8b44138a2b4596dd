"""A cell as plain Python, line for line: line n of the result is line n of the source.

The steps: a console session becomes the code that it shows; IPython turns magics and shell escapes into calls; the code
inside ``%time``, ``%%capture`` and the like replaces its call, so that it is observed statement by statement; of code
that is broken, the statements that can run are kept. Other magics, installers and shell commands stay as calls, which
do nothing in the sandbox, and leave a note.
"""

from __future__ import annotations

import ast
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.model import BrokenStatement, Cell, cell_in_words
from grader.submission.magics import (
    PERFORMED,
    PYLAB_IMPORTS,
    RUNS_PYTHON,
    MagicCall,
    Note,
    as_call,
    is_automagic,
    magic_calls,
    may_be_ipython,
    notes_on_calls,
    notes_on_running,
    setup_of,
    sorted_notes,
    without_options,
)
from grader.submission.python_parser import can_run, compile_error, is_parseable, parse

if TYPE_CHECKING:
    from grader.submission.console_session import SessionBudget
    from grader.submission.ipython_transform import LineKeepingTransformer

IPYTHON_BUDGET = 1024**2
"""Characters that IPython's tokenizer may read for one submission; they take a few seconds."""
RECOVERY_BUDGET = 128 * 1024
"""Characters of broken code that are searched for sound statements, for one submission; they take a few seconds."""
MAX_NESTED_MAGICS = 6
"""How deep magics may be nested: ``%%capture`` over ``%%time`` over ``%time``."""

_Expanded = tuple[str, list[Note]]
"""The cell's text after a magic was replaced by the code inside it, and notes about that magic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainCell:
    """A cell in plain Python."""

    code: str
    quiet: bool = False
    """Whether the last statement ends in ``;``, so that its value is not displayed."""
    notes: tuple[Note, ...] = ()
    broken: tuple[BrokenStatement, ...] = ()
    """Statements that were left out: blank lines in ``code``, or all of it. Lines count from 1 within the cell."""

    def notes_from(self, first_line: int, cell: Cell | None = None) -> tuple[str, ...]:
        """The notes as texts with their places, for a file in which the cell begins on line ``first_line``.

        ``cell`` is the cell in which lines count; None: they count within the file. A note quotes what it is about, so
        the cell's first line of code is told only where that is another line.
        """
        return tuple(_placed(text, line and first_line + line - 1, cell) for line, text in self.notes)


def _placed(text: str, line: int, cell: Cell | None) -> str:
    """A note with its place. ``line`` is 0 for the cell as a whole."""
    places = [f"line {line}"] if line else []
    if cell is not None and cell.number is not None:
        begins = "" if cell.begins in text else cell.begins
        places.insert(0, cell_in_words(cell.number, cell.execution_count, begins))
    return f"{', '.join(places)}: {text}" if places else text


class CellTranslator:
    """Translates the cells of one submission to plain Python, within budgets that all its cells share."""

    def __init__(self) -> None:
        self._ipython: LineKeepingTransformer | None = None
        self._recovery_budget = RECOVERY_BUDGET
        self._session_budget: SessionBudget | None = None

    def translate(self, source: str) -> PlainCell:
        r"""``source`` (lines end in ``\n``) as plain Python with as many lines.

        Code that cannot be translated comes back as it is; it does not run.
        """
        text = self._without_prompts(source)
        if "get_ipython" not in text and ";" not in text and can_run(text):
            return PlainCell(code=text)  # most cells; to build a tree would take as long as everything else
        notes: list[Note] = []
        broken: tuple[BrokenStatement, ...] = ()
        for _ in range(MAX_NESTED_MAGICS):
            code, tree = self._parsed(text)
            if not broken and (tree is None or compile_error(tree) is not None):
                whole = code
                code, tree, broken = self._without_broken_code(code, tree)
                text = text if code is whole else code
            if tree is None or "get_ipython" not in code:
                break
            expanded = self._expand_cell_magic(text, code, tree) or self._expand_line_magics(code, tree)
            if expanded is None:
                notes += notes_on_calls(source, tree)
                break
            text, new_notes = expanded
            notes += new_notes
        quiet = tree is not None and _ends_in_semicolon(code, tree)
        return PlainCell(code=code, quiet=quiet, notes=sorted_notes(notes), broken=broken)

    def _without_prompts(self, source: str) -> str:
        if ">>>" not in source and "In" not in source:
            return source
        from grader.submission.console_session import SessionBudget, without_prompts

        self._session_budget = self._session_budget or SessionBudget()
        code = without_prompts(source, self._session_budget)
        return source if code is None else code

    def _parsed(self, text: str) -> tuple[str, ast.Module | None]:
        """The text and its tree. Text that does not parse is first transformed by IPython."""
        tree = parse(text)
        if tree is not None or not is_parseable(text):
            return text, tree
        transformed = self._transformed(text)
        tree = parse(transformed)
        if tree is None and is_automagic(text):
            magic = self._transformed(text.replace(text.strip(), "%" + text.strip(), 1))
            return magic, parse(magic)
        return transformed, tree

    def _without_broken_code(
        self, code: str, tree: ast.Module | None
    ) -> tuple[str, ast.Module | None, tuple[BrokenStatement, ...]]:
        """The code without its broken statements; unchanged if no statement is sound or the budget is spent."""
        self._recovery_budget -= len(code)
        if self._recovery_budget < 0:
            return code, tree, ()
        from grader.submission.broken_code import find_broken, recover

        recovered = recover(code)
        if recovered is None:
            return code, tree, find_broken(code)
        return recovered.code, parse(recovered.code), recovered.broken

    def _transformed(self, text: str) -> str:
        if not may_be_ipython(text):
            return text
        if self._ipython is None:
            from grader.submission.ipython_transform import LineKeepingTransformer

            self._ipython = LineKeepingTransformer(IPYTHON_BUDGET)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self._ipython.transform(text)

    def _expand_cell_magic(self, text: str, code: str, tree: ast.Module) -> _Expanded | None:
        """The body of a ``%%magic`` cell, with its first line blank; None for other cells."""
        call = next((call for call in magic_calls(tree) if call.method == "run_cell_magic"), None)
        if call is None or code == text:
            return None
        _, newline, body = text[text.index("%%") :].partition("\n")
        if call.name in PERFORMED:
            python = "\n" * (call.line - 1) + as_call(call, body)
            return python + "\n" * (text.count("\n") - python.count("\n")), []
        if call.name not in RUNS_PYTHON:
            return "\n" * text.count("\n"), [(0, f"`%%{call.name}` cells are not run here")]
        setup = "" if body.lstrip().startswith("%%") else setup_of(call)
        return "\n" * (call.line - 1) + setup + newline + body, notes_on_running(call)

    def _expand_line_magics(self, code: str, tree: ast.Module) -> _Expanded | None:
        """The code with every magic call that runs Python replaced by that Python; None if there is no such call."""
        lines = code.split("\n")
        statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        notes: list[Note] = []
        replaced = False
        # From right to left, so that a replacement does not shift the columns of the calls still to be replaced.
        for call in sorted(magic_calls(tree), key=lambda call: (call.line, call.node.col_offset), reverse=True):
            python = self._python_of(call, is_statement=id(call.node) in statements)
            if python is None or call.node.end_lineno != call.line:
                continue
            replaced = True
            line = lines[call.line - 1].encode()  # the tree's columns count bytes
            before, after = line[: call.node.col_offset], line[call.node.end_col_offset :]
            lines[call.line - 1] = (before + python.encode() + after).decode()
            notes += notes_on_running(call)
        return ("\n".join(lines), notes) if replaced else None

    def _python_of(self, call: MagicCall, *, is_statement: bool) -> str | None:
        """The Python that a magic call runs, on one line; None if the call must stay."""
        if call.method == "run_line_magic" and call.name == "pylab" and is_statement:
            return PYLAB_IMPORTS
        if call.name not in RUNS_PYTHON:
            return None
        if call.method == "run_line_magic":
            statement = without_options(call.name, call.argument)
            if self._parsed(statement)[1] is None:
                return None
            if is_statement:
                return statement or "pass"
            # %time returns its expression's value; the others return measurements, which are not made here.
            return f"({statement})" if call.name == "time" and statement else None
        if call.method != "run_cell_magic" or not is_statement:
            return None
        # Jupyter exports a cell magic to a script as a call with the whole cell in one string.
        body = self.translate(call.body).code
        tree = parse(body)
        if tree is None:
            return None
        setup = [setup_of(call)] if call.name == "capture" and setup_of(call) else []
        if all(map(_fits_on_one_line, tree.body)):
            with suppress(RecursionError):
                return "; ".join([*setup, *map(ast.unparse, tree.body)]) or "pass"
        return "; ".join([*setup, f"exec({body!r})"])


def _fits_on_one_line(statement: ast.stmt) -> bool:
    """Whether a statement has no body of its own, so that ``;`` can join it to others."""
    assignments = ast.Assign | ast.AugAssign | ast.AnnAssign
    return isinstance(
        statement,
        assignments | ast.Expr | ast.Import | ast.ImportFrom | ast.Delete | ast.Assert | ast.Pass | ast.Raise,
    )


def _ends_in_semicolon(code: str, tree: ast.Module) -> bool:
    """Whether a ``;`` follows the last statement. Only comments can follow, too."""
    if not tree.body:
        return False
    last = tree.body[-1]
    assert last.end_lineno is not None
    lines = code.split("\n")[last.end_lineno - 1 :]
    lines[0] = lines[0].encode()[last.end_col_offset :].decode()
    return any(";" in line.partition("#")[0] for line in lines)
