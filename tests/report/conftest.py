"""What the tests of reports share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser for the tests of pages. It ends with them, because its event loop runs in the tests' thread."""
    # Imported here, because it takes long, and most tests of reports need no browser.
    from tests.helpers.browser import started_browser

    with started_browser() as browser:
        yield browser
