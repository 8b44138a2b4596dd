"""A class as CSV: grades and feedback filled into a grading worksheet that was downloaded from Moodle."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Set

from grader.errors import UsageError
from grader.model import ClassResults, StudentResult, Visibility
from grader.report import class_statistics
from grader.report.audience import shown_to_students
from grader.report.base import ClassTable, FilledTableFormat, FillOptions
from grader.report.exported_table import (
    ExportedTable,
    lateness_of_filled,
    listed,
    number_like,
    plan_filling,
    points_to_win,
    read_number,
    spare_other_grades,
)
from grader.report.report_words import MORE_POINTS
from grader.report.student_matching import Row
from grader.text import clean_line, count, points, rounded

NOT_SAID = "Which answer counts, and what is wrong in it, is not said, since checks that are not shown may decide it."


def fill(results: ClassResults, exported: str, options: FillOptions) -> ClassTable:
    """Put grades and feedback into a grading worksheet that was downloaded from Moodle.

    Raises UsageError if the text is not such a worksheet.
    """
    most = points_to_win(results)
    table = ExportedTable(exported)
    if "grade" not in table.columns or not table.columns.keys() & {"identifier", "full name", "email address"}:
        raise UsageError(
            "This is no grading worksheet of Moodle: its first row must name the columns `Identifier` and `Grade`. It "
            f"has {listed(table.header)}. In Moodle, set to English: the assignment, Download grading worksheet."
        )
    if "scale" in table.columns and "maximum grade" not in table.columns:
        raise UsageError("Moodle grades this assignment with a scale of words. Set its grade type to points first.")
    people = {
        number: Row(
            id="".join(re.findall(r"\d+$", table.cell(number, "identifier"))),
            logins=tuple(table.cell(number, name) for name in ("email address", "username", "id number")),
            names=(table.cell(number, "full name"),),
        )
        for number in range(len(table.rows))
        if any(table.cell(number, name) for name in ("identifier", "full name", "email address"))
    }
    locked = {number for number in people if table.cell(number, "grade can be changed").casefold() == "no"}
    because = "Moodle says that their grades cannot be changed"
    plan = plan_filling(results, people, locked, because=because, provisional=options.provisional)
    tops = {number: read_number(table.cell(number, "maximum grade")) or most for number in plan.fill}
    scaled = {number: result.score * tops[number] / most for number, result in plan.fill.items()}
    # A bonus may lead over the maximum, and Moodle then refuses the whole worksheet.
    grades = {number: min(grade, tops[number]) for number, grade in scaled.items()}
    plan = spare_other_grades(table, table.columns["grade"], plan, grades, replace=options.replace)
    comments = table.columns.get("feedback comments")
    maxima = {rounded(tops[number]) for number in plan.fill}
    above = sum(rounded(scaled[number]) > rounded(tops[number]) for number in plan.fill)
    shown = shown_to_students(results.due, options.now)
    replaced = 0
    for number, result in plan.fill.items():
        like = table.cell(number, "maximum grade")
        table.fill(number, table.columns["grade"], number_like(grades[number], like=like))
        if comments is not None:
            feedback = _feedback(result, shown)
            replaced += table.cell(number, "feedback comments") not in ("", feedback)
            table.fill(number, comments, feedback)
    notices = [f"{count(len(plan.fill), 'grade')} filled in."]
    notices += [
        f"Scaled: {points(most)} points here are {points(top)} in Moodle." for top in sorted(maxima - {rounded(most)})
    ]
    if comments is None:
        notices.append("The worksheet has no column `Feedback comments`, so no feedback is filled in.")
    if above:
        notices.append(f"{count(above, 'total')} with a bonus above the maximum, which is as much as Moodle takes.")
    if replaced:
        notices.append(f"{count(replaced, 'feedback comment')} of the worksheet replaced by this grading's.")
    return ClassTable(text=table.render(), notices=(*notices, *lateness_of_filled(results, plan), *plan.notices))


def _feedback(result: StudentResult, shown: Set[Visibility]) -> str:
    """Lines for failed and skipped checks and comments, as HTML, because Moodle displays feedback as HTML. ``shown``:
    the checks that students may read of.
    """
    return "<br>".join(html.escape(clean_line(line), quote=False) for line in _feedback_lines(result, shown))


def _feedback_lines(result: StudentResult, shown: Set[Visibility]) -> Iterator[str]:
    if result.lateness is not None:
        late = class_statistics.lateness_in_words(result.lateness)
        yield f"{late[0].upper()}{late[1:]}"
    for exercise in result.exercises:
        seen = [check for check in exercise.checks if check.visibility in shown]
        if len(seen) < len(exercise.checks):
            if len(result.files) > 1:
                # Hidden checks may have decided which of the answers this one is.
                yield f"{exercise.title}: Several files were handed in. {NOT_SAID}"
                continue
            if not seen:
                continue  # that it was attempted shows in hidden checks alone
        if exercise.status == "not_attempted" and not exercise.bonus:
            unseen = sum(check.max_score for check in exercise.checks if check.visibility not in shown)
            yield f"{exercise.title}: not attempted (0 / {points(exercise.max_score - unseen)})"
        if exercise.status != "graded":
            continue
        for check in seen:
            status = class_statistics.status_of(check)
            if status in ("failed", "skipped") or check.comment:
                score = f"{points(check.score or 0.0)} / {points(check.max_score)}"
                why = "Not looked at, because a part that comes before it is not right." if status == "skipped" else ""
                said = " ".join(text for text in (check.mistake, why, check.comment) if text)
                yield f"{exercise.title}: {check.title} ({score}){f': {said}' if said else ''}"
    checks = [check for exercise in result.exercises for check in exercise.checks]
    if any(check.max_score and check.visibility not in shown for check in checks):
        yield MORE_POINTS


FORMAT = FilledTableFormat(name="moodle", exported="the grading worksheet from Moodle", fill=fill)
