"""Uncaught errors in groups: each cause with what failed because of it, apart from what a check wanted."""

from __future__ import annotations

from typing import Any

from grader.model import Location, RunError
from grader.report.error_groups import group_errors


def error(line: int, **fields: Any) -> RunError:
    return RunError(location=Location(cell=1, line=line), type="NameError", text="", **fields)


def following(line: int, *needs: str, cause: int = 1) -> RunError:
    return error(line, cause=Location(cell=1, line=cause), needs=needs)


def test_consequences_are_counted_with_the_names_that_they_need() -> None:
    first = error(1)
    found = group_errors([first, following(2, "x"), following(3, "y", "x")])
    (group,) = found.groups
    assert group.error is first
    assert group.consequence == "and 2 more statements failed, for lack of `x`, `y`"


def test_one_consequence_is_one_statement() -> None:
    (group,) = group_errors([error(1), following(2, "plt")]).groups
    assert group.consequence == "and 1 more statement failed, for lack of `plt`"


def test_many_names_are_cut() -> None:
    (group,) = group_errors([error(1), following(2, *"abcde")]).groups
    assert group.consequence.endswith("for lack of `a`, `b`, `c` and more")


def test_an_error_alone_has_no_consequence() -> None:
    assert [group.consequence for group in group_errors([error(1), error(2)]).groups] == ["", ""]


def test_a_consequence_of_what_is_not_listed_stands_alone() -> None:
    lost = following(2, "x", cause=9)
    assert [group.error for group in group_errors([error(1), lost]).groups] == [error(1), lost]


def test_what_was_provoked_is_apart() -> None:
    wanted = error(2, provoked=True)
    found = group_errors([error(1), wanted])
    assert ([group.error for group in found.groups], found.provoked) == ([error(1)], (wanted,))


def test_a_provoked_error_is_no_consequence() -> None:
    wanted = error(2, provoked=True, cause=Location(cell=1, line=1), needs=("x",))
    found = group_errors([error(1), wanted])
    assert (len(found.groups), found.groups[0].followers, found.provoked) == (1, (), (wanted,))


def test_a_provoked_error_because_of_which_others_failed_is_shown() -> None:
    wanted = error(1, provoked=True)
    found = group_errors([wanted, following(2, "z")])
    assert (found.groups[0].error, len(found.groups[0].followers), found.provoked) == (wanted, 1, ())


def test_errors_without_a_place_stay() -> None:
    nowhere = RunError(location=None, type="KeyError", text="")
    assert [group.error for group in group_errors([nowhere, nowhere]).groups] == [nowhere, nowhere]
