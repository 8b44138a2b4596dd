"""Markdown, read back by the parser of GitHub (cmark-gfm) and by markdown-it: shown as written, and never too long."""

from __future__ import annotations

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from lxml import html
from markdown_it import MarkdownIt

from grader import model
from grader.report import markdown
from grader.report.markdown_text import JOINER, block, code, inline
from grader.report.report_words import MORE_POINTS
from grader.text import clean_line
from tests.helpers.report_samples import HOSTILE, check, exercise, failed_check, hostile_report, report, run

MARKUP = {"h3", "h4", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "strong", "em", "code", "pre"}
MARKUP |= {"blockquote"}
TEXTS = [
    "![x](https://example.com/a.png) [y](javascript:alert(1)) | a | b |",
    "<details><img src=x onerror=alert(1)> <!-- &lt; &#x3c; -->",
    "https://example.com www.example.com a@example.com mailto:a@b.c xmpp:a@b.c/c ftp://x.y",
    "@octocat and @org/team, org/repo#12, #12, GH-12 :bomb:",
    "www. a WWW.b\nwww.\u00a0x",
    "# Score: 10 / 10",
    "1. one",
    "- [ ] task",
    "> quote",
    "    indented",
    "===",
    "``` ~~~ `` ` code ` ``",
    "a \\| b \\\\| c \\\\\\| d",
    "*a* _b_ **c** ~~d~~ $x$ $`x`$ [^1] [ref]: http://x",
    "***",
    "x` | y",
    HOSTILE,
]


def parsed(text: str) -> html.HtmlElement:
    """As GitHub parses it, with raw HTML left in, where it would be seen."""
    return html.fromstring(
        f"<main>{cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)}</main>"
    )


def kinds(text: str) -> set[str]:
    return {str(element.tag) for element in parsed(text).iter()} - {"main"}


def read(*reports: model.Report) -> html.HtmlElement:
    return parsed(markdown.render(reports, many=len(reports) > 1))


class TestText:
    @pytest.mark.parametrize("text", TEXTS)
    def test_it_is_shown_as_it_is_written(self, text: str) -> None:
        shown = parsed(f"before {inline(text)} after").text_content().replace(JOINER, "").strip()
        assert shown == f"before {inline_source(text)} after"
        assert kinds(inline(text)) <= {"p"}

    @pytest.mark.parametrize("text", TEXTS)
    def test_a_cell_of_a_table_holds_it(self, text: str) -> None:
        table = parsed(f"| a | b |\n|---|---|\n| {inline(text)} | end |")
        first, last = (cell.text_content().replace(JOINER, "") for cell in table.iter("td"))
        assert (first, last) == (inline_source(text), "end")

    @pytest.mark.parametrize("text", TEXTS)
    def test_code_and_blocks_hold_it(self, text: str) -> None:
        (span,) = parsed(f"### {code(text)} — 1").iter("code")
        assert span.text_content() == inline_source(text, spaces=False)
        quoted = parsed(f"- a\n\n{block(text + chr(10) + text, indent=2)}\n\n- b")
        assert len(list(quoted.iter("pre"))) == 1
        assert {element.tag for element in quoted.iter()} == {"main", "ul", "li", "p", "pre", "code"}

    @pytest.mark.parametrize("text", TEXTS)
    def test_another_parser_agrees(self, text: str) -> None:
        (paragraph,) = [token for token in MarkdownIt().enable("table").parse(inline(text)) if token.children]
        assert {token.type for token in paragraph.children or ()} <= {"text", "text_special"}

    @pytest.mark.parametrize(
        "text", ["@octocat", "a @org/team", "#12", "org/repo#12", "GH-12", ":bomb:", "https://x.y"]
    )
    def test_nothing_is_left_that_is_looked_for_in_the_text_shown(self, text: str) -> None:
        assert JOINER in parsed(inline(text)).text_content()


def inline_source(text: str, *, spaces: bool = True) -> str:
    """What a person sees of it."""
    return clean_line(" ".join(text.split()) if spaces else text)


class TestReports:
    def test_it_says_what_became_of_each_check(self) -> None:
        graded = exercise(
            check(title="a", remark="Shorter with `sum`."),
            failed_check(title="b | c"),
            check(title="d", status="skipped", score=0.0),
            check(title="e", status="manual", score=None, withheld=True, message="A hook.", code="3 | hook()"),
            number="2",
        )
        page = read(report(graded, assignment="hw2", assignment_title="Second sheet", more_points=True))
        rows = [[cell.text_content() for cell in row] for row in page.iter("tr")]
        assert rows[1:] == [
            ["✅", "a", "2 / 2", ""],
            ["❌", "b | c", "0.5 / 2", "cell 3, line 2"],
            ["⏭️", "d", "0 / 2", ""],
            ["👤", "e", "? / 2", ""],
        ]
        assert [title.text_content() for title in page.iter("h3", "h4")] == [
            "homework.ipynb — 2.5 / 8",
            "2 · Backward, twice — 2.5 / 8",
        ]
        passed, failed, withheld = page.iter("li")
        assert passed.text_content().strip() == "✅ a: Shorter with `sum`."
        (values,) = failed.iter("pre")
        assert values.text_content().splitlines() == [
            "expected: [0, 1, 4, 9]",
            "actual: [0, 3, 12, 27]",
            "at: cell 3, line 2: z.sum().backward()",
        ]
        assert failed.text_content().strip().endswith("Hint: Cut u out of the graph with detach().")
        assert "3 | hook()" in withheld.text_content()
        text = page.text_content()
        assert "Assignment: Second sheet" in text
        assert "Not final yet: 1 result for a person to look at." in text
        assert MORE_POINTS in text

    def test_a_run_that_was_stopped_and_a_file_that_cannot_be_read(self) -> None:
        error = model.RunError(location=model.Location(cell=1, line=2), type="NameError", text="y", source="y + 1")
        stopped = run(model.Outcome.TIMEOUT, detail="it ran for 15 s", errors=(error,), not_final="Busy.")
        broken = model.Report.of_unreadable("b.ipynb", "b.ipynb: the notebook is empty", seed=0)
        page = read(report(exercise(failed_check()), run=stopped, complete=False), broken)
        text = page.text_content()
        assert "It ran for 15 s. What was observed is graded." in text
        assert "cell 1, line 2: y + 1\n    NameError: y\n" in text
        assert "It could not be read, so nothing was graded. The notebook is empty." in text
        rows = [[cell.text_content() for cell in row] for row in next(page.iter("table")).iter("tr")]
        assert rows[1:] == [
            ["homework.ipynb", "0.5 / 2", "Not final yet: what ran out of time while the machine was busy."],
            ["b.ipynb", "", "The notebook is empty."],
        ]

    def test_no_text_of_a_student_is_markup(self) -> None:
        reports = [hostile_report()]
        for text in TEXTS:
            wrong = failed_check(title=text, message=text, expected=text, actual=text, hint=text, source=text)
            reports.append(report(exercise(wrong, title=text), path=text, run=run(notices=(text,))))
        text = markdown.render(reports, many=True)
        assert kinds(text) <= MARKUP
        assert not [token for token in MarkdownIt().parse(text) if token.type.startswith("html")]


class TestLength:
    def test_what_does_not_fit_is_counted(self) -> None:
        long = exercise(*(failed_check(message="@" * 2000) for _ in range(40)))
        text = markdown.render([report(long), report(long), report(long)], many=True)
        assert len(text) <= 65_536
        assert len(text.encode()) < 1024**2
        assert "Left out, since a comment on GitHub takes no more than 65,000 characters: 2 submissions and " in text

    def test_a_class_has_a_table_of_those_that_fit(self) -> None:
        reports = [report(exercise(failed_check()), path=f"{number:04}/homework.ipynb") for number in range(2000)]
        text = markdown.render(reports, many=True)
        assert 40_000 < len(text) <= 65_536
        assert "| 0000/homework" in text
        assert "### `0000/homework.ipynb`" in text
        assert " submissions more*" in text


def test_a_file_of_others_is_appended_to() -> None:
    assert markdown.FORMAT.appends
