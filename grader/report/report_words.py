"""What the formats without colours say of a report: which exercises, names, points, and details as lines of text.

All text that it returns is clean: no control characters, and no commands that CI services execute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grader import model
from grader.report.error_groups import ErrorGroup, group_errors
from grader.text import as_sentence, capitalized, clean, clean_line, count, points

Scored = model.Report | model.ExerciseReport | model.CheckReport
SKIPPED_AS_BONUS = "It is a bonus, so that nothing depends on it."
RUNS = "The submission runs"
"""The name of a test that is about the run."""
NOT_GRADED = "It could not be graded. This is an error of the grader, not of the submission."
MORE_POINTS = "Further points are decided by checks that are not shown."
UNREVEALED: Mapping[model.CheckStatus, str] = {
    "passed": "It is right.",
    "failed": "It is not right.",
    "manual": "A person has to look at it.",
    "error": "It could not be judged.",
}
"""What students read of a check that says ``reveal: no``."""
ONLY_UNSHOWN = "It is decided by checks that are not shown."
"""What a student reads of an exercise all of whose checks are hidden."""
STOP = "Stopped"
"""The type of the error by which a run ends a statement at a limit."""

STOPPED = {
    model.Outcome.TIMEOUT: "The submission ran for too long and was stopped.",
    model.Outcome.MEMORY: "The submission needed more memory than it may use and was stopped.",
    model.Outcome.OUTPUT: "The submission wrote or recorded more than it may and was stopped.",
    model.Outcome.CRASHED: "The Python process of the submission crashed.",
    model.Outcome.EXITED: "The submission ended its Python process itself.",
    model.Outcome.SANDBOX_ERROR: "The sandbox failed. This is the grader's fault, not yours.",
    model.Outcome.NOT_RUN: "The submission could not be read.",
}
"""A sentence for each outcome that is not the end of the code, where the run has none of its own."""


def more_points_in_words(report: model.Report) -> str:
    """That further points are decided by what is not shown; empty where none are."""
    if not report.more_points:
        return ""
    course = report.course
    if course is None or course.covered is None or course.whole is None:
        return MORE_POINTS
    return (
        f"The pack decides about {points(course.covered)} of the assignment's {points(course.whole)} points; further "
        "checks are run by your instructor."
    )


def shown_exercises(report: model.Report) -> tuple[model.ExerciseReport, ...]:
    """The exercises that are shown: those not attempted only if they were asked for and therefore count."""
    if report.basis != "found":
        return report.exercises
    return tuple(exercise for exercise in report.exercises if exercise.status != "not_attempted")


def is_nothing_found(report: model.Report) -> bool:
    """Whether nothing was attempted. Of an exercise without checks that are shown, nobody can tell."""
    shown = [exercise for exercise in report.exercises if exercise.checks or exercise.status != "graded"]
    return (
        not report.max_score
        and (bool(shown) or not report.exercises)
        and all(exercise.status == "not_attempted" for exercise in shown)
    )


def is_decided_unseen(report: model.Report) -> bool:
    """Whether all points are decided by checks that the report's reader does not see. It says ``passed`` then, which
    means no more than that nothing failed.
    """
    has_checks = any(exercise.checks for exercise in report.exercises)
    return not report.max_score and (report.more_points or (report.passed and not has_checks))


def exercise_name(exercise: model.ExerciseReport) -> str:
    """``1 · Backward, twice``, with the number of the assignment's sheet where it has one."""
    number = f"{clean_line(exercise.number)} · " if exercise.number else ""
    return f"{number}{clean_line(exercise.title)}{' (bonus)' if exercise.bonus else ''}"


def check_name(exercise: model.ExerciseReport, check: model.CheckReport) -> str:
    """``1 · Backward, twice: Two passes add up``."""
    return f"{exercise_name(exercise)}: {clean_line(check.title)}"


def score_in_words(scored: Scored) -> str:
    """``2.5 / 4``; ``? / 4`` while the points are not known; empty if nothing can be won."""
    if not scored.max_score:
        return ""
    is_known = scored.score is not None and (isinstance(scored, model.Report) or scored.status != "error")
    return f"{points(scored.score) if is_known and scored.score is not None else '?'} / {points(scored.max_score)}"


def is_marked(check: model.CheckReport) -> bool:
    """Whether a person has given points. The check's status and message are still those of before."""
    return check.status == "manual" and check.score is not None


def status_of(check: model.CheckReport) -> model.CheckStatus:
    """The status; where a person has given points, ``passed`` for all of them, and ``failed`` where the submission has
    not passed because of them.
    """
    if not is_marked(check):
        return check.status
    if (check.score or 0.0) >= check.max_score:
        return "passed"
    return "manual" if check.is_right else "failed"


def is_marked_down(check: model.CheckReport) -> bool:
    """Whether a person has given less than all points."""
    return is_marked(check) and (check.score or 0.0) < check.max_score


def message_of(check: model.CheckReport) -> str:
    """The result in a sentence, on one line; what its status means where nothing else is said."""
    if is_marked(check):
        return f"A person gave {points(check.score or 0.0)} of {points(check.max_score)} points."
    said = clean_line(check.message) or clean_line(check.remark or "")
    if said:
        return as_sentence(said)
    return {
        "passed": "Passed.",
        "failed": "Failed.",
        "skipped": "Skipped.",
        "manual": "A person has to mark it.",
        "error": "It could not be graded.",
    }[check.status]


def values_of(check: model.CheckReport) -> Iterator[str]:
    """The values and the place, as lines: ``expected: [0, 1, 4, 9]``."""
    if check.expected is not None:
        yield f"expected: {clean(check.expected)}"
    if check.actual is not None:
        yield f"actual: {clean(check.actual)}"
    if check.location is not None and check.status != "skipped":
        source = clean(check.source or "").strip()
        place = clean_line(check.location.in_words_beside(check.source) if source else check.location.in_words())
        yield f"at: {place}{f': {source}' if source else ''}"


def details_of(check: model.CheckReport) -> Iterator[str]:
    """What is known besides the message, as lines."""
    yield from values_of(check)
    if check.hint:
        yield f"hint: {clean(check.hint)}"
    if check.comment:
        yield f"comment: {clean(check.comment)}"


def text_of(check: model.CheckReport) -> str:
    """The message with the details below it."""
    return "\n".join((message_of(check), *details_of(check)))


def ending_of(run: model.RunSummary) -> str:
    """How a run ended that did not come to its end, as a sentence; empty where it did."""
    if run.outcome not in STOPPED:
        return ""
    return as_sentence(capitalized(clean_line(run.detail))) if run.detail else STOPPED[run.outcome]


def why_unreadable(report: model.Report) -> str:
    """Why nothing was graded, as a sentence; empty where it was."""
    if report.error is None:
        return ""
    return as_sentence(capitalized(clean_line(report.error.removeprefix(f"{report.submission.path}: "))))


def error_in_words(error: model.RunError) -> str:
    """``RuntimeError: Trying to backward through the graph a second time``, on one line."""
    text = " ".join(error.text.split())  # torch lists what a function takes, a line for each
    return clean_line(f"{error.type}: {text}" if text else error.type)


def error_lines(group: ErrorGroup) -> Iterator[str]:
    """An uncaught error with its place, and what failed because of it."""
    error = group.error
    place = "somewhere" if error.location is None else clean_line(error.location.in_words_beside(error.source))
    source = clean(error.source or "").strip()
    yield f"{place}: {source}" if source else place
    yield f"    {error_in_words(error)}"
    if group.consequence:
        yield f"    {clean_line(group.consequence)}"


def run_in_words(run: model.RunSummary) -> str:
    """How a run ended before its end, and the errors from which others follow, in lines; empty where all went well."""
    lines = [line for group in group_errors(run.errors).groups for line in error_lines(group)]
    return "\n".join(filter(None, (ending_of(run), *lines)))


def is_fault_of_grader(report: model.Report) -> bool:
    """Whether points are missing for which the submission is not to blame: the grader or its sandbox failed."""
    checks = (check for exercise in report.exercises for check in exercise.checks)
    return (
        report.run.outcome is model.Outcome.SANDBOX_ERROR
        or any(exercise.status == "error" and not exercise.broken_reference for exercise in report.exercises)
        or any(check.status == "error" for check in checks)
    )


def why_not_final(report: model.Report) -> str:
    """Why the points are provisional, as a sentence; empty where they are final."""
    if report.complete:
        return ""
    counted = [exercise for exercise in report.exercises if exercise.status != "not_attempted"]
    checks = [check for exercise in counted for check in exercise.checks]
    unmarked = [check for check in checks if check.status == "manual" and not is_marked(check)]
    withheld = sum(check.withheld for check in unmarked)
    manual = len(unmarked) - withheld
    broken = sum(check.status == "error" for check in checks)
    broken += sum(exercise.status == "error" and not exercise.checks for exercise in report.exercises)
    reasons = []
    if manual:
        reasons.append(f"{count(manual, 'answer')} for a person to read")
    if withheld:
        reasons.append(f"{count(withheld, 'result')} for a person to look at")
    if broken:
        reasons.append(f"{count(broken, 'part')} that could not be graded")
    if report.run.not_final:
        reasons.append("what ran out of time while the machine was busy")
    return "Not final yet" + (f": {', '.join(reasons)}." if reasons else ".")
