"""Makes the mutants of a reference solution: every change of every operator, named, without those that are alike."""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.model import Cell
from grader.text import clean_line
from grader.workbench.mutants.code import Change, Code, Operator, Recorded
from grader.workbench.mutants.operators import OPERATORS
from grader.workbench.mutants.solution import Solution
from grader.workbench.mutants.words import Answers, changed_words

LIMIT = 60
"""How many mutants of a reference are run, unless more are asked for."""
MAX_NAME = 100
"""Characters of the source in a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A reference solution with one change. ``before`` and ``after`` are the text that changed: the file of a script,
    the cell of a notebook.
    """

    name: str
    """``operator: source``, and `` #2`` where several would be called so: it stays when lines are added above."""
    operator: str
    cell: int | None
    """Of a notebook the number of the code cell, from 1."""
    line: int
    """Of the file, or of the notebook's cell."""
    before: str
    after: str
    content: bytes
    """The whole file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A mutant with its cell's code, which is Python where a notebook has magics, before and after."""

    mutant: Mutant
    cell: int
    code: str
    changed: str


def make_mutants(
    solution: Solution,
    recorded: Mapping[int, Recorded],
    *,
    prints_count: bool = False,
    answers: Answers | None = None,
    starter: str = "",
) -> tuple[Mutant, ...]:
    """All mutants of a solution, in the order of the operators and of the text.

    ``recorded``: what was recorded of each cell, counted from 0. ``prints_count``: what is printed is asked for.
    ``answers``: what is asked in words. ``starter``: the code that students begin with; its statements are no mistake
    of theirs, and stay.
    """
    made: list[_Made] = []
    given = {ast.dump(statement) for statement in _statements(starter)}
    for number, cell in enumerate(solution.submission.cells):
        made += _of_cell(solution, number, cell, recorded.get(number), prints_count, given)
    order = {operator.name: position for position, operator in enumerate(OPERATORS)}
    made.sort(key=lambda each: order[each.mutant.operator])  # cells stay in order within an operator
    found = _without_doubles(made)
    if answers is not None:
        found += changed_mutants(solution, answers)
    return tuple(_named(found))


def chosen(mutants: Sequence[Mutant], limit: int) -> tuple[Mutant, ...]:
    """At most so many, spread over operators and, for each operator, over lines; in the order of the text."""
    if len(mutants) <= limit:
        return tuple(mutants)
    queues = [
        _spread([mutant for mutant in mutants if mutant.operator == operator])
        for operator in dict.fromkeys(mutant.operator for mutant in mutants)
    ]
    taken: set[str] = set()
    while len(taken) < limit:
        for queue in queues:
            if queue and len(taken) < limit:
                taken.add(queue.pop(0).name)
    return tuple(mutant for mutant in mutants if mutant.name in taken)


def _spread(mutants: Sequence[Mutant]) -> list[Mutant]:
    """First one of each line, then the second of each, and so on."""
    seen: Counter[tuple[int | None, int]] = Counter()
    ranked = []
    for position, mutant in enumerate(mutants):
        ranked.append((seen[mutant.cell, mutant.line], position))
        seen[mutant.cell, mutant.line] += 1
    return [mutants[position] for _, position in sorted(ranked)]


def _of_cell(
    solution: Solution,
    number: int,
    cell: Cell,
    recorded: Recorded | None,
    prints_count: bool,
    given: Collection[str],
) -> Iterator[_Made]:
    try:
        code = Code(cell.code, recorded, prints_count=prints_count)
    except (SyntaxError, ValueError, RecursionError):
        return
    written = cell.source.split("\n")
    translated = cell.code.split("\n")
    same = {line for line, (left, right) in enumerate(zip(written, translated, strict=False), 1) if left == right}
    for statement in code.tree.body if given else ():
        if ast.dump(statement) in given:
            same.difference_update(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
    for operator in OPERATORS:
        for change in operator.changes(code):
            first, last = code.line_at(change.start), code.line_at(change.end)
            if not same.issuperset(range(first, last + 1)):
                continue  # a magic, a statement that Python cannot read, or one that students are given
            mutant = _made(solution, number, cell, code, operator, change)
            if mutant is not None:
                changed = f"{code.text[: change.start]}{change.text}{code.text[change.end :]}"
                yield _Made(mutant=mutant, cell=number, code=code.text, changed=changed)


def _made(solution: Solution, number: int, cell: Cell, code: Code, operator: Operator, change: Change) -> Mutant | None:
    first = code.line_at(change.start)
    # A line of the translated code is as long as the one that was written, where it is the same.
    offset = _offset_in(cell.source, first, change.start - (code.text.rfind("\n", 0, change.start) + 1))
    source = f"{cell.source[:offset]}{change.text}{cell.source[offset + change.end - change.start :]}"
    if cell.source[offset : offset + change.end - change.start] != code.text[change.start : change.end]:
        return None
    content = solution.with_cell(number, source)
    if content is None:
        return None
    lines = code.text[: change.end].count("\n") - code.text[: change.start].count("\n") + 1
    shown = _shown(cell.source.split("\n")[first - 1 : first - 1 + lines])
    notebook = solution.is_notebook
    return Mutant(
        name=f"{operator.name}: {shown}",
        operator=operator.name,
        cell=cell.number if notebook else None,
        line=first + cell.first_line - 1,
        before=cell.source if notebook else solution.text,
        after=source if notebook else content.decode(),
        content=content,
    )


def _offset_in(text: str, line: int, column: int) -> int:
    """The position of a character, by its line, from 1, and its column, from 0."""
    position = 0
    for _ in range(line - 1):
        position = text.index("\n", position) + 1
    return position + column


def _shown(lines: Sequence[str]) -> str:
    """What was changed, in one line: of several, the first."""
    text = clean_line(" ".join(lines[0].split()))
    if len(text) > MAX_NAME:
        text = text[: MAX_NAME - 1] + "…"
    return text if len(lines) == 1 else f"{text} …"


def _without_doubles(made: Iterable[_Made]) -> list[Mutant]:
    """Without those that do not parse, and those whose code is that of the reference, or of one before."""
    seen: set[tuple[int, str]] = set()
    kept = []
    references: dict[int, str | None] = {}
    for each in made:
        tree = _dumped(each.changed)
        if each.cell not in references:
            references[each.cell] = _dumped(each.code)
        if tree is None or tree == references[each.cell] or (each.cell, tree) in seen:
            continue
        seen.add((each.cell, tree))
        kept.append(each.mutant)
    return kept


def _statements(text: str) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except SyntaxError:  # a starter may have a line that is to be completed
        return []


def _dumped(text: str) -> str | None:
    """The syntax as text; None where it is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # `-1 is x` and the like
            tree = ast.parse(text)
            compile(tree, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return ast.dump(tree)


def _named(mutants: Iterable[Mutant]) -> Iterator[Mutant]:
    """With a number where several have one name."""
    seen: Counter[str] = Counter()
    for mutant in mutants:
        seen[mutant.name] += 1
        count = seen[mutant.name]
        yield mutant if count == 1 else replace(mutant, name=f"{mutant.name} #{count}")


def changed_mutants(solution: Solution, answers: Answers) -> list[Mutant]:
    """The mutants whose answers in words are other ones."""
    return [
        Mutant(
            name=f"{change.operator}: {_shown(change.source.split(chr(10)))}",
            operator=change.operator,
            cell=None,
            line=change.line,
            before=change.before,
            after=change.after,
            content=change.content,
        )
        for change in changed_words(solution, answers)
    ]
