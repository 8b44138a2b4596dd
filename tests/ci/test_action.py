"""The steps of action.yml, run as the runner would: what a student's and an instructor's job do and say."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.ci.runner import Ran, run_action

EXERCISES = ("double-backward", "detach-semantics")
SHEET = f"id: hw2\ntitle: Second sheet\nexercises: [{', '.join(EXERCISES)}]\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A workspace with a student's checkout in ``work`` and the course in ``course``."""

    action: Path
    folder: Path
    home: Path

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    @property
    def course(self) -> Path:
        return self.workspace / "course"

    @property
    def work(self) -> Path:
        return self.workspace / "work"

    def run(self, **inputs: str) -> Ran:
        given = {"submissions": "work/homework.ipynb", "course": "course", "isolation": "reduced"}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        return run_action(self.action, given, workspace=self.workspace, temp=self.folder / "temp", home=self.home)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's home: the second job finds the references of the first, as with a cache."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def job(root: Path, tmp_path: Path, home: Path) -> Job:
    job = Job(action=root, folder=tmp_path, home=home)
    (job.work / ".git").mkdir(parents=True)
    shutil.copy(root / "examples" / "all-four.ipynb", job.work / "homework.ipynb")
    for folder in ("exercises", "rubrics", "solutions"):
        (job.course / folder).mkdir(parents=True)
        for name in EXERCISES:
            for path in (root / folder).glob(f"{name}.*"):
                shutil.copy(path, job.course / folder)
    (job.course / "assignments").mkdir()
    (job.course / "assignments" / "hw2.yaml").write_text(SHEET)
    # What the step that installs would make, were this environment not there.
    (tmp_path / "temp" / "autograd-grader" / "venv").mkdir(parents=True)
    (tmp_path / "temp" / "autograd-grader" / "venv" / "bin").symlink_to(Path(sys.executable).parent)
    return job


def test_a_students_job_reports_everywhere_and_fails_for_what_is_wrong(job: Job) -> None:
    ran = job.run(assignment="hw2", formats="github:more.txt", classroom="true")
    assert not ran.ok
    assert "Detach, a constant out of the graph" in ran.log
    assert "::error file=homework.ipynb," in ran.log
    assert "homework.ipynb" in ran.summary
    assert "# " in ran.summary
    assert {name: ran.outputs[name] for name in ("passed", "score", "max-score", "exit-code")} == {
        "passed": "false",
        "score": "4",
        "max-score": "8",
        "exit-code": "1",
    }
    for_classroom = json.loads(base64.b64decode(ran.outputs["result"]))
    assert (for_classroom["status"], for_classroom["max_score"]) == ("fail", 8)
    assert json.loads(Path(ran.outputs["report"]).read_text("utf-8"))["score"] == 4
    assert Path(ran.outputs["junit"]).read_text("utf-8").startswith("<?xml")
    assert (job.workspace / "more.txt").read_text("utf-8") in ran.log
    assert [name for name, _ in ran.used] == ["actions/setup-python@v5", "actions/cache@v4"]


def test_an_instructors_job_passes_for_the_courses_own_solutions(job: Job) -> None:
    ran = job.run(submissions="course/solutions/*.py\n", own_course="true", reference_cache="read-write")
    assert ran.ok, ran.log
    assert "double-backward.py" in ran.log
    assert "detach-semantics.py" in ran.log
    assert ran.outputs["passed"] == "true"
    assert ran.outputs["score"] == ran.outputs["max-score"] == "8"
    results = json.loads(Path(ran.outputs["report"]).read_text("utf-8"))
    assert [Path(each["submission"]["path"]).stem for each in results] == sorted(EXERCISES)
    assert {each["audience"] for each in results} == {"staff"}
    assert [name for name, _ in ran.used if "cache" in name] == [
        "actions/cache@v4",
        "actions/cache/restore@v4",
        "actions/cache/save@v4",
    ]
    keys = [given["key"] for name, given in ran.used if "cache/" in name]
    assert keys[0] == keys[1]
    (job.course / "exercises" / "double-backward.yaml").write_text("changed")
    assert job.run(submissions="nothing.py", reference_cache="read").used[-1][1]["key"] != keys[0]


def test_a_mistake_in_the_course_is_no_failure_of_the_student(job: Job) -> None:
    (job.course / "assignments" / "hw2.yaml").write_text("id: hw2\ntitle: [\n")
    ran = job.run(assignment="hw2")
    assert not ran.ok
    assert ran.outputs["exit-code"] == "2"
    assert ran.outputs["report"] == ran.outputs["score"] == ran.summary == ""
    assert "hw2.yaml:" in ran.log


@pytest.mark.exhaustive
def test_the_plain_script_writes_reports_and_ends_as_grade_does(job: Job, root: Path) -> None:
    environment = {
        **os.environ,
        "HOME": str(job.home),
        "COURSE": str(job.course),
        "ASSIGNMENT": "hw2",
        "VENV": str(job.folder / "temp" / "autograd-grader" / "venv"),
    }
    command = [root / "examples" / "ci" / "grade.sh", "homework.ipynb"]
    done = subprocess.run(command, cwd=job.work, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert (job.work / "reports" / "junit.xml").read_text("utf-8").startswith("<?xml")
    assert json.loads((job.work / "reports" / "result.json").read_text("utf-8"))["score"] == 4


class TestWhoseCourse:
    def test_a_course_in_the_students_checkout_judges_nothing(self, job: Job) -> None:
        shutil.move(job.course, job.work / "course")
        assert refused(job.run(course="work/course"), "may have brought it")

    def test_nor_does_the_checkout_itself(self, job: Job) -> None:
        shutil.move(job.course / "exercises", job.work / "exercises")
        assert refused(job.run(course="work"), "may have brought it")

    def test_nor_one_that_is_checked_out_into_it(self, job: Job) -> None:
        (job.workspace / ".git").mkdir()
        (job.work / ".git").rmdir()
        assert refused(job.run(), "may have brought it")

    def test_nor_one_that_a_link_leads_to(self, job: Job) -> None:
        shutil.move(job.course, job.work / "mine")
        job.course.symlink_to(job.work / "mine")
        assert refused(job.run(), "may have brought it")

    @pytest.mark.parametrize("link", ["work/homework.py", "work/folder"])
    def test_a_link_to_a_solution_is_not_graded(self, job: Job, link: str) -> None:
        solution = job.course / "solutions" / "double-backward.py"
        (job.workspace / link).symlink_to(solution if link.endswith(".py") else solution.parent)
        submissions = link if link.endswith(".py") else f"{link}/double-backward.py"
        assert refused(job.run(submissions=submissions), "own-course: true")

    def test_a_link_out_of_the_checkout_is_not_graded(self, job: Job) -> None:
        (job.folder / "secret.py").write_text("password = 1\n")
        (job.work / "homework.py").symlink_to(job.folder / "secret.py")
        assert refused(job.run(submissions="work/homework.py"), "leads out of its repository")

    def test_a_course_that_is_not_there_is_named(self, job: Job) -> None:
        assert refused(job.run(course="cours"), "There is no folder")

    def test_no_input_becomes_a_command(self, job: Job) -> None:
        ran = job.run(course="$(touch owned)`touch owned`", submissions="work/$(touch owned).py\n\n'; touch owned; '")
        assert not ran.ok
        assert not list(job.folder.rglob("owned"))


def refused(ran: Ran, why: str) -> bool:
    """Whether a step before grading ended the job with this reason, as an annotation."""
    assert not ran.ok
    assert ran.outputs["exit-code"] == ""
    return ran.log.startswith("::error title=") and why in ran.log and len(ran.log.splitlines()) == 1


def test_an_action_that_is_used_twice_installs_once(root: Path, tmp_path: Path) -> None:
    grade = tmp_path / "bin" / "grade"
    grade.parent.mkdir()
    grade.write_text("#!/bin/sh\necho there\n")
    grade.chmod(0o755)
    script = f'source "{root}/action/install.sh"; install_grader "{root}" "{tmp_path}"'
    done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=True)
    assert done.stdout == "there\n"


@pytest.mark.parametrize("folder", [".", "action/validate"])
def test_no_step_lets_the_text_of_an_expression_into_a_script(root: Path, folder: str) -> None:
    steps: list[Mapping[str, str]] = yaml.safe_load((root / folder / "action.yml").read_text("utf-8"))["runs"]["steps"]
    assert [step["name"] for step in steps if "${{" in step.get("run", "")] == []


class TestValidating:
    """The action for a course's own repository."""

    def run(self, job: Job, **inputs: str) -> Ran:
        given = {"course": "course", "isolation": "reduced", "arguments": "--only\nreferences\n--jobs=1"}
        given |= inputs
        action = job.action / "action" / "validate"
        return run_action(action, given, workspace=job.workspace, temp=job.folder / "temp", home=job.home)

    def test_a_change_is_compared_with_what_was_before(self, job: Job) -> None:
        shutil.copytree(job.course, job.workspace / "before")
        solution = job.course / "solutions" / "double-backward.py"
        solution.write_text("import torch\n")
        (job.course / ".git").mkdir()
        ran = self.run(job, before="before")
        assert not ran.ok
        assert (ran.outputs["holds"], ran.outputs["exit-code"]) == ("false", "1")
        assert "::error file=solutions/double-backward.py" in ran.log
        (row,) = [line for line in ran.summary.splitlines() if "double" in line and line.startswith("|")]
        assert "→" in row, ran.summary
        assert json.loads(Path(ran.outputs["report"]).read_text("utf-8"))["schema"] == "grader.validation/1"
        assert [name for name, _ in ran.used] == ["actions/setup-python@v5", "actions/cache@v4", "actions/cache@v4"]

    @pytest.mark.exhaustive
    def test_a_sound_course_holds(self, job: Job) -> None:
        ran = self.run(job)
        assert ran.ok, ran.log
        assert (ran.outputs["holds"], ran.outputs["exit-code"]) == ("true", "0")
        assert "→" not in ran.summary
