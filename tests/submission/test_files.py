"""Paths: files that are missing, and what a folder stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.submission import find, load
from tests.helpers.submission_files import message, notebook


@pytest.mark.parametrize(("wanted", "near"), [("homewrok.ipynb", "homework.ipynb"), ("homework", "homework.ipynb")])
def test_a_missing_file_suggests_the_nearest(write, tmp_path, wanted, near):
    write("homework.ipynb", notebook())
    path = str(tmp_path / wanted)
    for raises in (load, lambda path: find([path])):
        with pytest.raises(SubmissionError) as caught:
            raises(path)
        assert str(caught.value) == f"{path}: no such file; did you mean {tmp_path / near}?"


def test_a_missing_folder_is_named(tmp_path):
    (tmp_path / "week1").mkdir()
    path = str(tmp_path / "week2" / "a" / "b.py")
    assert message(path) == f"{path}: there is no folder {tmp_path / 'week2'}; did you mean {tmp_path / 'week1'}?"


def test_a_folder_is_no_submission(tmp_path):
    assert "this is a folder" in message(str(tmp_path))


@pytest.mark.parametrize("path", ["a\0b.py", "x" * 5000 + ".py"])
def test_impossible_names_get_a_message(path):
    with pytest.raises(SubmissionError, match="cannot be read"):
        load(path)
    with pytest.raises(SubmissionError):
        find([path])


def test_a_folder_stands_for_what_is_below_it(tmp_path, monkeypatch):
    for name in ["b.ipynb", "a.py", "sub/c.ipynb", "sub/d.txt", ".hidden.py", ".git/e.py", "__pycache__/f.py"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    for name in [".ipynb_checkpoints/b.ipynb", "env/g.py", "env/pyvenv.cfg"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    assert find(["."]) == ("a.py", "b.ipynb", str(Path("sub", "c.ipynb")))
    assert find(["-", "sub", "a.py", "."]) == ("-", str(Path("sub", "c.ipynb")), "a.py", "b.ipynb")


def test_notes_in_a_folder_are_found_but_no_readme_and_no_plain_text(tmp_path):
    names = ["a.md", "b.qmd", "c.Rmd", "d.markdown", "README.md", "CHANGELOG.md", "requirements.txt", "readme.py"]
    for name in names:
        (tmp_path / name).touch()
    found = [Path(path).name for path in find([str(tmp_path)])]
    assert found == ["a.md", "b.qmd", "c.Rmd", "d.markdown", "readme.py"]


def test_links_out_of_the_folder_are_left_out(tmp_path):
    (tmp_path / "solution.py").write_text("x = 1")
    handed_in = tmp_path / "class"
    handed_in.mkdir()
    (handed_in / "real.py").touch()
    (handed_in / "within.py").symlink_to("real.py")
    (handed_in / "out.py").symlink_to(tmp_path / "solution.py")
    (handed_in / "nowhere.py").symlink_to("gone.py")
    assert find([str(handed_in)]) == (str(handed_in / "real.py"), str(handed_in / "within.py"))


def test_a_folder_without_submissions_is_an_error(tmp_path):
    (tmp_path / "a.txt").touch()
    with pytest.raises(SubmissionError) as caught:
        find([str(tmp_path)])
    assert (
        str(caught.value)
        == f"{tmp_path}: no notebook (.ipynb), script (.py) or notes (.md, .qmd, .Rmd) in this folder."
    )


def test_nothing_is_nothing():
    assert find([]) == ()
