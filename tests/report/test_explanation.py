"""An exercise in words in three formats, with text of the exercise that is no markup."""

from __future__ import annotations

import io
import json
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from grader.model import ExplainedCheck, ExplainedLine, ExplainedMistake, ExplainedWay, Explanation, Term
from grader.report.explanation.json import json_of, json_schema
from grader.report.explanation.markdown import markdown_of
from grader.report.explanation.terminal import render_explanation

WAY = ExplainedWay(
    kind="backward",
    looks_at="Looks at `everything`.",
    counts=(ExplainedLine(words="output is [bold]leaf³", expression="output == leaf ** 3"),),
    must_hold=(ExplainedLine(words="gradient is 3 × leaf²"), ExplainedLine(words="passes is 1")),
    terms=(Term(name="leaf", about="the tensor"),),
)
CHECK = ExplainedCheck(
    id="slope",
    title="The slope\x1b[31m",
    points=2,
    ways=(WAY,),
    partial=True,
    needs=("first",),
    hint="Try it.",
    mistakes=(ExplainedMistake(when=ExplainedLine(words="gradient is 0"), say="Zero.", hint="", points=0.5),),
    remarks=(),
    visibility="public",
    reveal=True,
    seen="Students see it.",
)
EXPLANATION = Explanation(
    exercise="it",
    title="It is *it*",
    statement="Do `it`.\n\n- one\n- two",
    points=2,
    checks=(CHECK,),
    attempt=("It counts.",),
    known="1 known submission: 1 wrong.",
    unshown=1,
)


def test_the_screen_has_a_row_for_each_thing() -> None:
    written = io.StringIO()
    render_explanation(EXPLANATION, console=Console(file=written, width=80))
    lines = [line.rstrip() for line in written.getvalue().splitlines()]
    assert lines[0] == "It is *it*  it, 1 check, 2 points"
    for line in (
        "  Backward   Looks at `everything`.",
        "  Counts if  output is [bold]leaf³",
        "  Must hold  gradient is 3 × leaf²",
        "             passes is 1",
        "  Where      leaf: the tensor",
        "  Needs      `first` to pass first; else it is skipped.",
        "  Mistake    If gradient is 0, 0.5 points all the same:",
        "             “Zero.”",
        "             Without a hint.",
        "  Seen       Students see it.",
        "  Not shown  More points are decided by checks that are not shown.",
    ):
        assert line in lines
    assert "\x1b" not in written.getvalue()
    assert written.getvalue().count("Students see it.") == 1


def test_markdown_shows_texts_as_they_are() -> None:
    page = markdown_of(EXPLANATION)
    assert page.startswith("# It is \\*it\\*\n\n`it`: 1 check, 2 points.\n\n> Do `it`.\n>\n> - one\n")
    assert "- **Counts if**: output is \\[bold\\]leaf³\n" in page
    assert "- **Backward**: Looks at `everything`.\n" in page or "- **Backward**: Looks at `everything`.\n" in page
    assert "\x1b" not in page


def test_json_has_everything_and_fits_its_schema(root: Path) -> None:
    document = json.loads(json_of(EXPLANATION))
    jsonschema.validate(document, json_schema())
    assert document["explanation"]["checks"][0]["ways"][0]["counts"][0]["expression"] == "output == leaf ** 3"
    kept = json.loads((root / "docs" / "explanation.schema.json").read_text(encoding="utf-8"))
    assert kept == json_schema(), "run: grade schema explanation > docs/explanation.schema.json"


@pytest.mark.parametrize("width", [20, 200])
def test_no_width_is_too_small_or_too_large(width: int) -> None:
    written = io.StringIO()
    render_explanation(EXPLANATION, console=Console(file=written, width=width))
    assert "Attempted" in written.getvalue()
