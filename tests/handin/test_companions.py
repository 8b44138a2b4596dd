"""What lies where a file runs: everything that was handed in with it; where that is too much, what its code names."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.handin import CompanionFinder, WorkFiles, beside, companions, load_file, notices_of, read_handin, reading
from grader.model import ChangedNames, Job, Outcome, Probes, Submission
from grader.sandbox.sandbox import Sandbox
from tests.classroom.intake.classes import make_folder, make_zip
from tests.helpers.observing import events

Files = Mapping[str, str | bytes]


def loaded(path: Path, name: str = "") -> Submission:
    """A file of a hand-in, or the file at the path, with its companions."""
    handin = read_handin(str(path), WorkFiles())
    (file,) = (file for file in handin.files if not name or file.name == name)
    return load_file(file, CompanionFinder(handin)).submission


def names(submission: Submission) -> set[str]:
    return {name for name, _ in submission.companions}


@pytest.fixture
def much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every folder has too much in it."""
    monkeypatch.setattr(reading, "MAX_FILES", 0)
    monkeypatch.setattr(companions, "MAX_FILES", 20)


class TestAll:
    def test_other_files_are_there(self, tmp_path: Path) -> None:
        content = {"homework.py": "x = 1", "data/x.csv": "1", "helper.py": "", ".env": "secret"}
        root = make_folder(tmp_path, "hw", content)
        for path, name in ((root, "homework.py"), (root / "homework.py", ""), (make_zip(tmp_path, "hw", content), "")):
            assert names(loaded(path, name)) == {"data/x.csv", "helper.py"}

    def test_other_notebooks_and_notes_are_there_where_the_code_names_them(self, tmp_path: Path) -> None:
        """In a folder with the work of several students, the others' answers are no data."""
        other = {"ada.ipynb": "{}", "grace.ipynb": "{}", "notes.md": "Words.", "helper.py": ""}
        content = {"homework.py": 'open("notes.md")', **other}
        root = make_folder(tmp_path, "hw", content)
        for path, name in ((root, "homework.py"), (root / "homework.py", "")):
            assert names(loaded(path, name)) == {"helper.py", "notes.md"}

    def test_a_file_in_a_folder_runs_there_and_finds_what_lies_above(self, tmp_path: Path) -> None:
        root = make_folder(tmp_path, "hw", {"work/homework.py": "x = 1", "work/a.csv": "1", "data/x.csv": "1"})
        submission = loaded(root)
        assert (submission.folder, names(submission)) == ("work", {"work/a.csv", "data/x.csv"})

    def test_a_file_in_a_folder_runs_at_the_root_if_everything_lies_in_the_folder(self, tmp_path: Path) -> None:
        root = make_folder(tmp_path, "hw", {"work/homework.py": "x = 1", "work/data/a.csv": "1"})
        submission = loaded(root)
        assert (submission.folder, names(submission)) == ("", {"data/a.csv"})

    def test_what_the_grader_wrote_is_not(self, tmp_path: Path) -> None:
        report = json.dumps({"schema": "grader.result/1"})
        root = make_folder(tmp_path, "hw", {"homework.py": "x = 1", "a.json": report, "b.json": f"[{report}]"})
        make_folder(tmp_path, "other", {})
        (root / "class.jsonl").write_text('{"schema": "grader.student/1"}\n')
        (root / "gradebook.sqlite").write_bytes(b"")
        with sqlite3.connect(root / "other.sqlite") as database:
            database.execute("CREATE TABLE alembic_version (a TEXT)")
        database.close()
        assert names(loaded(root / "homework.py")) == set()

    def test_links_are_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "solution.py").write_text("answer = 42\n")
        root = make_folder(
            tmp_path, "ada", {"homework.py": "import helper, inside\nopen('all/solution.py')", "a.py": ""}
        )
        (root / "helper.py").symlink_to(tmp_path / "solution.py")
        (root / "all").symlink_to(tmp_path)
        assert names(loaded(root / "homework.py")) == {"a.py"}


class TestTooMuch:
    """Only what the code names is there, in a folder that may be a home."""

    @pytest.mark.parametrize(
        "code",
        [
            "import helper",
            "import helper as h, torch",
            "from helper import f",
            "from helper.part import f",
            "def f():\n    import helper",
            "try:\n    import helper\nexcept ImportError:\n    pass",
            "%run helper.py",
            "open('./helper.py')",
        ],
    )
    def test_a_module_that_is_imported(self, tmp_path: Path, much: None, code: str) -> None:
        root = make_folder(tmp_path, "hw", {"homework.py": f"# %%\n{code}", "helper.py": "x = 1", "other.py": "secret"})
        assert names(loaded(root / "homework.py")) == {"helper.py"}

    def test_what_modules_import_and_circles_end(self, tmp_path: Path, much: None) -> None:
        content = {
            "homework.py": "import a",
            "a.py": "import b",
            "b.py": "import a, c",
            "c.py": "import d (",
            "d.py": "",
        }
        assert names(loaded(make_folder(tmp_path, "hw", content) / "homework.py")) == {"a.py", "b.py", "c.py"}

    def test_of_a_package_the_python_files(self, tmp_path: Path, much: None) -> None:
        content = {"homework.py": "import tools.x", "tools/__init__.py": "", "tools/x.py": "", "tools/data.bin": b"0"}
        found = names(loaded(make_folder(tmp_path, "hw", content) / "homework.py"))
        assert found == {"tools/__init__.py", "tools/x.py"}

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("open('data/x.csv')", {"data/x.csv"}),
            ("open('data' + '/x.csv')", {"data/x.csv", "data/y.csv", "data/z.npy"}),
            ("Path('data') / 'x.csv'", {"data/x.csv", "data/y.csv", "data/z.npy"}),
            ("open(f'data/{name}.csv')", {"data/x.csv", "data/y.csv"}),
            ("glob('data/*.npy')", {"data/z.npy"}),
            ("open('.')", set()),
            ("open('../secret.csv')", set()),
            ("open('/etc/passwd')", set()),
            ("open('*')", set()),
        ],
    )
    def test_paths_in_strings(self, tmp_path: Path, much: None, code: str, expected: set[str]) -> None:
        content = {"homework.py": code, "data/x.csv": "1", "data/y.csv": "2", "data/z.npy": "3", "secrets.txt": "4"}
        (tmp_path / "secret.csv").touch()
        assert names(loaded(make_folder(tmp_path, "hw", content) / "homework.py")) == expected

    def test_no_solution_of_a_course(self, tmp_path: Path, much: None) -> None:
        content = {"homework.py": "open('solutions/a.py'), open('own/a.py')", "own/a.py": "", "solutions/a.py": "42"}
        root = make_folder(tmp_path, "hw", content | {"exercises/a.yaml": "", "rubrics/a.yaml": ""})
        assert names(loaded(root / "homework.py")) == {"own/a.py"}

    def test_no_link_leads_out(self, tmp_path: Path, much: None) -> None:
        (tmp_path / "solution.py").write_text("answer = 42\n")
        root = make_folder(tmp_path, "ada", {"homework.py": "import helper, e\nopen('all/solution.py'), open('all/*')"})
        (root / "helper.py").symlink_to(tmp_path / "solution.py")
        (root / "all").symlink_to(tmp_path)
        (root / "e.py").symlink_to("e.py")
        assert names(loaded(root / "homework.py")) == set()

    @pytest.mark.parametrize("made", [make_folder, make_zip])
    def test_of_a_large_hand_in_what_the_code_names_comes_first(self, tmp_path: Path, monkeypatch, made) -> None:
        monkeypatch.setattr(companions, "MAX_BYTES", 100)
        content = {"work/homework.py": "import tools; open('../data/large.csv')", "work/tools.py": "#" * 20}
        content |= {"data/large.csv": "1" * 70, "a.txt": "2" * 9, "b.txt": "3" * 40}
        assert names(loaded(made(tmp_path, "hw", content), "work/homework.py")) == {
            "work/tools.py",
            "data/large.csv",
            "a.txt",
        }

    def test_what_is_too_large_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(companions, "MAX_BYTES", 100)
        root = make_folder(
            tmp_path, "hw", {"homework.py": "open('large.csv')", "large.csv": "1" * 101, "video": "2" * 102}
        )
        handin = read_handin(str(root), WorkFiles())
        found = load_file(handin.files[0], CompanionFinder(handin))
        assert found.submission.companions == ()
        (notice,) = notices_of(found.remarks)
        assert notice.startswith("Not there when the code runs, because at most ")
        assert notice.endswith("large.csv.")

    def test_what_is_too_large_beside_a_single_file_is_said(self, tmp_path: Path, much: None, monkeypatch) -> None:
        monkeypatch.setattr(companions, "MAX_BYTES", 100)
        root = make_folder(tmp_path, "hw", {"homework.py": "open('large.csv')", "large.csv": "1" * 101, "v": "2" * 102})
        handin = read_handin(str(root / "homework.py"), WorkFiles())
        (notice,) = notices_of(load_file(handin.files[0], CompanionFinder(handin)).remarks)
        assert notice.endswith("large.csv.")

    def test_of_very_many_files_the_small_ones_are_considered(self, tmp_path: Path, monkeypatch) -> None:
        monkeypatch.setattr(companions, "MAX_FILES", 2)
        monkeypatch.setattr(companions, "MAX_LISTED", 3)
        content = {"homework.py": "open('d.csv')", **{f"{name}.csv": name for name in "abcd"}}
        assert names(loaded(make_folder(tmp_path, "hw", content))) == {"a.csv", "b.csv"}

    def test_a_folder_of_too_many_entries_is_not_walked_through(self, tmp_path: Path, monkeypatch) -> None:
        monkeypatch.setattr(beside, "MAX_ENTRIES", 5)
        root = make_folder(tmp_path, "home", {"homework.py": "x = 1", **{f"{n}/": "" for n in range(6)}, "a.py": ""})
        assert not read_handin(str(root / "homework.py"), WorkFiles()).is_whole
        assert names(loaded(root / "homework.py")) == set()


def test_they_are_there_when_the_file_runs(sandbox: Sandbox, tmp_path: Path) -> None:
    content = {
        "work/homework.py": "from helper import f\nx = f() + int(open('../data/x.txt').read())\n",
        "work/helper.py": "def f():\n    return 7\n",
        "data/x.txt": "1",
    }
    handed_in = loaded(make_folder(tmp_path, "hw", content), "work/homework.py")
    job = Job(
        cells=handed_in.cells,
        format="py",
        file_name="homework.py",
        seed=0,
        probes=Probes(names=("x",)),
        files=handed_in.companions,
        folder=handed_in.folder,
    )
    observation = sandbox.run(job).observation
    assert observation.outcome is Outcome.COMPLETED
    assert "x" in events(observation, ChangedNames)[-1].changed
