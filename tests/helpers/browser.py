"""Pages in a real browser: what they load, what they log, and whether everybody can use them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REQUIRED = "GRADER_TESTS_NEED_BROWSER"
"""The variable with which continuous integration says that the tests must not be skipped."""


@contextmanager
def started_browser() -> Iterator[Browser]:
    """The system's Chromium. Skips the test where there is none."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        if REQUIRED in os.environ:
            pytest.fail("there is no Chromium, which continuous integration installs")
        pytest.skip("there is no Chromium: install the package `chromium`")
    # Chromium's own sandbox refuses to start as root, as in a container.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, file: Path, *, scheme: str = "light", width: int = 1000) -> Iterator[Page]:
    """A page from disk. Fails if the page logged an error or asked for anything besides its own file."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.append(request.url) if request.url != file.as_uri() else None)
    page.on("dialog", lambda dialog: problems.append(f"a dialog: {dialog.message}"))
    try:
        page.goto(file.as_uri())
        yield page
        assert problems == []
    finally:
        context.close()


def violations(page: Page, *rules: str) -> list[str]:
    """What breaks the rules of WCAG 2 A and AA, or axe's own best practices, with the first elements that do.
    ``rules``: only these.
    """
    found: dict[str, Any] = Axe().run(page, options={"runOnly": list(rules)} if rules else None)
    return [
        f"{each['id']}: {each['help']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        for each in found["violations"]
        for node in each["nodes"][:3]
    ]


def is_wider_than_screen(page: Page) -> bool:
    """Whether the page itself scrolls to the right."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))
