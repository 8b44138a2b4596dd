"""Where reports go: ``--format NAME[:FILE]``, several times, and ``--output``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from grader.cli import note
from grader.cli.output_file import check_output, is_one_file, output_file, write_file
from grader.cli.streams import open_console
from grader.errors import UsageError
from grader.report.base import ReportFormat
from grader.report.formats import REPORT_FORMATS, find_report_format, report_format_names
from grader.suggestions import did_you_mean_or_all

if TYPE_CHECKING:
    from grader.model import Report

WHAT = "The report"
WORK = frozenset({".ipynb", ".py", ".zip", ".yaml", ".yml"})
"""Suffixes of files that no report overwrites: those of submissions and of a course's files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOutput:
    """A report format, and the file that it is written to; None: standard output."""

    format: ReportFormat
    file: Path | None = None


def add_format_options(parser: argparse.ArgumentParser, output: str = "write a single report to a file") -> None:
    """Add ``--format`` and ``--output``, of which ``chosen_outputs`` makes the outputs. ``output``: help for the
    latter.
    """
    parser.add_argument(
        "--format",
        type=_output,
        action="append",
        default=[],
        metavar="NAME[:FILE]",
        help=f"how to report, and where to; repeatable (default: terminal; known: {', '.join(REPORT_FORMATS)})",
    )
    parser.add_argument("--output", type=output_file, metavar="FILE", help=f"{output} (- for standard output)")


def chosen_outputs(
    formats: Sequence[ReportOutput], output: Path | None, *, submissions: int = 1, read: Iterable[str] = ()
) -> tuple[ReportOutput, ...]:
    """The outputs that the options name, at least one. Raises UsageError where they contradict each other, where no
    output can be written, where one takes fewer ``submissions`` than are named, or where one would overwrite work, such
    as a file that is ``read``: before a long run, whose result would be lost.
    """
    outputs = list(formats) or [ReportOutput(format=_known("terminal"))]
    if output is not None:
        if len(outputs) > 1 or outputs[0].file is not None:
            raise UsageError("--output names the file of a single report. Of several, name all: --format NAME:FILE")
        outputs = [ReportOutput(format=outputs[0].format, file=output)]
    for each in outputs:
        _check_for_one_submission(each.format, submissions)
    on_screen = [each.format.name for each in outputs if each.file is None]
    if len(on_screen) > 1:
        raise UsageError(
            f"{on_screen[0]} and {on_screen[1]} would both be written to standard output. Name a file for all but one: "
            f"--format {on_screen[1]}:FILE"
        )
    _check_for_one_file(outputs)
    for each in outputs:
        _check_for_work(each, read)
    unwritable = [why for each in outputs if (why := _why_unwritable(each))]
    if len(unwritable) == len(outputs):
        _raise(unwritable)
    return tuple(outputs)


def write_reports(reports: Callable[[ReportFormat], Sequence[Report]], outputs: Iterable[ReportOutput]) -> None:
    """Write the reports, of which ``reports`` gives those for a format. Raises UsageError when all that can be written
    is written.
    """
    failed = []
    for output in outputs:
        wanted = reports(output.format)
        try:
            _write(wanted, output)
        except UsageError as error:
            failed.append(str(error))
    if failed:
        _raise(failed)


def _write(reports: Sequence[Report], output: ReportOutput) -> None:
    many = len(reports) > 1
    _check_for_one_submission(output.format, len(reports))
    if output.file is not None:
        content = output.format.render(reports, many=many).encode("utf-8")
        write_file(output.file, content, WHAT, append=output.format.appends)
    elif output.format.show is None:
        sys.stdout.write(output.format.render(reports, many=many))
    else:
        output.format.show(reports, console=open_console())


def _output(text: str) -> ReportOutput:
    """An argument of ``--format``."""
    name, colon, file = text.partition(":")
    chosen = report_format(name)
    if colon and not file:
        raise argparse.ArgumentTypeError(f"`{text}` names no file. Write {name}:FILE, or only {name}.")
    return ReportOutput(format=chosen, file=output_file(file) if colon else None)


def report_format(name: str) -> ReportFormat:
    """An argument that is the name of a report format."""
    if name not in REPORT_FORMATS and name not in (known := report_format_names()):
        raise argparse.ArgumentTypeError(f"there is no report format `{name}`{did_you_mean_or_all(name, known)}")
    return _known(name)


def _known(name: str) -> ReportFormat:
    found = find_report_format(name)
    assert found is not None, "parsing checks the name"
    return found


def _check_for_one_submission(format: ReportFormat, submissions: int) -> None:
    if format.single and submissions > 1:
        raise UsageError(
            f"A report in the format {format.name} is of one submission, and there are {submissions:,}. Grade them one "
            "after another, each to a file of its own."
        )


def _check_for_one_file(outputs: Sequence[ReportOutput]) -> None:
    """Raises UsageError where two reports would be written to one file, by whatever path it is named."""
    for number, output in enumerate(outputs):
        for earlier in outputs[:number]:
            file = output.file or earlier.file
            if file is not None and _is_one_place(earlier.file, output.file):
                raise UsageError(
                    f"{earlier.format.name} and {output.format.name} would both be written to {file}. Name another "
                    "file for one of them."
                )


def _is_one_place(one: Path | None, other: Path | None) -> bool:
    """Whether two outputs are one file. None: standard output, which may be a file, too."""
    if one is not None and other is not None:
        return is_one_file(one, other)
    file = one or other
    try:
        return file is not None and not file.samefile(os.devnull) and os.path.samestat(file.stat(), os.fstat(1))
    except (OSError, ValueError):
        return False


def _check_for_work(output: ReportOutput, read: Iterable[str]) -> None:
    """Raises UsageError where a report would overwrite a submission, or a file that is somebody's work by its name."""
    file = output.file
    if file is None:
        return
    is_read = any(is_one_file(file, Path(name)) for name in read if name != "-")
    if is_read or (file.suffix.lower() in WORK and os.path.isfile(file)):  # noqa: PTH113 - never raises
        kind = "what is graded" if is_read else "a file that is no report, by its name"
        raise UsageError(f"The report cannot be written to {file}: that is {kind}. Name another file.")


def _why_unwritable(output: ReportOutput) -> str:
    try:
        check_output(output.file, WHAT)
    except UsageError as error:
        return str(error)
    return ""


def _raise(reasons: Sequence[str]) -> NoReturn:
    """Each reason is a line of its own."""
    *others, last = reasons
    for reason in others:
        note(reason)
    raise UsageError(last)
