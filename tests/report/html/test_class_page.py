"""The page of a class as text: what is in it, and what is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader import model
from grader.report.html.class_examples import find_examples
from grader.report.html.class_page import render
from grader.report.html.class_students import student_table
from tests.helpers import report_samples
from tests.helpers.class_samples import (
    ADDS,
    ZEROED,
    ada,
    alan,
    check,
    exercise,
    failed,
    joan,
    late,
    on_a_sheet,
    result,
    results,
    sample,
)
from tests.helpers.evidence_samples import curve, gradient

MARKUP = "</script></td><img src=x onerror=alert(1)><!--"


def page(class_: model.ClassResults, *reports: model.Report, names: bool = False) -> str:
    return render(class_, reports, names=names)


def part(html: str, name: str) -> str:
    """A part of the page without its markup, as a person reads it."""
    section = html[html.index(f'id="{name}"') :].split("</section>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", section.partition(">")[2]).split())


def data(class_: model.ClassResults) -> Any:
    return json.loads(student_table(class_).data)


def test_it_says_what_the_table_in_the_terminal_says() -> None:
    html = page(sample())
    for wanted in (
        "Homework 2",
        "7 students",
        "graded 2026-10-03 14:05 UTC",
        "2 provisional: 1 answer waits for a person (grade mark), 1 part could not be graded.",
    ):
        assert wanted in html
    students = part(html, "students")
    assert "Lovelace, Ada 1001 10 3 3 4 passed" in students
    assert "Turing, Alan 1002 3.5 1? 0 2.5 provisional late" in students
    assert "Hopper, Grace 1003 ! broken" in students
    assert "Clarke, Joan not graded yet" in students
    assert r"\x1b[31mMallory\x1b[0m [bold]M[/]" in students


def test_a_sheet_has_numbers_and_a_bonus() -> None:
    students = part(page(on_a_sheet(ada())), "students")
    assert "Student Number Total 1. 2. 3. (bonus) Status Late" in students


def test_how_late_and_how_the_run_ended() -> None:
    students = part(page(results(late(ada()), result("Slow", outcome=model.Outcome.TIMEOUT))), "students")
    assert "passed 1 day 2 h" in students
    assert "passed, stopped: timeout" in students


def test_the_table_is_sorted_by_numbers_and_not_by_their_texts() -> None:
    class_ = results(
        late(ada()), replace(alan(), student=model.Student(key="9", name="Turing, Alan", id="999")), joan()
    )
    # By name, number, total, three exercises, status and lateness; what is not known is null, and comes last.
    assert data(class_)["sort"] == [
        [0, 1, 2],
        [1, 0, None],
        [8, 3.5, None],
        [3, 1, None],
        [3, 0, None],
        [4, 2.5, None],
        [0, 2, 4],
        [26 * 3600, 0, None],
    ]


def test_numbers_with_leading_zeros_and_letters_have_an_order() -> None:
    ids = ["s10", "s9", "0100", "2", "٣", "s9b", ""]
    class_ = results(*(result(f"{number}", id=each) for number, each in enumerate(ids)))
    ranks = data(class_)["sort"][1]
    assert [each for _, each in sorted((rank, each) for rank, each in zip(ranks, ids, strict=True) if each)] == [
        "2",
        "0100",
        "s9",
        "s9b",
        "s10",
        "٣",
    ]


def test_what_is_filtered_by() -> None:
    found = data(sample())
    kinds = [(each[2], each[3], each[4]) for each in found["failures"]]
    by_name = dict(zip(found["names"], range(7), strict=True))
    number = by_name["turing, alan 1002"]
    assert [kinds[each] for each in found["failed"][number]] == [
        ("What reverse mode has to hold on to", "manual", ""),
        ("u has the values of y and is no longer part of the graph", "failed", kinds[found["failed"][number][1]][2]),
        ("The gradient of sum(u * x) is u", "skipped", ""),
        ("Two passes that work add their gradients up", "failed", ZEROED),
    ]
    assert found["states"][number] == "wzp"
    assert found["states"][by_name["clarke, joan"]] == "---"
    assert found["late"][number] == 1


def test_a_class_without_students_has_a_page() -> None:
    html = page(results())
    assert "Nobody is graded yet." in html
    assert "No mistake that a rubric names was made." in html
    assert "or there are too few hand-ins to tell" in html


def test_hostile_text_is_escaped_in_markup_and_in_the_data() -> None:
    wrong = failed(**ADDS | {"title": MARKUP}, mistake=MARKUP)
    hostile = result(MARKUP, exercise("double-backward", wrong), id=MARKUP, path=MARKUP, email=MARKUP)
    html = page(results(hostile, title=MARKUP, assignment=MARKUP), names=True)
    assert "<img" not in html
    assert html.count("<script") == 2
    assert html.count("</script>") == 2
    assert data(results(hostile))["failures"][0][4] == MARKUP
    assert "<" not in student_table(results(hostile)).data


def test_mistakes_are_those_of_most_students_first_with_an_example() -> None:
    made = [result(f"s{number}", exercise("double-backward", failed(**ADDS, mistake=ZEROED))) for number in range(3)]
    evidence = model.Evidence(gradients=(gradient(name="adas_gradient"),))
    example = report_samples.failed_check(mistake=ZEROED, evidence=evidence)
    html = page(results(*made, alan()), report_samples.report(report_samples.exercise(example)))
    mistakes = part(html, "mistakes")
    assert mistakes.index(f"4 of 4 {ZEROED}") < mistakes.index("1 of 1 u has the right values")
    assert "Furthest off: [2, 3] is 36 instead of 12" in mistakes
    assert html.count("<figure>") == 2  # the histogram, and the example
    assert "adas_gradient" not in html


class TestNames:
    def test_without_them_only_the_table_names_students(self) -> None:
        html = page(sample())
        beside = html.replace(html[html.index("<table id=") : html.index("</table>")], "").partition('id="data"')[0]
        for private in ("Turing", "1002", "alan@example.org", "Alan.ipynb", "homework.ipynb"):
            assert private not in beside

    def test_with_them_each_mistake_says_who(self) -> None:
        assert f"{ZEROED} Backward, twice · {ADDS['title']} Who Turing, Alan" in part(
            page(sample(), names=True), "mistakes"
        )


class TestExamples:
    MISTAKE = ("double-backward", "gradient-accumulates", ZEROED)

    def report(self, evidence: model.Evidence | None, **fields: Any) -> model.Report:
        return report_samples.report(
            report_samples.exercise(report_samples.failed_check(**{"mistake": ZEROED, "evidence": evidence} | fields))
        )

    def test_reports_are_read_until_each_mistake_has_one(self) -> None:
        read = []

        def all_reports() -> Iterator[model.Report]:
            for number in range(4):
                read.append(number)
                yield self.report(None if number == 0 else model.Evidence(curves=(curve(),)))

        assert find_examples([self.MISTAKE], all_reports())[self.MISTAKE].curve is not None
        assert read == [0, 1]

    def test_no_report_is_read_where_nobody_made_a_mistake(self) -> None:
        def none() -> Iterator[model.Report]:
            raise AssertionError
            yield

        assert find_examples([], none()) == {}

    @pytest.mark.parametrize(
        "evidence",
        [
            model.Evidence(curves=(curve(factor=1.0),)),
            model.Evidence(curves=(replace(curve(), drawn=None),)),
            model.Evidence(gradients=(replace(gradient(), is_close=np.ones(12, dtype=bool)),)),
            model.Evidence(gradients=(replace(gradient(), actual=None, is_close=None),)),
        ],
    )
    def test_what_does_not_differ_shows_no_mistake(self, evidence: model.Evidence) -> None:
        assert find_examples([self.MISTAKE], [self.report(evidence)]) == {}

    def test_what_passed_or_another_mistake_is_no_example(self) -> None:
        evidence = model.Evidence(curves=(curve(),))
        others = [self.report(evidence, status="passed"), self.report(evidence, mistake="Another.")]
        assert find_examples([self.MISTAKE], others) == {}


def test_an_item_that_strong_hand_ins_miss_is_pointed_out() -> None:
    class_ = results(
        *(
            result(
                f"s{number}",
                exercise("detach-semantics", check(id="odd") if number < 15 else failed(id="odd")),
                exercise("double-backward", check() if number >= 15 else failed()),
            )
            for number in range(30)
        )
    )
    assert "Who does well elsewhere misses it" in part(page(class_), "items")


def test_checks_that_students_do_not_see_are_marked_as_such() -> None:
    checks = (
        failed(id="a", title="Secret", mistake=ZEROED, visibility="hidden"),
        failed(id="b", title="Later", visibility="after-due"),
    )
    class_ = results(result("Ada", exercise("double-backward", *checks)))
    html = page(class_)
    assert "Secret hidden from students" in part(html, "mistakes")
    assert "Later shown after the due date" in part(html, "mistakes")
    assert "Secret hidden from students" in part(html, "items")
    assert [failure[2] for failure in data(class_)["failures"]] == [
        "Secret (hidden from students)",
        "Later (shown after the due date)",
    ]
    assert "hidden from students" not in page(sample())
