"""The helper modules of a course that go into a pack: all but what only checks use that stay out.

Submissions may import anything of ``support/``, so that students know it. But exercises also hand functions of it to
functions of students, and those of a hidden check tell what it is about. A function, class or constant stays out if

- an argument of a check names it that is not in the pack, and nothing in the pack uses its name, or
- it is used only by what stays out.

Modules go in without comments, and their lines stay where they are if all of a module goes in.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from grader.course.python_source import source_of
from grader.errors import CourseError, reason_of
from grader.language.yaml_file import shown

_WORD = re.compile(r"[^\W\d]\w*")
_NAMED = re.compile(r"support((?:\.[^\W\d]\w*)+)")


@dataclass(frozen=True, slots=True)
class _Item:
    """What a module binds at its outermost level; without a name the rest of a module, such as its imports."""

    module: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedSupport:
    """``files`` are those that go in, by their paths in ``support/``; ``left_out`` what stays out, as it is named in an
    exercise, or by its path.
    """

    files: Mapping[str, bytes]
    left_out: tuple[str, ...]


def named_functions(value: object) -> Iterator[str]:
    """The functions of ``support/`` that a check names in its arguments, as ``module.function``."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from named_functions(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from named_functions(inner)
    elif isinstance(value, str) and (match := _NAMED.fullmatch(value)):
        parts = match[1].split(".")[1:]
        yield ".".join(parts * 2 if len(parts) == 1 else parts)


def packed_support(
    support: Mapping[str, Path], *, public: Iterable[str], kept_back: Iterable[str], texts: Iterable[str]
) -> PackedSupport:
    """``support``: the files of the course, by their paths in ``support/``. ``public`` and ``kept_back``: what checks
    name that are in the pack, and those that are not. ``texts``: what students read or write, whose words are names
    that they may use. Raises CourseError where a module cannot be read.
    """
    modules = dict(_modules(support))
    uses = _uses(modules)
    words = {word for text in texts for word in _WORD.findall(text)}
    asked = {item for name in public for item in _items_named(name, uses)}
    secret = frozenset(item for name in kept_back for item in _items_named(name, uses))
    words |= {item.name for item in asked}
    named = {item for item in secret if item not in asked and item.name not in words}
    secret = _with_what_only_these_use(named, uses, words)
    return PackedSupport(
        files=dict(sorted(_kept_files(support, modules, uses, secret).items())),
        left_out=tuple(sorted(f"{item.module}.{item.name}" for item in secret if item.name)),
    )


def _modules(support: Mapping[str, Path]) -> Iterator[tuple[str, ast.Module]]:
    """The syntax trees of all modules, by their paths."""
    for name, path in support.items():
        if path.suffix != ".py" or any(part.startswith(".") for part in PurePosixPath(name).parts):
            continue
        try:
            yield name, ast.parse(path.read_bytes())
        except (OSError, ValueError, SyntaxError) as error:
            raise CourseError(f"{shown(path)} cannot be read: {reason_of(error)}.") from error


def _dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _uses(modules: Mapping[str, ast.Module]) -> dict[_Item, frozenset[str]]:
    """The words that each item is made of, among which are the names of the items that it uses. An import by itself
    uses nothing.
    """
    found: dict[_Item, set[str]] = {}
    for path, tree in modules.items():
        for statement in tree.body:
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                for name in _bound(statement) or ("",):
                    found.setdefault(_Item(_dotted(path), name), set()).update(_words_in(statement))
    return {item: frozenset(words) for item, words in found.items()}


def _bound(statement: ast.stmt) -> tuple[str, ...]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.Assign(targets=targets):
            named = [target.id for target in targets if isinstance(target, ast.Name)]
            return tuple(named) if len(named) == len(targets) else ()
        case ast.AnnAssign(target=ast.Name(id=name)):
            return (name,)
        case _:
            return ()


def _words_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.Constant(value=str(text)):
                yield from _WORD.findall(text)
            case ast.alias(name=name):
                yield from name.split(".")
            case ast.ImportFrom(module=str(name)):
                yield from name.split(".")


def _items_named(name: str, uses: Mapping[_Item, Any]) -> Iterator[_Item]:
    module, _, function = name.rpartition(".")
    item = _Item(module, function)
    if item in uses:
        yield item
    else:  # the module has it from another one
        yield from (other for other in uses if other.name == function)


def _with_what_only_these_use(
    secret: set[_Item], uses: Mapping[_Item, frozenset[str]], words: set[str]
) -> frozenset[_Item]:
    found = set(secret)
    while True:
        rest = [item for item in uses if item not in found]
        used = words.union(*(uses[item] - {item.name} for item in rest))
        hidden = frozenset().union(*(uses[item] for item in found))
        more = {item for item in rest if item.name and item.name in hidden and item.name not in used}
        if not more:
            return frozenset(found)
        found |= more


def _kept_files(
    support: Mapping[str, Path],
    modules: Mapping[str, ast.Module],
    uses: Mapping[_Item, frozenset[str]],
    secret: frozenset[_Item],
) -> dict[str, bytes]:
    names = {item.name for item in secret}
    told = names.union(*(uses[item] for item in secret))
    files: dict[str, bytes] = {}
    for path, tree in modules.items():
        gone = [one for one in tree.body if any(_Item(_dotted(path), name) in secret for name in _bound(one))]
        if gone and ast.get_docstring(tree) is not None:
            gone.append(tree.body[0])  # it may speak of what is gone
        left = [one for one in tree.body if one not in gone]
        rest = {word for one in left if not isinstance(one, ast.Import | ast.ImportFrom) for word in _words_in(one)}
        body = [(one, None if one in gone else _without(one, names, told - rest)) for one in tree.body]
        if tree.body and all(new is None for _, new in body):
            continue
        files[path] = source_of(support[path].read_bytes(), body).encode()
    said = b"\n".join(files.values())
    for name, other in support.items():
        is_other = other.suffix not in (".py", ".pyc") and not other.name.startswith(".")
        if is_other and other.name.encode() in said:
            files[name] = other.read_bytes()
    return files


def _without(statement: ast.stmt, names: set[str], unused: frozenset[str] | set[str]) -> ast.stmt | None:
    """A statement that stays in a module whose items ``names`` are gone. ``unused``: what only these used."""
    match statement:
        case ast.Import(names=aliases):
            left = [one for one in aliases if (one.asname or one.name.partition(".")[0]) not in unused]
            return statement if left == aliases else ast.Import(names=left) if left else None
        case ast.ImportFrom(module=module, names=aliases, level=level):
            left = [one for one in aliases if one.name not in names and (one.asname or one.name) not in unused]
            changed = ast.ImportFrom(module=module, names=left, level=level) if left else None
            return statement if left == aliases else changed
        case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=items) | ast.Tuple(elts=items)):
            left_items = [one for one in items if not (isinstance(one, ast.Constant) and one.value in names)]
            if left_items == items:
                return statement
            return ast.copy_location(
                ast.Assign(targets=statement.targets, value=ast.List(elts=left_items, ctx=ast.Load()), lineno=1),
                statement,
            )
        case _:
            return statement
