"""The student's own modules: Python files in the submission's folder that it imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from grader.model import CompanionFile, Submission
from grader.submission.python_parser import parse

MAX_BYTES = 1024**2
MAX_FILES = 50


def find_local_modules(submission: Submission) -> tuple[CompanionFile, ...]:
    """The local modules that a submission imports, directly or through other local modules. Of a package, all Python
    files are included.

    Only files that an import names are read, since the folder can be anything, such as the user's home. Links to files
    outside of the folder are skipped.
    """
    folder = Path(submission.path).absolute().parent.resolve()
    found: dict[str, bytes] = {}
    bytes_left = MAX_BYTES
    waiting = [name for cell in submission.cells for name in _imports(cell.code)]
    seen = set(waiting)
    while waiting and len(found) < MAX_FILES:
        for path in _module_files(folder, waiting.pop()):
            name = path.relative_to(folder).as_posix()
            try:
                if not path.resolve().is_relative_to(folder):
                    continue
                with path.open("rb") as file:
                    content = file.read(bytes_left + 1)
            except OSError:
                continue
            if len(content) > bytes_left or len(found) >= MAX_FILES or name in found:
                continue
            bytes_left -= len(content)
            found[name] = content
            new = set(_imports(content.decode("utf-8", "replace"))) - seen
            seen |= new
            waiting += sorted(new)
    return tuple(CompanionFile(path, content) for path, content in sorted(found.items()))


def _imports(code: str) -> Iterator[str]:
    """The top-level names of all modules that the code imports. Relative imports are ignored."""
    tree = parse(code)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _module_files(folder: Path, module: str) -> Iterator[Path]:
    if not module.isidentifier():
        return
    single_file, package = folder / f"{module}.py", folder / module
    if single_file.is_file():
        yield single_file
    elif (package / "__init__.py").is_file():
        yield from (path for path in sorted(package.rglob("*.py")) if path.is_file())
