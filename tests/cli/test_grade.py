"""The command line as its users meet it: real sandbox, messages and exit codes.

Real processes where the process is what is tested: each exit code once (3: ``test_logging``), standard input, time
limits, isolation.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import grader.cli
from grader.course.named_courses import builtin_course
from tests.helpers.class_of import RIGHT
from tests.helpers.command_line import KeptWorkers, run_here
from tests.helpers.submission_files import code, markdown, notebook

WRONG = """
import torch
x = torch.ones(3, requires_grad=True)
y = (x * x).sum()
y.backward()
"""


class Grade:
    """Runs ``grade`` in a folder and returns what it printed and its exit code; a traceback fails the test.

    Without ``workers``, it is run as a process of its own.
    """

    def __init__(self, folder: Path, home: Path, workers: KeptWorkers | None = None) -> None:
        self.folder = folder
        self._home = home
        self._workers = workers

    def __call__(self, *arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
        if self._workers is None:
            result = self._start(*arguments, stdin=stdin)
        else:
            assert not stdin, "standard input needs a process of its own"
            result = run_here(arguments, folder=self.folder, home=self._home, workers=self._workers)
        assert "Traceback" not in result.stderr, result.stderr
        return result

    def _start(self, *arguments: object, stdin: bytes) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "HOME": str(self._home), "XDG_CACHE_HOME": str(self._home / "cache")}
        done = subprocess.run(
            [sys.executable, "-m", "grader.cli", *map(str, arguments)],
            cwd=self.folder,
            env=environment,
            input=stdin,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def json(self, *arguments: object) -> Any:
        return json.loads(self(*arguments, "--format", "json").stdout)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def grade(tmp_path: Path, home: Path, workers: KeptWorkers) -> Grade:
    """Grades in this process."""
    return Grade(tmp_path, home, workers)


@pytest.fixture
def command(tmp_path: Path, home: Path) -> Grade:
    """Starts the real command."""
    return Grade(tmp_path, home)


class TestGrading:
    def test_full_marks_are_exit_code_0(self, command: Grade) -> None:
        command.write("homework.py", RIGHT)
        done = command("homework.py", "--exercise", "double-backward")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "4 / 4" in done.stdout
        assert done.stderr == ""

    def test_something_wrong_is_exit_code_1_with_a_message_and_a_hint(self, grade: Grade) -> None:
        grade.write("homework.py", WRONG)
        done = grade("homework.py", "--exercise", "double-backward")
        assert done.returncode == 1
        assert "0 / 4" in done.stdout
        assert "hint" in done.stdout

    def test_an_error_shown_on_purpose_is_no_failure(self, grade: Grade) -> None:
        grade.write("homework.py", RIGHT + "\ny.backward()\n")
        result = grade.json("homework.py")
        assert result["run"]["outcome"] == "failed"
        assert result["passed"]
        assert result["run"]["errors"][0]["location"] == {"cell": None, "line": 12, "file_line": 12}

    def test_nothing_attempted_is_exit_code_1_in_words(self, grade: Grade) -> None:
        grade.write("homework.py", "print('hello')\n")
        done = grade("homework.py")
        assert done.returncode == 1
        assert "not attempted" in done.stdout.lower()

    def test_standard_input_is_a_submission(self, command: Grade) -> None:
        done = command("-", "--exercise", "double-backward", "--format", "json", stdin=RIGHT.encode())
        assert done.returncode == 0
        assert json.loads(done.stdout)["submission"]["path"] == "-"

    def test_several_submissions_give_an_array_in_order(self, grade: Grade) -> None:
        grade.write("work/b.py", WRONG)
        grade.write("work/a.py", RIGHT)
        results = grade.json("work", "--exercise", "double-backward")
        assert [Path(result["submission"]["path"]).name for result in results] == ["a.py", "b.py"]
        assert [result["score"] for result in results] == [4, 0]

    def test_a_broken_submission_among_others_costs_only_itself(self, grade: Grade) -> None:
        grade.write("a.py", RIGHT)
        grade.write("b.ipynb", "{ this is no notebook")
        done = grade("a.py", "b.ipynb", "--format", "json")
        assert done.returncode == 1
        assert "b.ipynb" in done.stderr
        good, broken = json.loads(done.stdout)
        assert (good["score"], good["error"]) == (4, None)
        assert (broken["submission"]["path"], broken["exercises"]) == ("b.ipynb", [])
        assert "damaged" in broken["error"]

    def test_a_broken_submission_stands_in_the_table_too(self, grade: Grade) -> None:
        grade.write("a.py", RIGHT)
        grade.write("b.ipynb", "{ this is no notebook")
        assert "unreadable" in grade("a.py", "b.ipynb").stdout

    def test_a_dash_is_standard_output(self, grade: Grade) -> None:
        grade.write("homework.py", RIGHT)
        assert "4 / 4" in grade("homework.py", "--output", "-").stdout
        assert not (grade.folder / "-").exists()

    def test_the_report_goes_to_a_file(self, grade: Grade) -> None:
        grade.write("homework.py", RIGHT)
        done = grade("homework.py", "--output", "report.txt")
        assert done.stdout == ""
        assert "4 / 4" in (grade.folder / "report.txt").read_text("utf-8")

    def test_the_same_seed_gives_the_same_result_in_another_process(self, grade: Grade, command: Grade) -> None:
        shutil.copy(builtin_course() / "solutions" / "vector-control-flow.py", grade.folder / "homework.py")
        asked = ("homework.py", "--exercise", "vector-control-flow", "--seed", 7)
        first, second = (run.json(*asked) for run in (grade, command))
        for result in (first, second):
            del result["run"]["duration_s"]
        assert first == second
        assert first["seed"] == 7

    def test_a_time_limit_is_kept_and_said(self, command: Grade) -> None:
        command.write("homework.py", RIGHT + "\nwhile True: pass\n")
        result = command.json("homework.py", "--exercise", "double-backward", "--timeout", 1)
        assert result["run"]["outcome"] == "timeout"
        assert result["score"] == 4

    def test_a_missing_package_is_named(self, grade: Grade) -> None:
        grade.write("homework.py", "import tensorflow_of_the_future\n" + RIGHT)
        done = grade("homework.py")
        assert done.returncode == 0
        assert "tensorflow_of_the_future" in done.stdout
        assert "not installed" in done.stdout

    def test_a_script_with_cells_may_use_magics(self, grade: Grade) -> None:
        grade.write("homework.py", "# %%\n%matplotlib inline\n!pip install torch\n# %%\n" + RIGHT)
        result = grade.json("homework.py")
        assert result["run"]["errors"] == []
        assert result["score"] == 4

    def test_without_isolation_it_says_so(self, command: Grade) -> None:
        command.write("homework.py", RIGHT)
        result = command.json("homework.py", "--exercise", "double-backward", "--isolation", "none")
        assert result["isolation"]["level"] == "none"
        assert result["isolation"]["missing"]
        assert result["score"] == 4


def copy_course(to: Path, *exercises: str) -> Path:
    """A copy of the built-in course, or of some of its exercises."""
    for name in ("exercises", "rubrics", "solutions"):
        (to / name).mkdir(parents=True)
        for path in (builtin_course() / name).glob("*.*"):
            if not exercises or path.stem in exercises:
                shutil.copy(path, to / name)
    return to


class TestBadInput:
    """One clear message, exit code 2, no traceback."""

    def test_a_missing_file(self, command: Grade) -> None:
        command.write("homework.py", RIGHT)
        done = command("homewrok.py")
        assert done.returncode == 2
        assert "homewrok.py" in done.stderr
        assert "homework.py" in done.stderr

    def test_nothing_named(self, command: Grade) -> None:
        done = command()
        assert done.returncode == 2
        assert "nothing to grade" in done.stderr

    def test_an_unknown_exercise(self, grade: Grade) -> None:
        grade.write("homework.py", RIGHT)
        done = grade("homework.py", "--exercise", "double-backwards")
        assert done.returncode == 2
        assert "did you mean `double-backward`?" in done.stderr

    def test_a_folder_that_is_no_course(self, grade: Grade) -> None:
        grade.write("homework.py", RIGHT)
        done = grade("homework.py", "--course", ".")
        assert done.returncode == 2
        assert "no course" in done.stderr

    @pytest.mark.parametrize(
        ("option", "value"), [("--seed", "-1"), ("--seed", "x"), ("--timeout", "0"), ("--timeout", "nan")]
    )
    def test_options_out_of_range(self, grade: Grade, option: str, value: str) -> None:
        done = grade("homework.py", option, value)
        assert done.returncode == 2
        assert option in done.stderr

    def test_an_output_that_cannot_be_written(self, grade: Grade) -> None:
        grade.write("homework.py", RIGHT)
        done = grade("homework.py", "--output", "no/such/folder/report.txt")
        assert done.returncode == 2
        assert "no/such/folder/report.txt" in done.stderr

    def test_a_python_that_is_none(self, grade: Grade) -> None:
        grade.write("homework.py", RIGHT)
        done = grade("homework.py", "--python", "/no/such/python")
        assert done.returncode == 2
        assert "/no/such/python" in done.stderr

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("passes >= 2", "passes >> 2", "exercises/double-backward.yaml:"),
            ("passes >= 2", "secret >= 2", "unknown name `secret`"),
            ("passes >= 2", "__import__('os')", "exercises/double-backward.yaml:"),
            ("    given:", "\tgiven:", "tab"),
            ("    error: backward", "    eror: backward", "did you mean `error`?"),
            ("    kind: raises", "    kind: rises", "did you mean `raises`?"),
        ],
    )
    def test_a_mistake_in_an_exercise_is_shown_with_its_line(
        self, grade: Grade, tmp_path: Path, old: str, new: str, said: str
    ) -> None:
        course = copy_course(tmp_path / "course", "double-backward", "detach-semantics")
        path = course / "exercises" / "double-backward.yaml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        grade.write("homework.py", RIGHT)
        done = grade("homework.py", "--course", course)
        assert done.returncode == 2
        assert said in done.stderr
        line = next(number for number, text in enumerate(path.read_text("utf-8").splitlines(), 1) if new in text)
        assert f"double-backward.yaml:{line}:" in done.stderr

    def test_an_anchor_bomb(self, grade: Grade, tmp_path: Path) -> None:
        course = copy_course(tmp_path / "course", "double-backward", "detach-semantics")
        bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
        (course / "exercises" / "bomb.yaml").write_text(bomb)
        grade.write("homework.py", RIGHT)
        done = grade("homework.py", "--course", course)
        assert done.returncode == 0  # the other exercises are graded
        assert "bomb.yaml" in done.stderr
        asked = grade("homework.py", "--course", course, "--exercise", "bomb")
        assert (asked.returncode, asked.stdout) == (2, "")

    def test_a_reference_that_fails_is_the_instructors_error(self, grade: Grade, tmp_path: Path) -> None:
        course = copy_course(tmp_path / "course", "double-backward")
        (course / "solutions" / "double-backward.py").write_text(WRONG)
        grade.write("homework.py", RIGHT)
        done = grade("homework.py", "--course", course)
        assert done.returncode == 2
        assert "double-backward.py: the reference solution" in done.stderr
        assert "second-backward-fails" in done.stderr
        assert "Not attempted" not in done.stdout
        assert "the course's own reference solution fails this" in done.stdout
        asked = grade("homework.py", "--course", course, "--exercise", "double-backward")
        assert (asked.returncode, asked.stdout) == (2, "")
        assert "second-backward-fails" in asked.stderr

    def test_a_reference_that_fails_stops_only_who_answers_or_asks_for_that_exercise(
        self, grade: Grade, tmp_path: Path
    ) -> None:
        course = copy_course(tmp_path / "course", "double-backward", "detach-semantics")
        (course / "solutions" / "detach-semantics.py").write_text("import torch\nundefined\n")
        grade.write("homework.py", RIGHT)
        grade.write("both.py", f"# %% Double backward\n{RIGHT}\n# %% detach-semantics\nx = 1\n")
        done = grade("homework.py", "--course", course)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "detach-semantics.py:2: raised NameError: name 'undefined' is not defined" in done.stderr
        assert "It was not graded." in done.stderr
        assert grade("homework.py", "--course", course, "--exercise", "double-backward").stderr == ""
        assert grade("both.py", "--course", course).returncode == 2
        assert grade("homework.py", "--course", course, "--exercise", "detach-semantics").returncode == 2


def test_version_and_help_with_examples(command: Grade) -> None:
    assert command("--version").stdout.startswith("grade ")
    text = command("--help").stdout
    assert "examples:" in text
    assert "exit codes:" in text


def test_output_of_the_student_is_escaped(grade: Grade) -> None:
    grade.write("home[red]work.py", RIGHT + '\nraise ValueError("\\x1b[31m[bold]red\\x1b[0m\\u202e")\n')
    done = grade("home[red]work.py")
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    assert "home[red]work.py" in done.stdout
    assert "[bold]" in done.stdout


def test_on_windows_it_says_where_it_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.cli.POSIX", False)
    assert grader.cli.main(["doctor"]) == 3
    assert "WSL 2" in capsys.readouterr().err


class TestFormatsForOtherPrograms:
    def test_one_run_writes_all_of_them(self, grade: Grade) -> None:
        cells = [markdown("# Answer"), code(WRONG.strip().splitlines(keepends=True)), code(["# next\n", "undefined"])]
        text = json.dumps(notebook(*cells), indent=1)
        grade.write("hw.ipynb", text)
        names = ("junit", "markdown", "sarif", "classroom", "gradescope", "prairielearn")
        files = [part for name in names for part in ("--format", f"{name}:{name}.out")]
        done = grade("hw.ipynb", "--exercise", "double-backward", "--format", "github", *files)
        assert done.returncode == 0, "the readers of some take any other code for a failure of the grader"
        line = text.split("\n").index('    "undefined"') + 1
        place = f"::error file=hw.ipynb,line={line},title=An uncaught error::cell 2 (`undefined`), line 2: NameError"
        assert done.stdout.startswith(place)
        assert all((grade.folder / f"{name}.out").stat().st_size > 100 for name in names)
        (run,) = json.loads((grade.folder / "sarif.out").read_text())["runs"]
        assert run["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": line}

    def test_one_submission_is_all_that_some_take(self, grade: Grade) -> None:
        done = grade("a.py", "b.py", "--format", "gradescope")
        assert done.returncode == 2
        assert "A report in the format gradescope is of one submission, and there are 2." in done.stderr


FLAT_SLOPES = """
import matplotlib.pyplot as plt
import torch

x = torch.linspace(-6, 6, 100, requires_grad=True)
y = torch.sin(x)
y.mean().backward()
plt.plot(x.detach(), y.detach(), label="sin(x)")
plt.plot(x.detach(), x.grad, label="</script><img src=x>")
"""


def test_a_page_and_the_terminal_in_one_run(grade: Grade, root: Path) -> None:
    grade.write("wrong.py", FLAT_SLOPES)
    shutil.copy(root / "examples" / "detach.ipynb", grade.folder)
    done = grade("wrong.py", "detach.ipynb", "--format", "html:out.html", "--format", "terminal")
    assert done.returncode == 1
    assert "mean() divides by the number of points" in done.stdout
    html = (grade.folder / "out.html").read_text(encoding="utf-8")
    assert "mean() divides by the number of points" in html
    # The curve over the expected one, and the line that drew it, from what was recorded.
    assert 'class="picture curve"' in html
    assert "<mark>plt.plot(x.detach(), x.grad, label=&#34;&lt;/script&gt;&lt;img src=x&gt;&#34;)</mark>" in html
    assert "<img" not in html
