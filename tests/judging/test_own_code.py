"""Which statements are the student's own, in a file that is built on the handout and in one that only looks like it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence

import pytest

from grader.judging.own_code import OwnCode
from grader.model import CompanionFile, RunPlace, Submission
from grader.submission import read
from grader.submission.fingerprints import Handout, fingerprint_of_code, handout_of

GIVEN = (
    "import torch",
    "v = torch.arange(3.0)\nv",
    "v.requires_grad_(True)\nv.grad",
    "w = 3 * torch.dot(v, v)\nw",
    "w.backward()\nv.grad",
    "v.grad == 6 * v",
    "v.grad.zero_()\nw = v.sum()\nw.backward()\nv.grad",
    "def h(s):\n    t = s + s\n    while t.norm() < 50:\n        t = t + t\n    return t",
    "s = torch.randn(size=(), requires_grad=True)\nr = h(s)\nr.backward()",
    "s.grad == r / s",
)


def notebook(*cells: str) -> Submission:
    made = [{"cell_type": "code", "metadata": {}, "source": cell, "outputs": []} for cell in cells]
    return read(json.dumps({"cells": made, "metadata": {}, "nbformat": 4}).encode(), "homework.ipynb")


def script(text: str) -> Submission:
    return read(text.encode(), "homework.py")


HANDOUT = handout_of([notebook(*GIVEN)])


def own_lines(submission: Submission, handout: Handout = HANDOUT) -> list[str]:
    """The lines that are the student's own."""
    return _lines(submission, OwnCode(submission, handout).is_own)


def proving_lines(submission: Submission, handout: Handout = HANDOUT) -> list[str]:
    return _lines(submission, OwnCode(submission, handout).proves)


def live_lines(submission: Submission, handout: Handout = HANDOUT) -> list[str]:
    places = list(OwnCode(submission, handout).live_places())
    return _lines(submission, lambda place: any((place.cell, place.line) == (one.cell, one.line) for one in places))


def _lines(submission: Submission, holds: object) -> list[str]:
    assert callable(holds)
    return [
        line.strip()
        for number, cell in enumerate(submission.cells)
        for index, line in enumerate(cell.source.split("\n"))
        if line.strip() and holds(RunPlace(cell=number, line=cell.first_line + index, statement=0))
    ]


def with_cell(position: int, cell: str) -> Submission:
    return notebook(*GIVEN[:position], cell, *GIVEN[position:])


ALL = "\n".join(GIVEN)


class TestAnUntouchedHandout:
    @pytest.mark.parametrize(
        "handed_back",
        [
            notebook(*GIVEN),
            notebook(*[line for cell in GIVEN[:7] for line in cell.split("\n")], *GIVEN[7:]),
            notebook(ALL),
            notebook("!pip install torch\n%matplotlib inline", *GIVEN),
            script(ALL),
            script("if __name__ == '__main__':\n" + textwrap.indent(ALL, "    ")),
            script("".join(f"# In[{number}]:\n\n\n{cell}\n\n" for number, cell in enumerate(GIVEN))),
            script('# -*- coding: utf-8 -*-\n"""Automatically generated."""\n\n' + ALL),
            read("\n\n".join(f"Text.\n\n```python\n{cell}\n```" for cell in GIVEN).encode(), "notes.md"),
            notebook(*GIVEN[:5]),
            notebook(*GIVEN[4:]),
        ],
        ids=str.split("as-it-was split joined with-magics script guarded exported Colab Markdown beginning end"),
    )
    def test_has_nothing_of_the_students_own(self, handed_back: Submission) -> None:
        given = {line.strip() for line in ALL.split("\n")}
        assert given.isdisjoint(own_lines(handed_back))
        assert live_lines(handed_back) == []

    def test_comments_do_not_make_it_ones_own(self) -> None:
        assert live_lines(notebook(*(f"# my notes\n{cell}" for cell in GIVEN))) == []

    def test_code_without_a_handout_is_all_ones_own(self) -> None:
        assert own_lines(notebook("w.backward()"), Handout()) == ["w.backward()"]


class TestCellsOfOnesOwn:
    @pytest.mark.parametrize(
        "cell",
        [
            "w.backward()",  # a second time
            "try:\n    w.backward()\nexcept RuntimeError as error:\n    print(error)",
            "w.backward(retain_graph=True)",
            "v.grad.zero_()",
            "print(v.grad)",
            "k = torch.ones(2, requires_grad=True)\n(k * k).sum().backward()",
        ],
    )
    def test_only_that_cell_is(self, cell: str) -> None:
        own = own_lines(with_cell(5, cell))
        expected = [line.strip() for line in cell.split("\n")]
        # Of statements that are alike, the last is taken for the one too many.
        assert own == expected or (len(own) == 1 and own[0] == cell)

    def test_a_changed_definition_makes_its_use_ones_own(self) -> None:
        changed = GIVEN[7].replace("50", "500")
        own = own_lines(notebook(*GIVEN[:7], changed, *GIVEN[8:]))
        assert "def h(s):" in own
        assert own[-3:] == ["r = h(s)", "r.backward()", "s.grad == r / s"]
        assert "s = torch.randn(size=(), requires_grad=True)" not in own

    def test_what_a_statement_changes_in_place_is_ones_own(self) -> None:
        own = own_lines(with_cell(5, "v.data[0] = 7"))
        assert own[0] == "v.data[0] = 7"
        assert "w = v.sum()" in own

    def test_an_import_is_not(self) -> None:
        assert live_lines(with_cell(1, "import math\nfrom torch import nn")) == []

    def test_what_comes_from_a_module_of_ones_own_is(self) -> None:
        handed_in = notebook(*GIVEN[:7], "from helper import h", *GIVEN[8:])
        handed_in = Submission(
            **{
                **{name: getattr(handed_in, name) for name in ("path", "format", "sha256", "cells", "prose")},
                "companions": (CompanionFile("helper.py", b"def h(s):\n    return 3 * s\n"),),
            }
        )
        assert "r = h(s)" in own_lines(handed_in)

    def test_a_figure_of_ones_own_may_be_shown_by_a_given_line(self) -> None:
        given = notebook("import matplotlib.pyplot as plt\nimport torch", "x = torch.ones(3)", "plt.show()")
        imports = "import matplotlib.pyplot as plt\nimport torch"
        handed_in = notebook(imports, "x = torch.ones(3)\nplt.plot(x)", "plt.show()")
        assert "plt.show()" in own_lines(handed_in, handout_of([given]))


class TestANameBoundAnew:
    def test_far_above_proves_nothing_below(self) -> None:
        handed_in = notebook(GIVEN[0], "v = torch.arange(9.0)\nv", *GIVEN[2:])
        assert "w = v.sum()" in own_lines(handed_in)
        assert "w.backward()" not in proving_lines(handed_in)

    def test_nor_does_what_is_built_on_it(self) -> None:
        """The pieces below a cell of one's own are still the handout's, whatever was repeated in between."""
        cell = "v = torch.ones(2, requires_grad=True)\n(v * v).sum().backward()"
        proving = proving_lines(with_cell(5, cell))
        assert proving[:2] == cell.split("\n")
        assert "w.backward()" not in proving

    def test_just_above_it_does(self) -> None:
        handed_in = notebook(*GIVEN[:4], "w.backward(retain_graph=True)", *GIVEN[4:])
        assert proving_lines(handed_in)[:2] == ["w.backward(retain_graph=True)", "w.backward()"]

    def test_in_the_same_place_does(self) -> None:
        changed = GIVEN[8].replace("size=()", "size=(4,)")
        handed_in = notebook(*GIVEN[:8], changed, *GIVEN[9:])
        assert "r.backward()" in proving_lines(handed_in)


class TestCodeThatIsLikeTheHandout:
    def test_typed_for_an_exercise_it_is_ones_own(self) -> None:
        typed = "import torch\nv = torch.arange(3.0)\nv.requires_grad_(True)\nw = 3 * torch.dot(v, v)\nw.backward()\n"
        assert "w.backward()" in proving_lines(script(typed + "print(v.grad)"))

    def test_a_definition_was_copied_all_the_same(self) -> None:
        typed = f"{GIVEN[7]}\nm = torch.ones(2, requires_grad=True)\nh(m).sum().backward()\n"
        assert live_lines(script(typed)) == [
            "m = torch.ones(2, requires_grad=True)",
            "h(m).sum().backward()",
        ]

    def test_a_small_handout_is_known_by_most_of_it(self) -> None:
        given = handout_of([notebook("import torch", "x = torch.ones(2)", "# YOUR CODE HERE")])
        assert live_lines(notebook("import torch", "x = torch.ones(2)", "y = x + x"), given) == ["y = x + x"]


class TestBlocksOfTheHandout:
    TESTS = "class Test(Base):\n    def test_a(self):\n        run(1)\n\n    def test_b(self):\n        pass\n"

    def test_a_changed_part_is_ones_own(self) -> None:
        given = handout_of([script(self.TESTS)])
        own = own_lines(script(self.TESTS.replace("pass", "run(2)")), given)
        assert own == ["class Test(Base):", "def test_b(self):", "run(2)"]

    def test_a_function_is_taken_as_a_whole(self) -> None:
        given = handout_of([script("def f(x):\n    y = x\n    return y\n")])
        assert len(own_lines(script("def f(x):\n    y = x\n    return 2 * y\n"), given)) == 3


class TestStatementsInsideBlocks:
    @pytest.mark.parametrize("header", ["def main():", "if True:", "for turn in range(2):"])
    def test_they_are_live_one_by_one_for_the_sections_inside(self, header: str) -> None:
        text = f"{header}\n    x = torch.ones(3)\n    import numpy\n    x.sum().backward()\n"
        assert live_lines(script(text)) == [header, "x = torch.ones(3)", "x.sum().backward()"]

    def test_those_that_were_handed_out_are_not(self) -> None:
        given = script("def main():\n    x = torch.ones(3)\n    x.sum().backward()\n")
        assert live_lines(given, handout_of([given])) == []

    def test_a_text_with_a_name_does_nothing(self) -> None:
        assert live_lines(script('answer_2 = "The graph is freed, so it is an error."\n')) == []


class TestCodeThatDoesNotParse:
    def test_it_is_live_where_it_was_meant_as_code(self) -> None:
        broken = "y.backward(\uff09"  # a bracket of another keyboard
        assert live_lines(notebook(f"x = torch.ones(3)\n{broken}")) == ["x = torch.ones(3)", broken]
        assert live_lines(notebook(broken)) == [broken]

    @pytest.mark.parametrize(
        "words",
        [
            "It raises an error, because the graph was freed.",
            "RuntimeError: the graph is freed, use retain_graph=True",
            "会报错\uff0c因为计算图已经被释放\uff0c需要设置retain_graph=True",
            "z.backward(retain_graph=True) keeps the graph alive",
            "Error, since the output f(a) has shape [3] and is no scalar",
            "if x = 3 the loop stops after one step and f(a) is 4",
        ],
    )
    def test_words_are_no_code(self, words: str) -> None:
        assert live_lines(notebook(words)) == []

    @pytest.mark.parametrize(
        "broken",
        [
            "x = torch.arange(4.0, requires_grad=True",
            "y = f(x) where x is a new vector",
            "plt.plot(x, y label='sin of x and so on')",
            "print('the gradient of y with respect to x is, x.grad)",
            "y.backward(retain_graph=True) y.backward()",
            "print\uff08“结果是什么呢”, x.grad\uff09",
        ],
    )
    def test_code_with_words_in_it_is_code(self, broken: str) -> None:
        assert live_lines(notebook(broken)) == [broken]

    def test_a_gap_of_the_handout_is_not_ones_own(self) -> None:
        given = notebook("import torch", "x = torch.ones(2)\ny = ___ +\nz = 1")
        assert live_lines(given, handout_of([given])) == []


class TestOlderFingerprints:
    """Lists of whole cells, as ``grade handout`` wrote them once."""

    HANDOUT = Handout(cells=frozenset(map(fingerprint_of_code, GIVEN)))

    @pytest.mark.parametrize("cells", [GIVEN, [ALL], [line for cell in GIVEN[:7] for line in cell.split("\n")]])
    def test_they_know_cells_that_were_split_or_joined(self, cells: Sequence[str]) -> None:
        assert live_lines(notebook(*cells), self.HANDOUT) == []

    def test_and_what_was_added(self) -> None:
        assert live_lines(notebook(*GIVEN, "print(v.grad)"), self.HANDOUT) == ["print(v.grad)"]


class TestCodeThatUsesTorch:
    @staticmethod
    def used(source: str) -> list[str]:
        submission = notebook(f"import torch\nimport math\nx = torch.ones(3)\n{source}")
        own_code = OwnCode(submission, Handout())
        lines = submission.cells[0].source.split("\n")
        return [lines[place.line - 1] for place in own_code.live_places(with_torch=True) if place.line > 3]

    @pytest.mark.parametrize(
        "source",
        [
            "y = x * x",
            "y.backward()",
            "z = x\nprint(z.sum())",
            "from torch import ones as o\ny = o(2)",
            "def f(a):\n    return a * 2",
        ],
    )
    def test_it_does_something_with_torch_or_defines_something(self, source: str) -> None:
        assert self.used(source)

    @pytest.mark.parametrize(
        "source",
        ["print(x)", "print('x:', x.grad)", "n = math.sqrt(2)", "x = 3\ny = x * 2", "for i in range(3):\n    print(i)"],
    )
    def test_other_code_does_not(self, source: str) -> None:
        assert self.used(source) == []
