"""The registry of report formats: built-in formats, and formats of the entry point group ``grader.reports``.

Built-in formats are imported only when they are asked for, because ``grade`` must start fast. Installed packages are
only searched for a name that is not built in, because the search takes long.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from grader.errors import UsageError
from grader.extensions import Extension, load_extensions
from grader.report.base import ClassFormat, ClassPageFormat, FilledTableFormat, NewTableFormat, ReportFormat

GROUP = "grader.reports"

# For each format its module in this package, where it is called FORMAT.
REPORT_FORMATS = {
    "terminal": "terminal.report",
    "json": "json",
    "junit": "junit",
    "html": "html.submission_page",
    "markdown": "markdown",
    "github": "github",
    "sarif": "sarif",
    "classroom": "classroom",
    "gradescope": "gradescope",
    "prairielearn": "prairielearn",
    "exercism": "exercism",
}
# The formats that show a class as a whole: `grade results --format` has them for the reports of their names.
CLASS_PAGES = {"terminal": "class_table", "html": "html.class_page"}
CLASS_FORMATS = {"otter": "csv_otter", "nbgrader": "csv_nbgrader", "canvas": "csv_canvas", "moodle": "csv_moodle"}


def find_report_format(name: str) -> ReportFormat | None:
    """The format of this name for reports of submissions; None if there is none. Raises UsageError as ``installed``."""
    found = _built_in(REPORT_FORMATS[name]) if name in REPORT_FORMATS else installed().get(name)
    return found if isinstance(found, ReportFormat) else None


def find_class_page(name: str) -> ClassPageFormat | None:
    """The format of this name for a class as a whole; None if there is none."""
    found = _built_in(CLASS_PAGES[name]) if name in CLASS_PAGES else None
    return found if isinstance(found, ClassPageFormat) else None


def find_class_format(name: str) -> ClassFormat | None:
    """The format of this name for results of a class; None if there is none. Raises UsageError as ``installed``."""
    found = _built_in(CLASS_FORMATS[name]) if name in CLASS_FORMATS else installed().get(name)
    return found if isinstance(found, ClassFormat) else None


def report_format_names() -> tuple[str, ...]:
    """All names that ``find_report_format`` knows. Raises UsageError as ``installed``."""
    return *REPORT_FORMATS, *(name for name, found in installed().items() if isinstance(found, ReportFormat))


def class_format_names() -> tuple[str, ...]:
    """All names that ``find_class_format`` knows. Raises UsageError as ``installed``."""
    return *CLASS_FORMATS, *(name for name, found in installed().items() if isinstance(found, ClassFormat))


@cache
def installed() -> Mapping[str, ReportFormat | ClassFormat]:
    """The formats of installed packages, by name. Raises UsageError for a format that cannot be used."""
    found: dict[str, ReportFormat | ClassFormat] = {}
    for extension in load_extensions(GROUP, "The report format", UsageError):
        loaded = _format_of(extension)
        if loaded.name in found or loaded.name in REPORT_FORMATS or loaded.name in CLASS_FORMATS:
            raise UsageError(
                f"{extension.origin}: there is a report format `{loaded.name}` already; uninstall one of the two."
            )
        found[loaded.name] = loaded
    return MappingProxyType(found)


def _built_in(module: str) -> object:
    return importlib.import_module(f"grader.report.{module}").FORMAT


def _format_of(extension: Extension) -> ReportFormat | ClassFormat:
    loaded = extension.loaded
    if isinstance(loaded, ReportFormat | NewTableFormat | FilledTableFormat) and loaded.name:
        return loaded
    raise UsageError(
        f"{extension.origin} is not a report format: `{extension.value}` must be a ReportFormat, NewTableFormat or "
        "FilledTableFormat of grader.report.base, with a name."
    )
