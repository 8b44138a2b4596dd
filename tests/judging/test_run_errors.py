"""The errors of a run: in the order of the file, in plain words, and with the error that they follow from."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from grader.judging.run.run_errors import find_run_errors
from grader.judging.run.run_summary import summarize_run
from grader.model import (
    BrokenStatement,
    Cell,
    Format,
    Location,
    Observation,
    Outcome,
    Raised,
    RunError,
    RunPlace,
    Submission,
    UncaughtError,
)


def submission(*sources: str, form: Format = "ipynb", broken: Sequence[BrokenStatement] = ()) -> Submission:
    """Cells of which the last has ``broken`` statements."""
    last = len(sources)
    cells = tuple(
        Cell(number=number, source=text, code=text, broken_statements=tuple(broken) if number == last else ())
        for number, text in enumerate(sources, 1)
    )
    return Submission(path="n", format=form, sha256="", cells=cells)


def raised(cell: int, line: int, statement: int, kind: str, text: str, *, syntax: bool = False) -> UncaughtError:
    place = RunPlace(cell=cell - 1, line=line, statement=statement)
    return UncaughtError(place=place, error=Raised(type=kind, text=text), syntax=syntax)


def undefined(cell: int, line: int, statement: int, name: str) -> UncaughtError:
    return raised(cell, line, statement, "NameError", f"name '{name}' is not defined")


def errors(found: Submission, *events: UncaughtError) -> list[RunError]:
    observation = Observation(events=events, outcome=Outcome.FAILED)
    return [item.error for item in find_run_errors(found, observation)]


NO_MODULE = raised(1, 2, 2, "ModuleNotFoundError", "No module named 'torchvisionx'")


class TestCauses:
    def test_what_needs_a_name_of_a_failed_cell_follows_from_its_error(self) -> None:
        cells = submission(
            "import torch\nimport torchvisionx\nimport matplotlib.pyplot as plt\nn = 3", "plt.plot()", "n"
        )
        first, second, third = errors(cells, NO_MODULE, undefined(2, 1, 3, "plt"), undefined(3, 1, 4, "n"))
        assert first.cause is None
        assert (second.cause, second.needs) == (Location(cell=1, line=2), ("plt",))
        assert (third.cause, third.needs) == (Location(cell=1, line=2), ("n",))

    def test_what_follows_from_a_consequence_follows_from_the_first_error(self) -> None:
        cells = submission("a\nimport torchvisionx\nb = 1", "c = b + 1", "d = c + 1")
        *_, last = errors(cells, NO_MODULE, undefined(2, 1, 3, "b"), undefined(3, 1, 4, "c"))
        assert (last.cause, last.needs) == (Location(cell=1, line=2), ("c",))

    def test_a_name_that_nothing_should_have_bound_is_an_error_of_its_own(self) -> None:
        cells = submission("a\nimport torchvisionx", "zzz")
        assert [error.cause for error in errors(cells, NO_MODULE, undefined(2, 1, 3, "zzz"))] == [None, None]

    def test_a_name_that_nothing_binds_is_one_error_however_often_it_is_used(self) -> None:
        cells = submission("x = np.ones(1)", "y = np.ones(2)", "import numpy as np", "z = np.ones(3)", "np.one")
        found = errors(
            cells, undefined(1, 1, 1, "np"), undefined(2, 1, 2, "np"), raised(5, 1, 5, "AttributeError", "no one")
        )
        assert [error.cause for error in found] == [None, Location(cell=1, line=1), None]

    def test_a_lost_import_of_everything_may_have_bound_any_name(self) -> None:
        cells = submission("from d2l import *", "plt.plot()")
        module = raised(1, 1, 1, "ModuleNotFoundError", "No module named 'd2l'")
        assert errors(cells, module, undefined(2, 1, 2, "plt"))[1].cause == Location(cell=1, line=1)

    def test_what_uses_an_old_value_follows_too(self) -> None:
        cells = submission("x = 1", "x = x.detach()", "y = x.sum()\ny.backward()")
        first, second = errors(
            cells,
            raised(2, 1, 2, "AttributeError", "no detach"),
            raised(3, 1, 3, "AttributeError", "'int' object has no attribute 'sum'"),
        )
        assert first.cause is None
        assert (second.cause, second.needs) == (Location(cell=2, line=1), ("x",))

    def test_what_was_bound_again_is_sound(self) -> None:
        cells = submission("x = f()", "x = 2", "y = x.sum()")
        _, second = errors(cells, undefined(1, 1, 1, "f"), raised(3, 1, 3, "AttributeError", "no sum"))
        assert second.cause is None

    def test_a_function_of_a_lost_name_fails_where_it_is_called(self) -> None:
        cells = submission("import torchvisionx", "def f():\n    return torchvisionx.a", "f()")
        module = raised(1, 1, 1, "ModuleNotFoundError", "No module named 'torchvisionx'")
        _, second = errors(cells, module, undefined(2, 2, 3, "torchvisionx"))
        assert (second.location, second.cause) == (Location(cell=2, line=2), Location(cell=1, line=1))

    def test_in_a_script_only_the_failed_statement_binds_nothing(self) -> None:
        script = submission("a = f()\nb = 1\nc = a\nd = g(b)", form="py")
        first, second, third = errors(script, undefined(1, 1, 1, "f"), undefined(1, 3, 3, "a"), undefined(1, 4, 4, "g"))
        assert [error.cause for error in (first, second, third)] == [None, Location(cell=1, line=1), None]

    def test_statements_under_a_main_guard_are_counted(self) -> None:
        script = submission("if __name__ == '__main__':\n    a = f()\n    b = a\nc = 1", form="py")
        _, second = errors(script, undefined(1, 2, 1, "f"), undefined(1, 3, 2, "a"))
        assert second.cause == Location(cell=1, line=2)

    def test_a_broken_statement_is_a_cause(self) -> None:
        broken = BrokenStatement(line=2, text="The bracket `(` is never closed.", binds=("y",))
        script = submission("x = 1\n\nz = y", form="py", broken=[broken])
        first, second = errors(script, undefined(1, 3, 2, "y"))
        assert (first.type, second.cause) == ("SyntaxError", Location(cell=1, line=2))

    @pytest.mark.parametrize("kind", ["SystemExit", "Stopped"])
    def test_an_end_follows_from_no_name(self, kind: str) -> None:
        cells = submission("x = f()", "exit(x)")
        assert errors(cells, undefined(1, 1, 1, "f"), raised(2, 1, 2, kind, "1"))[1].cause is None

    def test_a_run_without_errors_has_none(self) -> None:
        assert errors(submission("x = 1")) == []


class TestOrder:
    def test_errors_stand_in_the_order_of_the_file(self) -> None:
        broken = BrokenStatement(line=1, text="This line was left out.", binds=())
        cells = submission("f()", "", broken=[broken])
        found = errors(cells, undefined(1, 1, 1, "f"))
        assert [error.location for error in found] == [Location(cell=1, line=1), Location(cell=2, line=1)]

    def test_an_error_in_a_function_stands_where_it_was_raised(self) -> None:
        cells = submission("def f():\n    return a", "b", "f()")
        found = errors(cells, undefined(2, 1, 2, "b"), undefined(1, 2, 3, "a"))
        assert [error.location for error in found] == [Location(cell=1, line=2), Location(cell=2, line=1)]


class TestCodeThatDoesNotParse:
    def test_its_cause_is_said_once_and_plainly(self) -> None:
        broken = BrokenStatement(line=1, text="This is text, not Python. This line was left out.", binds=())
        cells = submission("Why is this so difficult", broken=[broken])
        (error,) = errors(cells, raised(1, 1, 0, "SyntaxError", "invalid syntax (<cell 1>, line 1)", syntax=True))
        assert error.text == "This is text, not Python. This line was left out."

    def test_where_statements_cannot_be_told_apart_python_is_asked_and_no_file_is_named(self) -> None:
        event = raised(1, 7, 0, "SyntaxError", "'(' was never closed (036.py <cell 1>, line 7)", syntax=True)
        (error,) = errors(submission("x = ("), event)
        assert error.text == "The bracket `(` is never closed. None of this code was run."

    def test_an_unknown_cause_is_quoted(self) -> None:
        event = raised(1, 7, 0, "SyntaxError", "invalid syntax (036.py <cell 1>, line 7)", syntax=True)
        assert errors(submission("x = "), event)[0].text.startswith("Python cannot read this (invalid syntax).")


def test_a_consequence_has_no_note_of_its_own() -> None:
    cells = submission("a\nimport torchvisionx\nimport matplotlib.pyplot as plt", "plt.plot()")
    observation = Observation(events=(NO_MODULE, undefined(2, 1, 3, "plt")), outcome=Outcome.FAILED)
    assert summarize_run(cells, observation).notices == (
        "`torchvisionx` is not installed where submissions run, and does not lie beside this file there, so whatever "
        "needs it could not run. A module of your own has to be handed in with the file.",
    )
