"""What a path stands for: a file, a folder, a zip; which files of it are graded, and what is said of the others."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.handin import Handin, WorkFiles, inner_zips, notices_of, read_handin
from tests.classroom.intake.classes import make_folder, make_zip

DEFAULT = WorkFiles()
CODE = "import torch\nx = torch.ones(3)\n"
NOTEBOOK = '{"cells": [{"cell_type": "code", "source": "x = 1"}], "nbformat": 4}'


@pytest.fixture(params=["folder", "zip", "zip in a folder"])
def handed_in(request: pytest.FixtureRequest, tmp_path: Path):
    """A hand-in of these files, as a folder, as a zip, and as a folder with the zip in it."""

    def hand_in(content: Mapping[str, str | bytes], work: WorkFiles = DEFAULT) -> Handin:
        if request.param == "folder":
            return read_handin(str(make_folder(tmp_path, "hw", content)), work)
        zipped = make_zip(tmp_path, "hw", content)
        if request.param == "zip":
            return read_handin(str(zipped), work)
        (tmp_path / "ada").mkdir()
        zipped.rename(tmp_path / "ada" / "hw.zip")
        return read_handin(str(tmp_path / "ada"), work)

    return hand_in


def graded(handin: Handin) -> list[str]:
    return [file.name for file in handin.files]


def message(path: Path, work: WorkFiles = DEFAULT) -> str:
    with pytest.raises(SubmissionError) as caught:
        read_handin(str(path), work)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert "\n" not in text
    return text.removeprefix(f"{path}: ")


class TestAFile:
    def test_is_graded_whatever_its_name(self, tmp_path):
        make_folder(tmp_path, "hw", {"README.md": CODE, "test_a.py": CODE, "notes.text": CODE})
        for name in ("README.md", "test_a.py", "notes.text"):
            handin = read_handin(str(tmp_path / "hw" / name), WorkFiles(globs=("*.ipynb",)))
            assert (graded(handin), handin.remarks) == ([name], ())

    def test_that_is_missing_suggests_the_nearest(self, tmp_path):
        (tmp_path / "homework.ipynb").write_text(NOTEBOOK)
        assert message(tmp_path / "homewrok.ipynb") == f"no such file; did you mean {tmp_path / 'homework.ipynb'}?"

    @pytest.mark.parametrize("path", ["a\0b.py", "x" * 5000 + ".py"])
    def test_of_an_impossible_name_gets_a_message(self, path):
        with pytest.raises(SubmissionError):
            read_handin(path, DEFAULT)

    def test_has_what_lies_beside_it(self, tmp_path):
        root = make_folder(tmp_path, "hw", {"hw.py": CODE, "data/x.csv": "1", "other.py": "", ".env": "", "b.zip": ""})
        assert [file.name for file in read_handin(str(root / "hw.py"), DEFAULT).others] == [
            "b.zip",
            "data/x.csv",
            "other.py",
        ]

    def test_standard_input_has_nothing_beside_it(self):
        handin = read_handin("-", DEFAULT)
        assert (graded(handin), handin.others, handin.folder) == (["-"], (), None)


class TestWhichFilesAreGraded:
    def test_notebooks_scripts_and_notes(self, handed_in):
        names = ["a.md", "b.qmd", "c.Rmd", "d.markdown", "e.IPYNB", "sub/f.py", "data.csv", "plot.png"]
        assert graded(handed_in(dict.fromkeys(names, CODE))) == [
            "a.md",
            "b.qmd",
            "c.Rmd",
            "d.markdown",
            "e.IPYNB",
            "sub/f.py",
        ]

    def test_names_that_browsers_and_mail_programs_made(self, handed_in):
        names = ["a.ipynb.txt", "b.ipynb.json", "c.py.txt", "d (1).ipynb", "e.ipynb (2).txt", "f.py.1", "g.py_"]
        assert graded(handed_in(dict.fromkeys(names, NOTEBOOK))) == names

    def test_a_clone_of_a_repository(self, handed_in):
        handin = handed_in(
            {
                "README.md": CODE,
                "docs/Readme.de.md": CODE,
                "README.ipynb": NOTEBOOK,
                "setup.py": CODE,
                "tests/test_a.py": CODE,
                "test_b.py": CODE,
                "conftest.py": CODE,
                "autograder.py": CODE,
                "homework.ipynb": NOTEBOOK,
                "tools/__init__.py": "",
            }
        )
        assert graded(handin) == ["homework.ipynb"]
        (notice,) = notices_of(handin.remarks)
        kinds = ("1 autograder file (", "3 documents (", "2 set-up files (", "2 test files (")
        assert notice.startswith("Not graded: ")
        assert all(kind in notice for kind in kinds)
        assert notice.endswith("name the file itself, or list it in the assignment's `files`.")
        assert len(handin.others) >= 9

    @pytest.mark.parametrize(
        ("globs", "expected"),
        [
            (("*.ipynb",), ["a.ipynb", "work/b.ipynb"]),
            (("A.*",), ["a.ipynb"]),
            (("work/*",), ["work/b.ipynb", "work/c.py"]),
            (("**/*.py",), ["work/c.py"]),
            (("/*.ipynb",), ["a.ipynb"]),
            (("*.py", "README.md"), ["README.md", "work/c.py"]),
            (("tests/*.py",), ["tests/d.py"]),
            (("*.txt",), ["e.txt"]),
        ],
    )
    def test_the_assignment_says_it(self, tmp_path, globs, expected):
        names = ["a.ipynb", "work/b.ipynb", "work/c.py", "README.md", "tests/d.py", "e.txt"]
        root = make_folder(tmp_path, "hw", dict.fromkeys(names, CODE))
        assert graded(read_handin(str(root), WorkFiles(globs=globs))) == expected

    def test_what_the_assignment_leaves_out_is_said(self, handed_in):
        handin = handed_in({"a.ipynb": NOTEBOOK, "b.py": CODE}, WorkFiles(globs=("*.ipynb",)))
        assert graded(handin) == ["a.ipynb"]
        (notice,) = notices_of(handin.remarks)
        assert notice.startswith("Not graded, because the assignment's files are *.ipynb: 1 script (")

    def test_plain_text_counts_where_nothing_else_does(self, handed_in):
        assert graded(handed_in({"hw.txt": CODE, "data.csv": "1", "requirements.txt": "torch"})) == ["hw.txt"]

    def test_plain_text_beside_work_is_data_unless_it_is_a_notebook(self, handed_in):
        handin = handed_in(
            {"a.py": CODE, "hw.json": NOTEBOOK, "data.json": '{"cells": 3}', "b": NOTEBOOK, "c.txt": CODE}
        )
        assert graded(handin) == ["a.py", "b", "hw.json"]
        (notice,) = notices_of(handin.remarks)
        assert "1 plain text that reads like code (" in notice

    def test_a_readme_alone_is_graded_with_a_notice_but_not_that_of_a_clone(self, handed_in, tmp_path):
        handin = handed_in({"README.md": CODE})
        assert graded(handin) == ["README.md"]
        assert "because nothing else was handed in" in notices_of(handin.remarks)[0]
        clone = make_folder(tmp_path, "clone", {"README.md": CODE, ".git/config": ""})
        assert "no notebook (.ipynb), script (.py) or notes (.md, .qmd, .Rmd) in this folder." in message(clone)

    def test_a_readme_of_a_clone_in_a_zip(self, tmp_path):
        inner = make_zip(tmp_path, "hw", {"README.md": CODE, ".git/config": ""}).read_bytes()
        assert message(make_folder(tmp_path, "ada", {"hw.zip": inner})).startswith("no notebook (.ipynb)")

    def test_a_script_that_is_named_as_a_test_is_graded_if_it_is_the_only_one(self, handed_in):
        handin = handed_in({"test_grad.py": CODE, "plot.png": "x"})
        assert graded(handin) == ["test_grad.py"]
        assert "because nothing else was handed in" in notices_of(handin.remarks)[0]

    def test_a_file_alone_need_not_have_the_name_that_the_assignment_says(self, handed_in):
        handin = handed_in({"ada.ipynb": NOTEBOOK}, WorkFiles(globs=("hw2.ipynb",)))
        assert graded(handin) == ["ada.ipynb"]

    def test_a_table_is_no_answer(self, tmp_path):
        make_folder(tmp_path, "hw", {"numbers.txt": "1 2 3\n4 5 6\n", "hw.pdf": "x", "timestamp.txt": "2026-11-29"})
        assert message(tmp_path / "hw").startswith("no notebook (.ipynb), script (.py) or notes (.md")

    def test_an_empty_file_beside_work(self, handed_in):
        handin = handed_in({"a.py": CODE, "b.py": ""})
        assert graded(handin) == ["a.py"]
        assert "1 empty file (" in notices_of(handin.remarks)[0]

    def test_more_than_the_assignment_takes(self, handed_in):
        names = ["a.md", "b.py", "sub/c.ipynb", "d.ipynb"]
        handin = handed_in(dict.fromkeys(names, CODE), WorkFiles(max_files=2))
        assert graded(handin) == ["d.ipynb", "sub/c.ipynb"]
        assert [file.name for file in handin.over_limit] == ["a.md", "b.py"]
        assert notices_of(handin.remarks)[0].startswith("Not graded, because at most 2 files of one hand-in are: ")

    def test_other_formats_are_named(self, handed_in):
        handin = handed_in({"a.py": CODE, "a.pdf": "x", "a.html": "x", "b.rar": "x", "c.docx": "x", "d.png": "x"})
        (notice,) = notices_of(handin.remarks)
        assert all(kind in notice for kind in ("1 archive (", "1 HTML page (", "1 PDF (", "1 office document ("))

    def test_nothing_to_grade(self, tmp_path):
        (tmp_path / "data.csv").write_text("1")
        assert message(tmp_path) == "no notebook (.ipynb), script (.py) or notes (.md, .qmd, .Rmd) in this folder."
        (tmp_path / "a.py").write_text(CODE)
        assert message(tmp_path, WorkFiles(globs=("*.ipynb",))).startswith(
            "none of the assignment's files (*.ipynb) in this folder. Not graded, because"
        )


class TestAFolder:
    def test_stands_for_what_is_below_it(self, tmp_path, monkeypatch):
        names = ["b.ipynb", "a.py", "sub/c.ipynb", "sub/d.txt", ".hidden.py", ".git/e.py", "__pycache__/f.py"]
        names += [".ipynb_checkpoints/b.ipynb", "env/g.py", "env/pyvenv.cfg"]
        make_folder(tmp_path, "hw", dict.fromkeys(names, CODE))
        monkeypatch.chdir(tmp_path / "hw")
        assert [file.path for file in read_handin(".", DEFAULT).files] == ["a.py", "b.ipynb", "sub/c.ipynb"]
        assert [file.path for file in read_handin("./sub", DEFAULT).files] == ["sub/c.ipynb"]

    def test_links_are_left_out(self, tmp_path):
        (tmp_path / "solution.py").write_text("x = 1")
        root = make_folder(tmp_path, "class", {"real.py": CODE})
        (root / "within.py").symlink_to("real.py")
        (root / "out.py").symlink_to(tmp_path / "solution.py")
        (root / "nowhere.py").symlink_to("gone.py")
        handin = read_handin(str(root), DEFAULT)
        assert graded(handin) == ["real.py"]
        assert notices_of(handin.remarks)[0].startswith("Links that were not followed: ")

    def test_that_is_a_course_gives_no_solution_away(self, tmp_path):
        names = ["exercises/a.yaml", "rubrics/a.yaml", "solutions/a.py", "support/b.py", "hw.py"]
        root = make_folder(tmp_path, "course", dict.fromkeys(names, CODE))
        for path in (root, root / "hw.py"):
            handin = read_handin(str(path), DEFAULT)
            assert (graded(handin), handin.others) == (["hw.py"], ())


class TestAZip:
    def test_in_a_zip_is_named_and_not_opened(self, tmp_path):
        inner = make_zip(tmp_path, "inner", {"secret.py": CODE}).read_bytes()
        zipped = make_zip(tmp_path, "hw", {"hw.py": CODE, "more/inner.zip": inner})
        handin = read_handin(str(make_folder(tmp_path, "ada", {"hw.zip": zipped.read_bytes()})), DEFAULT)
        assert graded(handin) == ["hw.py"]
        assert notices_of(handin.remarks)[0].startswith("Not opened, because it is a zip in a zip: ")

    def test_whose_files_lie_beside_it_too_counts_once(self, tmp_path):
        zipped = make_zip(tmp_path, "hw", {"hw.py": CODE, "data.csv": "1"})
        handin = read_handin(str(make_folder(tmp_path, "ada", {"hw.zip": zipped.read_bytes(), "hw.py": CODE})), DEFAULT)
        assert graded(handin) == ["hw.py"]
        assert [file.name for file in handin.others] == ["data.csv", "hw.zip"]

    def test_with_another_file_of_a_name_gets_a_folder_of_its_own(self, tmp_path):
        zipped = make_zip(tmp_path, "hw", {"hw.py": CODE, "data.csv": "1"})
        handin = read_handin(str(make_folder(tmp_path, "ada", {"hw.zip": zipped.read_bytes(), "hw.py": "x"})), DEFAULT)
        assert graded(handin) == ["hw.py", "hw/hw.py"]
        assert [file.read() for file in handin.files] == [b"x", CODE.encode()]

    @pytest.mark.parametrize("content", [b"PK", b"no zip", b""])
    def test_that_is_damaged_costs_only_itself(self, tmp_path, content):
        root = make_folder(tmp_path, "ada", {"hw.zip": content, "hw.py": CODE})
        handin = read_handin(str(root), DEFAULT)
        assert graded(handin) == ["hw.py"]
        assert notices_of(handin.remarks)[0].startswith("Not opened (this zip is damaged, or cut short.")

    def test_that_explodes_is_not_opened(self, tmp_path, monkeypatch):
        monkeypatch.setattr(inner_zips, "MAX_UNPACKED", 1024**2)
        bomb = make_zip(tmp_path, "bomb", {"a.py": bytes(1024**2), "b.py": "x"})
        handin = read_handin(str(make_folder(tmp_path, "ada", {"b.zip": bomb.read_bytes(), "hw.py": CODE})), DEFAULT)
        assert graded(handin) == ["hw.py"]
        assert "more than 1 MiB when it is unpacked" in notices_of(handin.remarks)[0]

    def test_with_too_many_files_is_not_opened(self, tmp_path):
        many = make_zip(tmp_path, "many", {f"{number}.py": "" for number in range(2_001)})
        handin = read_handin(str(make_folder(tmp_path, "ada", {"b.zip": many.read_bytes(), "hw.py": CODE})), DEFAULT)
        assert "more than 2,000 files in it" in notices_of(handin.remarks)[0]

    def test_whose_names_lead_out_of_it(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "hw.zip", "w") as archive:
            for name in ("../evil.py", "/etc/x.py", "a\x1b.py", "hw.py"):
                archive.writestr(name, CODE)
        handin = read_handin(str(make_folder(tmp_path, "ada", {"hw.zip": (tmp_path / "hw.zip").read_bytes()})), DEFAULT)
        assert graded(handin) == ["hw.py"]
        assert [notice.partition(":")[0] for notice in notices_of(handin.remarks)] == [
            "Refused, because the name leads out of the archive",
            "Refused, because there are control characters in the name",
        ]
