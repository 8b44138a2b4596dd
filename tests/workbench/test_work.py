"""Results of works go to other processes, and into the cache, as JSON, and come back as they were."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from grader.workbench.grade_file import GradedCheck, GradedExercise, GradedFile, GradeFile, Margin
from grader.workbench.work import decode_result, encode_result


def graded(share: float, message: str = "") -> GradedFile:
    check = GradedCheck(
        id="c",
        status="failed",
        message=message,
        hint=None,
        mistake=None,
        withheld=False,
        missed=Margin(line="gradient", share=share),
    )
    exercise = GradedExercise(id="x", status="graded", score=0.0, max_score=1.0, message="", checks=(check,))
    return GradedFile(exercises=(exercise,))


WORK = GradeFile(path=Path("x.py"), exercises=("x",))


@pytest.mark.parametrize("result", [graded(0.5), graded(math.inf), graded(0.5, "printed \ud800"), GradedFile()])
def test_a_result_comes_back_as_it_was(result: GradedFile) -> None:
    assert decode_result(WORK, encode_result(WORK, result)) == result


def test_a_share_that_is_no_number_comes_back() -> None:
    (exercise,) = decode_result(WORK, encode_result(WORK, graded(math.nan))).exercises
    assert math.isnan(exercise.checks[0].missed.share)
