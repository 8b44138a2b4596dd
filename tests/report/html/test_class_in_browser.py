"""The page of a class in a real browser: sorting, filtering, the keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader import model
from grader.report.html.class_page import render
from tests.helpers.browser import is_wider_than_screen, opened, violations
from tests.helpers.class_samples import ADDS, ZEROED, ada, exercise, failed, late, result, results, sample
from tests.helpers.large_class import large_class, reports_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MARKUP = "</script></td></select><img src=http://192.0.2.1/x onerror=alert(1)><script>alert(2)</script>"
LONG = "unbreakable" * 20


def written(folder: Path, class_: model.ClassResults, *, names: bool = False) -> Path:
    file = folder / "class.html"
    file.write_text(render(class_, reports_of(class_), names=names), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("small"), sample(), names=True)


def column(page: Page, number: int) -> list[str]:
    """The texts of a column, of the rows that are shown."""
    cells = f"#class tbody tr:not([hidden]) > :nth-child({number})"
    return [text.strip() for text in page.locator(cells).all_inner_texts()]


@pytest.mark.slow
class TestInBrowser:
    def test_everybody_can_use_it(self, browser: Browser, small: Path) -> None:
        for scheme, rules in (("light", ()), ("dark", ("color-contrast",))):
            with opened(browser, small, scheme=scheme) as page:
                page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
                page.locator("#class tbody button").nth(4).click()
                assert violations(page, *rules) == []

    def test_it_sorts_and_says_by_what(self, browser: Browser, small: Path) -> None:
        with opened(browser, small) as page:
            assert page.locator("[aria-sort]").all_inner_texts() == ["Student"]
            page.get_by_role("button", name="Total").click()
            assert column(page, 3) == ["0", "2", "3.5", "3.97", "10", "", "!"]
            page.get_by_role("button", name="Total").click()
            assert column(page, 3) == ["10", "3.97", "3.5", "2", "0", "", "!"]
            assert page.locator("[aria-sort=descending]").all_inner_texts() == ["Total"]
            page.get_by_role("button", name="Status").click()
            assert column(page, 7)[0] == "passed"
            assert column(page, 7)[-1] == "not graded yet"

    def test_it_filters_by_each_field_and_by_all_together(self, browser: Browser, small: Path) -> None:
        with opened(browser, small) as page:
            status = page.get_by_role("status")
            page.get_by_label("Name or number").fill("LOVE 10")
            assert status.inner_text() == "1 of 7 students."
            page.get_by_role("button", name="Show all").click()
            assert status.inner_text() == "7 students."
            for label, choice, expected in (
                ("Exercise", "Forward and reverse mode", ["Lovelace, Ada", "Turing, Alan"]),
                ("Its answer", "waits for a person", ["Turing, Alan"]),
                ("Its answer", "could not be graded", ["=cmd|' /C calc'!A0"]),
                ("Check not passed", ADDS["title"], [r"\x1b[31mMallory\x1b[0m [bold]M[/]", "Turing, Alan", "王小明"]),
                ("Mistake", ZEROED, [r"\x1b[31mMallory\x1b[0m [bold]M[/]", "Turing, Alan"]),
                ("Status", "broken", ["Hopper, Grace"]),
                ("Status", "late", ["Turing, Alan"]),
                ("Run", "stopped: timeout", [r"\x1b[31mMallory\x1b[0m [bold]M[/]"]),
            ):
                page.get_by_role("combobox", name=label, exact=True).select_option(label=choice)
                assert sorted(column(page, 1)) == sorted(expected), (label, choice)
                page.get_by_role("button", name="Show all").click()
            page.get_by_role("combobox", name="Mistake", exact=True).select_option(label=ZEROED)
            page.get_by_role("combobox", name="Run", exact=True).select_option(label="ran to its end")
            assert column(page, 1) == ["Turing, Alan"]

    def test_the_keyboard_opens_a_student_and_leads_to_the_next(self, browser: Browser, small: Path) -> None:
        with opened(browser, small) as page:
            page.get_by_role("combobox", name="Mistake", exact=True).select_option(label=ZEROED)
            page.get_by_role("button", name="Mallory").focus()
            page.keyboard.press("ArrowDown")  # there is no other one below
            page.keyboard.press("ArrowUp")
            page.keyboard.press("Enter")
            alan = page.get_by_role("button", name="Turing, Alan")
            assert alan.get_attribute("aria-expanded") == "true"
            more = page.locator("td.more").inner_text()
            assert f"Two passes that work add their gradients up: failed – {ZEROED}" in more
            assert "What reverse mode has to hold on to: waits for a person" in more
            page.keyboard.press("Enter")
            assert page.locator("td.more").count() == 0
            page.keyboard.press("ArrowDown")
            assert "Mallory" in page.evaluate("document.activeElement.innerText")
            # The head of each column is reached by Tab, and sorts by Enter.
            page.get_by_role("button", name="Student").focus()
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            assert page.locator("[aria-sort=ascending]").all_inner_texts() == ["Number"]

    def test_hostile_text_is_shown_as_text(self, browser: Browser, tmp_path: Path) -> None:
        wrong = failed(**ADDS | {"title": MARKUP}, mistake=MARKUP)
        hostile = result(MARKUP, exercise("double-backward", wrong), id=MARKUP, path=MARKUP, email=MARKUP)
        asked = model.AskedExercise(id="double-backward", title=MARKUP, max_score=2.0)
        long = late(ada())
        file = written(tmp_path, results(hostile, long, title=MARKUP + LONG, exercises=(asked,)), names=True)
        with opened(browser, file, width=360) as page:
            page.locator("#class tbody button").first.click()
            assert page.locator("img").count() == 0
            assert page.locator("#class tbody th").first.inner_text() == MARKUP[:59] + "…"
            assert f"{MARKUP} · {MARKUP}: failed – {MARKUP}" in page.locator("td.more").inner_text()
            page.get_by_role("combobox", name="Mistake", exact=True).select_option(index=1)
            assert page.get_by_role("status").inner_text() == "1 of 2 students."
            assert not is_wider_than_screen(page)

    @pytest.mark.parametrize("students", [200, pytest.param(1000, marks=pytest.mark.exhaustive)])
    def test_a_large_class_is_a_small_file_that_sorts_and_filters(
        self, students: int, browser: Browser, tmp_path: Path
    ) -> None:
        large = written(tmp_path, large_class(students))
        assert large.stat().st_size < 2_000 * students
        with opened(browser, large) as page:
            page.get_by_role("button", name="Total").click()
            page.get_by_label("Name or number").fill("turing")
            totals = page.evaluate(
                "[...document.querySelectorAll('#class tbody tr:not([hidden])')].map(row => row.cells[2].innerText)"
            )
            known = [int(total) for total in totals if total != "!"]
            assert students / 20 < len(known) < students / 5
            assert known == sorted(known)

    def test_without_its_script_it_is_a_table(self, browser: Browser, small: Path) -> None:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(small.as_uri())
        assert page.locator("#class tbody tr").count() == 7
        assert page.locator(".no-script").is_visible()
        assert not page.locator(".filters").is_visible()
        context.close()

    def test_in_print_all_students_are_there_and_no_fields(self, browser: Browser, small: Path) -> None:
        with opened(browser, small, scheme="dark") as page:
            page.emulate_media(media="print")
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
            frame, table = page.locator(".frame").first.bounding_box(), page.locator("#class").bounding_box()
            assert frame is not None
            assert table is not None
            assert frame["height"] >= table["height"]
            assert not page.locator(".filters").is_visible()
