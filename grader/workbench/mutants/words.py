"""Answers in words that are altered: another option of a question, and no words at all."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from grader.workbench.mutants.solution import Solution

OTHER_OPTION = "other-option"
DROP_WORDS = "drop-words"
ABOUT = {
    OTHER_OPTION: "another option is chosen",
    DROP_WORDS: "nothing is said in words",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What an exercise asks in words: the right options by the names of the questions; ``notes``: also a text."""

    options: Mapping[str, str] = field(default_factory=dict)
    notes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedWords:
    operator: str
    source: str
    line: int
    before: str
    after: str
    content: bytes


def changed_words(solution: Solution, answers: Answers) -> Iterator[ChangedWords]:
    for place, text in _texts(solution):
        for question, option in answers.options.items():
            for other in _others(option):
                yield from _other_option(solution, place, text, question, option, other)
    if answers.notes or answers.options:
        yield from _without_words(solution)


def _other_option(
    solution: Solution, place: int, text: str, question: str, option: str, other: str
) -> Iterator[ChangedWords]:
    pattern = re.compile(rf"(\b{re.escape(question)}\b\W{{1,4}}){re.escape(option)}\b")
    for found in pattern.finditer(text):
        start = found.start() + len(found.group(1))
        after = f"{text[:start]}{other}{text[found.end() :]}"
        line = text.count("\n", 0, found.start()) + 1
        yield ChangedWords(
            operator=OTHER_OPTION,
            source=f"{text.split(chr(10))[line - 1].strip().lstrip('# ')} → {other}",
            line=line,
            before=text,
            after=after,
            content=_with_text(solution, place, after),
        )


def _others(option: str) -> Iterator[str]:
    """Two other options: letters beside it, or other numbers."""
    if len(option) == 1 and option.isalpha():
        yield from [each for each in ("a", "b", "c") if each != option.lower()][:2]
    elif option.isdigit():
        yield str(int(option) + 1)
    else:
        yield "x"


def _texts(solution: Solution) -> Iterator[tuple[int, str]]:
    """The texts in which answers may stand, each with its place: a whole script, or each cell of a notebook."""
    if not solution.is_notebook:
        yield 0, solution.text
        return
    for place, cell in enumerate(json.loads(solution.text).get("cells", ())):
        source = cell.get("source", "")
        yield place, source if isinstance(source, str) else "".join(source)


def _with_text(solution: Solution, place: int, text: str) -> bytes:
    if not solution.is_notebook:
        return text.encode()
    notebook = json.loads(solution.text)
    notebook["cells"][place]["source"] = text
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode()


def _without_words(solution: Solution) -> Iterator[ChangedWords]:
    """Without comments that fill a line, text cells and docstrings of the file. What they are about stays as it is."""
    if solution.is_notebook:
        notebook = json.loads(solution.text)
        kept = [cell for cell in notebook.get("cells", ()) if cell.get("cell_type") != "markdown"]
        if len(kept) == len(notebook.get("cells", ())):
            return
        content = json.dumps({**notebook, "cells": kept}, ensure_ascii=False, indent=1).encode()
        yield ChangedWords(
            operator=DROP_WORDS, source="all text cells", line=1, before="text cells", after="", content=content
        )
        return
    text = solution.text
    lines = [re.sub(r"^(\s*#).*", r"\1", line) if not line.startswith("# %%") else "# %%" for line in text.split("\n")]
    after = _without_docstrings("\n".join(lines))
    if after != text:
        yield ChangedWords(
            operator=DROP_WORDS,
            source="all comments and docstrings",
            line=1,
            before=text,
            after=after,
            content=after.encode(),
        )


def _without_docstrings(text: str) -> str:
    """Docstrings become empty, from the last to the first, so that the places of the others stay."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return text
    lines = text.split("\n")
    found = [
        node.body[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None
    ]
    for node in sorted(found, key=lambda each: each.lineno, reverse=True):
        assert node.end_lineno is not None
        first = lines[node.lineno - 1].encode()[: node.col_offset].decode() + '""'
        rest = lines[node.end_lineno - 1].encode()[node.end_col_offset :].decode()
        lines[node.lineno - 1 : node.end_lineno] = [first + rest, *[""] * (node.end_lineno - node.lineno)]
    return "\n".join(lines)
