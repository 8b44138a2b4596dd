"""``grade export``: what is in an autograder and in an exported course, and what the autograder does on Gradescope."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import site
import stat
import subprocess
import sys
import venv
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from grader.cli.gradescope import grade_one
from grader.errors import ExitCode
from grader.pipeline import open_grader
from tests.helpers.command_line import KeptWorkers, run_here

EXERCISES = ("double-backward", "vector-control-flow")
SHEET = "id: hw2\ntitle: Second sheet\nexercises: [double-backward, vector-control-flow]\nseed: 7\n"
RIGHT = "double-backward.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """Whoever exports a course of two exercises."""

    folder: Path
    home: Path
    workers: KeptWorkers

    @property
    def course(self) -> Path:
        return self.folder / "cs101"

    def export(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = ("export", *arguments, "--course", self.course)
        return run_here(command, folder=self.folder, home=self.home, workers=self.workers)


@pytest.fixture(scope="module")
def teacher(root: Path, tmp_path_factory: pytest.TempPathFactory, home: Path, workers: KeptWorkers) -> Teacher:
    teacher = Teacher(folder=tmp_path_factory.mktemp("teacher"), home=home, workers=workers)
    for folder in ("exercises", "rubrics", "solutions"):
        (teacher.course / folder).mkdir(parents=True)
        for name in EXERCISES:
            for path in (root / folder).glob(f"{name}.*"):
                shutil.copy(path, teacher.course / folder)
    shutil.copytree(root / "solutions" / "mistakes" / EXERCISES[0], teacher.course / "solutions" / "mistakes")
    shutil.copytree(root / "handout", teacher.course / "handout")
    (teacher.course / "handout" / "questions.yaml").unlink()
    exercise = teacher.course / "exercises" / "double-backward.yaml"
    hidden, after_due = "  - id: second-backward-fails\n", "  - id: gradient-accumulates\n"
    text = exercise.read_text("utf-8")
    for check, visibility in ((hidden, "hidden"), (after_due, "after-due")):
        assert check in text
        text = text.replace(check, f"{check}    visibility: {visibility}\n")
    exercise.write_text(text, "utf-8")
    (teacher.course / "assignments").mkdir()
    (teacher.course / "assignments" / "hw2.yaml").write_text(SHEET)
    return teacher


@pytest.fixture(scope="module")
def exported(teacher: Teacher) -> Path:
    done = teacher.export("gradescope", "hw2", "--output", "autograder.zip")
    assert done.returncode == 0, done.stderr
    assert "with 2 recorded references and no solution; seed 7; isolation at least landlock." in done.stdout
    assert "Give the assignment 9 points on Gradescope" in done.stdout
    return teacher.folder / "autograder.zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A folder laid out as Gradescope's ``/autograder``."""

    folder: Path

    def hand_in(self, name: str, content: str | bytes) -> None:
        shutil.rmtree(self.folder / "submission", ignore_errors=True)
        (self.folder / "submission").mkdir()
        (self.folder / "submission" / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    def script(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run a script of the zip with nothing in its environment that a container would not have."""
        environment = {"PATH": os.environ["PATH"], "AUTOGRADER_ROOT": str(self.folder), "PIP_NO_INDEX": "1"}
        environment |= {"HOME": str(self.folder / "home"), "LANG": "C.UTF-8"}
        command = ["bash", str(self.folder / "source" / name)]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def grade_here(self, workers: KeptWorkers) -> tuple[int, str]:
        """What ``run_autograder`` calls, with a worker that is running; its exit code, and what staff see."""
        said = io.StringIO()
        with (
            mock.patch.object(open_grader, "WorkerHandle", workers),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            return grade_one.main([str(self.folder)]), said.getvalue()

    @property
    def results(self) -> Mapping[str, Any]:
        document: Mapping[str, Any] = json.loads((self.folder / "results" / "results.json").read_text("utf-8"))
        return document

    def change_config(self, **changed: object) -> None:
        path = self.folder / "source" / "autograder.json"
        path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changed}), "utf-8")


@pytest.fixture
def container(exported: Path, tmp_path: Path) -> Container:
    root = tmp_path / "autograder"
    (root / "results").mkdir(parents=True)
    with zipfile.ZipFile(exported) as archive:
        archive.extractall(root / "source")
    about = {"assignment": {"title": "Homework", "total_points": "20.0"}, "users": []}
    (root / "submission_metadata.json").write_text(json.dumps(about), "utf-8")
    return Container(folder=root)


class TestTheZip:
    def test_it_has_the_scripts_the_grader_and_the_course(self, exported: Path) -> None:
        with zipfile.ZipFile(exported) as archive:
            names = set(archive.namelist())
            modes = {name: archive.getinfo(name).external_attr >> 16 for name in ("setup.sh", "run_autograder")}
            requirements = archive.read("requirements.txt").decode()
        assert all(mode & stat.S_IXUSR for mode in modes.values())
        assert {name.partition("/")[0] for name in names} == {
            "setup.sh",
            "run_autograder",
            "autograder.json",
            "requirements.txt",
            "torch.txt",
            "wheels",
            "course",
        }
        assert "course/cs101/references/double-backward.recording" in names
        assert f"torch=={open_version('torch')}\n" in requirements

    def test_no_line_of_a_solution_is_in_any_member(self, exported: Path, root: Path) -> None:
        assert solution_lines_in(exported, root) == []

    @pytest.mark.exhaustive
    def test_nor_where_every_exercise_of_the_built_in_course_is_exported(self, teacher: Teacher, root: Path) -> None:
        command = ("export", "gradescope", "autograd", "--course", root, "--output", "all.zip")
        done = run_here(command, folder=teacher.folder, home=teacher.home, workers=teacher.workers)
        assert "with 15 recorded references" in done.stdout, done.stderr
        assert solution_lines_in(teacher.folder / "all.zip", root) == []


class TestOnGradescope:
    def test_its_scripts_install_the_grader_and_grade_a_submission(
        self, container: Container, teacher: Teacher
    ) -> None:
        offer_installed_packages(container.folder / "venv")
        done = container.script("setup.sh")
        assert done.returncode == 0, done.stdout + done.stderr
        container.hand_in("homework.py", (teacher.course / "solutions" / RIGHT).read_bytes())
        done = container.script("run_autograder")
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.startswith("isolation   required: landlock\n")
        assert "points      Gradescope's assignment has 20, the course's 9: make them equal." in done.stdout
        results = container.results
        assert [test["score"] for test in results["tests"]][:2] == [2, 2]
        assert sum(test["max_score"] for test in results["tests"]) == 9
        assert results["output"].startswith("submission/homework.py\n")
        assert results["extra_data"]["seed"] == 7
        assert results["extra_data"]["isolation"] in ("strict", "reduced")
        assert "resource limits" in results["extra_data"]["isolation_made_of"]

    def test_where_nothing_was_installed_the_student_is_told_so(self, container: Container) -> None:
        container.hand_in("homework.py", "")
        assert container.script("run_autograder").returncode != 0
        assert_not_graded(container.results)

    def test_of_several_files_the_best_answers_count(
        self, container: Container, teacher: Teacher, workers: KeptWorkers
    ) -> None:
        container.hand_in("first.py", (teacher.course / "solutions" / RIGHT).read_bytes())
        second = (teacher.course / "solutions" / "vector-control-flow.py").read_bytes()
        (container.folder / "submission" / "second.py").write_bytes(second)
        (container.folder / "submission" / "broken.ipynb").write_bytes(b"{")
        code, _ = container.grade_here(workers)
        assert code == 0
        assert sum(test["score"] for test in container.results["tests"]) == 9
        assert (
            "of each exercise the best answer counts: submission/first.py, submission/second.py."
            in container.results["output"]
        )
        assert "submission/broken.ipynb: " in container.results["output"]

    def test_it_says_what_grading_at_home_says_and_who_sees_it(
        self, container: Container, teacher: Teacher, workers: KeptWorkers, root: Path
    ) -> None:
        container.hand_in("homework.ipynb", (root / "examples" / "all-four.ipynb").read_bytes())
        assert container.grade_here(workers)[0] == 0
        command = ("submission", "--course", teacher.course, "--assignment", "hw2", "--seed", 7)
        home = ("--format", "gradescope:home.json")
        run_here([*command, *home], folder=container.folder, home=teacher.home, workers=workers)
        at_home = json.loads((container.folder / "home.json").read_text("utf-8"))
        times = {"execution_time": 0}
        kept = {name: value for name, value in container.results["extra_data"].items() if name in at_home["extra_data"]}
        assert {**container.results, "extra_data": kept, **times} == {**at_home, **times}
        assert {test["visibility"] for test in at_home["tests"]} == {"visible", "hidden", "after_due_date"}

    def test_a_wrong_and_an_unreadable_file_get_no_points_and_the_reason(
        self, container: Container, workers: KeptWorkers
    ) -> None:
        container.hand_in("homework.py", "import torch\nx = torch.ones(2, requires_grad=True)\nx.sum().backward()\n")
        assert container.grade_here(workers)[0] == 0
        assert {test["score"] for test in container.results["tests"]} == {0}
        container.hand_in("homework.ipynb", b"{")
        assert container.grade_here(workers)[0] == 0
        assert "The notebook is damaged" in container.results["output"]
        container.hand_in("homework.pdf", b"%PDF")
        assert container.grade_here(workers)[0] == 0
        assert "No notebook (.ipynb), script (.py)" in container.results["output"]

    def test_a_stale_recording_and_too_little_isolation_are_no_zero(
        self, container: Container, workers: KeptWorkers
    ) -> None:
        container.hand_in("homework.py", "import torch\n")
        container.change_config(seed=8)
        code, said = container.grade_here(workers)
        assert code == ExitCode.UNUSABLE
        assert "was recorded with the seed 7, and the seed is 8 here." in said
        assert_not_graded(container.results)
        container.change_config(seed=7)
        with mock.patch("grader.model.Isolation.is_at_least", return_value=False) as asked:
            code, said = container.grade_here(workers)
        asked.assert_called_with("landlock")
        assert code == ExitCode.GRADER_FAILED
        assert "asks for more isolation than there is here" in said
        assert_not_graded(container.results)

    def test_less_isolation_is_allowed_by_who_exports(self, teacher: Teacher) -> None:
        done = teacher.export("gradescope", "hw2", "--output", "less.zip", "--allow-isolation", "none", "--seed", 3)
        assert done.returncode == 0, done.stderr
        assert "seed 3; isolation at least none." in done.stdout
        with zipfile.ZipFile(teacher.folder / "less.zip") as archive:
            config = json.loads(archive.read("autograder.json"))
        assert (config["at_least"], config["seed"]) == (None, 3)


class TestACourse:
    def test_it_is_a_folder_that_grades_with_the_default_seed(self, teacher: Teacher, workers: KeptWorkers) -> None:
        done = teacher.export("course", "hw2", "--output", "cs101-hw2")
        assert done.returncode == 0, done.stderr
        assert done.stdout == "cs101-hw2: the course for `hw2`, with 2 recorded references and no solution; seed 0.\n"
        assert not (teacher.folder / "cs101-hw2" / "solutions").exists()
        command = (teacher.course / "solutions" / RIGHT, "--course", "cs101-hw2", "--exercise", "double-backward")
        done = run_here(command, folder=teacher.folder, home=teacher.home, workers=workers)
        assert done.returncode == 0, done.stdout + done.stderr

    def test_nothing_is_written_over(self, teacher: Teacher) -> None:
        done = teacher.export("course", "hw2", "--output", "cs101")
        assert done.returncode == ExitCode.UNUSABLE
        assert "cs101: something is there. Name a new folder." in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("gradescope", "hw3"), "there is no assignment `hw3` in this course"),
        (("gradescope", "hw2", "--output", "no/such.zip"), "there is no folder no"),
        (("gradescope", "hw2", "--wheel", "no.txt"), "no.txt is no wheel."),
        (("course", "hw2", "--allow-isolation", "none"), "are for an autograder"),
        (("canvas", "hw2"), "invalid choice: 'canvas'"),
    ],
)
def test_what_cannot_be_exported_is_said(teacher: Teacher, arguments: tuple[str, ...], said: str) -> None:
    done = teacher.export(*arguments)
    assert done.returncode == ExitCode.UNUSABLE
    assert said in done.stderr


def solution_lines_in(archive: Path, root: Path) -> list[bytes]:
    """Lines of the project's solutions that are in a member of a zip, or in a member of the wheel in it, which in an
    installed grader lies beside the solutions of its own course.
    """
    texts = [path.read_text("utf-8") for path in (root / "solutions").rglob("*.py")]
    lines = {line.strip() for text in texts for line in text.splitlines()}
    # Short lines, and those that exercises, rubrics and the grader have as well, tell nothing.
    long = {line.encode() for line in lines if len(line) > 24 and not line.startswith(("import", "from"))}
    assert len(long) > 500
    others = (
        *root.glob("exercises/*"),
        *root.glob("rubrics/*"),
        *root.glob("support/*/*.py"),
        *root.glob("grader/**/*.py"),
    )
    stated = b"\n".join(path.read_bytes() for path in others)
    held = b"\n".join(members(archive.read_bytes()))
    return sorted(line for line in long if line in held and line not in stated)


def members(content: bytes) -> list[bytes]:
    """The contents of a zip's members, and of the members of zips in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = [archive.read(name) for name in archive.namelist()]
    return [inner for each in found for inner in (members(each) if each[:2] == b"PK" else [each])]


def open_version(package: str) -> str:
    from importlib.metadata import version

    return version(package).partition("+")[0]


def offer_installed_packages(folder: Path) -> None:
    """A virtual environment in which pip finds what is installed here, so that ``setup.sh`` needs no network."""
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    paths = [path for path in (*site.getsitepackages(), *sys.path) if path.endswith("-packages")]
    (packages / "installed.pth").write_text("\n".join(dict.fromkeys(paths)) + "\n", "utf-8")


def assert_not_graded(results: Mapping[str, Any]) -> None:
    """No score, so that the autograder's error is no zero, and a sentence for the student without the reason."""
    assert "score" not in results
    (test,) = results["tests"]
    assert "score" not in test
    assert test["visibility"] == "visible"
    assert test["output"].startswith("Your submission could not be graded, and that is no fault of yours.")
