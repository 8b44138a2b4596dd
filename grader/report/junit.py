"""JUnit XML, as pytest writes it: a test suite for each exercise of each submission, a test case for each check.

It is valid by the schema of Jenkins' xUnit plugin (``junit-10.xsd``), which pytest holds to as well. That schema has no
file and no line for a test case: they begin the text of a failure, where programs look for them.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from grader import model
from grader.report.base import ReportFormat
from grader.report.error_groups import group_errors
from grader.report.report_words import (
    RUNS,
    SKIPPED_AS_BONUS,
    ending_of,
    error_lines,
    exercise_name,
    message_of,
    more_points_in_words,
    shown_exercises,
    status_of,
    text_of,
    why_not_final,
    why_unreadable,
)
from grader.text import clean, clean_line, points

NAME = "grade"
GRADED = "The exercise can be graded"
# What XML 1.0 has no way to write. Control characters are escaped before.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(reports: Sequence[model.Report], *, many: bool) -> str:
    root = Element("testsuites", name=NAME)
    for report in reports:
        _add_run(root, report)
        for exercise in shown_exercises(report) if report.error is None else ():
            _add_exercise(root, report, exercise)
    root.attrib |= {
        key: str(sum(int(suite.get(key, "0")) for suite in root)) for key in ("tests", "failures", "errors")
    }
    root.set("time", f"{sum(report.run.duration_s for report in reports):.3f}")
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _add_run(root: Element, report: model.Report) -> None:
    """A suite with one test case for the run, so that a file has one whatever became of a submission."""
    suite = _suite(root, report, clean_line(report.submission.path))
    case = _case(suite, _class_name(report), RUNS, report.run.duration_s)
    ending = ending_of(report.run)
    said: list[str] = []
    if report.error is not None:
        _add_outcome(case, "error", "unreadable", why_unreadable(report))
    else:
        if report.run.outcome is model.Outcome.SANDBOX_ERROR:
            _add_outcome(case, "error", report.run.outcome, ending)
        elif ending and not report.passed:
            _add_outcome(case, "failure", report.run.outcome, ending)
        elif ending:
            said.append(ending)
        said += [line for group in group_errors(report.run.errors).groups for line in error_lines(group)]
        said += map(clean_line, report.run.notices)
        said += filter(None, (why_not_final(report), more_points_in_words(report)))
    _add_output(case, said)
    _close(suite, report.run.duration_s)


def _add_exercise(root: Element, report: model.Report, exercise: model.ExerciseReport) -> None:
    suite = _suite(root, report, f"{clean_line(report.submission.path)}: {exercise_name(exercise)}", exercise)
    class_name = f"{_class_name(report)}.{clean_line(exercise.id)}"
    titles = Counter(check.title for check in exercise.checks)
    for check in exercise.checks:
        # A report's readers tell test cases apart by their names.
        name = check.title if titles[check.title] == 1 else f"{check.title} ({check.id})"
        _add_check(_case(suite, class_name, clean_line(name)), report, exercise, check)
    if exercise.status == "error" and not exercise.checks:
        _add_outcome(_case(suite, class_name, GRADED), "error", "error", clean_line(exercise.message))
    if suite.find("testcase") is None:  # all its checks are hidden from whom the report is for
        root.remove(suite)
    _close(suite)


def _add_check(case: Element, report: model.Report, exercise: model.ExerciseReport, check: model.CheckReport) -> None:
    place = check.location and check.location.file_line
    where = f"{clean_line(report.submission.path)}:{place}: " if place else ""
    message, text = message_of(check), f"{where}{text_of(check)}"
    status = status_of(check)
    if status == "passed":
        said = check.message or check.remark or check.comment
        _add_output(case, text_of(check).split("\n") if said else [])
    elif status == "error":
        _add_outcome(case, "error", "error", message, text)
    elif status == "failed" and exercise.bonus:
        _add_outcome(case, "skipped", "bonus", f"{SKIPPED_AS_BONUS} {message}", text)
    elif status == "failed":
        _add_outcome(case, "failure", "failed", message, text)
    else:
        _add_outcome(case, "skipped", "withheld" if check.withheld else status, message, text)
        _add_output(case, [clean(check.code)] if check.code else [])


def _suite(root: Element, report: model.Report, name: str, exercise: model.ExerciseReport | None = None) -> Element:
    suite = SubElement(root, "testsuite", name=_xml(name), file=_xml(clean_line(report.submission.path)))
    scored = report if exercise is None else exercise
    known = {
        "score": points(scored.score),
        "max_score": points(scored.max_score),
        "complete": "" if exercise is not None else str(report.complete).lower(),
        "assignment": clean_line(report.assignment),
        "exercise": "" if exercise is None else clean_line(exercise.id),
        "seed": str(report.seed),
        "version": report.version,
    }
    properties = SubElement(suite, "properties")
    for key, value in known.items():
        if value:
            SubElement(properties, "property", name=key, value=_xml(value))
    return suite


def _case(suite: Element, class_name: str, name: str, time: float = 0.0) -> Element:
    return SubElement(suite, "testcase", classname=_xml(class_name), name=_xml(name), time=f"{time:.3f}")


def _add_outcome(case: Element, tag: str, kind: str, message: str, text: str = "") -> None:
    SubElement(case, tag, type=str(kind), message=_xml(message)).text = _xml(text or message)


def _add_output(case: Element, lines: Sequence[str]) -> None:
    if lines:
        SubElement(case, "system-out").text = _xml("\n".join(lines))


def _close(suite: Element, time: float = 0.0) -> None:
    """Say how many test cases a suite has, now that it has them."""
    suite.set("tests", str(len(suite.findall("testcase"))))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("time", f"{time:.3f}")


def _class_name(report: model.Report) -> str:
    """The path with dots for its slashes: programs show what stands before a dot as a folder."""
    return clean_line(report.submission.path).removeprefix("./").strip("/").replace("/", ".")


def _xml(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


FORMAT = ReportFormat(name="junit", render=render, suffix="xml")
