"""The tables of fields and variables in the docs say what the models say."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.field_tables import with_tables
from grader.errors import UsageError
from grader.judging import check_kinds

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
ADVICE = "Run: python -m grader.course.field_tables docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_tables_of_a_page_are_those_of_the_models(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert with_tables(text, page.parent) == text, ADVICE


@pytest.mark.parametrize("kind", sorted(check_kinds.built_in()))
def test_every_kind_describes_its_fields_and_variables(kind: str) -> None:
    check = check_kinds.built_in()[kind]
    undescribed = [name for name, field in check.model_fields.items() if not field.description]
    assert undescribed in ([], ["kind"])  # which a kind narrows to a Literal
    assert all(check.VARIABLES.values())


def test_a_table_that_there_is_not_is_said() -> None:
    with pytest.raises(UsageError, match=r"no table of fields `backwrd`; did you mean `backward`\?"):
        with_tables("<!-- fields: backwrd -->\n<!-- end -->")


@pytest.mark.parametrize("kind", sorted(check_kinds.built_in()))
def test_every_kind_has_a_page_with_its_tables_and_two_exercises(kind: str) -> None:
    page = (ROOT / "docs" / "kinds" / f"{kind}.md").read_text(encoding="utf-8")
    assert f"<!-- fields: {kind} -->" in page
    assert f"<!-- variables: {kind} -->" in page or not check_kinds.built_in()[kind].VARIABLES
    assert page.count("\n# exercises/") - page.count("\n# exercises/data/") >= 2
    assert f"[`{kind}`]({kind}.md)" in (ROOT / "docs" / "kinds" / "README.md").read_text(encoding="utf-8")
