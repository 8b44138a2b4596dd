"""The student's own modules that lie beside a file and that it imports, so that they are there when it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from grader.model import CompanionFile, Submission
from grader.submission.python_parser import parse

MAX_BYTES = 1024**2
MAX_FILES = 50


def find_local_modules(submission: Submission) -> tuple[CompanionFile, ...]:
    """The modules, by their paths from the file's folder, with their contents; of packages all Python files.

    A module is one where the name of an import is that of a ``.py`` file or of a folder there; those that they import
    count as well. Nothing else of the folder is looked at: it may be a home. Nor is what a link leads to outside of it.
    """
    folder = Path(submission.path).absolute().parent.resolve()
    found: dict[str, bytes] = {}
    room = MAX_BYTES
    waiting = [name for cell in submission.cells for name in _imports(cell.code)]
    seen = set(waiting)
    while waiting and len(found) < MAX_FILES:
        for path in _files_of(folder, waiting.pop()):
            name = path.relative_to(folder).as_posix()
            try:
                if not path.resolve().is_relative_to(folder):
                    continue
                with path.open("rb") as file:
                    content = file.read(room + 1)
            except OSError:
                continue
            if len(content) > room or len(found) >= MAX_FILES or name in found:
                continue
            room -= len(content)
            found[name] = content
            new = set(_imports(content.decode("utf-8", "replace"))) - seen
            seen |= new
            waiting += sorted(new)
    return tuple(CompanionFile(*each) for each in sorted(found.items()))


def _imports(code: str) -> Iterator[str]:
    """The names of top-level modules that a code imports anywhere."""
    tree = parse(code)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _files_of(folder: Path, module: str) -> Iterator[Path]:
    if not module.isidentifier():
        return
    alone, package = folder / f"{module}.py", folder / module
    if alone.is_file():
        yield alone
    elif (package / "__init__.py").is_file():
        yield from (path for path in sorted(package.rglob("*.py")) if path.is_file())
