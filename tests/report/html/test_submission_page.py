"""The page of one submission, and of several, as text."""

from __future__ import annotations

import re

import pytest

from grader import model
from grader.report.html import submission_page
from grader.report.html.submission_page import render
from tests.helpers import evidence_samples as samples
from tests.helpers.report_samples import check, exercise, failed_check, hostile_report, report, run


def page(*exercises: model.ExerciseReport, **fields: object) -> str:
    return render([report(*exercises, **fields)], many=False)


def text(html: str) -> str:
    """The page without its markup, as a person reads it."""
    body = html.split("<body>", 1)[1]
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def test_it_says_everything_about_a_failure() -> None:
    said = text(page(exercise(failed_check(mistake="A known mistake.", comment="Please come and see me."))))
    for wanted in (
        "homework.ipynb",
        "0.5 / 2",
        "✗ failed Two passes add up",
        "the gradient of x³: u was still attached",
        "A known mistake.",
        "expected [0, 1, 4, 9]",
        "actual [0, 3, 12, 27]",
        "cell 3, line 2",
        "2 z.sum().backward()",
        "Hint Cut u out of the graph with detach().",
        "Comment Please come and see me.",
    ):
        assert wanted in said


def test_evidence_is_drawn() -> None:
    html = page(exercise(failed_check(evidence=samples.evidence())))
    for picture in ("curve", "heat-map", "graph"):
        assert f'class="picture {picture}' in html
    assert '<span class="line marked"><span class="no">▸ 9</span>' in html


def test_without_evidence_there_are_no_pictures() -> None:
    assert "<figure" not in page(exercise(failed_check(), check()))


def test_a_named_mistake_that_the_message_tells_is_not_told_twice() -> None:
    html = page(exercise(failed_check(message="Off by 2. A known mistake.", mistake="A known mistake.")))
    assert html.count("A known mistake.") == 1


def test_what_failed_is_open_and_what_passed_is_folded() -> None:
    html = page(exercise(failed_check(), check(evidence=samples.evidence())))
    assert re.findall(r"<details( open)?>", html) == [" open", ""]


def test_staff_see_what_is_hidden_from_students() -> None:
    said = text(page(exercise(check(visibility="hidden"), check(visibility="after-due"))))
    assert said.count("hidden from students") == 1


def test_withheld_lines_are_shown() -> None:
    withheld = check(status="manual", score=None, message="A hook.", withheld=True, code="x.register_hook(fix)")
    said = text(page(exercise(withheld)))
    assert "to be looked at" in said
    assert "Lines that a person has to look at x.register_hook(fix)" in said
    assert "Not final yet: 1 result for a person to look at." in said


def test_answers_in_words_stand_as_they_were_written() -> None:
    words = model.Words(text="First.\n\n  Then <b>this</b>.", place="line 3")
    html = page(exercise(check(status="manual", score=None), words=words))
    assert "First.\n\n  Then &lt;b&gt;this&lt;/b&gt;." in html


def test_errors_of_the_run_stand_with_what_follows_from_them() -> None:
    first = model.Location(cell=1, line=1)
    errors = (
        model.RunError(location=first, type="NameError", text="name 'y' is not defined", source="x = y"),
        model.RunError(
            location=model.Location(cell=2, line=1), type="NameError", text="no x", cause=first, needs=("x",)
        ),
    )
    said = text(page(exercise(check()), run=run(model.Outcome.FAILED, errors=errors)))
    assert "Uncaught error cell 1, line 1 1 x = y NameError: name &#39;y&#39; is not defined and 1 more" in said


def test_a_stopped_run_says_why() -> None:
    said = text(page(exercise(check()), run=run(model.Outcome.TIMEOUT, detail="it ran for 10 s.")))
    assert "It ran for 10 s. What was observed is graded." in said


def test_points_that_are_not_shown_are_mentioned() -> None:
    assert "Further points are decided by checks that are not shown." in text(page(exercise(check()), more_points=True))


def test_isolation_is_mentioned_where_it_is_not_strict() -> None:
    isolation = model.Isolation(level=model.Level.REDUCED, mechanisms=())
    assert "Isolation is reduced, not strict." in text(page(exercise(check()), isolation=isolation))
    assert "Isolation" not in text(page(exercise(check())))


def test_several_submissions_are_listed_first() -> None:
    unreadable = model.Report.of_unreadable("b.ipynb", "it is no notebook", seed=0)
    said = text(render([report(exercise(check()), path="a.py"), unreadable], many=True))
    assert said.startswith("2 submissions Submission Points Checks a.py 2 / 2 1 of 1 passed ✓ b.ipynb unreadable")
    assert "It could not be read, so nothing was graded. It is no notebook." in said


def test_hostile_text_is_escaped_everywhere() -> None:
    html = render([hostile_report()], many=False)
    for character in ("\x1b", "\x00", "\x07", "\u202e", "\u2066", "\ud800"):
        assert character not in html
    html.encode("utf-8")
    markup = "</script><img src=x onerror=alert(1)>'\"&"
    evil = page(
        exercise(
            failed_check(
                **dict.fromkeys(("title", "message", "expected", "actual", "hint", "source", "comment"), markup),
                evidence=model.Evidence(
                    curves=(samples.curve(name=markup),),
                    gradients=(samples.gradient(name=markup),),
                    graph=model.GraphEvidence(nodes=(model.GraphNode(kind="leaf", label=markup),), edges=()),
                    lines=samples.lines(text=markup),
                ),
            ),
            title=markup,
            words=model.Words(text=markup, place=markup),
        ),
        path=markup,
    )
    assert "<img" not in evil
    assert "</script" not in evil


class TestSize:
    def test_with_all_evidence_at_its_bounds(self) -> None:
        html = page(exercise(*(failed_check(evidence=samples.largest_evidence()) for _ in range(12))))
        assert len(html.encode()) < 300_000
        assert "The picture is left out" in html

    def test_many_submissions_share_the_room_for_pictures(self, monkeypatch: pytest.MonkeyPatch) -> None:
        one = report(exercise(failed_check(evidence=samples.evidence())))
        assert "The picture is left out" not in render([one] * 4, many=True)
        monkeypatch.setattr(submission_page, "PICTURES_OF_ALL", 4 * 6_000)
        assert render([one] * 4, many=True).count("The picture is left out") == 4
