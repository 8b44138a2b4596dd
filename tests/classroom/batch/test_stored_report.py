"""Reports as the gradebook keeps them: the document that programs read, and the fields that have their own columns."""

from __future__ import annotations

import json
import zlib

from grader.classroom.batch.stored_report import stored_report_of
from grader.classroom.gradebook import report_format
from grader.model import Level, Location, Outcome, StoredCheck, StoredExercise
from grader.report.json import to_dict
from tests.helpers.report_samples import check, exercise, failed_check, hostile_report, report, run


def test_the_document_is_the_report_in_json_byte_for_byte() -> None:
    for each in (report(exercise(check(), failed_check())), hostile_report()):
        text = zlib.decompress(stored_report_of(each).document)
        assert text == json.dumps(to_dict(each), ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "surrogatepass"
        )
        assert report_format.unpack(stored_report_of(each).document) == to_dict(each)


def test_what_has_its_own_columns_is_as_in_the_document() -> None:
    wrong = failed_check(score=1 / 3, location=Location(cell=None, line=7), mistake="You took the mean.")
    nothing = exercise(check(), id="sine", title="The sine", status="not_attempted", score=0.0)
    stored = stored_report_of(
        report(exercise(wrong, score=1 / 3), nothing, run=run(Outcome.TIMEOUT), passed=False, complete=False)
    )
    assert (stored.outcome, stored.level, stored.passed, stored.complete) == (
        Outcome.TIMEOUT,
        Level.STRICT,
        False,
        False,
    )
    kept = StoredCheck(
        id="gradient-accumulates",
        kind="backward",
        title="Two passes add up",
        status="failed",
        score=1 / 3,
        max_score=2,
        mistake="You took the mean.",
        cell=None,
        line=7,
    )
    assert stored.exercises == (
        StoredExercise(
            id="double-backward",
            title="Backward, twice",
            status="graded",
            score=1 / 3,
            max_score=2,
            checks=(kept,),
        ),
        StoredExercise(id="sine", title="The sine", status="not_attempted", score=0, max_score=2),
    )


def test_a_check_that_waits_has_no_score_and_its_place() -> None:
    waiting = check(status="manual", score=None, location=Location(cell=3, line=2))
    ((kept,),) = (each.checks for each in stored_report_of(report(exercise(waiting))).exercises)
    assert (kept.score, kept.mistake, kept.cell, kept.line) == (None, "", 3, 2)
