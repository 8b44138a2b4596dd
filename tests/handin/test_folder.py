"""Folders of the file system: links, pipes, unreadable files."""

from __future__ import annotations

import errno
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.classroom.intake import read_class
from grader.cli.hand_ins import read_hand_ins
from grader.errors import SubmissionError
from grader.handin import WorkFiles, folder, read_handin
from grader.handin.file_tree import UNREADABLE
from grader.handin.sorted_files import why_no_work
from tests.classroom.intake.classes import by_name, make_folder, message


@pytest.fixture
def forbid(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Makes listing a folder fail. A file mode would not do, since it does not stop a superuser."""
    forbidden: set[str] = set()

    def fake(list_it):
        def listed(path):
            if str(path) in forbidden:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
            return list_it(path)

        return listed

    monkeypatch.setattr(os, "scandir", fake(os.scandir))
    monkeypatch.setattr(os, "listdir", fake(os.listdir))
    return lambda path: forbidden.add(str(path))


class TestFolders:
    def test_links_are_not_followed(self, tmp_path):
        (tmp_path / "solution.py").write_text("secret")
        root = make_folder(tmp_path, "hw1", {"ada/hw.py": "x"})
        (root / "bob.py").symlink_to(root / "ada" / "hw.py")
        (root / "eve.py").symlink_to(tmp_path / "solution.py")
        (root / "all").symlink_to(tmp_path)
        (root / "round.py").symlink_to(root / "round.py")
        intake = read_class(root)
        assert {name: handin.files[0].read() for name, handin in by_name(intake).items()} == {"ada": b"x"}
        assert intake.notices == ("Links that were not followed: all, bob.py, eve.py and round.py.",)

    def test_the_folder_may_be_a_link_and_the_current_one(self, tmp_path, monkeypatch):
        root = make_folder(tmp_path, "hw1", {"ada.py": ""})
        (tmp_path / "link").symlink_to(root)
        monkeypatch.chdir(root)
        assert read_class(Path("../link")).handins == read_class(Path()).handins
        assert read_class(Path()).name == "hw1"

    def test_pipes_are_skipped(self, tmp_path):
        os.mkfifo(tmp_path / "ada.py")
        (tmp_path / "bob.py").touch()
        intake = read_class(tmp_path)
        assert list(by_name(intake)) == ["bob"]
        assert intake.notices == ("Skipped, because they cannot be read: ada.py.",)

    def test_a_file_that_was_deleted_before_it_is_read(self, tmp_path):
        root = make_folder(tmp_path, "hw1", {"ada.py": ""})
        (handin,) = read_class(root).handins
        (root / "ada.py").unlink()
        with pytest.raises(SubmissionError, match=r"^ada\.py: the file cannot be read: No such file or directory\.$"):
            handin.files[0].read()

    def test_a_file_whose_name_looks_the_same_as_another_is_skipped_with_a_notice(self, tmp_path):
        root = make_folder(tmp_path, "hw1", {unicodedata.normalize(form, "José.py"): "" for form in ("NFC", "NFD")})
        assert "another file's name looks the same: José.py." in read_class(root).notices[0]

    def test_too_many_files_are_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr(folder, "MAX_FILES", 2)
        root = make_folder(tmp_path, "hw1", {f"{n}.py": "" for n in range(3)})
        assert "more than 2 files. Is this the folder that was meant?" in message(root)

    def test_a_folder_without_permission_is_skipped_or_refused(self, tmp_path, forbid: Callable[[Path], None]):
        root = make_folder(tmp_path, "hw1", {"ada/hw.py": "", "bob.py": ""})
        forbid(root / "ada")
        intake = read_class(root)
        assert by_name(intake)["ada"].files == ()
        assert intake.notices == ("Skipped, because they cannot be read: ada.",)
        names = [other.name for other in by_name(intake)["ada"].others]
        assert why_no_work(names) == "a folder in it cannot be read: permission is denied"
        handin = read_handin(str(root), WorkFiles())
        assert [other.path for other in handin.others] == [f"{root}/ada/{UNREADABLE}"]
        with pytest.raises(SubmissionError) as caught:
            handin.others[0].read()
        assert str(caught.value).startswith(f"{root}/ada/{UNREADABLE}: the file cannot be read: ")
        (root / "bob.py").write_text("x = 1")
        read = read_hand_ins([str(root)], lambda *_: WorkFiles())
        assert list(read.loaded) == [f"{root}/bob.py"]
        assert read.broken == {f"{root}/ada": f"{root}/ada: the folder cannot be read: permission is denied."}
        assert read.exit_code == 1
        forbid(root)
        assert message(root) == f"{root}: the folder cannot be read: Permission denied."
