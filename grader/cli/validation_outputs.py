"""Where a validation is written: ``--format NAME[:FILE]``, several times, and what ``--compare`` compares it with."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.cli.output_file import check_output, is_one_file, output_file, write_file
from grader.cli.streams import open_console
from grader.errors import UsageError, reason_of
from grader.model import Validation
from grader.suggestions import did_you_mean_or_all

FORMATS = ("terminal", "json", "markdown", "github")
WORK = frozenset({".ipynb", ".py", ".zip", ".yaml", ".yml"})
"""Suffixes of a course's files, which no report overwrites."""
WHAT = "The report"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationOutput:
    """A format, and the file that it is written to; None: standard output."""

    format: str
    file: Path | None = None


def add_validation_outputs(parser: argparse.ArgumentParser) -> None:
    """Add ``--format`` and ``--compare``."""
    parser.add_argument(
        "--format",
        type=_output,
        action="append",
        default=[],
        metavar="NAME[:FILE]",
        help=f"how to report, and where to; repeatable (default: terminal; known: {', '.join(FORMATS)})",
    )
    parser.add_argument(
        "--compare",
        type=Path,
        metavar="BEFORE.json",
        help="say in Markdown what has changed since this validation, which --format json:BEFORE.json wrote",
    )


def check_outputs(outputs: Sequence[ValidationOutput]) -> tuple[ValidationOutput, ...]:
    """The outputs, at least one. Raises UsageError where one cannot be written, before a long run."""
    chosen = tuple(outputs) or (ValidationOutput(format="terminal"),)
    on_screen = [each.format for each in chosen if each.file is None]
    if len(on_screen) > 1:
        raise UsageError(
            f"{on_screen[0]} and {on_screen[1]} would both be written to standard output. Name a file for all but one: "
            f"--format {on_screen[1]}:FILE"
        )
    for number, each in enumerate(chosen):
        if each.file is None:
            continue
        if any(other.file is not None and is_one_file(other.file, each.file) for other in chosen[:number]):
            raise UsageError(f"Two reports would be written to {each.file}. Name another file for one of them.")
        if each.file.suffix.lower() in WORK and each.file.exists():
            raise UsageError(f"The report cannot be written to {each.file}: that is a file that is no report.")
        check_output(each.file, WHAT)
    return chosen


def load_before(path: Path) -> Any:
    """An earlier validation, as ``--format json`` wrote it. Raises UsageError where the file has none."""
    try:
        before = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"--compare: {path} cannot be read: {reason_of(error)}.") from error
    schema = before.get("schema") if isinstance(before, dict) else None
    if schema != "grader.validation/1":
        raise UsageError(f"--compare: {path} is no validation: `grade validate --format json:FILE` writes one.")
    return before


def write_outputs(
    validation: Validation, outputs: Sequence[ValidationOutput], *, before: Any | None, notes: bool
) -> None:
    """Raises UsageError when all that can be written is written."""
    failed: list[UsageError] = []
    for output in outputs:
        module = importlib.import_module(f"grader.report.validation.{output.format}")
        if output.format == "terminal" and output.file is None:
            module.show(validation, notes=notes, console=open_console())
            continue
        if output.format == "terminal":
            text = module.render(validation, notes=notes)
        elif output.format == "markdown":
            text = module.render(validation, before=before)
        else:
            text = module.render(validation)
        if output.file is None:
            sys.stdout.write(text)
            continue
        try:
            # A step of GitHub's collects what its commands append to one file.
            write_file(output.file, text.encode("utf-8"), WHAT, append=output.format == "markdown")
        except UsageError as error:
            failed.append(error)
    if failed:
        raise failed[0]


def _output(text: str) -> ValidationOutput:
    name, colon, file = text.partition(":")
    if name not in FORMATS:
        raise argparse.ArgumentTypeError(f"there is no format `{name}`{did_you_mean_or_all(name, FORMATS)}")
    if colon and not file:
        raise argparse.ArgumentTypeError(f"`{text}` names no file. Write {name}:FILE, or only {name}.")
    return ValidationOutput(format=name, file=output_file(file) if colon else None)
