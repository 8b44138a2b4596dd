"""The mutants of a solution: their names, which are left out, which are chosen, and where notebooks hold them."""

from __future__ import annotations

import json
from collections import Counter

from grader.workbench.mutants.make import Mutant, chosen, make_mutants
from grader.workbench.mutants.solution import read_solution
from grader.workbench.mutants.words import Answers

SOURCE = '''\
"""A model answer."""

import torch

x = torch.arange(4.0, requires_grad=True)

y = x * x
u = y.detach()
(u * x).sum().backward()
print(x.grad)
'''


def mutants_of(source: str = SOURCE, name: str = "x.py", answers: Answers | None = None) -> tuple[Mutant, ...]:
    return make_mutants(read_solution(source.encode(), name), {}, answers=answers)


def named(mutants: tuple[Mutant, ...], name: str) -> Mutant:
    (found,) = [mutant for mutant in mutants if mutant.name == name]
    return found


def test_a_mutant_has_one_changed_line_and_a_name_that_says_which() -> None:
    mutant = named(mutants_of(), "drop-detach: u = y.detach()")
    assert mutant.content.decode() == SOURCE.replace("u = y.detach()", "u = y")
    assert (mutant.operator, mutant.line, mutant.cell) == ("drop-detach", 8, None)


def test_names_stay_when_lines_are_added_above() -> None:
    more = SOURCE.replace("import torch\n", "import torch\n\n\n# More.\n")
    assert [mutant.name for mutant in mutants_of(more)] == [mutant.name for mutant in mutants_of()]


def test_statements_that_students_are_given_stay() -> None:
    solution = read_solution(SOURCE.encode(), "x.py")
    starter = "import torch\n\nx = torch.arange(4.0, requires_grad = True)\nu = ...\n"
    made = make_mutants(solution, {}, starter=starter)
    assert {mutant.line for mutant in mutants_of()} - {mutant.line for mutant in made} == {5}
    assert make_mutants(solution, {}, starter="x = torch.arange(\n") == mutants_of()


def test_every_name_is_used_once() -> None:
    mutants = mutants_of("a = f(1, 2, 3)\na = f(1, 2, 3)\nb = x * x\n")
    assert max(Counter(mutant.name for mutant in mutants).values()) == 1
    assert {"double-constant: a = f(1, 2, 3)", "double-constant: a = f(1, 2, 3) #2"} <= {each.name for each in mutants}


def test_no_two_mutants_are_alike_and_none_is_the_reference_or_broken() -> None:
    mutants = mutants_of("y = x * x\n")
    codes = [mutant.after for mutant in mutants]
    # Of both operands of x * x, one or the other is left: the same code.
    assert codes.count("y = x\n") == 1
    assert len(set(codes)) == len(codes)
    assert "y = x * x\n" not in codes
    for code in codes:
        compile(code, "mutant", "exec")


def test_a_few_are_spread_over_operators_and_lines() -> None:
    mutants = mutants_of()
    few = chosen(mutants, 12)
    assert few == chosen(mutants, 12)
    assert len(few) == 12
    assert len({mutant.operator for mutant in few}) == 12
    assert set(few) <= set(mutants)
    lines = {mutant.line for mutant in chosen(mutants_of("a = 3 * x\nb = 5 * x\nc = 7 * x\n"), 40)}
    assert lines == {1, 2, 3}


def test_of_a_script_with_cells_each_cell_is_changed_in_its_place() -> None:
    source = "# %% One\nimport torch\n# %% Two\nx = torch.ones(3)\n# %% Three\ny = 3 * x\n"
    mutant = named(mutants_of(source), "double-constant: y = 3 * x")
    assert mutant.content.decode() == source.replace("3 * x", "6 * x")
    assert mutant.line == 6


class TestNotebooks:
    CELLS = (
        {"cell_type": "markdown", "metadata": {}, "source": "# A *notebook*"},
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": []},
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": ["%matplotlib inline\n", "x = torch.ones(3)\n", "y = 3 * x"],
        },
    )
    NOTEBOOK = json.dumps({"cells": CELLS, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})

    def test_a_cell_is_changed_and_the_others_stay(self) -> None:
        mutant = named(mutants_of(self.NOTEBOOK, "x.ipynb"), "double-constant: y = 3 * x")
        cells = json.loads(mutant.content)["cells"]
        assert cells[:2] == [self.CELLS[0], self.CELLS[1]]
        assert cells[2]["source"] == "%matplotlib inline\nx = torch.ones(3)\ny = 6 * x"
        assert mutant.line == 3

    def test_lines_that_are_no_python_stay_as_they_are(self) -> None:
        assert all("%matplotlib inline" in mutant.after for mutant in mutants_of(self.NOTEBOOK, "x.ipynb"))


class TestWords:
    SOURCE = "# M1: b\n# Because.\nimport torch\n"

    def test_another_option_is_chosen(self) -> None:
        mutants = mutants_of(self.SOURCE, answers=Answers(options={"M1": "b"}))
        assert [each.after.split("\n")[0] for each in mutants if each.operator == "other-option"] == [
            "# M1: a",
            "# M1: c",
        ]

    def test_nothing_is_said_in_words(self) -> None:
        mutants = mutants_of(self.SOURCE, answers=Answers(notes=True))
        assert [each.after for each in mutants if each.operator == "drop-words"] == ["#\n#\nimport torch\n"]

    def test_where_no_words_are_asked_for_they_stay(self) -> None:
        assert not [each for each in mutants_of(self.SOURCE) if each.operator in ("other-option", "drop-words")]
