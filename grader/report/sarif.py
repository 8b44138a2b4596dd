"""SARIF 2.1.0, for the code scanning of GitHub and for editors: a result for each place where something is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from grader import __version__, model
from grader.report.base import ReportFormat
from grader.report.findings import STANDARD_INPUT, Finding, findings_of, repository_path
from grader.text import clean_line, count, without_commands

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST = 5_000
"""Results of a run. GitHub shows as many, and refuses more than 25,000."""

# In a message, it stands for an argument.
_ARGUMENT = re.compile(r"\{(\d+)\}")

Json = dict[str, Any]


def render(reports: Sequence[model.Report], *, many: bool) -> str:
    found = findings_of(reports)
    shown = found[:MOST]
    rules: dict[str, Json] = {}
    for finding in shown:
        rules.setdefault(finding.rule, _rule(finding))
    numbers = {rule: number for number, rule in enumerate(rules)}
    notes = [f"{count(len(found) - len(shown), 'further finding')} left out."] if len(found) > len(shown) else []
    run: Json = {
        "tool": {"driver": {"name": "autograd-grader", "version": __version__, "rules": list(rules.values())}},
        "invocations": [
            {
                # Whether the grader did its work, whatever it found.
                "executionSuccessful": True,
                "toolExecutionNotifications": [{"level": "note", "message": {"text": note}} for note in notes],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, numbers[finding.rule]) for finding in shown],
    }
    return without_commands(json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)) + "\n"


def _rule(finding: Finding) -> Json:
    """What is broken. GitHub requires all three texts, and shows the last one beside each result."""
    about = {"text": _plain(finding.title)}
    return {"id": finding.rule, "shortDescription": about, "fullDescription": about, "help": about}


def _result(finding: Finding, rule: int) -> Json:
    result: Json = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": finding.level,
        "message": {"text": _plain(f"{finding.title}\n{finding.message}")},
    }
    location: Json = {}
    where = finding.location
    if finding.path != STANDARD_INPUT:
        # A viewer shows what has no line at the beginning of the file, too, and some require one.
        line = 1 if where is None or where.file_line is None else where.file_line
        location["physicalLocation"] = {
            "artifactLocation": {"uri": quote(repository_path(finding.path))},
            "region": {"startLine": line},
        }
    if where is not None and not where.in_file:
        location["message"] = {"text": _plain(clean_line(where.in_words()))}
    if location:
        result["locations"] = [location]
    return result


def _plain(text: str) -> str:
    """The text without links and arguments. Other signs stay as they are, since not every reader undoes an escape."""
    if "](" in text:
        text = text.replace("[", r"\[").replace("]", r"\]")
    return _ARGUMENT.sub(r"{{\1}}", text)


FORMAT = ReportFormat(name="sarif", render=render, suffix="sarif")
