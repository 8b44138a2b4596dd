"""Annotations for GitHub Actions: workflow commands that a step prints, which GitHub shows beside the code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from grader import model
from grader.report.base import ReportFormat
from grader.report.findings import LEVELS, STANDARD_INPUT, Finding, findings_of, repository_path
from grader.report.github_commands import COMMANDS, MESSAGE_LENGTH, MOST, TITLE_LENGTH, escaped, escaped_property
from grader.text import clean_line, count, shorten


def render(reports: Sequence[model.Report], *, many: bool) -> str:
    found = findings_of(reports)
    room = dict.fromkeys(LEVELS, MOST)
    counts = Counter(finding.level for finding in found)
    if any(counts[level] > MOST for level in LEVELS):
        room["note"] = MOST - 1  # what is left out is counted in a notice, too
    shown = [each for level in LEVELS for each in [one for one in found if one.level == level][: room[level]]]
    lines = [_annotation(finding) for finding in shown]
    if len(found) > len(shown):
        more = count(len(found) - len(shown), "more finding")
        message = f"GitHub shows {MOST} annotations of a kind, so these are the worst. The whole report has all."
        lines.append(f"::notice title={escaped_property(more)}::{escaped(message)}")
    return "".join(f"{line}\n" for line in lines)


def _annotation(finding: Finding) -> str:
    where, words = finding.location, finding.message
    properties: dict[str, str] = {}
    if finding.path != STANDARD_INPUT:
        properties["file"] = repository_path(finding.path)
        if where is not None and where.file_line is not None:
            properties["line"] = str(where.file_line)
    properties["title"] = shorten(finding.title, TITLE_LENGTH)
    if where is not None and not where.in_file:
        # The line of an .ipynb is one of JSON; whoever wrote the notebook knows it by its cells.
        words = f"{clean_line(where.in_words())}: {words}"
    said = ",".join(f"{name}={escaped_property(value)}" for name, value in properties.items())
    return f"::{COMMANDS[finding.level]} {said}::{escaped(shorten(words, MESSAGE_LENGTH))}"


FORMAT = ReportFormat(name="github", render=render)
