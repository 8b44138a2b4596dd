"""The lines that mark solutions in a code cell, and what is left of it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.workbench.masters.marked_code import take_apart
from grader.workbench.masters.master_file import MasterCell


def cell(source: str) -> MasterCell:
    lines = tuple(range(11, 11 + len(source.split("\n"))))
    return MasterCell(kind="code", source=source, number=4, path=Path("m.ipynb"), file_lines=lines)


@pytest.mark.parametrize(
    ("source", "template", "solution"),
    [
        ("x = 1", "x = 1", "x = 1"),
        (
            "def f(x):\n    ### BEGIN SOLUTION\n    y = x\n    return y\n    ### END SOLUTION",
            "def f(x):\n    # Your code here\n    ...",
            "def f(x):\n    y = x\n    return y",
        ),
        (
            "# BEGIN SOLUTION NO PROMPT\ny = 2\n# END SOLUTION\nprint(1)",
            "print(1)",
            "y = 2\nprint(1)",
        ),
        ("x = f(2) + 3 # SOLUTION", "x = ...", "x = f(2) + 3"),
        ("x: int = (5)  # SOLUTION", "x: int = ...", "x: int = (5)"),
        ("名 = f('名')  # SOLUTION", "名 = ...", "名 = f('名')"),
        (
            "def f(x):\n    y = x * x # SOLUTION NO PROMPT\n    return y # SOLUTION",
            "def f(x):\n    ...",
            "def f(x):\n    y = x * x\n    return y",
        ),
        (
            '# BEGIN SOLUTION NO PROMPT\nw = 1\n# END SOLUTION\n""" # BEGIN PROMPT\nw = None\n"""; # END PROMPT\nv = w',
            "w = None\nv = w",
            "w = 1\nv = w",
        ),
        ("a = 1\n### BEGIN HIDDEN TESTS\nassert a\n### END HIDDEN TESTS", "a = 1", "a = 1"),
        ("a = 1\n### BEGIN MARK SCHEME\n# two points\n### END MARK SCHEME", "a = 1", "a = 1"),
        ("a = 1\nrng = f(42)  # SEED\nprint(a)  # IGNORE\nb = 2", "a = 1\nb = 2", "a = 1\nrng = f(42)\nb = 2"),
        (
            "### BEGIN SOLUTION\na = 1  # SOLUTION\nprint(a)  # IGNORE\n### END SOLUTION",
            "# Your code here\n...",
            "a = 1",
        ),
        ("a = 1\n# BEGIN IGNORE\nb = 2\n# END IGNORE", "a = 1", "a = 1"),
        (
            '""" # BEGIN PROMPT\ndef f(x):\n    ...\n"""; # END PROMPT\ndef f(x): # SOLUTION NO PROMPT\n'
            "    return x # SOLUTION NO PROMPT",
            "def f(x):\n    ...",
            "def f(x):\n    return x",
        ),
        ("### begin solution: part 1\na = 1\n### end solution", "# Your code here\n...", "a = 1"),
    ],
)
def test_students_get_a_stub_and_the_solution_its_lines(source: str, template: str, solution: str) -> None:
    done = take_apart(cell(source))
    assert (done.template, done.solution, done.mistakes) == (template, solution, [])
    ast.parse(done.template)


@pytest.mark.parametrize(
    ("source", "messages"),
    [
        ("x = 1\n### BEGIN SOLUTION\ny = 2", ["12: BEGIN SOLUTION has no END SOLUTION in this cell"]),
        ("### END SOLUTION", ["11: END SOLUTION has no BEGIN SOLUTION"]),
        (
            "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION\n### END SOLUTION",
            [
                "12: BEGIN SOLUTION inside of BEGIN SOLUTION (line 1), which has no end yet",
                "14: END SOLUTION has no BEGIN SOLUTION",
            ],
        ),
        (
            "### BEGIN SOLUTION\n### END HIDDEN TESTS\n### END SOLUTION",
            ["12: END HIDDEN TESTS inside of BEGIN SOLUTION (line 1), which has no end yet"],
        ),
        (
            "### BEGINN SOLUTION\nx = 1\n# END SOLUTION",
            [
                "11: `### BEGINN SOLUTION` is no marker; did you mean `### BEGIN SOLUTION`?",
                "13: END SOLUTION has no BEGIN SOLUTION",
            ],
        ),
        # A misspelled end lets the region go on to a later one, and drops what stands between.
        (
            "### BEGIN SOLUTION\nx = 1\n### END SOLUTON\ny = 2\n### END SOLUTION",
            ["13: `### END SOLUTON` is no marker; did you mean `### END SOLUTION`?"],
        ),
        ("x = 1  # Solution", ["11: `x = 1  # Solution` is no marker; did you mean `# SOLUTION`?"]),
        (
            "x = 1\n### AUTOTEST x",
            ["12: `### AUTOTEST x` is replaced by tests in nbgrader and by nothing here; take it out"],
        ),
        (
            "if x:  # SOLUTION\n    y = 1",
            [
                "11: # SOLUTION marks a line that is no whole statement; put BEGIN SOLUTION and END SOLUTION around it",
            ],
        ),
        (
            "def f():\n    # BEGIN SOLUTION NO PROMPT\n    return 1\n    # END SOLUTION",
            ["11: without its solution this cell is no valid Python; mark whole statements, and leave a stub"],
        ),
        (
            "### BEGIN SOLUTION\nx = (\n### END SOLUTION\nreturn (",
            ["12: the solution of this cell is no valid Python: The bracket `(` is never closed"],
        ),
        (
            "def f(x)\n    return x  # SOLUTION",
            [
                "11: the solution of this cell is no valid Python: A colon is missing at the end of the statement's "
                "first line"
            ],
        ),
    ],
)
def test_all_mistakes_are_told_with_their_lines(source: str, messages: list[str]) -> None:
    found = [f"{mistake.line}: {mistake.text}" for mistake in take_apart(cell(source)).mistakes]
    places = [f"{int(message.split(':')[0]) - 10}" for message in messages]
    assert found == [
        message.replace(": ", f": cell 4, line {place}: ", 1) for message, place in zip(messages, places, strict=True)
    ]
