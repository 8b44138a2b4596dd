"""What looks like a marker and is none: refused where it would hand out a solution, else warned about."""

from __future__ import annotations

import pytest

from grader.workbench.masters.near_markers import (
    find_doubtful,
    find_near_markers,
    find_solution_headings,
    near_marker_in_text,
)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("x = 2  # Solution", "# SOLUTION"),
        ("x = 2  #solution", "# SOLUTION"),
        ("x = 2  # Solution no prompt", "# SOLUTION"),
        ("x = 2  # Lösung", "# SOLUTION"),
        ("x = 2  # SOLUTON", "# SOLUTION"),
        ("# Solution 1:", "### BEGIN SOLUTION"),
        ("# sample solution", "### BEGIN SOLUTION"),
        ("# BEGIN_SOLUTION", "### BEGIN SOLUTION"),
        ("# BEGINSOLUTION", "### BEGIN SOLUTION"),
        ("# --- begin solution ---", "### BEGIN SOLUTION"),
        ("# start of the solution", "### BEGIN SOLUTION"),
        ("# Solution starts here", "### BEGIN SOLUTION"),
        ("### END SOLUTON", "### END SOLUTION"),
        ("# EndSolution", "### END SOLUTION"),
        ("# stop solution", "### END SOLUTION"),
        ("# BEGIN ANSWER", "### BEGIN SOLUTION"),
        ("### BEGIN HIDEN TESTS", "### BEGIN HIDDEN TESTS"),
        ("# BEGIN MARKSCHEME", "### BEGIN MARK SCHEME"),
        ("# END-IGNORE", "### END IGNORE"),
        ("x = 2  # HIDDEN", "### BEGIN HIDDEN TESTS"),
        ("BEGIN SOLUTION", "### BEGIN SOLUTION"),
    ],
)
def test_a_misspelled_marker_is_found(line: str, meant: str) -> None:
    code = f"def f(x):\n    pass\n\n{line}\n"
    assert list(find_near_markers(code)) == [(4, meant)]


@pytest.mark.parametrize(
    "line",
    [
        "# Your solution here",
        "# write the solution below",
        "x = solve(a, b)  # the solution of the linear system",
        "# start with the hidden layer",
        "# the end of the training loop",
        "hidden = layer(x)  # hidden state",
        "s = '# SOLUTION'",
        "s = '''\n# BEGIN SOLUTON\n'''",
        "# test",
    ],
)
def test_other_comments_are_no_markers(line: str) -> None:
    assert list(find_near_markers(line)) == []
    assert list(find_doubtful(line)) == []


def test_comments_about_a_solution_are_doubtful() -> None:
    code = "x = 1\n# Solution: the chain rule\nprint(x)  # Ignore\nprint(x)  # IGNORE this\n%time y = 2  # hidden test"
    assert list(find_doubtful(code)) == [
        (2, "# Solution: the chain rule"),
        (3, "# Ignore"),
        (4, "# IGNORE this"),
        (5, "# hidden test"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("### Solution\n\n2x", "### Solution"),
        ("a\n\n**Solution:** 2x", "**Solution:** 2x"),
        ("**SOLUTION**: 2x", "**SOLUTION**: 2x"),
        ("<strong>Solution:</strong> 2x", "<strong>Solution:</strong> 2x"),
        ("## Musterlösung zu Aufgabe 2", "## Musterlösung zu Aufgabe 2"),
        ("## Lösung: Ableitung", "## Lösung: Ableitung"),
        ("Solution: 2x", "Solution: 2x"),
        ("<details><summary>Solution</summary>", "<details><summary>Solution</summary>"),
        ("#### Sample solution (a)", "#### Sample solution (a)"),
        ("## Model answer", "## Model answer"),
        ("- *Solution:* 2x", "- *Solution:* 2x"),
        ("<!-- Solution: 2x -->", "<!-- Solution: 2x -->"),
        ("## Solution of a linear system", None),
        ("## Write your solution", None),
        ("```\n# Solution\n```", None),
        ("The solution: is below", None),
    ],
)
def test_a_text_that_announces_a_solution_is_found(text: str, found: str | None) -> None:
    assert [line for _, line in find_solution_headings(text)] == ([found] if found else [])


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("### BEGIN_SOLUTION", "### BEGIN SOLUTION"),
        ("<!-- END SOLUTON -->", "### END SOLUTION"),
        ("# Begin of the solution", "### BEGIN SOLUTION"),
        ("# Solution", None),
        ("# The end", None),
        ("## Begin with the solution of a linear system", None),
        ("We begin the solution", None),
    ],
)
def test_a_misspelled_marker_is_found_in_text(line: str, meant: str | None) -> None:
    assert near_marker_in_text(line) == meant
