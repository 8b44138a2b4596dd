"""Files that no student wrote are skipped."""

from __future__ import annotations

import pytest

from tests.classroom.intake.classes import by_name, names


class TestSkippedFiles:
    def test_are_listed_in_one_notice(self, read):
        intake = read(
            {
                "ada/hw.py": "",
                "ada/.ipynb_checkpoints/hw-checkpoint.ipynb": "",
                "ada/venv/pyvenv.cfg": "",
                "ada/venv/lib/x.py": "",
                "ada/.git/config": "",
                "ada/.hidden.py": "",
                "ada/site-packages/x.py": "",
            }
        )
        (ada,) = intake.handins
        assert (names(ada.files), ada.others) == (["hw.py"], ())
        assert intake.notices == (
            "Skipped, not a student's work: 1 checkpoint folder (ada/.ipynb_checkpoints); "
            "1 hidden file (ada/.hidden.py); 1 hidden folder (ada/.git); 1 package folder (ada/site-packages); "
            "1 virtual environment (ada/venv).",
        )

    @pytest.mark.parametrize(
        "path",
        ["__MACOSX/._hw.py", "ada/.DS_Store", "ada/Thumbs.db", "desktop.ini", "ada/__pycache__/x.pyc", "ada/._hw.py"],
    )
    def test_files_of_operating_systems_are_skipped_silently(self, read, path):
        intake = read({"ada/hw.py": "", "bob.py": "", path: ""})
        assert (list(by_name(intake)), intake.notices) == (["ada", "bob"], ())

    def test_a_class_folder_that_is_a_virtual_environment_is_still_read(self, read):
        assert "ada" in by_name(read({"pyvenv.cfg": "", "ada/hw.py": ""}))

    def test_neither_is_a_folder_that_wraps_the_class(self, read):
        content = {"class/pyvenv.cfg": "", "class/ada.py": "", "class/lib/hw.py": "", ".DS_Store": ""}
        assert list(by_name(read(content))) == ["ada", "lib"]

    def test_neither_is_a_folder_that_wraps_all_of_a_student(self, read):
        intake = read(
            {"ada/work/pyvenv.cfg": "", "ada/work/hw.py": "", "bob.py": "", "venv/pyvenv.cfg": "", "venv/x.csv": ""}
        )
        assert list(by_name(intake)) == ["ada", "bob"]

    def test_an_environment_in_the_folder_of_the_homework_leaves_the_homework(self, read):
        environment = ["pyvenv.cfg", "bin/activate_this.py", "lib/python3.12/site-packages/x.py", "lib/y.py"]
        made = {f"{folder}{path}": "" for folder in ("ada/", "") for path in environment}
        intake = read(
            {**made, "ada/hw.py": "", "ada/data/x.csv": "1", "bob/hw.py": "", "env/pyvenv.cfg": "", "env/z.csv": ""}
        )
        assert list(by_name(intake)) == ["ada", "bob"]
        assert [names(handin.files) for handin in intake.handins] == [["hw.py"], ["hw.py"]]
        assert names(intake.handins[0].others) == ["data/x.csv"]

    def test_a_notice_names_only_the_first_few(self, read):
        (notice,) = read({"ada/hw.py": "", **{f"ada/.{'x' * 200}{n}.py": "" for n in range(20)}}).notices
        assert "20 hidden files (ada/.xxx" in notice
        assert notice.endswith("x… and 12 more).")
        assert len(notice) < 1200
