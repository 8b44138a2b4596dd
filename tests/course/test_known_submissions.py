"""Every known submission of the built-in course gets the verdicts that its ``verdicts.yaml`` asks for, and is taken for
an attempt at its own exercise only: the matrix of cross-talk. `make test` has every verdict, and of the matrix the
known cross-talk and each sixth of the rest, since a run that is observed for all exercises takes several times as long.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.model import Limits, Report
from grader.pipeline.grader import Grader
from grader.pipeline.options import GradingOptions
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings, settings_of
from grader.sandbox.sandbox import Sandbox
from grader.workbench.proofs.cross_talk import is_right
from tests.helpers.builtin import loaded_course
from tests.helpers.known_submissions import Known, assert_as_expected, attempted, known_submissions, nameless
from tests.helpers.once_sandbox import once_for

COURSE = loaded_course()
KNOWN = list(known_submissions(COURSE))


NAMED = {item.exercise.id for item in COURSE.exercises if item.exercise.attempt == "named"}
"""Exercises that are part of others: nothing is an attempt at them where nothing names them."""

# Right answers that cannot be told from something else where nothing names their exercise.
UNSEEN = {
    "mean-and-sum/own_formulas.py",  # of ones, as in a well-known tutorial
    # No branch and no loop: an activation of one's own does this as well.
    "control-flow-redesign/masks.py",
    "control-flow-redesign/where_only.py",
}


SAMPLE = [
    known for number, known in enumerate(KNOWN) if number % 6 == 0 or known.expected.besides or known.id in UNSEEN
]
"""Of which `make test` tries whether they attempt nothing else."""


@pytest.fixture(scope="session")
def once(sandbox: Sandbox) -> Sandbox:
    """Each submission is graded twice, and runs once."""
    return once_for(sandbox, COURSE.exercises)


@pytest.fixture(scope="session")
def finder(once: Sandbox, store: ReferenceStore) -> Grader:
    """A grader that is told nothing, and knows what was handed out."""
    settings = settings_of(COURSE, GradingOptions(course=COURSE.root))
    return Grader(once, settings, store)


def grade(sandbox: Sandbox, store: ReferenceStore, item: Any, path: Path) -> Report:
    settings = Settings(exercises=(item,), basis="exercises", seed=0, limits=Limits())
    return Grader(sandbox, settings, store).grade(nameless(path))


@pytest.mark.parametrize("known", [known for known in KNOWN if known not in SAMPLE], ids=lambda known: known.id)
def test_a_known_submission_gets_its_verdicts(sandbox: Sandbox, store: ReferenceStore, known: Known) -> None:
    (exercise,) = grade(sandbox, store, known.item, known.path).exercises
    assert_as_expected(exercise, known.expected)


@pytest.mark.parametrize(
    "known",
    [pytest.param(known, id=known.id, marks=[pytest.mark.exhaustive] * (known not in SAMPLE)) for known in KNOWN],
)
def test_a_known_submission_gets_its_verdicts_and_attempts_nothing_else(
    once: Sandbox, finder: Grader, store: ReferenceStore, known: Known
) -> None:
    (exercise,) = grade(once, store, known.item, known.path).exercises
    assert_as_expected(exercise, known.expected)

    own = known.item.exercise.id
    found = attempted(finder, known.path)
    # Each id in `besides` of its verdicts.yaml, and no other.
    assert found - {own} == set(known.expected.besides)
    if is_right(known.expected) and own not in NAMED:
        assert (own in found) == (known.id not in UNSEEN)


@pytest.mark.parametrize("item", COURSE.exercises, ids=lambda item: item.exercise.id)
def test_a_reference_solution_gets_full_marks_and_attempts_nothing_else(
    once: Sandbox, finder: Grader, store: ReferenceStore, item: Any
) -> None:
    report = grade(once, store, item, item.solution)
    assert report.passed
    (exercise,) = report.exercises
    # What only a person can mark is nobody's full mark here.
    assert report.score == sum(check.max_score for check in exercise.checks if check.status != "manual")
    # Its first lines name it.
    assert attempted(finder, item.solution) == {item.exercise.id}


@pytest.mark.parametrize(
    ("name", "expected"),
    {
        "all-four.ipynb": {"double-backward", "vector-control-flow", "detach-semantics", "sin-derivative"},
        "control_flow.py": {"control-flow", "vector-control-flow"},
        "detach.ipynb": {"detach-semantics"},
        "double_backward.py": {"double-backward"},
        "sine.py": {"sin-derivative"},
    }.items(),
)
def test_an_example_attempts_what_it_is_about(finder: Grader, root: Path, name: str, expected: set[str]) -> None:
    assert attempted(finder, root / "examples" / name) == expected


@pytest.mark.parametrize("item", COURSE.exercises, ids=lambda item: item.exercise.id)
def test_every_exercise_has_enough_wrong_and_enough_unusual_submissions(item: Any) -> None:
    known = [known for known in KNOWN if known.item is item]
    right = sum(is_right(known.expected) for known in known)
    assert right >= 4
    assert len(known) - right >= 6


def test_right_answers_that_are_not_seen_are_known_submissions() -> None:
    assert {known.id for known in KNOWN} >= UNSEEN


def test_every_file_beside_the_verdicts_is_listed_there() -> None:
    for item in COURSE.exercises:
        folder = item.solution.parent / "mistakes" / item.exercise.id
        listed = {known.path for known in KNOWN if known.item is item}
        assert {path for path in folder.iterdir() if path.suffix in (".py", ".ipynb")} == listed
