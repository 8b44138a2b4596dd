"""The page of a submission in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader import model
from grader.report.html.submission_page import render
from tests.helpers import evidence_samples as samples
from tests.helpers.browser import is_wider_than_screen, opened, violations
from tests.helpers.report_samples import check, exercise, failed_check, hostile_report, report, run

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MARKUP = "</pre></script></style></svg><img src=http://192.0.2.1/x onerror=alert(1)><script>alert(2)</script>"
LONG = "unbreakable" * 60


def full_report() -> model.Report:
    """Everything that a page can have."""
    error = model.RunError(
        location=model.Location(cell=3, line=2), type="NameError", text="name 'x' is not defined", source="y = x * 2"
    )
    return report(
        exercise(
            check(),
            failed_check(evidence=samples.evidence(), comment="Please come and see me.", candidates=3),
            check(status="manual", score=None, message="A person reads it.", withheld=True, code="x.register_hook(f)"),
            check(status="skipped", score=0.0, message="Skipped because a check failed."),
            check(status="error", score=None, message="It could not be graded."),
            number="1",
            words=model.Words(text="It is a product.\n\nSo the rule holds.", place="text below cell 3"),
        ),
        exercise(check(evidence=samples.evidence(), title="It is drawn"), failed_check(message=LONG), title="Sine"),
        path=f"homework-{LONG[:120]}.ipynb",
        assignment="autograd-basics",
        assignment_title="Automatic differentiation",
        basis="assignment",
        run=run(model.Outcome.FAILED, errors=(error,), notices=("`!pip` does nothing here.",)),
    )


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(render([full_report()], many=False), encoding="utf-8")
    return file


@pytest.mark.slow
class TestInBrowser:
    def test_everybody_can_read_it(self, browser: Browser, page_file: Path) -> None:
        for scheme, rules in (("light", ()), ("dark", ("color-contrast",))):
            with opened(browser, page_file, scheme=scheme) as page:
                page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
                assert violations(page, *rules) == []

    def test_it_fits_a_telephone(self, browser: Browser, page_file: Path) -> None:
        with opened(browser, page_file, width=360) as page:
            assert not is_wider_than_screen(page)

    def test_what_passed_is_opened_with_the_keyboard(self, browser: Browser, page_file: Path) -> None:
        with opened(browser, page_file) as page:
            folded = page.locator("details", has_text="It is drawn")
            assert not folded.locator("svg").first.is_visible()
            for _ in range(40):
                page.keyboard.press("Tab")
                if page.evaluate("document.activeElement.innerText.includes('It is drawn')"):
                    break
            page.keyboard.press("Enter")
            assert folded.locator("svg").first.is_visible()

    def test_everything_is_opened_in_print_and_nothing_is_dark(self, browser: Browser, page_file: Path) -> None:
        with opened(browser, page_file, scheme="dark") as page:
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
            page.emulate_media(media="print")
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
            folded = page.locator("details", has_text="It is drawn")
            assert folded.get_attribute("open") is None
            assert folded.locator("svg").first.bounding_box()["height"] > 100

    def test_hostile_text_is_shown_as_text(self, browser: Browser, tmp_path: Path) -> None:
        fields = dict.fromkeys(("title", "message", "expected", "actual", "hint", "source", "comment"), MARKUP)
        evidence = model.Evidence(
            curves=(samples.curve(name=MARKUP),),
            gradients=(samples.gradient(name=MARKUP),),
            graph=model.GraphEvidence(nodes=(model.GraphNode(kind="leaf", label=MARKUP),), edges=()),
            lines=samples.lines(text=MARKUP),
        )
        hostile = report(exercise(failed_check(**fields, evidence=evidence), title=MARKUP), path=MARKUP)
        file = tmp_path / "hostile.html"
        file.write_text(render([hostile, hostile_report()], many=True), encoding="utf-8")
        with opened(browser, file) as page:
            assert page.locator("img, script").count() == 0
            assert page.locator(".actual-value").first.inner_text() == MARKUP
            assert page.locator(".line.marked mark").first.inner_text() == MARKUP
            assert r"\u202etxt.exe" in page.locator("body").inner_text()
