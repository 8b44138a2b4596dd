"""Every promise of docs/threat-model.md names a test that holds it, and what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.attacks.attack import SUBMISSIONS, read

PAGE = Path(__file__).resolve().parents[1] / "docs" / "threat-model.md"
ROOT = PAGE.parents[1]
NAMED = re.compile(r"`(tests/[^`]+)`")


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## )", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def rows() -> list[list[str]]:
    """The cells of the promises: what, at each level, and what holds it."""
    lines = [line for line in section("What is promised").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def paragraphs(title: str) -> list[str]:
    return [text for text in section(title).split("\n\n") if text.strip().startswith("**")]


def test_what_the_page_names_is_there() -> None:
    names = set(NAMED.findall(PAGE.read_text("utf-8")))
    assert len(names) > 50
    assert [name for name in sorted(names) if not is_there(*name.split("::"))] == []


def is_there(path: str, *inside: str) -> bool:
    """Whether there is a file or folder, with the classes and functions of these names in it."""
    return (ROOT / path).exists() and all(
        re.search(rf"^\s*(def|class) {re.escape(wanted)}\b", (ROOT / path).read_text("utf-8"), re.MULTILINE)
        for wanted in inside
    )


def test_every_promise_is_held_at_the_levels_where_it_is_made() -> None:
    assert len(rows()) > 15
    for what, strict, reduced, _, _, holds in rows():
        names = NAMED.findall(holds)
        assert names, f"no test for: {what}"
        paths = [ROOT / name.split("::")[0] for name in names]
        levels = {
            level
            for path in paths
            if path.parent.name in SUBMISSIONS and path.suffix == ".py"
            for level in read(path).levels
        }
        if levels:  # other tests say by themselves where they run
            assert strict != "yes" or "strict" in levels, what
            assert reduced != "yes" or "reduced" in levels, what


def test_every_paragraph_of_how_names_a_test() -> None:
    texts = paragraphs("How")
    assert len(texts) > 12
    assert [text.strip()[:60] for text in texts if not NAMED.search(text)] == []
