"""Where reports go, by what ``--format`` and ``--output`` name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from grader import model
from grader.cli import grade, main
from grader.cli.report_outputs import ReportOutput, chosen_outputs, write_reports
from grader.errors import UsageError
from grader.report.base import ReportFormat
from tests.helpers.report_samples import report


def paths(reports: Sequence[model.Report], *, many: bool) -> str:
    return "".join(f"{each.submission.path}\n" for each in reports)


PATHS = ReportFormat(name="paths", render=paths)
LOG = ReportFormat(name="log", render=paths, appends=True)
ONE = ReportFormat(name="one", render=paths, single=True)
ADA = report(path="ada.py")


def write(*outputs: ReportOutput) -> None:
    write_reports(lambda format: [ADA], chosen_outputs(outputs, None))


def test_one_run_gives_a_report_to_read_and_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(ReportOutput(format=PATHS), ReportOutput(format=PATHS, file=tmp_path / "a"))
    assert capsys.readouterr().out == (tmp_path / "a").read_text() == "ada.py\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [("before\n", "before\nada.py\n"), ("before", "before\nada.py\n"), ("", "ada.py\n"), (None, "ada.py\n")],
)
def test_what_others_have_written_stays_in_a_file_that_is_appended_to(
    before: str | None, after: str, tmp_path: Path
) -> None:
    if before is not None:
        (tmp_path / "log").write_text(before)
    write(ReportOutput(format=LOG, file=tmp_path / "log"))
    assert (tmp_path / "log").read_text() == after


def test_the_terminal_is_the_format_where_none_is_named() -> None:
    (output,) = chosen_outputs((), None)
    assert (output.format.name, output.file) == ("terminal", None)


def test_a_name_may_come_with_a_file_that_has_a_colon_in_it() -> None:
    (output,) = grade.parse(["a.py", "--format", "json:C:/x.json"]).format
    assert (output.format.name, output.file) == ("json", Path("C:/x.json"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "jsno"], "there is no report format `jsno`; did you mean `json`?"),
        (["--format", "json:"], "`json:` names no file. Write json:FILE, or only json."),
        (["--format", "json", "--format", "terminal"], "json and terminal would both be written to standard output."),
        (["--format", "json:a", "--format", "terminal:./a"], "json and terminal would both be written to a."),
        (["--format", "json:a", "--output", "b"], "--output names the file of a single report."),
        (["--format", "json:no/such/a"], "The report cannot be written to no/such/a: there is no folder no/such."),
    ],
)
def test_a_contradiction_is_refused_before_anything_runs(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["no-such-file.py", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_what_can_be_written_is_written_where_another_file_cannot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match=r"could not be written to .*missing"):
        write(
            ReportOutput(format=PATHS, file=tmp_path / "missing" / "a"), ReportOutput(format=PATHS, file=tmp_path / "b")
        )
    assert (tmp_path / "b").read_text() == "ada.py\n"
    assert capsys.readouterr().err == ""


def test_two_reports_to_one_file_are_seen_by_whatever_path_it_is_named(tmp_path: Path) -> None:
    one, link, hard = tmp_path / "a", tmp_path / "link", tmp_path / "hard"
    one.touch()
    link.symlink_to(one)
    hard.hardlink_to(one)
    for other in (link, hard, Path(f"{tmp_path}/./a")):
        with pytest.raises(UsageError, match="paths and log would both be written to"):
            write(ReportOutput(format=PATHS, file=one), ReportOutput(format=LOG, file=other))


def test_standard_output_is_a_file_too() -> None:
    with pytest.raises(UsageError, match="would both be written to /dev/stdout"):
        write(ReportOutput(format=PATHS), ReportOutput(format=LOG, file=Path("/dev/stdout")))


def test_no_report_overwrites_what_is_graded_or_a_course(tmp_path: Path) -> None:
    homework, link = tmp_path / "homework", tmp_path / "link.json"
    homework.write_text("x = 1\n")
    link.symlink_to(homework)
    for file in (homework, link):
        with pytest.raises(UsageError, match=r"that is what is graded\. Name another file"):
            chosen_outputs([ReportOutput(format=PATHS, file=file)], None, read=["-", str(homework)])
    rubric = tmp_path / "rubric.yaml"
    (new,) = chosen_outputs([ReportOutput(format=PATHS, file=rubric)], None)
    assert new.file == rubric
    rubric.touch()
    with pytest.raises(UsageError, match="that is a file that is no report, by its name"):
        chosen_outputs([ReportOutput(format=PATHS, file=rubric)], None)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_a_full_disk_costs_one_sentence_and_one_report(tmp_path: Path) -> None:
    outputs = ReportOutput(format=PATHS, file=Path("/dev/full")), ReportOutput(format=PATHS, file=tmp_path / "b")
    with pytest.raises(UsageError) as refused:
        write(*outputs)
    assert str(refused.value) == "The report could not be written to /dev/full: No space left on device."
    assert refused.value.exit_code == 2
    assert (tmp_path / "b").read_text() == "ada.py\n"


class TestFormatsOfOneSubmission:
    MESSAGE = "A report in the format one is of one submission, and there are 2. Grade them one after another"

    def test_two_paths_are_refused_before_anything_runs(self, tmp_path: Path) -> None:
        outputs = [ReportOutput(format=PATHS), ReportOutput(format=ONE, file=tmp_path / "a")]
        with pytest.raises(UsageError, match=self.MESSAGE):
            chosen_outputs(outputs, None, submissions=2)

    def test_what_else_was_asked_for_is_written_where_a_folder_has_two(self, tmp_path: Path) -> None:
        outputs = chosen_outputs(
            [ReportOutput(format=ONE, file=tmp_path / "a"), ReportOutput(format=PATHS, file=tmp_path / "b")], None
        )
        with pytest.raises(UsageError, match=self.MESSAGE):
            write_reports(lambda format: [ADA, ADA], outputs)
        assert not (tmp_path / "a").exists()
        assert (tmp_path / "b").read_text() == "ada.py\nada.py\n"
