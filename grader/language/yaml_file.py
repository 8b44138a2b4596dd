"""Reads YAML files of a course safely, with the line of every value.

Values follow YAML 1.2's core schema: ``yes``, ``1:30`` and dates are texts, ``1e3`` is a number. Sequences become
tuples. Keys are always texts, as written in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from grader.errors import ExerciseError, Mistake

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 50
MAX_NODES = 50_000

Loc = tuple[str | int, ...]
"""The place of a value in a document: keys of mappings and positions in sequences."""

_PREFIX = "tag:yaml.org,2002:"
_COLLECTIONS = {_PREFIX + "map", _PREFIX + "seq"}
_BRACKET = re.compile(r"[\[\]{}]")
_CONSTANTS = {"": None, "~": None, "null": None, "true": True, "false": False}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the class is only known at run time
    """PyYAML's parser with the resolvers of YAML 1.2's core schema instead of YAML 1.1's."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own attribute, replaced by `add_implicit_resolver`


_Loader.add_implicit_resolver(_PREFIX + "bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), list("tTfF"))
_Loader.add_implicit_resolver(_PREFIX + "null", re.compile(r"(?:~|null|Null|NULL|)\Z"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver(
    _PREFIX + "int", re.compile(r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    _PREFIX + "float",
    re.compile(
        r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
    ),
    list("-+.0123456789"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The content of a YAML file. ``path`` is for messages; ``data`` has dict, tuple, str, int, float, bool, None."""

    path: Path
    data: dict[str, Any]
    root: yaml.Node = field(repr=False)

    def line_of(self, loc: Loc) -> int | None:
        """The line, counted from 1, of a value or, in a mapping, of its key; None if there is no such value."""
        node, line = self.root, self.root.start_mark.line + 1
        for part in loc:
            child = _child(node, part)
            if child is None:
                return None
            node, line = child
        return int(line)

    def text_of(self, loc: Loc) -> str | None:
        """A number as it is written in the file, ``1.10``; None if the value is no number."""
        node = self.root
        for part in loc:
            child = _child(node, part)
            if child is None:
                return None
            node, _ = child
        is_number = node.tag in (_PREFIX + "int", _PREFIX + "float")
        return str(node.value) if is_number and isinstance(node, yaml.ScalarNode) else None

    def known(self, loc: Loc) -> Loc:
        """The longest beginning of a loc that exists in the file."""
        while self.line_of(loc) is None:
            loc = loc[:-1]
        return loc

    def mistake(self, loc: Loc, text: str) -> Mistake:
        """A mistake at a loc, or at the nearest enclosing value that exists."""
        known = self.known(loc)
        place = show_loc(known)
        return Mistake(path=self.path, line=self.line_of(known), text=f"{place}: {text}" if place else text)


def _child(node: yaml.Node, part: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((value, key.start_mark.line + 1) for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and 0 <= part < len(node.value):
        return node.value[part], node.value[part].start_mark.line + 1
    return None


def show_loc(loc: Loc) -> str:
    """A loc as text: ``checks[2].given``, ``expect["2 * x"]``."""
    text = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part}]"
        elif re.fullmatch(r"[\w-]+", part):
            text += f".{part}"
        else:
            text += f'["{part}"]'
    return text.removeprefix(".")


def shown(path: Path) -> Path:
    """A path for messages: relative to the current directory if the path is below it."""
    absolute = path.absolute()
    return absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else path


def load(path: Path) -> Document:
    """Read a file. Raises ExerciseError with all mistakes in its YAML."""
    place = shown(path)
    text = _read(path, place)
    root = _compose(text, place)
    mistakes = tuple(_unsafe(root, place)) or tuple(_wrong_nodes(root, place))
    if mistakes:
        raise ExerciseError(sorted(mistakes, key=lambda mistake: mistake.line or 0))
    try:
        data = _construct(root)
    except _NodeError as error:
        raise ExerciseError([_at(error.node, place, error.text)]) from None
    if not isinstance(data, dict):
        text = "the file must be made of `key: value` lines at its outermost level"
        raise ExerciseError([_at(root, place, text)])
    return Document(path=place, data=data, root=root)


# --------------------------------------------------------------------------------------------------------------------
# Bytes to nodes
# --------------------------------------------------------------------------------------------------------------------


def _read(path: Path, place: Path) -> str:
    refused = partial(_refused, place)
    try:
        if path.exists() and not path.is_file():
            raise refused("is not a file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise refused(f"cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise refused(f"is larger than {MAX_BYTES // 1024**2} MiB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refused("is not UTF-8 text; save the file with the encoding UTF-8", line) from None
    bad = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        raise refused(f"holds a control character (U+{ord(bad.group()):04X}); delete it", line)
    return text


def _compose(text: str, place: Path) -> yaml.Node:
    refused = partial(_refused, place)
    try:
        # Checked before composing, which recurses in C without a limit.
        depth = nodes = 0
        for event in yaml.parse(text, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH and event.start_mark:
                raise refused(f"is nested more than {MAX_DEPTH} levels deep", event.start_mark.line + 1)
            nodes += isinstance(event, yaml.NodeEvent)
            if nodes > MAX_NODES:
                raise refused(f"holds more than {MAX_NODES} values")
        root = yaml.compose(text, Loader=_Loader)
    except (yaml.YAMLError, RecursionError) as error:
        # Some versions of libyaml have a limit of their own, which they apply before the first event, in other words.
        if (line := _too_deep(text)) is not None:
            raise refused(f"is nested more than {MAX_DEPTH} levels deep", line) from None
        if not isinstance(error, yaml.MarkedYAMLError):
            raise refused(f"is not YAML: {error}") from None
        line, words = _explain(error, text.splitlines())
        raise refused(words, line) from None
    if root is None or (isinstance(root, yaml.ScalarNode) and not root.value):
        raise refused("is empty")
    return root


def _too_deep(text: str) -> int | None:
    """The first line with more than MAX_DEPTH open brackets, list items and indentations; None if there is none.

    Texts in quotes are not told apart, so this is only asked about a file that the parser has refused.
    """
    brackets = 0
    indentations: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        start = len(line) - len(line.lstrip(" -?"))
        items = line.count("- ", 0, start) + line.count("? ", 0, start)
        while indentations and indentations[-1] >= start:
            indentations.pop()
        indentations.append(start)
        for sign in _BRACKET.findall(line):
            brackets += 1 if sign in "[{" else -1
            if brackets + items + len(indentations) - 1 > MAX_DEPTH:
                return number
        if brackets + items + len(indentations) - 1 > MAX_DEPTH:
            return number
    return None


def _refused(place: Path, text: str, line: int | None = None) -> ExerciseError:
    return ExerciseError([Mistake(path=place, line=line, text=text)])


class _Explanation(NamedTuple):
    """A message for an error of the parser. ``at_start``: show the line where the unfinished value begins."""

    pattern: str
    words: str
    at_start: bool = False


# PyYAML has a parser in C and one in Python, whose messages differ.
_EXPLANATIONS = (
    _Explanation("but found another document", "holds several YAML documents (`---`); write one a file"),
    _Explanation("found undefined alias", "no `&name` goes with this `*name`; a text that starts with * needs quotes"),
    _Explanation(
        "mapping values are not allowed",
        "a `: ` stands inside a text, or this line is indented wrongly; a text that contains `: ` needs quotes",
    ),
    _Explanation("found unexpected end of stream", "this quote is never closed", at_start=True),
    _Explanation(
        r"expected ',' or '\]'",
        "this `[` is never closed, or a comma is missing; texts with brackets need quotes",
        at_start=True,
    ),
    _Explanation(
        r"expected ',' or '}'",
        "this `{` is never closed, or a comma is missing; texts with brackets, such as `x[0]`, need quotes",
        at_start=True,
    ),
    _Explanation(
        "did not find expected alphabetic or numeric character|expected alphabetic or numeric character",
        "a text that starts with `*` or `&`, such as a pattern of file names, needs quotes",
    ),
    _Explanation("cannot start any token", "no text can start with this sign; put the text in quotes"),
    _Explanation("unknown escape character", "in double quotes, `\\` starts a special sign; use single quotes"),
    _Explanation(
        "expected key|expected '-' indicator|expected <block end>",
        "this line does not continue what stands above it: check its indentation, and that a text which "
        "starts with a quote or a bracket is in quotes as a whole",
    ),
    _Explanation("could not find expected ':'", "a key without `: ` after it; write `key: value`"),
)


def _explain(error: yaml.MarkedYAMLError, lines: list[str]) -> tuple[int | None, str]:
    """The line of an error of the parser, and a message for the instructor."""
    end = error.problem_mark.line + 1 if error.problem_mark else None
    start = error.context_mark.line + 1 if error.context_mark else None
    tabbed = next(
        (line for line in (end, start) if line and line <= len(lines) and re.match(r" *\t", lines[line - 1])), None
    )
    if tabbed:
        return tabbed, "the line is indented with a tab; YAML is indented with spaces"
    for pattern, words, at_start in _EXPLANATIONS:
        if re.search(pattern, error.problem or ""):
            return (start if at_start and start else end), words
    return end or start, f"is not YAML: {error.problem}"


# --------------------------------------------------------------------------------------------------------------------
# Nodes to values
# --------------------------------------------------------------------------------------------------------------------


class _NodeError(Exception):
    def __init__(self, node: yaml.Node, text: str) -> None:
        self.node = node
        self.text = text


def _at(node: yaml.Node, place: Path, text: str) -> Mistake:
    return Mistake(path=place, line=node.start_mark.line + 1, text=text)


def _unsafe(root: yaml.Node, place: Path) -> Iterator[Mistake]:
    """Aliases that contain themselves, or that expand to too many values. The expansion is counted, not built."""
    sizes: dict[int, tuple[int, int]] = {}
    entered: set[int] = set()

    def measure(node: yaml.Node) -> tuple[int, int]:
        """The number of nodes and of levels from this node down. An anchor is measured before its aliases."""
        if id(node) in sizes:
            return sizes[id(node)]
        if id(node) in entered:
            raise _NodeError(node, "this `&anchor` contains itself")
        entered.add(id(node))
        measured = [measure(child) for child in _children(node)]
        sizes[id(node)] = 1 + sum(size for size, _ in measured), 1 + max((depth for _, depth in measured), default=0)
        return sizes[id(node)]

    try:
        size, depth = measure(root)
    except _NodeError as error:
        yield _at(error.node, place, error.text)
        return
    if size > MAX_NODES:
        yield Mistake(path=place, line=None, text=f"unfolds into more than {MAX_NODES} values; use fewer `*aliases`")
    elif depth > MAX_DEPTH:
        yield Mistake(path=place, line=None, text=f"is nested more than {MAX_DEPTH} levels deep")


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _wrong_nodes(root: yaml.Node, place: Path) -> Iterator[Mistake]:
    """Tags other than those of plain data, keys that are not texts, and duplicate keys."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        waiting.extend(_children(node))
        if isinstance(node, yaml.ScalarNode):
            known = node.tag.removeprefix(_PREFIX) in ("str", "int", "float", "bool", "null")
        else:
            known = node.tag in _COLLECTIONS
        if not known:
            tag = node.tag.replace(_PREFIX, "!!")
            yield _at(node, place, f"the tag `{tag}` is not allowed; write plain values only")
        if isinstance(node, yaml.MappingNode):
            yield from _wrong_keys(node, place)


def _wrong_keys(node: yaml.MappingNode, place: Path) -> Iterator[Mistake]:
    lines: dict[str, int] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            yield _at(key, place, "a key must be a text; a text that starts with `[` or `{` needs quotes")
        elif key.value in lines:
            yield _at(key, place, f"`{key.value}` stands here and on line {lines[key.value]}; keep one")
        else:
            lines[key.value] = key.start_mark.line + 1


def _construct(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _construct(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return tuple(_construct(item) for item in node.value)
    kind, text = node.tag.removeprefix(_PREFIX), node.value
    try:
        if kind == "str":
            return text
        if kind == "int":
            return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
        if kind == "float":
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        return _CONSTANTS[text.lower()]
    except (ValueError, KeyError):
        wanted = {"bool": "true or false", "null": "null"}.get(kind, "a number")
        raise _NodeError(node, f"`{text[:40]}` cannot be read as {wanted}") from None
