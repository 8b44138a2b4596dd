"""Annotations: what a runner of GitHub Actions reads from the lines, how many there are, and where they point."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader import model
from grader.report import github
from tests.helpers.report_samples import HOSTILE, check, exercise, failed_check, hostile_report, report, run

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")
PLACE = model.Location(cell=3, line=2, execution_count=7, cell_begins="u = y.clone()", file_line=40)


@dataclass(frozen=True, slots=True)
class Annotation:
    kind: str
    properties: dict[str, str]
    message: str


def unescaped(text: str) -> str:
    """As the runner reads it (``ActionCommand`` in actions/runner)."""
    for written, sign in {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}.items():
        text = text.replace(written, sign)
    return text


def annotations(*reports: model.Report) -> list[Annotation]:
    found = []
    for line in github.render(reports, many=len(reports) > 1).splitlines():
        parsed = COMMAND.fullmatch(line)
        assert parsed, line
        properties = dict(part.split("=", 1) for part in parsed[2].split(","))
        found.append(
            Annotation(parsed[1], {key: unescaped(text) for key, text in properties.items()}, unescaped(parsed[3]))
        )
    return found


def test_a_failure_stands_at_the_line_of_the_file_and_names_the_cell() -> None:
    (found,) = annotations(report(exercise(failed_check(location=PLACE, message="50%, ::error::\nwrong"))))
    assert found.kind == "error"
    assert found.properties == {"file": "homework.ipynb", "title": "Backward, twice: Two passes add up", "line": "40"}
    assert found.message.startswith("In [7] (`u = y.clone()`), line 2: 50%, ::error::\\nwrong.\nexpected: [0, 1, 4, 9]")


def test_a_script_has_lines_only() -> None:
    place = model.Location(cell=None, line=17, in_file=True, file_line=17)
    (found,) = annotations(report(exercise(failed_check(location=place)), path="ada.py"))
    assert (found.properties["file"], found.properties["line"]) == ("ada.py", "17")
    assert found.message.startswith("x.grad is")


def test_standard_input_is_no_file() -> None:
    (found,) = annotations(report(exercise(failed_check(location=PLACE)), path="-"))
    assert set(found.properties) == {"title"}


def test_each_status_has_its_kind_and_the_costliest_comes_first() -> None:
    graded = exercise(
        check(),
        failed_check(title="cheap", score=1.0, max_score=2.0),
        failed_check(title="dear", score=0.0, max_score=3.0),
        check(title="skipped", status="skipped", score=0.0),
        check(title="read", status="manual", score=None),
        check(title="withheld", status="manual", score=None, withheld=True),
        check(title="broken", status="error", score=None),
        title="E",
    )
    bonus = exercise(failed_check(title="bonus"), title="B", bonus=True)
    error = model.RunError(location=PLACE, type="NameError", text="y")
    follower = model.RunError(location=model.Location(cell=4, line=1), type="NameError", text="z", cause=PLACE)
    wanted = model.RunError(location=model.Location(cell=5, line=1), type="RuntimeError", text="", provoked=True)
    found = annotations(report(graded, bonus, run=run(model.Outcome.FAILED, errors=(error, follower, wanted))))
    assert [(each.kind, each.properties["title"]) for each in found] == [
        ("error", "An uncaught error"),
        ("error", "E: dear"),
        ("error", "E: cheap"),
        ("warning", "E: withheld"),
        ("warning", "E: broken"),
        ("notice", "E: read"),
        ("notice", "B (bonus): bonus"),
    ]
    assert found[0].message == "In [7] (`u = y.clone()`), line 2: NameError: y\nand 1 more statement failed"


def test_errors_of_a_run_in_which_all_passed_are_warnings() -> None:
    error = model.RunError(location=PLACE, type="NameError", text="y")
    (found,) = annotations(report(exercise(check()), run=run(model.Outcome.FAILED, errors=(error,))))
    assert found.kind == "warning"


def test_a_time_out_stands_where_the_run_was_stopped() -> None:
    stop = model.RunError(location=PLACE, type="Stopped", text="after 15 s")
    stopped = run(model.Outcome.TIMEOUT, detail="the run took more than 15 s", errors=(stop,))
    (found,) = annotations(report(run=stopped, passed=False))
    assert (found.kind, found.properties["line"]) == ("error", "40")
    assert found.message.endswith("The run took more than 15 s.")


def test_what_cannot_be_read_is_an_error_of_the_file() -> None:
    (found,) = annotations(model.Report.of_unreadable("a.ipynb", "a.ipynb: the notebook is empty", seed=0))
    assert (found.kind, found.properties["file"], found.message) == ("error", "a.ipynb", "The notebook is empty.")


def test_at_most_ten_of_a_kind_the_worst_of_all_files_and_the_rest_counted() -> None:
    many = [failed_check(title=f"{number}", score=0.0, max_score=float(number)) for number in range(12)]
    read = [check(title=f"{number}", status="manual", score=None) for number in range(11)]
    found = annotations(report(exercise(*many, title="E"), path="a.py"), report(exercise(*read), path="b.py"))
    kinds = [each.kind for each in found]
    assert (kinds.count("error"), kinds.count("notice")) == (10, 10)
    assert [each.properties["title"] for each in found[:2]] == ["E: 11", "E: 10"]
    assert found[-1].properties == {"title": "4 more findings"}


def test_the_many_errors_of_one_run_keep_out_no_other_file_and_no_failed_check() -> None:
    errors = tuple(model.RunError(location=None, type="NameError", text=f"name 'x{n}'") for n in range(30))
    many = report(exercise(failed_check()), path="a.py", run=run(model.Outcome.FAILED, errors=errors))
    other = report(path="b.py", run=run(model.Outcome.FAILED, errors=errors[:1]))
    shown = [(each.properties.get("file"), each.properties["title"]) for each in annotations(many, other)]
    first = [
        ("a.py", "An uncaught error"),
        ("b.py", "An uncaught error"),
        ("a.py", "Backward, twice: Two passes add up"),
    ]
    assert shown[:3] == first
    assert len(shown) == 11


@pytest.mark.parametrize(
    ("path", "shown"),
    [("ada.py", "hw/ada.py"), ("./ada.py", "hw/ada.py"), ("../ada.py", "ada.py"), ("../../ada.py", "../../ada.py")],
)
def test_a_path_counts_from_the_root_of_the_repository(
    path: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "repo" / "hw").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repo" / "hw")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "repo"))
    (found,) = annotations(report(exercise(failed_check()), path=path))
    assert found.properties["file"] == shown


def test_no_text_of_a_student_is_a_command_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = f"{HOSTILE}\r\n::error::x\n##[error]y %0A::set-output name=a::b,line=1"
    found = annotations(hostile_report(), report(exercise(failed_check(message=hostile, title=hostile)), path=hostile))
    assert all(set(each.properties) <= {"file", "line", "title"} for each in found)
    monkeypatch.setenv("GITHUB_WORKSPACE", "/")
    text = github.render([hostile_report(), report(exercise(failed_check()), path="\ud800")], many=True)
    assert "##[" not in text
    assert "\x1b" not in text


def test_nothing_wrong_says_nothing() -> None:
    assert github.render([report(exercise(check()))], many=False) == ""
