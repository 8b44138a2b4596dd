"""What IPython's magics and shell escapes mean here.

IPython turns them into calls such as ``get_ipython().run_line_magic("time", "f(x)")``. This module finds these calls in
the syntax tree, and knows which of them run Python code, which do nothing silently, and which leave a note.
"""

from __future__ import annotations

import ast
import getopt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.text import shorten

MAX_NOTES = 20

Note = tuple[int, str]
"""A line within the cell, counted from 1 (0: the cell as a whole), and a text for the student."""

RUNS_PYTHON = {
    "capture": ("", ["no-stderr", "no-stdout", "no-display"]),
    "memit": ("r:t:ico", []),
    "prun": ("D:l:rs:T:q", []),
    "pyinstrument": ("", []),
    "time": ("", ["no-raise-error"]),
    "timeit": ("n:r:tcp:qov:", []),
}
"""Magics whose argument or cell body is Python code to be run, with their short and long options for ``getopt``."""
_SILENT = frozenset(
    {"autoreload", "colors", "config", "load_ext", "matplotlib", "pinfo", "pinfo2", "precision", "psearch"}
    | {"reload_ext", "xmode"}
)
PERFORMED = frozenset({"autoreload", "cd", "env", "file", "pwd", "run", "set_env", "writefile"})
"""Magics that the sandbox's shell performs: they stay calls, and need no note."""
_INSTALLERS = frozenset({"apt", "apt-get", "conda", "mamba", "micromamba", "pip", "pip3", "uv"})
# IPython reads a one-line cell that begins with one of these words as a magic, also without `%`.
_AUTOMAGIC = _SILENT | _INSTALLERS | frozenset(RUNS_PYTHON) | PERFORMED | {"ls", "pylab"}
# A character that only IPython knows, a prompt, a character that turns a line into a call, or an indented first line.
_IPYTHON_SYNTAX = re.compile(r"[%!?]|>>>|\.\.\.|In \[|(?:\A|[^\S \t])[ \t]*[,;/]|\A\s*[^\S\n]\S")
PYLAB_IMPORTS = (
    "import numpy, matplotlib; from matplotlib import mlab, pylab, pyplot; np = numpy; plt = pyplot; "
    "from pylab import *; from numpy import *"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MagicCall:
    """A call of a method of ``get_ipython()``; ``texts`` are its string arguments."""

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
        """What follows the magic's name on its line; for a shell command, the command."""
        texts = self.texts[1:] if self.name else self.texts
        return texts[0] if texts else ""

    @property
    def body(self) -> str:
        """The lines below the first line of a cell magic."""
        return self.texts[2] if len(self.texts) > 2 else ""


def magic_calls(tree: ast.AST) -> Iterator[MagicCall]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr=method), args=args):
                texts = tuple(a.value for a in args if isinstance(a, ast.Constant) and isinstance(a.value, str))
                yield MagicCall(node=node, method=method, texts=texts)


def may_be_ipython(source: str) -> bool:
    """Whether IPython can change a cell; it tokenizes the whole cell to find that out."""
    return _IPYTHON_SYNTAX.search(source) is not None


def is_silent_magic(line: str) -> bool:
    """Whether a line is a magic that has no effect on what is graded, such as ``%matplotlib inline``."""
    words = line.split(maxsplit=1)
    return bool(words) and words[0].startswith("%") and words[0][1:] in _SILENT


def is_automagic(source: str) -> bool:
    """Whether a cell is a magic that is written without ``%``, such as ``pip install torch``."""
    words = source.split(maxsplit=1)
    return bool(words) and "\n" not in source.strip() and words[0] in _AUTOMAGIC


def without_options(name: str, argument: str) -> str:
    """The code in the argument of a magic in RUNS_PYTHON: ``f(x)`` for ``-n 10 f(x)``."""
    short, long = RUNS_PYTHON[name]
    words = argument.split()
    try:
        rest = getopt.getopt(words, short, long)[1]
    except getopt.GetoptError:
        rest = words
    if not rest:
        return ""
    return argument.split(maxsplit=len(words) - len(rest))[-1].rstrip()


def notes_on_running(call: MagicCall) -> list[Note]:
    """What a magic whose code is run does not do here: it measures and captures nothing."""
    magic = ("%%" if call.method == "run_cell_magic" else "%") + call.name
    if call.name in {"timeit", "prun", "memit"}:
        return [(call.line, f"`{magic}` runs its code once here, and measures nothing")]
    return []


def setup_of(call: MagicCall) -> str:
    """The Python that a cell magic runs before the lines below it."""
    if call.name == "timeit":
        return without_options(call.name, call.argument)
    if call.name == "capture" and (variable := without_options(call.name, call.argument)).isidentifier():
        return f"{variable} = get_ipython().captured()"
    return ""


def as_call(call: MagicCall, body: str) -> str:
    """A cell magic with its body as one call, in which each line of the body has a line of its own."""
    start = f"get_ipython().run_cell_magic({call.name!r}, {call.argument!r}, "
    lines = body.removesuffix("\n").split("\n") if body else []
    return "\n".join([start, *(repr(f"{line}\n") for line in lines)] if lines else [f"{start}''"]) + ")"


def notes_on_calls(source: str, tree: ast.Module) -> list[Note]:
    """Notes on the magics and shell commands that stay in the code as calls, which have no effect in the sandbox."""
    lines = source.split("\n")
    notes = []
    for call in magic_calls(tree):
        shown = shorten(_as_written(call, lines[call.line - 1]) if call.line <= len(lines) else call.method, 60)
        if call.name in PERFORMED:
            continue
        if call.name == "timeit":
            notes += notes_on_running(call)
        elif call.method == "run_cell_magic":
            notes.append((call.line, f"`%%{call.name}` cells are not run here"))
        elif call.method in {"system", "getoutput", "run_line_magic"} and call.name not in _SILENT:
            words = (call.name, *call.argument.split())
            installs = call.name in _INSTALLERS or ("install" in words and not _INSTALLERS.isdisjoint(words))
            reason = ": packages come from the course's environment" if installs else ""
            notes.append((call.line, f"`{shown}` does nothing here{reason}"))
    return notes


def _as_written(call: MagicCall, line: str) -> str:
    """The command as a notebook has it, also where a script was exported with calls in its place."""
    if "get_ipython()" not in line:
        return line.strip(" \t\\")
    return f"%{call.name} {call.argument}".rstrip() if call.name else f"!{call.argument}"


def sorted_notes(notes: Sequence[Note]) -> tuple[Note, ...]:
    """The notes in the order of their lines, at most MAX_NOTES; one more note counts the others."""
    ordered = tuple(sorted(notes, key=lambda note: note[0]))
    if len(ordered) <= MAX_NOTES:
        return ordered
    return (*ordered[:MAX_NOTES], (0, f"{len(ordered) - MAX_NOTES} more commands do nothing here"))
