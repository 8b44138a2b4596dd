"""Console sessions as students paste them: their code runs, their output does not."""

from __future__ import annotations

import pytest

from grader.submission.cell_translation import CellTranslator
from grader.submission.console_session import split_session, without_prompts


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (">>> x = 1\n>>> x\n1", "x = 1\nx\n"),
        (">>> for i in x:\n...     print(i)\n...\n0\n1\n>>> y", "for i in x:\n    print(i)\n\n\n\ny"),
        (">>>\n>>> x", "\nx"),
        ("    >>> x = 1\n    1", "x = 1\n"),
        ("import torch\n>>> x = 1\n1", "import torch\nx = 1\n"),
        ("In [3]: x = 1\n\nIn [4]: x\nOut[4]: 1\n", "x = 1\n\nx\n\n"),
        ("In [3]: def f(a):\n   ...:     return a\n   ...: \n\nIn [4]: f(1)\nOut[4]: 1",
         "def f(a):\n    return a\n\n\nf(1)\n"),
        ("In [1]: y = f(\n    1,\n)\nOut[1]: 3", "y = f(\n    1,\n)\n"),
        ("In [1]: for i in x:\n    print(i)\n0\n1", "for i in x:\n    print(i)\n\n"),
        ("In [5]: y = x\ny.backward()\ntensor(1.)", "y = x\ny.backward()\ntensor(1.)"),
        ("In [6]: print(x)\nhello", "print(x)\n"),
        ("In [ ]:\nx = 1\n\ny = x\ny\n\ntensor(1.)", "\nx = 1\n\ny = x\ny\n\n"),
        ("In [1]:x = 1", "x = 1"),
    ],
)  # fmt: skip
def test_the_code_stays_on_its_lines(source: str, code: str) -> None:
    assert without_prompts(source) == code
    assert code.count("\n") == source.count("\n")


def test_a_traceback_is_what_was_shown() -> None:
    source = (
        '>>> y.backward()\nTraceback (most recent call last):\n  File "<stdin>", line 1\nRuntimeError: x\n>>> z = 1'
    )
    assert without_prompts(source) == "y.backward()\n\n\n\nz = 1"


@pytest.mark.parametrize(
    "source",
    [
        "x = 1",
        'def f():\n    """Doubles.\n\n    >>> f(1)\n    2\n    """\n',
        'def f(:\n    """\n    >>> f(1)\n    2\n    """\n',
        "x >>= 1",
        "Inner = 3",
        "two words\n>>> x",
    ],
)
def test_other_code_is_no_session(source: str) -> None:
    assert without_prompts(source) is None


def test_a_cell_of_a_notebook_may_hold_one() -> None:
    plain = CellTranslator().translate("In [1]: %time x = f(1)\nOut[1]: 3\n\nIn [2]: x;")
    assert plain.code == "x = f(1)\n\n\nx;"
    assert plain.quiet
    assert not plain.broken


EXPORTED = """\
# Notes

In [1]:
import torch
x = torch.arange(2.0)

# a remark
x

tensor([0., 1.])

## 2. Next
Some words, and more.

In [2]:
def f(a):
    b = a

    return b

print(f(x), x)

tensor([0., 1.]) tensor([0., 1.], grad_fn=<MulBackward0>)
value: tensor(1.)

<AddBackward0 object at 0x7f>

Why is that?
In [3]:
print(“x”)
y = 1
z = 2
"""


def test_an_exported_notebook_is_cut_into_code_output_and_text() -> None:
    lines = EXPORTED.split("\n")
    found = [(part.kind, part.start + 1, part.end) for part in split_session(lines)]
    assert found == [
        ("text", 1, 2),
        ("code", 3, 8),
        ("output", 9, 10),
        ("text", 11, 14),
        ("code", 15, 21),
        ("output", 22, 26),
        ("text", 27, 28),
        ("code", 29, 32),
        ("text", 33, 33),
    ]


def test_text_right_below_what_was_shown_is_text() -> None:
    lines = ["In [1]: x", "Out[1]: tensor([0.,", "        1.])", "My question: why?", "- a point"]
    assert [(each.kind, each.start, each.end) for each in split_session(lines)] == [
        ("code", 0, 1),
        ("output", 1, 3),
        ("text", 3, 5),
    ]


@pytest.mark.parametrize("line", ["In [1]:", ">>> (", ">>> if x:", "Out[1]: (", "In [1]: '''", "...", "   ...: x"])
def test_endless_sessions_take_seconds_at_most(line: str) -> None:
    lines = [line, "("] * 5000
    covered = [number for each in split_session(lines) for number in range(each.start, each.end)]
    assert covered == list(range(len(lines)))
