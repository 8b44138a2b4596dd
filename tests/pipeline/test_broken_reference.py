"""What is said of a reference that fails checks which students do not see. No torch."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest

from grader.course.course import CourseExercise, load_course
from grader.errors import Mistake
from grader.model import Audience, Observation, Outcome, Submission, Verdict
from grader.pipeline.broken_reference import BrokenReference, error_of, find_failure, is_mistake, not_judged, unfinished
from tests.helpers.canary_course import write_canary_course

SOLUTION = Submission(path="cubes.py", format="py", sha256="", cells=())
RAN = Observation(events=(), outcome=Outcome.COMPLETED)


@pytest.fixture
def cubes(tmp_path: Path) -> CourseExercise:
    return load_course(write_canary_course(tmp_path)).exercises[0]


def failure(item: CourseExercise, *failed: str, audience: Audience) -> BrokenReference:
    verdicts = [
        Verdict(check=check.id, status="failed" if check.id in failed else "passed", message="It is not so.")
        for check in item.exercise.checks
    ]
    found = find_failure(item, SOLUTION, RAN, verdicts, wall_s=20.0, audience=audience)
    assert found is not None
    return found


def unfinished_one(exercise: str, text: str = "checks[0].holds: unknown name `canary`") -> BrokenReference:
    mistake = Mistake(path=Path("course/exercises") / f"{exercise}.yaml", line=3, text=text)
    item = Mock(exercise=Mock(id=exercise), mistakes=(mistake, mistake))
    return unfinished(item)


def test_what_students_read_of_an_exercise_with_mistakes_quotes_none() -> None:
    broken = unfinished_one("cube")
    assert broken.in_report.endswith("exercises/cube.yaml:3 has a mistake, and 1 more mistake.")
    assert broken.details.splitlines() == ["course/exercises/cube.yaml:3: checks[0].holds: unknown name `canary`"] * 2


def test_an_exercise_with_mistakes_blocks_where_it_was_asked_for_or_is_the_only_one() -> None:
    broken = {"cube": unfinished_one("cube")}
    assert not is_mistake(broken, 2, explicit=False)
    assert is_mistake(broken, 2, explicit=True)
    assert is_mistake(broken, 1, explicit=False)


def test_the_advice_names_what_has_to_be_mended() -> None:
    two = {name: unfinished_one(name) for name in ("a", "b")}
    assert str(error_of(two)).endswith("\nNothing was graded. Mend these 2 exercises.")
    other = BrokenReference(exercise="c", reason="", details="solutions/c.py:1: x")
    assert str(error_of({**two, "c": other})).endswith(
        "\nNothing was graded. Mend this reference solution, or the exercise's checks, and the other exercises."
    )


def test_a_report_names_no_hidden_check(cubes: CourseExercise) -> None:
    reason = failure(cubes, "canary-value", audience="staff").in_report
    assert reason.endswith("solutions/cubes.py: a check that is not shown fails.")
    reason = failure(cubes, "canary-value", "shown", audience="staff").in_report
    assert reason.endswith("solutions/cubes.py: the check `shown` fails.")


def test_staff_read_which_and_students_that_there_is_one(cubes: CourseExercise) -> None:
    assert "the check `canary-value` fails. It is not so." in failure(cubes, "canary-value", audience="staff").details
    details = failure(cubes, "canary-value", "canary-due", "shown", audience="student").details
    assert "canary" not in details
    first, second = details.splitlines()[1:]
    assert first.endswith("the check `shown` fails. It is not so.")
    assert second.endswith("a check that is not shown fails. `--audience staff` names it.")


def test_students_do_not_read_what_a_check_wants_that_keeps_it_back(cubes: CourseExercise) -> None:
    details = failure(cubes, "kept-back", audience="student").details
    assert details.endswith("solutions/cubes.py: the check `kept-back` fails. `--audience staff` says why.")
    assert "It is not so." in failure(cubes, "kept-back", audience="staff").details


@pytest.mark.parametrize(("audience", "told"), [("student", False), ("staff", True)])
def test_what_a_check_failed_with_may_quote_it(audience: Audience, told: bool, cubes: CourseExercise) -> None:
    broken = not_judged(cubes, "could not be judged.", failure="ValueError: canary", audience=audience)
    assert "canary" not in broken.in_report
    assert ("could not be judged: ValueError: canary. " in broken.details) is told
