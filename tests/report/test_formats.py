from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator, Sequence
from importlib.metadata import EntryPoint

import pytest

from grader import model
from grader.cli import grade, main
from grader.cli.report_outputs import write_reports
from grader.cli.results import parse, show
from grader.errors import UsageError
from grader.report import formats
from grader.report.base import ClassTable, NewTableFormat, ReportFormat
from tests.helpers.class_samples import ada, results
from tests.helpers.report_samples import exercise, failed_check, report


def render_paths(reports: Sequence[model.Report], *, many: bool) -> str:
    return "".join(f"{one.submission.path} {many}\n" for one in reports)


def render_names(results: model.ClassResults) -> ClassTable:
    return ClassTable(text="".join(f"{one.student.name}\n" for one in results.students))


PATHS = ReportFormat(name="paths", render=render_paths)
NAMES = NewTableFormat(name="names", render=render_names)
JSON = ReportFormat(name="json", render=render_paths)
NAMELESS = ReportFormat(name="", render=render_paths)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EntryPoint]]:
    """Entry points as installed packages would have them; a test adds its own."""
    points: list[EntryPoint] = []
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: points if group == "grader.reports" else [])
    formats.installed.cache_clear()
    yield points
    formats.installed.cache_clear()


def point(name: str, value: str | None = None) -> EntryPoint:
    return EntryPoint(name, value or f"{__name__}:{name.upper()}", "grader.reports")


class TestBuiltIn:
    @pytest.mark.parametrize("name", formats.REPORT_FORMATS)
    def test_a_format_of_reports_has_the_name_that_it_is_listed_by(self, name: str) -> None:
        found = formats.find_report_format(name)
        assert found is not None
        assert found.name == name
        assert found.render([report(exercise(failed_check()))], many=False).endswith("\n")

    @pytest.mark.parametrize("name", formats.CLASS_FORMATS)
    def test_a_format_of_a_class_has_the_name_that_it_is_listed_by(self, name: str) -> None:
        found = formats.find_class_format(name)
        assert found is not None
        assert found.name == name

    def test_they_are_found_without_looking_through_packages(self, installed: list[EntryPoint]) -> None:
        installed.append(point("broken", "no_such_module:FORMAT"))
        assert formats.find_report_format("terminal") is not None
        assert formats.find_class_format("otter") is not None


class TestInstalled:
    def test_formats_of_packages_are_offered_by_kind(self, installed: list[EntryPoint]) -> None:
        installed.extend([point("paths"), point("names")])
        assert formats.report_format_names() == (*formats.REPORT_FORMATS, "paths")
        assert formats.class_format_names() == ("otter", "nbgrader", "canvas", "moodle", "names")
        assert formats.find_report_format("paths") is PATHS
        assert formats.find_report_format("names") is None
        assert formats.find_class_format("names") is NAMES
        assert formats.find_class_format("paths") is None

    def test_a_package_that_cannot_be_imported_is_said(self, installed: list[EntryPoint]) -> None:
        installed.append(point("broken", "no_such_module:FORMAT"))
        with pytest.raises(UsageError) as error:
            formats.find_report_format("paths")
        assert str(error.value) == (
            "The report format `broken` cannot be loaded: ModuleNotFoundError: No module named 'no_such_module'"
        )

    @pytest.mark.parametrize("value", ["render_paths", "NAMELESS"])
    def test_what_is_no_format_is_said(self, installed: list[EntryPoint], value: str) -> None:
        installed.append(point("odd", f"{__name__}:{value}"))
        with pytest.raises(UsageError) as error:
            formats.find_class_format("names")
        assert str(error.value) == (
            f"The report format `odd` is not a report format: `{__name__}:{value}` must be a ReportFormat, "
            "NewTableFormat or FilledTableFormat of grader.report.base, with a name."
        )

    @pytest.mark.parametrize("names", [("json",), ("paths", "paths")])
    def test_two_formats_of_one_name_are_not_chosen_between(
        self, installed: list[EntryPoint], names: tuple[str, ...]
    ) -> None:
        installed.extend(point(name) for name in names)
        with pytest.raises(UsageError) as error:
            formats.report_format_names()
        assert str(error.value) == (
            f"The report format `{names[0]}`: there is a report format `{names[0]}` already; uninstall one of the two."
        )


class TestCommandLine:
    def test_an_unknown_format_is_answered_with_those_installed(
        self, installed: list[EntryPoint], capsys: pytest.CaptureFixture[str]
    ) -> None:
        installed.append(point("paths"))
        assert main(["homework.py", "--format", "xml"]) == 2
        known = ", ".join(sorted([*formats.REPORT_FORMATS, "paths"]))
        assert f"--format: there is no report format `xml`; known: {known}" in capsys.readouterr().err

    def test_a_broken_package_is_one_sentence(
        self, installed: list[EntryPoint], capsys: pytest.CaptureFixture[str]
    ) -> None:
        installed.append(point("broken", "no_such_module:FORMAT"))
        assert main(["homework.py", "--format", "xml"]) == 2
        assert capsys.readouterr().err.startswith("grade: The report format `broken` cannot be loaded: Module")

    def test_the_reports_are_written_in_it(
        self, installed: list[EntryPoint], capsys: pytest.CaptureFixture[str]
    ) -> None:
        installed.append(point("paths"))
        outputs = grade.parse(["homework.py", "--format", "paths"]).format
        write_reports(lambda format: [report(path="ada.py"), report(path="alan.py")], outputs)
        assert capsys.readouterr().out == "ada.py True\nalan.py True\n"

    def test_a_class_is_written_in_it(self, installed: list[EntryPoint], capsys: pytest.CaptureFixture[str]) -> None:
        installed.append(point("names"))
        show(results(ada()), parse(["--csv", "names"]))
        assert capsys.readouterr().out == "Lovelace, Ada\n"
