"""The files of a new exercise, put together from the scaffolds of its kinds."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

import yaml

from grader.course.course_parts import EXERCISES, RUBRICS, SOLUTIONS
from grader.course.explained_mutants import MUTANTS
from grader.course.known_submissions import MISTAKES, VERDICTS
from grader.model import WrittenFile
from grader.text import points
from grader.workbench.new_files import NewFile
from grader.workbench.scaffolds.scaffold import Scaffold

_IMPORTS = ("import ", "from ")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def exercise_files(id: str, title: str, scaffolds: Sequence[Scaffold]) -> tuple[NewFile, ...]:
    """Exercise, rubric, reference solution and, unless a scaffold is bare, a known wrong submission for each kind.

    ``title``: empty for that of the scaffold.
    """
    whole = title or (scaffolds[0].title if len(scaffolds) == 1 else id.replace("-", " ").capitalize())
    folder = PurePosixPath(SOLUTIONS, MISTAKES, id)
    known = [scaffold for scaffold in scaffolds if scaffold.known is not None]
    found = [
        _new(f"{EXERCISES}/{id}.yaml", "the question and its checks", _exercise(id, whole, scaffolds)),
        _new(f"{RUBRICS}/{id}.yaml", "points, hints, a mistake", _rubric(id, scaffolds)),
        _new(f"{SOLUTIONS}/{id}.py", "the reference solution", _code([one.reference for one in scaffolds])),
    ]
    if len(known) < len(scaffolds):
        return tuple(found)
    for wrong in scaffolds:
        assert wrong.known is not None
        code = _code([one.known_code if one is wrong else one.reference for one in scaffolds])
        found.append(_new(str(folder / wrong.known.name), "known to be wrong", code))
    found.append(_new(str(folder / VERDICTS), "what it must get", _verdicts(scaffolds)))
    # Of several kinds in one exercise, so many mutants are made that not all are tried: a reason could be for none.
    if len(scaffolds) == 1 and scaffolds[0].mutants:
        mutants = scaffolds[0].mutants.replace("@id@", id)
        found.append(_new(str(folder / MUTANTS), "changes that may pass", mutants))
    return tuple(found)


def _new(path: str, about: str, text: str) -> NewFile:
    return NewFile(file=WrittenFile(path=path, about=about), content=text.encode())


def _exercise(id: str, title: str, scaffolds: Sequence[Scaffold]) -> str:
    pages = [f"docs/kinds/{one.kind}.md" for one in scaffolds]
    statements = [one.statement.strip() for one in scaffolds]
    if len(statements) > 1:
        statements = [f"({letter}) {text}" for letter, text in zip(_LETTERS, statements, strict=False)]
    statement = textwrap.indent("\n\n".join(statements), "  ", lambda line: bool(line.strip()))
    checks = textwrap.indent("".join(one.checks for one in scaffolds), "  ", lambda line: bool(line.strip()))
    return (
        f"# What students are asked, and what must hold. All fields and variables: {pages[0]}\n"
        + "".join(f"# and {page}\n" for page in pages[1:])
        + f"# After each change, `grade validate {id}` says whether the solution and the known submissions still get\n"
        "# what they should.\n"
        f"id: {id} # the name of this file, of its rubric and of its solution\n"
        f"title: {_yaml(title)}\n"
        "# Markdown. Prescribe names, numbers and shapes only where a check needs them.\n"
        f"statement: |\n{statement}\n"
        f"checks:\n{checks}"
    )


def _rubric(id: str, scaffolds: Sequence[Scaffold]) -> str:
    entries = textwrap.indent("".join(one.rubric for one in scaffolds), "  ", lambda line: bool(line.strip()))
    return (
        "# What each check is worth, and what a student is told who misses it. Fields: docs/exercises.md#rubrics\n"
        f"exercise: {id}\nchecks:\n{entries}"
    )


def _verdicts(scaffolds: Sequence[Scaffold]) -> str:
    return (
        "# What each submission in this folder must get on every check: passed, failed, manual (a person decides) or\n"
        "# skipped. Add more: what your students get wrong, and what is right in an unusual way.\n"
        + "".join(_entry(scaffold, scaffolds) for scaffold in scaffolds)
    )


def _entry(wrong: Scaffold, scaffolds: Sequence[Scaffold]) -> str:
    known = wrong.known
    assert known is not None
    worth = {check: number for one in scaffolds for check, number in one.points.items()}
    verdicts = {check: known.verdicts.get(check, "passed") for check in worth}
    score = sum(worth[check] * (1 if verdicts[check] == "passed" else known.share) for check in worth)
    shown = ", ".join(f"{check}: {verdict}" for check, verdict in verdicts.items())
    lines = [
        f"{known.name}:",
        f"  about: {_yaml(known.about)}",
        f"  verdicts: {{{shown}}}",
        f"  score: {points(score)}",
    ]
    if known.says:
        lines.append(f"  says: {_yaml(known.says)} # stands in a message or a hint")
    return "\n".join(lines) + "\n"


def _code(pieces: Sequence[str]) -> str:
    """One script of several pieces, with the imports of all at the top."""
    imports: dict[str, None] = {}
    bodies = []
    for piece in pieces:
        lines = piece.splitlines()
        count = next((number for number, line in enumerate(lines) if not line.startswith(_IMPORTS)), len(lines))
        imports |= dict.fromkeys(lines[:count])
        bodies.append("\n".join(lines[count:]).strip("\n"))
    top = "\n".join(sorted(imports, key=lambda line: (line.startswith("from"), line)))
    return f"{_joined(top, bodies)}\n"


def _joined(top: str, bodies: Sequence[str]) -> str:
    return "".join(_spaced(top, bodies)).strip("\n")


def _spaced(top: str, bodies: Sequence[str]) -> Iterator[str]:
    """Two empty lines beside functions and classes, else one."""
    before = top
    yield top
    for body in bodies:
        is_block = body.startswith(("def ", "class ")) or "\n\n\n" in before
        yield f"{chr(10) * (3 if is_block and before else 2)}{body}"
        before = body


def _yaml(text: str) -> str:
    """A text as a value in YAML, on one line."""
    return yaml.safe_dump(text, allow_unicode=True, width=10_000, default_style=None).removesuffix("\n...\n").strip()
