"""JUnit XML: valid for Jenkins, read back by junitparser, whatever a submission holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite
from lxml import etree

from grader import model
from grader.report import junit
from tests.helpers.report_samples import HOSTILE, check, exercise, failed_check, hostile_report, report, run

SCHEMA = Path(__file__).parent / "schemas" / "junit-10.xsd"


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA))


def read(schema: etree.XMLSchema, *reports: model.Report) -> list[TestSuite]:
    text = junit.render(reports, many=len(reports) > 1)
    schema.assertValid(etree.fromstring(text.encode()))
    root = JUnitXml.fromstring(text.encode())
    suites = list(root)
    for key in ("tests", "failures", "errors"):
        assert getattr(root, key) == sum(getattr(suite, key) for suite in suites)
    for suite in suites:
        kinds = [kind for case in suite for kind in map(type, case.result)]
        counted = [kinds.count(kind) for kind in (Failure, Error, Skipped)]
        assert [len(list(suite)), *counted] == [suite.tests, suite.failures, suite.errors, suite.skipped]
    return suites


def results(cases: Sequence[TestCase]) -> list[tuple[str, str, str]]:
    """The kind, type and message of what did not pass."""
    return [(type(each).__name__, each.type, each.message) for case in cases for each in case.result]


class TestCases:
    def test_each_status_has_its_kind(self, schema: etree.XMLSchema) -> None:
        graded = exercise(
            check(title="a"),
            failed_check(title="b", message="Wrong"),
            check(title="c", status="skipped", message="Skipped, because “b” comes first."),
            check(title="d", status="manual", score=None),
            check(title="e", status="manual", score=None, withheld=True, message="A hook.", code="3 | hook()"),
            check(title="f", status="error", message="The check failed."),
        )
        _, suite = read(schema, report(graded))
        assert [case.name for case in suite] == list("abcdef")
        assert {case.classname for case in suite} == {"homework.ipynb.double-backward"}
        assert results(list(suite)) == [
            ("Failure", "failed", "Wrong."),
            ("Skipped", "skipped", "Skipped, because “b” comes first."),
            ("Skipped", "manual", "A person has to mark it."),
            ("Skipped", "withheld", "A hook."),
            ("Error", "error", "The check failed."),
        ]
        assert list(suite)[4].system_out == "3 | hook()"

    def test_a_failure_begins_with_file_and_line(self, schema: etree.XMLSchema) -> None:
        failed = failed_check(location=model.Location(cell=3, line=2, execution_count=7, file_line=40))
        _, suite = read(schema, report(exercise(failed), path="./hw/ada.ipynb"))
        (case,) = suite
        assert case.classname == "hw.ada.ipynb.double-backward"
        assert case.result[0].text.splitlines() == [
            "./hw/ada.ipynb:40: x.grad is 3·x², the gradient of x³: `u` was still attached to the graph.",
            "expected: [0, 1, 4, 9]",
            "actual: [0, 3, 12, 27]",
            "at: In [7], line 2: z.sum().backward()",
            "hint: Cut u out of the graph with detach().",
        ]

    def test_what_a_person_marked_is_decided(self, schema: etree.XMLSchema) -> None:
        marked = [check(id=f"{score}", status="manual", score=score, comment="Nearly.") for score in (2.0, 1.0)]
        withheld = check(id="w", status="manual", score=0.0, withheld=True, code="3 | hook()")
        whole, suite = read(schema, report(exercise(*marked, withheld), complete=True))
        assert results(list(suite)) == [
            ("Skipped", "manual", "A person gave 1 of 2 points."),
            ("Failure", "failed", "A person gave 0 of 2 points."),
        ]
        assert next(iter(suite)).system_out == "A person gave 2 of 2 points.\ncomment: Nearly."
        assert next(iter(whole)).system_out is None

    def test_a_bonus_that_failed_is_no_failure(self, schema: etree.XMLSchema) -> None:
        _, suite = read(schema, report(exercise(failed_check(message="No"), bonus=True), passed=True))
        assert results(list(suite)) == [("Skipped", "bonus", f"{junit.SKIPPED_AS_BONUS} No.")]

    def test_checks_of_one_title_are_told_apart(self, schema: etree.XMLSchema) -> None:
        _, suite = read(schema, report(exercise(check(id="a", title="t"), check(id="b", title="t"))))
        assert [case.name for case in suite] == ["t (a)", "t (b)"]

    def test_an_exercise_that_could_not_be_graded_is_an_error(self, schema: etree.XMLSchema) -> None:
        _, suite = read(schema, report(exercise(status="error", max_score=4.0, message="The reference fails.")))
        assert results(list(suite)) == [("Error", "error", "The reference fails.")]

    def test_what_was_not_found_is_left_out(self, schema: etree.XMLSchema) -> None:
        missing = exercise(check(), status="not_attempted")
        assert len(read(schema, report(missing, basis="found"))) == 1
        assert len(read(schema, report(missing, basis="assignment"))) == 2


class TestTheRun:
    def test_points_and_seed_are_properties(self, schema: etree.XMLSchema) -> None:
        whole, suite = read(
            schema, report(exercise(check(score=1 / 3, max_score=4.000000001)), assignment="hw2", seed=3)
        )
        known = {each.name: each.value for each in suite.properties()}
        assert known == {
            "score": "0.33",
            "max_score": "4",
            "assignment": "hw2",
            "exercise": "double-backward",
            "seed": "3",
            "version": "0.1.0",
        }
        assert "complete" in {each.name for each in whole.properties()}
        assert whole.time == 0.1

    def test_a_time_out_is_a_failure_unless_all_passed(self, schema: etree.XMLSchema) -> None:
        stopped = run(model.Outcome.TIMEOUT, detail="the loop in cell 3 ran for 15 s")
        failed, _ = read(schema, report(exercise(failed_check()), run=stopped))
        passed, _ = read(schema, report(exercise(check()), run=stopped))
        assert results(list(failed)) == [("Failure", "timeout", "The loop in cell 3 ran for 15 s.")]
        assert results(list(passed)) == []
        assert next(iter(passed)).system_out == "The loop in cell 3 ran for 15 s."

    def test_uncaught_errors_and_what_is_not_final_are_output(self, schema: etree.XMLSchema) -> None:
        error = model.RunError(
            location=model.Location(cell=1, line=2), type="NameError", text="name 'y' is not defined", source="  y"
        )
        ran = run(model.Outcome.FAILED, errors=(error,), not_final="Busy.")
        (suite, _) = read(schema, report(exercise(check()), run=ran, complete=False, more_points=True))
        (case,) = suite
        assert case.system_out.splitlines() == [
            "cell 1, line 2: y",
            "    NameError: name 'y' is not defined",
            "Not final yet: what ran out of time while the machine was busy.",
            "Further points are decided by checks that are not shown.",
        ]

    def test_what_cannot_be_read_is_an_error_beside_the_others(self, schema: etree.XMLSchema) -> None:
        broken = model.Report.of_unreadable("b.ipynb", "b.ipynb: the notebook is empty", seed=0)
        suites = read(schema, report(exercise(check()), path="a.ipynb"), broken)
        assert [suite.name for suite in suites] == ["a.ipynb", "a.ipynb: Backward, twice", "b.ipynb"]
        assert results(list(suites[-1])) == [("Error", "unreadable", "The notebook is empty.")]


def test_no_text_of_a_student_breaks_the_file(schema: etree.XMLSchema) -> None:
    hostile = f"{HOSTILE} ]]></failure><!-- & \ufffe \U0001ffff \r\n\t <?x?>"
    suites = read(
        schema, hostile_report(), report(exercise(failed_check(message=hostile, title=hostile)), path=hostile)
    )
    (case,) = suites[-1]
    assert "]]></failure>" in case.name
    assert "\ufffe" not in case.name
