"""An exercise in words, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader.model import Explanation
from grader.report.explanation.explanation_rows import (
    Row,
    counted,
    is_seen_alike,
    rows_of_check,
    rows_of_exercise,
    worth,
)
from grader.report.markdown_text import code, inline
from grader.text import clean


def markdown_of(explanation: Explanation) -> str:
    """A page. The statement stands in it as the Markdown that it is."""
    return "\n".join(_lines(explanation)) + "\n"


def _lines(explanation: Explanation) -> Iterator[str]:
    yield f"# {inline(explanation.title)}"
    yield ""
    yield f"{code(explanation.exercise)}: {counted(explanation)}."
    yield ""
    yield from (f"> {line}".rstrip() for line in clean(explanation.statement).splitlines())
    yield ""
    yield from _listed(rows_of_exercise(explanation))
    for check in explanation.checks:
        yield ""
        yield f"## {inline(check.title)}"
        yield ""
        yield f"{code(check.id)}: {worth(check.points)}."
        yield ""
        yield from _listed(rows_of_check(check, says_seen=not is_seen_alike(explanation)))


def _listed(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        if len(row.texts) == 1:
            yield f"- **{inline(row.label)}**: {_shown(row.texts[0])}"
            continue
        yield f"- **{inline(row.label)}**"
        yield from (f"  - {_shown(text)}" for text in row.texts)


def _shown(text: str) -> str:
    """A text in which what stands between two backticks is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return inline(text)
    return "".join(
        code(part) if number % 2 else _spaced(part) for number, part in enumerate(parts) if part or not number % 2
    )


def _spaced(text: str) -> str:
    """Ordinary text, with the blanks at its ends."""
    shown = inline(text)
    if not shown:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{shown}{' ' if text[-1].isspace() else ''}"
