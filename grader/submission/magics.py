"""What a cell means in plain Python, line for line.

IPython's machinery turns magics and shell escapes into calls such as ``get_ipython().run_line_magic("time", "f(x)")``;
what each of them means here is then decided on the syntax tree. Code inside ``%time`` or ``%%capture`` stands as
ordinary code, so that it is observed statement by statement; installing and shell commands stay calls, which do
nothing in the sandbox, and leave a note; ``%matplotlib inline`` and ``x?`` do nothing silently. A console session
becomes the code that it shows; of code that is broken, what is sound is kept.
"""

from __future__ import annotations

import ast
import getopt
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.submission.python import can_run, is_readable, parse, refusal
from grader.text import shorten

if TYPE_CHECKING:
    from grader.submission.broken_code import Break
    from grader.submission.console_session import Budget
    from grader.submission.ipython import LineKeeper

IPYTHON_BUDGET = 1024**2
"""Characters that IPython's tokenizer may read for one submission, a few seconds' worth."""
RECOVERY_BUDGET = 128 * 1024
"""Characters of broken code that may be searched for what is sound in it, also a few seconds' worth."""
MAX_ROUNDS = 6
"""How deep magics may be nested: ``%%capture`` over ``%%time`` over ``%time``."""
MAX_NOTES = 20

# The options of IPython's magics whose argument or body is Python to be run, in the form of ``getopt``.
_RUNS_PYTHON = {
    "capture": ("", ["no-stderr", "no-stdout", "no-display"]),
    "memit": ("r:t:ico", []),
    "prun": ("D:l:rs:T:q", []),
    "pyinstrument": ("", []),
    "time": ("", ["no-raise-error"]),
    "timeit": ("n:r:tcp:qov:", []),
}
_SILENT = frozenset(
    {"autoreload", "colors", "config", "load_ext", "matplotlib", "pinfo", "pinfo2", "precision", "psearch"}
    | {"reload_ext", "xmode"}
)
_INSTALLERS = frozenset({"apt", "apt-get", "conda", "mamba", "micromamba", "pip", "pip3", "uv"})
# Words that IPython takes for a magic without ``%``, where they begin a cell of one line.
_AUTOMAGIC = _SILENT | _INSTALLERS | frozenset(_RUNS_PYTHON) | {"cd", "env", "ls", "pwd", "pylab", "run"}
_PYLAB = (
    "import numpy, matplotlib; from matplotlib import mlab, pylab, pyplot; np = numpy; plt = pyplot; "
    "from pylab import *; from numpy import *"
)
_SIMPLE = (
    ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.Delete, ast.Assert, ast.Pass,
    ast.Raise,
)  # fmt: skip


_Note = tuple[int, str]
_Step = tuple[str, list[_Note]]
"""The text after a magic was opened, and notes about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A cell in plain Python. ``notes`` are pairs of a line within the cell (0: the whole cell) and a text."""

    code: str
    quiet: bool = False
    notes: tuple[_Note, ...] = ()
    breaks: tuple[Break, ...] = ()
    """What is broken in it, and blank in ``code``."""

    def notes_from(self, first_line: int) -> tuple[str, ...]:
        """The notes as texts, in a file where the cell's first line is ``first_line``."""
        return tuple(f"line {first_line + line - 1}: {text}" if line else text for line, text in self.notes)


class Syntax:
    """Turns the cells of one submission into plain Python."""

    def __init__(self) -> None:
        self._ipython: LineKeeper | None = None
        self._recovery_budget = RECOVERY_BUDGET
        self._session_budget: Budget | None = None

    def plain(self, source: str) -> Plain:
        """``source`` (lines end in ``\\n``) as plain Python with as many lines.

        What is no Python even then comes back as far as it was understood: its error is reported where it runs.
        """
        text = self._without_prompts(source)
        if "get_ipython" not in text and ";" not in text and can_run(text):
            return Plain(code=text)  # as most cells are; a tree would take as long as all the rest
        notes: list[_Note] = []
        breaks: tuple[Break, ...] = ()
        for _ in range(MAX_ROUNDS):
            code, tree = self._read(text)
            if not breaks and (tree is None or refusal(tree) is not None):
                code, tree, breaks = self._recovered(code, tree)
                text = code if breaks else text
            if tree is None or "get_ipython" not in code:
                break
            step = self._open_cell_magic(text, code, tree) or self._open_magics(code, tree)
            if step is None:
                notes += _notes_on_calls(source, tree)
                break
            text, new_notes = step
            notes += new_notes
        quiet = tree is not None and _ends_in_semicolon(code, tree)
        return Plain(code=code, quiet=quiet, notes=_in_order(notes), breaks=breaks)

    def _without_prompts(self, source: str) -> str:
        if ">>>" not in source and "In" not in source:
            return source
        from grader.submission.console_session import Budget, without_prompts

        self._session_budget = self._session_budget or Budget()
        code = without_prompts(source, self._session_budget)
        return source if code is None else code

    def _read(self, text: str) -> tuple[str, ast.Module | None]:
        """The text as it is where that is Python, else as IPython transforms it; with its tree, if it has one."""
        tree = parse(text)
        if tree is not None or not is_readable(text):
            return text, tree
        transformed = self._transformed(text)
        tree = parse(transformed)
        if tree is None and _is_automagic(text):
            magic = self._transformed(text.replace(text.strip(), "%" + text.strip(), 1))
            return magic, parse(magic)
        return transformed, tree

    def _recovered(self, code: str, tree: ast.Module | None) -> tuple[str, ast.Module | None, tuple[Break, ...]]:
        """Broken code with only what is sound in it; as it is where nothing is."""
        self._recovery_budget -= len(code)
        if self._recovery_budget < 0:
            return code, tree, ()
        from grader.submission.broken_code import recover

        recovered = recover(code)
        if recovered is None:
            return code, tree, ()
        return recovered.code, parse(recovered.code), recovered.breaks

    def _transformed(self, text: str) -> str:
        if self._ipython is None:
            from grader.submission.ipython import LineKeeper

            self._ipython = LineKeeper(IPYTHON_BUDGET)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self._ipython.same_lines(text)

    def _open_cell_magic(self, text: str, code: str, tree: ast.Module) -> _Step | None:
        """The body of a ``%%magic`` cell with blank space for its first line; None where the cell is none."""
        call = next((call for call in _ipython_calls(tree) if call.method == "run_cell_magic"), None)
        if call is None or code == text:
            return None
        if call.name not in _RUNS_PYTHON:
            return "\n" * text.count("\n"), [(0, f"`%%{call.name}` cells are not run here")]
        _, newline, body = text[text.index("%%") :].partition("\n")
        setup = _statement(call.name, call.argument) if call.name == "timeit" else ""
        return "\n" * (call.line - 1) + setup + newline + body, _notes_on_running(call)

    def _open_magics(self, code: str, tree: ast.Module) -> _Step | None:
        """The code with every magic call that runs Python replaced by that Python; None where there is none."""
        lines = code.split("\n")
        statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        notes: list[_Note] = []
        opened = False
        # From the right, so that a replacement leaves the columns of those before it as they are.
        for call in sorted(_ipython_calls(tree), key=lambda call: (call.line, call.node.col_offset), reverse=True):
            python = self._python_of(call, is_statement=id(call.node) in statements)
            if python is None or call.node.end_lineno != call.line:
                continue
            opened = True
            line = lines[call.line - 1].encode()
            before, after = line[: call.node.col_offset], line[call.node.end_col_offset :]
            lines[call.line - 1] = (before + python.encode() + after).decode()
            notes += _notes_on_running(call)
        return ("\n".join(lines), notes) if opened else None

    def _python_of(self, call: _Call, *, is_statement: bool) -> str | None:
        """The Python that a magic call runs, on one line; None where the call has to stay."""
        if call.method == "run_line_magic" and call.name == "pylab" and is_statement:
            return _PYLAB
        if call.name not in _RUNS_PYTHON:
            return None
        if call.method == "run_line_magic":
            statement = _statement(call.name, call.argument)
            if self._read(statement)[1] is None:
                return None
            if is_statement:
                return statement or "pass"
            # %time hands its value on; the others hand on measurements, which nobody has here.
            return f"({statement})" if call.name == "time" and statement else None
        if call.method != "run_cell_magic" or not is_statement:
            return None
        # A whole cell as one string, in a script that Jupyter exported.
        body = self.plain(call.body).code
        tree = parse(body)
        if tree is None:
            return None
        if all(isinstance(statement, _SIMPLE) for statement in tree.body):
            with suppress(RecursionError):
                return "; ".join(map(ast.unparse, tree.body)) or "pass"
        return f"exec({body!r})"


def _is_automagic(source: str) -> bool:
    words = source.split(maxsplit=1)
    return bool(words) and "\n" not in source.strip() and words[0] in _AUTOMAGIC


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A call of a method of ``get_ipython()`` with texts as arguments."""

    node: ast.Call
    method: str
    texts: tuple[str, ...]

    @property
    def line(self) -> int:
        return self.node.lineno

    @property
    def name(self) -> str:
        """The magic's name; empty for a shell command."""
        return self.texts[0] if self.method in {"run_line_magic", "run_cell_magic"} and self.texts else ""

    @property
    def argument(self) -> str:
        texts = self.texts[1:] if self.name else self.texts
        return texts[0] if texts else ""

    @property
    def body(self) -> str:
        return self.texts[2] if len(self.texts) > 2 else ""


def _ipython_calls(tree: ast.AST) -> Iterator[_Call]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr=method), args=args):
                texts = tuple(a.value for a in args if isinstance(a, ast.Constant) and isinstance(a.value, str))
                yield _Call(node=node, method=method, texts=texts)


def _statement(name: str, argument: str) -> str:
    """The argument of a magic without its options: ``-n 10 f(x)`` is ``f(x)``."""
    short, long = _RUNS_PYTHON[name]
    words = argument.split()
    try:
        rest = getopt.getopt(words, short, long)[1]
    except getopt.GetoptError:
        rest = words
    if not rest:
        return ""
    return argument.split(maxsplit=len(words) - len(rest))[-1].rstrip()


def _notes_on_running(call: _Call) -> list[_Note]:
    magic = ("%%" if call.method == "run_cell_magic" else "%") + call.name
    if call.name in {"timeit", "prun", "memit"}:
        return [(call.line, f"`{magic}` runs its code once here, and measures nothing")]
    if call.name == "capture" and (variable := _statement(call.name, call.argument)):
        return [(call.line, f"`{magic}` captures nothing here: there will be no `{_short(variable)}`")]
    return []


def _notes_on_calls(source: str, tree: ast.Module) -> list[_Note]:
    """What the calls that were left in the code do not do."""
    lines = source.split("\n")
    notes = []
    for call in _ipython_calls(tree):
        shown = _short(lines[call.line - 1].strip(" \t\\")) if call.line <= len(lines) else call.method
        if call.method == "run_cell_magic":
            notes.append((call.line, f"`%%{call.name}` cells are not run here"))
        elif call.method in {"system", "getoutput", "run_line_magic"} and call.name not in _SILENT:
            words = (call.name, *call.argument.split())
            installs = call.name in _INSTALLERS or ("install" in words and not _INSTALLERS.isdisjoint(words))
            reason = ": packages come from the course's environment" if installs else ""
            notes.append((call.line, f"`{shown}` does nothing here{reason}"))
    return notes


def _in_order(notes: list[_Note]) -> tuple[_Note, ...]:
    ordered = tuple(sorted(notes, key=lambda note: note[0]))
    if len(ordered) <= MAX_NOTES:
        return ordered
    return (*ordered[:MAX_NOTES], (0, f"{len(ordered) - MAX_NOTES} more commands do nothing here"))


def _short(text: str) -> str:
    return shorten(text, 60)


def _ends_in_semicolon(code: str, tree: ast.Module) -> bool:
    """Whether a ``;`` follows the last statement: nothing else but comments can."""
    if not tree.body:
        return False
    last = tree.body[-1]
    assert last.end_lineno is not None
    lines = code.split("\n")[last.end_lineno - 1 :]
    lines[0] = lines[0].encode()[last.end_col_offset :].decode()
    return any(";" in line.partition("#")[0] for line in lines)
