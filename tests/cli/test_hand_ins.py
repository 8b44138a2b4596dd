"""The same hand-in gets the same result from `grade FILE`, `grade FOLDER`, `grade watch` and `grade batch`.

A hand-in is a folder; each is graded by its file, as a folder, as a zip, and in a class of all, once with a folder and
once with a zip for each student.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.cli.watched_file import load_watched
from grader.handin import CompanionFinder, WorkFiles, load_file, read_handin
from grader.pipeline.course_graders import CourseGraders
from grader.sandbox.sandbox import Sandbox
from tests.helpers.class_in_process import ClassInProcess, SharedSandboxes
from tests.helpers.class_of import FORGOTTEN, RIGHT, Class
from tests.helpers.command_line import KeptWorkers, run_here
from tests.helpers.submission_files import code, notebook

RIGHT_NOTEBOOK = json.dumps(notebook(code(RIGHT)))
NEEDS_DATA = f"import numpy\nassert numpy.load('data/x.npy').sum() == 3\n{RIGHT}"
WORKED_EXAMPLE = f"# Homework\n\n```python\n{RIGHT}```\n"
Content = Mapping[str, str | bytes]


def array() -> bytes:
    import numpy as np

    stream = io.BytesIO()
    np.save(stream, np.ones(3))
    return stream.getvalue()


def zipped(content: Content) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, each in content.items():
            archive.writestr(name, each)
    return stream.getvalue()


HAND_INS: dict[str, tuple[str, Content, float]] = {
    "clone": (
        "homework.ipynb",
        {
            "README.md": WORKED_EXAMPLE,
            "setup.py": RIGHT,
            "tests/test_a.py": RIGHT,
            "homework.ipynb": json.dumps(notebook(code(FORGOTTEN))),
        },
        0,
    ),
    "notebook named as text": ("hw.ipynb.txt", {"hw.ipynb.txt": RIGHT_NOTEBOOK}, 4),
    "notebook named as json": ("hw.ipynb.json", {"hw.ipynb.json": RIGHT_NOTEBOOK, "README.md": "words"}, 4),
    "notebook without its suffix": ("hw.json", {"hw.json": RIGHT_NOTEBOOK, "data.json": "{}"}, 4),
    "script named as text": ("hw.py.txt", {"hw.py.txt": RIGHT}, 4),
    "plain text": ("hw.txt", {"hw.txt": RIGHT, "data.csv": "1"}, 4),
    "downloaded twice": ("hw (1).ipynb", {"hw (1).ipynb": RIGHT_NOTEBOOK}, 4),
    "data": ("hw.py", {"hw.py": NEEDS_DATA, "data/x.npy": array(), "setup.py": "1 / 0"}, 4),
    "module": (
        "hw.py",
        {"hw.py": "from tools.helper import x\n" + RIGHT.replace("x = torch.ones(3, requires_grad=True)", ""),
         "tools/helper.py": "import torch\nx = torch.ones(3, requires_grad=True)\n", "tools/__init__.py": ""},
        4,
    ),
    "test helper": ("hw.py", {"hw.py": f"import tests.test_a\n{RIGHT}", "tests/test_a.py": "y = 1"}, 4),
    "data above": ("work/hw.py", {"work/hw.py": NEEDS_DATA.replace("data/", "../data/"), "data/x.npy": array()}, 4),
    "zip beside data": ("hw.py", {"hw.zip": zipped({"hw.py": NEEDS_DATA}), "data/x.npy": array()}, 4),
    "data in a zip": ("hw.py", {"hw.py": NEEDS_DATA, "data.zip": zipped({"data/x.npy": array()})}, 4),
    "readme alone": ("README.md", {"README.md": WORKED_EXAMPLE}, 4),
}  # fmt: skip
AS_ZIP = [name for name, (_, content, _) in HAND_INS.items() if "hw.zip" not in content]
"""Of a zip in a zip, nothing is read."""


@pytest.fixture(scope="module")
def sandboxes(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedSandboxes]:
    shared = SharedSandboxes(sandbox, tmp_path_factory.mktemp("support"))
    yield shared
    shared.close()


@pytest.fixture
def klass(tmp_path: Path, home: Path, sandboxes: SharedSandboxes) -> Class:
    return ClassInProcess(tmp_path, home, sandboxes)


class Grade:
    """`grade` with shared workers, in the folder of a class."""

    def __init__(self, folder: Path, home: Path, workers: KeptWorkers) -> None:
        self._run = lambda *arguments: run_here(arguments, folder=folder, home=home, workers=workers)

    def __call__(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        done: subprocess.CompletedProcess[str] = self._run(*arguments)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def results(self, paths: Iterable[Path]) -> dict[str, Any]:
        """What came of each graded file, by its path."""
        reports = json.loads(self(*paths, "--exercise", "double-backward", "--format", "json").stdout)
        return {each["submission"]["path"]: outline(each["exercises"]) for each in reports}


@pytest.fixture
def grade(tmp_path: Path, home: Path, workers: KeptWorkers) -> Grade:
    return Grade(tmp_path, home, workers)


def outline(exercises: Any) -> list[Any]:
    return [
        (each["id"], each["status"], each["score"], [(check["id"], check["status"]) for check in each["checks"]])
        for each in exercises
    ]


def of_the_class(klass: Class) -> dict[str, list[Any]]:
    return {
        one.student.name: [
            (each.id, each.status, each.score, [(check.id, check.status) for check in each.checks])
            for each in one.exercises
        ]
        for one in klass.results().students
    }


def test_the_same_hand_in_gets_the_same_result_from_every_command(klass: Class, grade: Grade) -> None:
    for name, (_, content, _) in HAND_INS.items():
        klass.hand_in({f"{name}/{path}": each for path, each in content.items()})
    zips = klass.folder / "zips"
    zips.mkdir()
    for name in AS_ZIP:
        (zips / f"{name}.zip").write_bytes(zipped(HAND_INS[name][1]))
    klass.batch()
    expected = of_the_class(klass)
    assert {name: exercises[0][2] for name, exercises in expected.items()} == {
        name: score for name, (_, _, score) in HAND_INS.items()
    }
    klass.grade("batch", zips, "--exercise", "double-backward", "--jobs", 1, "--gradebook", "zips.sqlite")
    (klass.folder / "gradebook.sqlite").unlink()
    (klass.folder / "zips.sqlite").rename(klass.folder / "gradebook.sqlite")
    assert of_the_class(klass) == {name: expected[name] for name in AS_ZIP}
    folders = {name: klass.folder / "class" / name for name in HAND_INS}
    in_zip = {"zip beside data": "hw.zip/hw.py"}
    of_folders = {
        str(folders[name] / in_zip.get(name, file)): expected[name] for name, (file, _, _) in HAND_INS.items()
    }
    assert grade.results(folders.values()) == of_folders
    assert grade.results(zips / f"{name}.zip" for name in AS_ZIP) == {
        str(zips / f"{name}.zip" / HAND_INS[name][0]): expected[name] for name in AS_ZIP
    }
    # What lies above a file is there only where the whole is graded, and a file in a zip cannot be named.
    files = [folders[name] / file for name, (file, _, _) in HAND_INS.items() if name not in ("data above", *in_zip)]
    assert grade.results(files) == {path: result for path, result in of_folders.items() if Path(path) in files}


@pytest.mark.parametrize("name", HAND_INS)
def test_watch_reads_a_file_as_grade_does(klass: Class, name: str) -> None:
    file, content, _ = HAND_INS[name]
    klass.hand_in(content)
    path = klass.folder / "class" / file
    if path.exists():
        handin = read_handin(str(path), WorkFiles())
        assert load_watched(str(path)).loaded == load_file(handin.files[0], CompanionFinder(handin))


def test_watch_sees_what_the_code_names_change_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "hw.py"
    path.write_text("import helper\nopen('data.csv')\n")
    digests = [load_watched(str(path)).digest]
    for name, content in (("helper.py", "x = 1"), ("helper.py", "x = 2"), ("data.csv", "1"), ("other.py", "y = 1")):
        (tmp_path / name).write_text(content)
        digests.append(load_watched(str(path)).digest)
    assert len(set(digests)) == 4
    assert digests[-1] == digests[-2]
    assert load_watched(str(path)).beside == (tmp_path / "data.csv", tmp_path / "helper.py")


class TestWhatCannotBeRead:
    """Somebody handed it in, so it is in the report, the others are graded, and the exit code is 1."""

    @pytest.fixture
    def work(self, tmp_path: Path) -> Path:
        """Each but ada.py is damaged in another way."""
        (tmp_path / "empty").mkdir()
        (tmp_path / "ada.py").write_text(RIGHT)
        (tmp_path / "bob.ipynb").write_bytes(b"%PDF-1.7")
        (tmp_path / "eve.zip").write_bytes(zipped({"hw.py": RIGHT})[:-30])
        os.mkfifo(tmp_path / "kim.py")
        return tmp_path

    BROKEN = ("bob.ipynb", "empty", "eve.zip", "kim.py")

    @pytest.mark.usefixtures("work")
    def test_the_others_are_graded(self, grade: Grade) -> None:
        done = grade(*self.BROKEN, "ada.py", "--exercise", "double-backward", "--format", "json")
        assert done.returncode == 1
        *broken, good = json.loads(done.stdout)
        assert [each["submission"]["path"] for each in broken] == list(self.BROKEN)
        assert {each["run"]["outcome"] for each in broken} == {"not_run"}
        for each, path in zip(broken, self.BROKEN, strict=True):
            assert each["error"].startswith(f"{path}: ")
            assert f"grade: {each['error']}\n" in done.stderr
        assert (good["score"], good["passed"]) == (4, True)

    def test_where_nothing_can_be_read_the_report_is_written_all_the_same(self, work: Path, grade: Grade) -> None:
        output = work / "out.json"
        output.write_text("of an earlier run")
        for paths in (self.BROKEN, ("bob.ipynb",), ("empty",)):
            assert grade(*paths, "--format", "json", "--output", output).returncode == 1
            written = json.loads(output.read_text())
            reports = written if len(paths) > 1 else [written]
            assert [each["submission"]["path"] for each in reports] == list(paths)
        done = grade("bob.ipynb")
        assert done.returncode == 1
        assert "It could not be read, so nothing was graded. This is a PDF." in done.stdout

    def test_paths_that_do_not_exist_are_wrong_usage_and_all_are_named(self, work: Path, grade: Grade) -> None:
        output = work / "out.json"
        paths = ("none.py", "ada.py", "no/folder.py", "ada.py/x.py", "x" * 300, "bob.ipynb")
        done = grade(*paths, "--output", output)
        assert done.returncode == 2
        assert not output.exists()
        for path in (*paths[:1], *paths[2:5]):
            assert f"grade: {path}: " in done.stderr
        assert done.stderr.count("grade: ") == 4

    def test_a_class_that_cannot_be_read_is_wrong_usage(self, work: Path, grade: Grade) -> None:
        for path in ("empty", "eve.zip", "nowhere"):
            done = grade("batch", path, "--exercise", "double-backward")
            assert done.returncode == 2
            assert done.stderr.startswith(f"grade: {path}: ")
        assert not (work / "gradebook.sqlite").exists()
        (work / "handout.ipynb").write_text("{")
        assert grade("handout", "handout.ipynb").returncode == 2


COPIES = "print(open('hw_ada.py').read())\nfrom hw_ada import *\n"
USES_HELPER = "from helper import x\n" + RIGHT.replace("x = torch.ones(3, requires_grad=True)", "")
HELPER = "import torch\nx = torch.ones(3, requires_grad=True)\n"


class TestSeveralSubmissions:
    """No file has another person's work beside it, and each has its own helper modules."""

    def test_in_one_folder(self, klass: Class, grade: Grade) -> None:
        klass.hand_in(
            {
                "hw_ada.py": RIGHT,
                "hw_bob.py": COPIES,
                "hw_cy.ipynb": json.dumps(notebook(code(USES_HELPER))),
                "helper.py": HELPER,
                "dan/hw.py": f"from tools import x\nopen('data/x.csv')\nopen('../tables/y.csv')\n{RIGHT}",
                "dan/tools.py": HELPER,
                "dan/data/x.csv": "1",
                "eve/hw.py": "import os\nassert not os.path.exists('../dan/data')\nopen('../dan/hw.py')",
                "tables/y.csv": "2",
                "tables/make.py": "open('y.csv')",
                "hw_gil.py": f"import nowhere\nimport os\nos._exit(1)\n{RIGHT}",
                "hw_hal.py": COPIES.replace("ada", "gil"),
                "hw_ida.py": f"from package.parts import x\nopen('lists/z.csv')\n{RIGHT}",
                "package/parts.py": "from .more import x",
                "package/more.py": HELPER,
                "lists/z.csv": "3",
                "lists/make.py": "1 / 0",
            }
        )
        done = grade("class", "--exercise", "double-backward", "--format", "json")
        reports = {
            Path(one["submission"]["path"]).relative_to("class").as_posix(): one for one in json.loads(done.stdout)
        }
        assert {path: report["score"] for path, report in reports.items()} == {
            "hw_ada.py": 4, "hw_bob.py": 0, "hw_cy.ipynb": 4, "dan/hw.py": 4, "eve/hw.py": 0, "tables/make.py": 0,
            "hw_gil.py": 0, "hw_hal.py": 0, "hw_ida.py": 4, "lists/make.py": 0,
        }  # fmt: skip
        errors = {path: [error["type"] for error in report["run"]["errors"]] for path, report in reports.items()}
        assert {path: types for path, types in errors.items() if types} == {
            "hw_bob.py": ["FileNotFoundError", "ModuleNotFoundError"],
            "eve/hw.py": ["FileNotFoundError"],
            "hw_gil.py": ["ModuleNotFoundError"],
            "hw_hal.py": ["FileNotFoundError", "ModuleNotFoundError"],
            "lists/make.py": ["ZeroDivisionError"],
        }
        apart = (
            "Not there when class/hw_bob.py runs, because it is a submission of its own: class/hw_ada.py. "
            "Where both are one student's, grade the file that names the other by itself."
        )
        assert apart in done.stderr
        assert reports["hw_bob.py"]["run"]["notices"][0] == apart

    def test_that_are_named_one_by_one(self, klass: Class, grade: Grade) -> None:
        klass.hand_in({"hw_ada.py": RIGHT, "hw_bob.py": COPIES, "hw_cy.py": USES_HELPER, "helper.py": HELPER})
        paths = [Path("class", name) for name in ("hw_bob.py", "hw_cy.py")]
        results = grade.results(paths)
        assert {path: result[0][2] for path, result in results.items()} == {str(paths[0]): 0, str(paths[1]): 4}
        # A single file is one student's, with all that lies beside it.
        done = grade(paths[0], "--exercise", "double-backward", "--format", "json")
        assert json.loads(done.stdout)["score"] == 4


class TestWhatIsSaid:
    def test_what_is_passed_over_is_said_once(self, klass: Class, grade: Grade) -> None:
        students = ("ada", "bob", "eve")
        klass.hand_in({f"{name}/{path}": each for name in students for path, each in HAND_INS["clone"][1].items()})
        said = klass.batch().stderr
        assert said.count("README.md") == 3
        assert said.count("Not graded: 3 documents (ada/README.md, bob/README.md and eve/README.md)") == 1
        said = grade("class/ada").stderr
        assert said.count("Not graded: 1 document (class/ada/README.md); 1 set-up file (") == 1
        assert grade("class/ada/homework.ipynb").stderr == ""

    def test_what_lies_above_a_single_file_is_named(self, klass: Class, grade: Grade) -> None:
        klass.hand_in(HAND_INS["data above"][1])
        said = grade("class/work/hw.py").stderr
        assert "Not there when the code runs, because it lies outside of the folder of the file" in said
        assert "../data/x.npy" in said
        assert grade("class").stderr == ""

    def test_more_files_than_the_assignment_takes_make_results_provisional(
        self, klass: Class, grade: Grade, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rule = WorkFiles(globs=("*.py", "README.md"), max_files=2)
        monkeypatch.setattr(CourseGraders, "work_files", lambda *_: rule)
        klass.hand_in({"a.py": RIGHT, "b.py": FORGOTTEN, "README.md": WORKED_EXAMPLE, "d.ipynb": "{}"})
        done = grade("class", "--exercise", "double-backward", "--format", "json")
        assert "Not graded, because at most 2 files of one hand-in are: class/README.md." in done.stderr
        assert "the assignment's files are *.py, README.md: 1 notebook (class/d.ipynb)." in done.stderr
        reports = json.loads(done.stdout)
        assert [(each["submission"]["path"], each["complete"]) for each in reports] == [
            ("class/a.py", False),
            ("class/b.py", False),
        ]
        assert "1 more file of this hand-in" in str(reports[0]["run"]["notices"])

    def test_a_module_that_answers_nothing_has_no_report_of_its_own(self, klass: Class, grade: Grade) -> None:
        klass.hand_in({"hw.py": f"import helper\n{RIGHT}", "helper.py": "import torch\nx = torch.ones(3)\n"})
        done = grade("class", "--exercise", "double-backward", "--format", "json")
        assert done.returncode == 0
        assert "class/helper.py" in done.stderr
        assert json.loads(done.stdout)["submission"]["path"] == "class/hw.py"

    def test_answers_that_nobody_gave_change_nothing_in_that(self, klass: Class, grade: Grade) -> None:
        klass.hand_in({"hw.py": f"import helper\n{RIGHT}", "helper.py": "import torch\nx = torch.ones(3)\n"})
        done = grade("class", "--exercise", "double-backward", "--exercise", "second-derivative", "--format", "json")
        assert "class/helper.py" in done.stderr
        report = json.loads(done.stdout)
        assert report["submission"]["path"] == "class/hw.py"
        assert [exercise["status"] for exercise in report["exercises"]] == ["graded", "not_attempted"]
        # Nothing waits for a person, so the report is final.
        assert (report["complete"], report["passed"], done.returncode) == (True, False, 1)
