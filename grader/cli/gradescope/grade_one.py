"""Grades what a student handed in on Gradescope: the zip's ``run_autograder`` calls this, in the container.

    source/                      the zip, unpacked: autograder.json, course/
    submission/                  what was handed in
    submission_metadata.json     what Gradescope knows of it
    results/results.json         what Gradescope shows

What is printed here is for staff: Gradescope keeps it apart from the results. Where nothing could be graded,
results.json has no score, so that an error of the autograder is never a zero, and says so to the student.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import grader.cli
from grader.classroom.gradebook.report_reader import read_report
from grader.cli.gradescope.archive import CONFIG
from grader.cli.gradescope.one_report import one_report
from grader.errors import ExitCode, reason_of
from grader.model import Report
from grader.report import gradescope
from grader.text import clean_line

SUBMISSION = "submission"
GRADED = (ExitCode.PASSED, ExitCode.FAILED)
TO_STUDENT = (
    "Your submission could not be graded, and that is no fault of yours. Please tell your course staff: they can see "
    "the reason in the autograder's output."
)
NOTHING_GRADED = (
    "Nothing in what you handed in could be graded. Hand in the notebook (.ipynb) or the script (.py) that the "
    "assignment asks for."
)

Json = Mapping[str, Any]


def main(argv: list[str]) -> int:
    """Write results.json; returns 0 where something was graded, whatever the verdict."""
    root = Path(argv[0])
    results = root / "results" / "results.json"
    try:
        config = json.loads((root / "source" / CONFIG).read_bytes())
    except (OSError, ValueError) as error:
        print(f"{root / 'source' / CONFIG} cannot be read: {reason_of(error)}", file=sys.stderr)
        _write(results, _not_graded({}))
        return ExitCode.UNUSABLE
    code, reports = _grade(root, config)
    report = one_report(reports, SUBMISSION) if reports else None
    about = {"assignment": config["assignment"], "seed": config["seed"]}
    if code not in GRADED:
        _write(results, _not_graded(about))
    elif report is None:
        _write(results, _nothing_graded(about))
    else:
        _write(results, _with_isolation(json.loads(gradescope.FORMAT.render([report], many=False)), report))
    _tell_staff(root, config, report)
    return ExitCode.PASSED if code in GRADED else code


def _grade(root: Path, config: Json) -> tuple[int, list[Report]]:
    """What `grade` ends with, and its reports for staff. In the autograder's folder, so that paths are short."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(root):
        result = Path(folder) / "result.json"
        code = grader.cli.main(
            [
                SUBMISSION,
                *("--course", str(root / "source" / config["course"])),
                *("--assignment", config["assignment"]),
                *("--seed", str(config["seed"])),
                *(() if config["at_least"] is None else ("--at-least", config["at_least"])),
                *("--audience", "staff"),
                *("--format", f"json:{result}"),
            ]
        )
        found = _read(result)
    documents = found if isinstance(found, list) else [] if found is None else [found]
    return code, [read_report(document) for document in documents]


def _with_isolation(document: Json, report: Report) -> Json:
    """With all that is known of the isolation, in what only staff see."""
    isolation = report.isolation
    known = {"isolation_made_of": isolation.mechanisms, "isolation_lacks": isolation.missing}
    return {**document, "extra_data": {**document["extra_data"], **known}}


def _not_graded(about: Json) -> Json:
    """Without a score: Gradescope then has none for this submission, until the autograder is run again."""
    test = {"name": "Not graded", "status": "failed", "visibility": "visible", "output_format": "text"}
    return {"tests": [{**test, "output": TO_STUDENT}], "extra_data": about}


def _nothing_graded(about: Json) -> Json:
    return {"score": 0, "output": NOTHING_GRADED, "output_format": "text", "extra_data": about}


def _tell_staff(root: Path, config: Json, report: Report | None) -> None:
    asked = config["at_least"] or "nothing, as the autograder was exported"
    print(f"isolation   required: {asked}")
    if report is None or report.error is not None:
        print("            nothing was run")
        if report is None and config["at_least"] is not None:
            print("            If the isolation is too little: exported with --allow-isolation reduced, it grades")
            print("            here all the same. docs/gradescope.md says what that gives up.")
    else:
        print(f"            {report.isolation.level}: {', '.join(report.isolation.mechanisms)}")
        for reason in report.isolation.missing:
            print(f"            {clean_line(reason)}")
    total = _points_on_gradescope(root)
    if report is not None and report.error is None and total not in (None, report.max_score):
        print(f"points      Gradescope's assignment has {total:g}, the course's {report.max_score:g}: make them equal.")


def _points_on_gradescope(root: Path) -> float | None:
    """The points of the assignment, by what Gradescope says of the submission; None: it does not say."""
    metadata = _read(root / "submission_metadata.json")
    try:
        return float(metadata["assignment"]["total_points"])
    except (KeyError, TypeError, ValueError):
        return None


def _read(path: Path) -> Any:
    """A JSON document; None where there is none."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _write(path: Path, document: Json) -> None:
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
