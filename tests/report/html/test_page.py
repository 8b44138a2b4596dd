"""How pages are made of templates: escaping, cleaning, and what their policy allows."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from jinja2 import UndefinedError

from grader.report.html.page import environment, prose, render_page


def hashed(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def rendered(template: str, **values: object) -> str:
    return environment().from_string(template).render(**values)


def test_the_policy_allows_the_pages_own_style_and_nothing_else() -> None:
    html = render_page("submissions.html", styles=("submissions.css",), shown=[], many=True, limit=1)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    (style,) = re.findall(r"<style>(.*?)</style>", html, flags=re.DOTALL)
    assert policy.replace("&#39;", "'") == (
        f"default-src 'none'; style-src '{hashed(style)}'; base-uri 'none'; form-action 'none'"
    )
    assert "url(" not in style
    assert "@import" not in style


def test_text_is_escaped_and_cleaned_and_markup_is_not() -> None:
    assert rendered("{{ a }} {{ b }}", a="<b>\x1b\u202e\t", b=prose("a `b` < c")) == (
        r"&lt;b&gt;\x1b\u202e     a <code>b</code> &lt; c"
    )


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        rendered("{{ no_such_value }}")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("`x.grad` is `None`", "<code>x.grad</code> is <code>None</code>"),
        ("one ` alone", "one ` alone"),
        ("`<b>` and \x00", r"<code>&lt;b&gt;</code> and \x00"),
        ("`" * 9, "`" * 9),
    ],
)
def test_what_stands_in_backticks_is_code(text: str, html: str) -> None:
    assert prose(text) == html
