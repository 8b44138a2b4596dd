"""Which files code names: modules that it imports, and paths in its string constants.

Asked only where not everything that lies beside a file can be copied to where the file runs.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from grader.submission.python_parser import parse
from grader.submission.size_limits import MAX_CODE

_LONGEST = 255
MAX_NAMES = 500
"""How many modules, and how many strings, of a piece of code are looked up."""
MAX_PATTERNS = 50
_PATTERN = re.compile(r"[*?\[]")


class Places(Protocol):
    """Where files are looked up: paths are relative to the folder of the file whose code names them."""

    def files_at(self, path: str) -> Iterable[str]:
        """The file at a path, or all files in and below the folder at it."""

    def matching(self, pattern: str) -> Iterable[str]:
        """The files that match a pattern with wildcards in its last part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """``modules`` are top-level names; ``texts`` are strings that may be paths or patterns."""

    modules: tuple[str, ...]
    texts: tuple[str, ...]


def names_in(code: Iterable[str]) -> Names:
    """The names in pieces of code. Code that does not parse names nothing."""
    modules: dict[str, None] = {}
    texts: dict[str, None] = {}
    for piece in code:
        tree = parse(piece)
        parts = set[ast.AST]()  # of f-strings
        for node in ast.walk(tree) if tree is not None else ():
            modules |= dict.fromkeys(_imports(node))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in parts:
                texts |= dict.fromkeys(_paths(node.value))
            elif isinstance(node, ast.JoinedStr):
                parts |= set(node.values)  # walked through later
                texts |= dict.fromkeys(_paths(_as_pattern(node)))
    return Names(modules=tuple(modules)[:MAX_NAMES], texts=tuple(texts)[:MAX_NAMES])


def named_files(code: Iterable[str], places: Places, read: Callable[[str], bytes], limit: int) -> dict[str, None]:
    """The files that code names, and that modules which it imports name; at most ``limit``.

    ``read`` gives the content of a file, without raising.
    """
    found: dict[str, None] = {}
    waiting = [names_in(code)]
    known = set[str]()
    patterns, bytes_left = 0, MAX_CODE
    while waiting and len(found) < limit:
        names = waiting.pop()
        for text in names.texts:
            is_pattern = _PATTERN.search(text) is not None
            patterns += is_pattern
            if len(found) >= limit or (is_pattern and patterns > MAX_PATTERNS):
                continue
            found |= dict.fromkeys(places.matching(text) if is_pattern else places.files_at(text))
        for module in [name for name in names.modules if name not in known]:
            known.add(module)
            files = list(places.files_at(f"{module}.py"))
            files = files or [path for path in places.files_at(module) if path.endswith(".py")]
            found |= dict.fromkeys(files)
            for path in files[:limit]:
                content = read(path) if bytes_left > 0 else b""
                bytes_left -= len(content)
                waiting.append(names_in([content.decode("utf-8", "replace")]))
    return dict.fromkeys(list(found)[:limit])


def _imports(node: ast.AST) -> Iterator[str]:
    """The top-level names of the modules that a statement imports. Relative imports are ignored."""
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module.partition(".")[0]


def _as_pattern(node: ast.JoinedStr) -> str:
    """An f-string as a pattern: ``data/*.csv`` for ``f"data/{name}.csv"``."""
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values[: _LONGEST + 1])


def _paths(text: str) -> Iterator[str]:
    """What of a string may be a path: the whole, and its words, since a command may name files too."""
    if len(text) > _LONGEST or "\n" in text or "\0" in text:
        return
    words = text.split()
    for word in dict.fromkeys((text.strip(), *words[:8])):
        path = posixpath.normpath(word.replace("\\", "/")) if word else "."
        if path not in (".", "..", "*") and not path.startswith("/"):
            yield path
