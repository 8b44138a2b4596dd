"""``pytest --grade`` makes a test of every check of every submission; without it, the plugin is not there.

Most tests run pytest in this process, with reports made by hand in the place of graded ones.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import grader.pytest_plugin
from grader.cli.several import SeparateReports
from grader.errors import CourseError, GraderError
from grader.model import ExerciseReport, Location, Report, RunError
from grader.pipeline import open_grader
from grader.pytest_plugin.session import MARKER  # also so that pytester, which forgets new modules, keeps these
from tests.helpers.class_of import FORGOTTEN, RIGHT, course_of
from tests.helpers.command_line import KeptWorkers
from tests.helpers.report_samples import check, exercise, failed_check, model, report, run

pytest_plugins = ["pytester"]

FIRST = check(id="second-backward-fails", title="A second backward fails")
FAILED = failed_check(location=Location(cell=3, line=2, file_line=31))
Given = Mapping[str, Report | GraderError]


@pytest.fixture
def course(pytester: pytest.Pytester) -> Path:
    """A course of one exercise, `double-backward`, of two checks, and the folder of what was handed in."""
    pytester.mkdir("homework")
    return course_of(["double-backward"], pytester.mkdir("course"))


class Graded:
    """Runs of pytest in which the reports are given."""

    def __init__(self, pytester: pytest.Pytester, patch: pytest.MonkeyPatch) -> None:
        self._pytester = pytester
        self._patch = patch
        self.asked: list[str] = []

    def run(self, given: Given, *arguments: str) -> pytest.RunResult:
        def report_of(_: SeparateReports, path: str) -> Report:
            self.asked.append(path)
            found = given[Path(path).name]
            if isinstance(found, GraderError):
                raise found
            return found

        self._patch.setattr(SeparateReports, "report", report_of)
        for name in given:
            (self._pytester.path / "homework" / name).write_text("raise SystemExit('imported')\n")
        return self.pytest("--grade", "homework", "--grade-course", "course", *arguments)

    def pytest(self, *arguments: str) -> pytest.RunResult:
        return self._pytester.runpytest_inprocess("-p", "grader.pytest_plugin", "-p", "no:cacheprovider", *arguments)


@pytest.fixture
def graded(course: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Graded:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Graded(pytester, monkeypatch)


def of(*checks: model.CheckReport, exercise_fields: Mapping[str, Any] | None = None, **fields: Any) -> Report:
    return report(exercise(*checks, **(exercise_fields or {})), **fields)


class TestOutcomes:
    def test_each_status_has_its_outcome_and_the_words_of_the_report(self, graded: Graded, pytester: Any) -> None:
        error = RunError(location=Location(cell=None, line=5), type="NameError", text="name 'z'", source="z.backward()")
        done = graded.run(
            {
                "failed.py": of(FIRST, FAILED, run=run(model.Outcome.FAILED, errors=(error,))),
                "skipped.py": of(FIRST, check(status="skipped", score=0.0, message="It needs “A”, which failed.")),
                "manual.py": of(FIRST, check(status="manual", score=None, message="A person reads this.")),
                "error.py": of(FIRST, check(status="error", score=0.0, message="The check itself failed.")),
                "withheld.py": of(FIRST, check(status="manual", score=None, withheld=True, code="7 h.register()")),
                "bonus.py": of(FIRST, failed_check(), exercise_fields={"bonus": True}),
            },
            "-v",
            "-rs",
            "--junitxml=out.xml",
        )
        done.assert_outcomes(passed=6, failed=2, skipped=3, errors=1)
        assert done.ret == pytest.ExitCode.TESTS_FAILED
        shown = done.stdout.str()
        assert "homework/failed.py::double-backward::gradient-accumulates FAILED" in shown
        done.stdout.fnmatch_lines(
            [
                "*_ homework/failed.py, double-backward: * _*",
                "x.grad is 3·x², the gradient of x³: `u` was still attached to the graph.",
                "expected: [[]0, 1, 4, 9]",
                "actual: [[]0, 3, 12, 27]",
                "at: cell 3, line 2: z.sum().backward()",
                "hint: Cut u out of the graph with detach().",
                "*How the submission ran*",
                "line 5: z.backward()",
                "    NameError: name 'z'",
                "*7 h.register()",
                "SKIPPED [[]1] homework/bonus.py:1: It is a bonus, so that nothing depends on it. x.grad is 3*",
            ]
        )
        assert "Traceback" not in shown
        assert "grader/" not in shown
        case = ElementTree.parse(pytester.path / "out.xml").find(".//testcase[failure]")
        assert case is not None
        assert case.get("classname") == "homework.failed.double-backward"
        assert {each.get("name"): each.get("value") for each in case.iter("property")} == {
            "score": "0.5",
            "max_score": "2",
        }

    def test_what_nobody_asked_for_and_nobody_attempts_is_no_test(self, graded: Graded) -> None:
        untried = exercise(FIRST, FAILED, status="not_attempted")
        other = exercise(check(), id="sine")
        unshown = exercise(id="cosine", message="It is decided by checks that are not shown.")
        done = graded.run(
            {
                "a.py": report(untried, other, basis="found"),
                "b.py": report(untried, unshown, basis="found", max_score=0.0),
            }
        )
        done.assert_outcomes(failed=1, deselected=3)
        assert "homework/b.py::double-backward::second-backward-fails - Nothing was" in done.stdout.str()

    def test_what_was_asked_for_fails_where_it_is_not_attempted(self, graded: Graded) -> None:
        lacking = failed_check(id="second-backward-fails"), FAILED
        untried = report(exercise(*lacking, status="not_attempted"), basis="exercises")
        done = graded.run({"a.py": untried}, "--grade-exercise", "double-backward")
        done.assert_outcomes(failed=2)

    def test_what_fails_besides_the_submission_is_an_error_and_asked_for_once(self, graded: Graded) -> None:
        broken: ExerciseReport = exercise(status="error", message="the check `x` failed: KeyError")
        done = graded.run({"a.py": report(broken), "b.py": CourseError("The reference does not pass.")})
        done.assert_outcomes(errors=4)
        assert graded.asked == ["homework/a.py", "homework/b.py"]
        done.stdout.fnmatch_lines(["The check `x` failed: KeyError.", "The reference does not pass."])

    def test_a_file_that_cannot_be_read_is_one_test_that_fails(self, graded: Graded, pytester: Any) -> None:
        (pytester.path / "homework" / "n.ipynb").write_text("{")
        done = graded.run({"a.py": of(FIRST, check())})
        done.assert_outcomes(passed=2, failed=1)
        done.stdout.fnmatch_lines(["The notebook is damaged: *", "FAILED homework/n.ipynb::readable*"])


def test_a_student_does_not_see_the_names_of_hidden_checks(graded: Graded, course: Path) -> None:
    file = course / "exercises" / "double-backward.yaml"
    before = "  - id: second-backward-fails\n"
    assert before in file.read_text()
    file.write_text(file.read_text().replace(before, f"{before}    visibility: hidden\n"))
    hidden = failed_check(id="second-backward-fails", visibility="hidden")
    given = {"a.py": of(hidden, check())}
    done = graded.run(given)
    done.assert_outcomes(passed=1)
    graded.run(given, "--grade-audience", "staff").assert_outcomes(passed=1, failed=1)
    assert "second-backward" not in done.stdout.str() + graded.run(given, "--collect-only").stdout.str()


class TestTheRun:
    def test_other_tests_run_where_they_are_named_and_nothing_handed_in_is_imported(
        self, graded: Graded, pytester: Any
    ) -> None:
        pytester.makeconftest("")
        pytester.makepyprojecttoml("[tool.pytest.ini_options]\naddopts = '-ra'")
        pytester.makepyfile(test_own="def test_mine(): pass")
        for name in ("homework/conftest.py", "homework/test_ada.py"):
            (pytester.path / name).write_text("raise SystemExit('imported')\n")
        given = {"bob.py": of(FIRST, check()), "ada.py": of(FIRST, check())}
        graded.run(given).assert_outcomes(passed=4)
        graded.run(given, "test_own.py").assert_outcomes(passed=5)
        graded.run(given, "test_own.py", "-m", MARKER, "-k", "ada and fails").assert_outcomes(passed=1, deselected=4)

    def test_the_first_failure_may_end_it_and_the_last_failures_run_again(self, graded: Graded) -> None:
        given = {"a.py": of(FIRST, FAILED), "b.py": of(FIRST, FAILED)}
        graded.run(given, "-x").assert_outcomes(passed=1, failed=1)
        graded.run(given, "-p", "cacheprovider", "-k", "a.py").assert_outcomes(passed=1, failed=1, deselected=2)
        graded.run(given, "-p", "cacheprovider", "--lf").assert_outcomes(failed=1, deselected=3)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--grade", "homewrk"], "homewrk: no such file; did you mean homework?"),
            (["--grade", "homework", "--grade-exercise", "sine"], "there is no exercise `sine` in this course"),
            (["--grade", "homework", "--grade-assignment", "hw"], "there is no assignment `hw` in this course"),
            (["--grade", "homework", "--grade-seed", "x"], "--grade-seed: a seed is a whole number"),
            (["--grade", "homework", "--grade-timeout", "0"], "--grade-timeout: a time limit is a number of seconds"),
            (["--grade", ".", "test_x.py"], "conftest.py was handed in, and pytest would run it outside of the"),
        ],
    )
    def test_what_cannot_be_graded_is_a_sentence(
        self, arguments: list[str], message: str, graded: Graded, pytester: Any
    ) -> None:
        if "." in arguments:
            pytester.makeconftest("raise SystemExit('imported')")
        done = graded.pytest("--grade-course", "course", *arguments)
        assert done.ret == pytest.ExitCode.USAGE_ERROR
        assert f"ERROR: {message}" in done.stderr.str() or message in done.stderr.str()
        assert "Traceback" not in done.stderr.str()


def test_the_entry_point_is_named_like_its_module(root: Path) -> None:
    """So it can be named with `-p` where it is installed as well."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {grader.pytest_plugin.__name__: grader.pytest_plugin.__name__}


def test_without_the_option_nothing_is_imported_and_nothing_is_said(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_modules():
            loaded = sorted(name for name in sys.modules if name.startswith("grader"))
            assert loaded == ["grader", "grader.pytest_plugin"]
            assert not {"numpy", "pydantic", "rich", "torch", "yaml"} & sys.modules.keys()
        """
    )
    (pytester.path / "homework.ipynb").write_text("{}")
    done = pytester.runpytest_subprocess("-p", "grader.pytest_plugin", "-p", "no:hypothesispytest", "-W", "error")
    done.assert_outcomes(passed=1)
    assert "grade" not in "".join(line for line in done.outlines if not line.startswith(("plugins:", "rootdir:")))


REPORTED_BY_HAND = """
import os

from grader.cli.several import SeparateReports
from tests.helpers.command_line import KeptWorkers
from tests.helpers.report_samples import check, exercise, report

def report_of(self, path):
    with open("graded.txt", "a") as file:
        file.write(f"{path} {os.getpid()}\\n")
    return report(exercise(check(), check(id="second-backward-fails")), path=path)

SeparateReports.report = report_of
"""


def test_processes_share_submissions_out(
    course: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Other plugins that are installed would cost each process a second.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(REPORTED_BY_HAND)
    files = [f"homework/{name}.py" for name in ("ada", "bob", "eve", "kim")]
    for file in files:
        (pytester.path / file).write_text("x = 1\n")
    done = pytester.runpytest_subprocess(
        *("-p", "grader.pytest_plugin", "-p", "xdist", "-n", "2", "--grade", "homework", "--grade-course", "course")
    )
    done.assert_outcomes(passed=8)
    graded = [line.split() for line in (pytester.path / "graded.txt").read_text().splitlines()]
    assert sorted(file for file, _ in graded) == files
    assert len({process for _, process in graded}) == 2


def test_a_real_run_judges_as_the_command_does(
    graded: Graded, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = KeptWorkers()
    monkeypatch.setattr(open_grader, "WorkerHandle", workers)
    monkeypatch.setenv("XDG_CACHE_HOME", str(pytester.path / "cache"))
    (pytester.path / "homework" / "ada.py").write_text(RIGHT)
    (pytester.path / "homework" / "bob.py").write_text(FORGOTTEN)
    try:
        done = graded.pytest(
            *("--grade", "homework", "--grade-course", "course", "--grade-exercise", "double-backward", "-v")
        )
    finally:
        workers.close()
    done.assert_outcomes(passed=2, failed=2)
    done.stdout.fnmatch_lines(["homework/ada.py::double-backward::gradient-accumulates PASSED*", "at: line 7: y.*"])
