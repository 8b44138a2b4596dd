"""``grade results``: the results of a class, for people and for other programs."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from rich.console import Console

from grader.cli.audience import add_audience_option
from grader.cli.class_reports import ClassReports, write_class_reports
from grader.cli.gradebook_options import GradebookOptions, add_gradebook_options, choose_assignment, choose_student
from grader.cli.options import add_format_option, parse_options
from grader.cli.output_file import is_one_file, write_file
from grader.cli.report_outputs import ReportOutput, add_format_options, chosen_outputs
from grader.cli.streams import open_console
from grader.errors import UsageError
from grader.model import Audience, ClassResults, Student
from grader.report import class_checks, class_jsonl, class_student, class_table
from grader.report.base import ClassTable, FilledTableFormat, FillOptions, NewTableFormat
from grader.report.formats import CLASS_FORMATS, CLASS_PAGES, class_format_names, find_class_format
from grader.report.spreadsheet import read_exported
from grader.text import clean, count

PAGE_WIDTH = 160
LONGEST_NAME = 240
"""Bytes of a file name. File systems allow 255; the rest is for the suffix."""

EPILOG = """\
examples:
  grade results                                       everybody's points, in the assignment graded last
  grade results --checks --mistakes --names           what was hard, and who made which mistake
  grade results --student lovelace                    one student, check by check
  grade results --format html:class.html              a page of the class, which sorts and filters
  grade results --student lovelace --format html:ada.html
  grade results --csv otter --output grades.csv
  grade results --csv canvas --fill exported.csv --output import-me.csv
"""


def main(argv: Sequence[str]) -> int:
    """Print or write the results of an assignment; returns 0. Raises UsageError and GradebookError."""
    options = parse(argv)
    outputs = chosen_outputs(options.format, options.output) if options.format else ()
    # Imported late, because SQLAlchemy is slow to import and wrong usage should be reported at once.
    from grader.classroom.gradebook.gradebook import Gradebook

    with Gradebook.open(options.gradebook) as book:
        assignment = choose_assignment(book.titles(), options.assignment)
        if options.documents is not None:
            write_documents(book.documents(assignment), options.documents)
            return 0
        results = book.results(assignment)
        if options.format:
            student = None if options.student is None else find_student(results, options.student)
            reports = ClassReports(book=book, results=results, student=student, audience=options.audience)
            write_class_reports(reports, outputs, names=options.names)
            return 0
    show(results, options)
    return 0


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grade results",
        description="Show how a class did: everybody's points, how each check went, the mistakes that students share; "
        "or write the points for another program. What waits for a person is marked with `grade mark`.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_gradebook_options(parser)
    parser.add_argument("--checks", action="store_true", help="how many passed each check")
    parser.add_argument("--mistakes", action="store_true", help="the mistakes that students made, most shared first")
    parser.add_argument("--names", action="store_true", help="with --mistakes or --format html: who made which mistake")
    parser.add_argument("--student", metavar="TEXT", help="one student, by key, id, email or a part of the name")
    add_format_option(parser, "--csv", CLASS_FORMATS, class_format_names, help="a table for another program")
    parser.add_argument(
        "--fill", type=Path, metavar="FILE", help="with --csv canvas or moodle: the exported file to fill in"
    )
    parser.add_argument(
        "--column", metavar="NAME", help="with --csv canvas: the column (default: the column named like the assignment)"
    )
    parser.add_argument(
        "--provisional", action="store_true", help="with --fill: also fill in totals that are not final yet"
    )
    parser.add_argument(
        "--replace", action="store_true", help="with --fill: also fill in where the file has another grade"
    )
    parser.add_argument("--jsonl", action="store_true", help="a line of JSON for each student (grade schema student)")
    parser.add_argument(
        "--documents",
        type=Path,
        metavar="FOLDER",
        help="write the whole result of every file, as `grade --format json` has it, to a file in this folder",
    )
    add_format_options(parser, output="write to a file")
    add_audience_option(parser, "staff; of --format, a page of the class is always for staff")
    return parser


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsOptions(GradebookOptions):
    checks: bool
    mistakes: bool
    names: bool
    student: str | None
    csv: str | None
    fill: Path | None
    column: str | None
    provisional: bool
    replace: bool
    jsonl: bool
    documents: Path | None
    format: tuple[ReportOutput, ...]
    """Empty: as the other options say."""
    audience: Audience | None
    output: Path | None
    """None: standard output."""


def parse(argv: Sequence[str]) -> ResultsOptions:
    """Raises UsageError if options contradict each other."""
    options = parse_options(build_parser(), argv, ResultsOptions)
    ways = {"--checks or --mistakes": options.checks or options.mistakes, "--student": options.student is not None}
    ways |= {"--csv": options.csv is not None, "--jsonl": options.jsonl, "--documents": options.documents is not None}
    if options.student is None:  # of one student, reports can be written in any format
        ways["--format"] = bool(options.format)
    elif options.format:
        ways["--format"] = ways.pop("--student")
    chosen = [name for name, given in ways.items() if given]
    if len(chosen) > 1:
        raise UsageError(f"{chosen[0]} and {chosen[1]} are different outputs. Ask for one at a time.")
    pages = [] if options.student else [output for output in options.format if output.format.name in CLASS_PAGES]
    if options.names and not options.mistakes and all(output.format.name != "html" for output in pages):
        raise UsageError("--names lists who made each mistake, and goes with --mistakes or --format html.")
    if options.audience is not None and not options.format:
        raise UsageError("--audience says whom reports are for, and goes with --format.")
    if options.audience == "student" and pages:
        raise UsageError(
            f"--format {pages[0].format.name} shows the whole class, which is for staff. Name a student: --student TEXT"
        )
    found = None if options.csv is None else find_class_format(options.csv)
    filled = found if isinstance(found, FilledTableFormat) else None
    if filled is not None and options.fill is None:
        raise UsageError(
            f"--csv {options.csv} fills in {filled.exported}, because only that says who is who there. Name it "
            f"with --fill: grade results --csv {options.csv} --fill EXPORTED.csv --output FILLED.csv"
        )
    if filled is None and (options.fill is not None or options.provisional):
        raise UsageError("--fill and --provisional go with --csv canvas or --csv moodle.")
    if filled is None and options.replace:
        raise UsageError("--replace goes with --fill, and with --csv canvas or --csv moodle.")
    if options.column is not None and (filled is None or not filled.takes_column):
        raise UsageError("--column names a column of a Canvas gradebook, and goes with --csv canvas.")
    _check_output(options)
    return options


def _check_output(options: ResultsOptions) -> None:
    """Raises UsageError if the output would overwrite what is read, by whatever path it is named."""
    for report in options.format:
        if report.file is not None and _is_gradebook(report.file, options.gradebook):
            raise UsageError(f"--format {report.format.name}:{report.file} is the gradebook. Name another file.")
    if options.output is None:
        return
    if options.fill is not None and is_one_file(options.output, options.fill):
        raise UsageError(
            f"--output {options.output} is the exported file that --fill reads, which is never overwritten. Name "
            "another file, and import that."
        )
    if _is_gradebook(options.output, options.gradebook):
        raise UsageError(f"--output {options.output} is the gradebook. Name another file.")


def _is_gradebook(file: Path, gradebook: str) -> bool:
    return "://" not in gradebook and is_one_file(file, Path(gradebook))


def show(results: ClassResults, options: ResultsOptions) -> None:
    """Write the results as the options say. Raises UsageError."""
    if options.csv is None and not options.jsonl:
        _show_to_people(results, options)
        return
    print(f"Assignment: {clean(results.assignment)}", file=sys.stderr)
    if results.course is not None:
        print(f"Course: {clean(results.course.name)}", file=sys.stderr)
    if options.jsonl:
        _write(class_jsonl.render(results).encode("ascii"), options.output)
        return
    table, data = _table(results, options)
    for notice in table.notices:
        print(f"Note: {clean(notice)}", file=sys.stderr)
    _write(data, options.output)


def _table(results: ClassResults, options: ResultsOptions) -> tuple[ClassTable, bytes]:
    """The table for another program, and its bytes in the encoding that the program expects."""
    assert options.csv is not None
    chosen = find_class_format(options.csv)
    assert chosen is not None, "parsing checks the name"
    if isinstance(chosen, NewTableFormat):
        table = chosen.render(results)
        return table, table.text.encode("utf-8")
    assert options.fill is not None, "parsing checks that it is given"
    exported = read_exported(options.fill)
    table = chosen.fill(
        results,
        exported.text,
        FillOptions(
            column=options.column, provisional=options.provisional, replace=options.replace, now=datetime.now(UTC)
        ),
    )
    return table, exported.encode(table.text)


def write_documents(documents: Iterable[tuple[str, Mapping[str, Any]]], folder: Path) -> None:
    """Write each document to a file below ``folder``, named like the submission's path. Raises UsageError."""
    number = 0
    for path, document in documents:
        # A manipulated gradebook could hold absolute paths or `..`, which would lead out of the folder.
        parts = [_fitting(part) for part in PurePosixPath(path).parts if part not in ("/", "..")]
        target = folder.joinpath(*parts[:-1], f"{parts[-1]}.json")
        if target.is_dir() or any(parent.is_file() for parent in target.parents):
            # For example a submission `ada.py`, and another one in a folder `ada.py.json`.
            target = folder / f"{_digest(path)}.json"
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"The folder {target.parent} could not be made: {error.strerror}.") from error
        _write(json.dumps(document, indent=2).encode("ascii") + b"\n", target)
        number += 1
    print(f"{count(number, 'document')} written to {clean(str(folder))}", file=sys.stderr)


def _fitting(name: str) -> str:
    """The name, or if it is too long for file systems, a shorter one with a digest that makes it unique."""
    return name if len(name.encode("utf-8", "replace")) <= LONGEST_NAME else f"{name[:40]}-{_digest(name)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def find_student(results: ClassResults, asked: str) -> Student:
    """Raises UsageError if there is no such student."""
    return choose_student([result.student for result in results.students], asked)


def _show_to_people(results: ClassResults, options: ResultsOptions) -> None:
    page = io.StringIO()
    console = open_console() if options.output is None else Console(file=page, width=PAGE_WIDTH)
    if options.student is not None:
        student = find_student(results, options.student)
        result = next(result for result in results.students if result.student == student)
        class_student.render_student(result, results, console=console)
    elif options.checks or options.mistakes:
        if options.checks:
            class_checks.render_checks(results, console=console)
        if options.checks and options.mistakes:
            console.print()
        if options.mistakes:
            class_checks.render_mistakes(results, console=console, names=options.names)
    else:
        class_table.render_class(results, console=console)
    if options.output is not None:
        _write(page.getvalue().encode("utf-8"), options.output)


def _write(data: bytes, path: Path | None) -> None:
    if path is None:
        # Bytes, because a CSV file keeps its own encoding, independent of the terminal's.
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    write_file(path, data, "The results")
