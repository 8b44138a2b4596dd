"""The lines on which code binds a name."""

from __future__ import annotations

import pytest

from grader.submission.binding_lines import line_in_function, line_in_statement

CODE = """\
u = 1
for i in range(2):
    u = 2
    if i:
        u = 3
    print(u)
def f(x):
    u = 4
    def g():
        u = 5
        return u
    v = u
    return g
if __name__ == "__main__":
    u = 6
    u = 7
with open(u) as u: pass
print(u := 8)
"""


@pytest.mark.parametrize(
    ("name", "line", "found"),
    [
        ("u", 1, 1),
        ("u", 2, 5),
        ("u", 3, 3),
        ("u", 4, 3),
        ("u", 6, 5),
        ("u", 7, None),
        ("u", 15, 15),
        ("u", 16, 16),
        ("u", 17, 17),
        ("u", 18, 18),
        ("u", 99, None),
        ("i", 6, 2),
        ("w", 2, None),
    ],
)
def test_in_a_statement(name: str, line: int, found: int | None) -> None:
    assert line_in_statement(CODE, name, line) == found


@pytest.mark.parametrize(
    ("name", "function", "line", "found"),
    [
        ("u", "f", 12, 8),
        ("v", "f", 12, 12),
        ("v", "f", 8, 12),
        ("u", "g", 11, 10),
        ("u", "h", 11, None),
        ("x", "f", 12, None),
    ],
)
def test_in_a_function(name: str, function: str, line: int, found: int | None) -> None:
    assert line_in_function(CODE, name, function, line) == found


def test_code_that_does_not_parse_binds_nothing() -> None:
    assert line_in_statement("u = (", "u", 1) is None
    assert line_in_function("def f(:\n    u = 1", "u", "f", 2) is None
