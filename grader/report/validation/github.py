"""A validation as annotations for GitHub Actions: workflow commands, which GitHub shows beside the course's files."""

from __future__ import annotations

from collections import Counter

from grader.model import Validation
from grader.report.findings import repository_path
from grader.report.github_commands import COMMANDS, MESSAGE_LENGTH, MOST, TITLE_LENGTH, escaped, escaped_property
from grader.report.validation.words import OF_COURSE, SEVERITIES, Found, findings_of
from grader.text import clean, clean_line, count, shorten


def render(validation: Validation) -> str:
    found = findings_of(validation, "error", "warning")
    counts = Counter(each.finding.severity for each in found)
    shown = [each for level in SEVERITIES for each in [one for one in found if one.finding.severity == level][:MOST]]
    lines = list(map(_annotation, shown))
    if any(number > MOST for number in counts.values()):
        more = count(len(found) - len(shown), "more finding")
        message = f"GitHub shows {MOST} annotations of a kind. The report of the command has all of them."
        lines.append(f"::notice title={escaped_property(more)}::{escaped(message)}")
    return "".join(f"{line}\n" for line in lines)


def _annotation(each: Found) -> str:
    finding = each.finding
    properties: dict[str, str] = {}
    if finding.path is not None:
        properties["file"] = repository_path(str(finding.path))
        if finding.line is not None:
            properties["line"] = str(finding.line)
    properties["title"] = shorten(clean_line(f"{each.exercise or OF_COURSE}: {each.proof}"), TITLE_LENGTH)
    words = clean(f"{finding.text}\n{finding.detail}".rstrip())
    said = ",".join(f"{name}={escaped_property(value)}" for name, value in properties.items())
    return f"::{COMMANDS[finding.severity]} {said}::{escaped(shorten(words, MESSAGE_LENGTH))}"
