"""From a folder or a platform's zip to what each student handed in. Zips made to do harm: test_intake_archives.py."""

from __future__ import annotations

import errno
import os
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from grader.classroom.intake import HandedFile, Handin, Intake, folder, read_class
from grader.errors import SubmissionError
from grader.model import Student
from grader.submission.size_limits import MAX_BYTES

METADATA = """\
---
submission_98765:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0815'
    :email: ada@example.edu
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-03-01 10:00:00.000000000 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: America/Los_Angeles
  :score: 4.0
submission_98766:
  :submitters:
  - !ruby/hash:ActiveSupport::HashWithIndifferentAccess
    :name: 王小明
    :sid:
    :email: wang@example.edu
  - :name: Bob
    :sid: "17"
    :email: bob@example.edu
"""

Files = Mapping[str, str | bytes]


@pytest.fixture(params=["folder", "zip"])
def read(request: pytest.FixtureRequest, tmp_path: Path):
    """Reads a class of the given files, as a folder and as a zip of the same; a path with ``/`` at its end is an empty
    folder."""
    make = {"folder": make_folder, "zip": make_zip}[request.param]
    with ExitStack() as stack:
        yield lambda content, name="hw1": stack.enter_context(read_class(make(tmp_path, name, content)))


def make_folder(parent: Path, name: str, content: Files) -> Path:
    root = parent / name
    root.mkdir()
    for path, text in content.items():
        place = root / path
        if path.endswith("/"):
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def make_zip(parent: Path, name: str, content: Files) -> Path:
    path = parent / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in content.items():
            archive.writestr(member, text)
    return path


def names(found: tuple[HandedFile, ...]) -> list[str]:
    return [file.name for file in found]


def by_name(intake: Intake) -> dict[str, Handin]:
    """Handins by the names of their students."""
    return {" & ".join(student.name for student in handin.students): handin for handin in intake.handins}


def message(path: Path) -> str:
    with pytest.raises(SubmissionError) as caught:
        read_class(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


class TestPlain:
    def test_each_file_and_each_folder_is_a_student(self, read):
        intake = read({"bob.py": "x = 1", "ada/homework.ipynb": "{}", "ada/data/points.csv": "1,2"})
        ada, bob = intake.handins
        assert (intake.name, intake.platform, intake.notices) == ("hw1", "plain", ())
        assert ada.students == (Student(key="ada", name="ada"),)
        assert (ada.path, names(ada.files), names(ada.others)) == ("ada", ["homework.ipynb"], ["data/points.csv"])
        assert (bob.path, names(bob.files), bob.late) == ("bob.py", ["bob.py"], False)
        assert bob.files[0].read() == b"x = 1"

    def test_a_submitted_folder_of_nbgrader_is_read_so_too(self, read):
        intake = read({f"submitted/{student}/ps1/ps1.ipynb": "{}" for student in ("ada", "bob")}, name="submitted")
        assert [(handin.path, names(handin.files)) for handin in intake.handins] == [
            ("submitted/ada", ["ps1/ps1.ipynb"]),
            ("submitted/bob", ["ps1/ps1.ipynb"]),
        ]

    @pytest.mark.parametrize("path", ["ada.pdf", "ada/notes.docx", "ada/", "ada/.ipynb_checkpoints/x-checkpoint.ipynb"])
    def test_a_student_without_anything_to_grade_is_not_lost(self, read, path):
        intake = read({path: "", "bob.py": ""})
        assert list(by_name(intake)) == ["ada", "bob"]
        assert by_name(intake)["ada"].files == ()

    def test_several_files_of_a_student_are_one_handin_and_a_notice(self, read):
        intake = read({"ada/b.py": "", "ada/a.ipynb": "", "ada/notes.md": "", "bob.py": ""})
        assert names(by_name(intake)["ada"].files) == ["a.ipynb", "b.py", "notes.md"]
        assert intake.notices == ("Several files that can be graded came from ada (3).",)

    def test_one_name_is_one_student_whatever_its_suffix_and_case(self, read):
        intake = read({"ada.ipynb": "", "ada.py": "", "ADA/homework.py": "", "bob.py": ""})
        ada, _ = intake.handins
        assert names(ada.files) == ["ada.ipynb", "ada.py", "homework.py"]
        assert intake.notices[0] == "Read as work of one student: ADA/, ada.ipynb and ada.py."

    def test_students_come_in_the_order_of_their_names_whatever_the_case(self, read):
        assert list(by_name(read({"Zoe.py": "", "ada.py": "", "Bob.py": ""}))) == ["ada", "Bob", "Zoe"]

    @pytest.mark.parametrize("name", ["README.md", "readme.txt", "LICENSE"])
    def test_a_readme_at_the_top_is_nobody_and_said_so(self, read, name):
        intake = read({name: "", "ada/README.md": "mine", "bob.py": ""})
        assert list(by_name(intake)) == ["ada", "bob"]
        assert f"Skipped, not a student's work: {name}." in intake.notices

    def test_nested_archives_are_not_opened(self, read):
        (ada,) = read({"ada/all.zip": "PK"}).handins
        assert (ada.files, names(ada.others)) == ((), ["all.zip"])


class TestWrappingFolder:
    def test_a_folder_around_everybody_is_stepped_into(self, read):
        intake = read({"hw1/ada.py": "", "hw1/bob/x.py": ""})
        assert list(by_name(intake)) == ["ada", "bob"]
        assert intake.notices == ()

    def test_one_of_another_name_is_said(self, read):
        intake = read({"repository-main/ada.py": "", "repository-main/bob.py": ""})
        assert list(by_name(intake)) == ["ada", "bob"]
        assert intake.notices == (
            "Everything lies in repository-main, so every file and folder in it was read as a student's.",
        )

    def test_the_only_students_folder_is_none(self, read):
        intake = read({"ada/homework.py": "", "ada/points.csv": ""})
        assert [(name, names(handin.files)) for name, handin in by_name(intake).items()] == [("ada", ["homework.py"])]

    def test_its_name_tells_where_one_student_is_in_it(self, read):
        assert list(by_name(read({"hw1/ada/ps1/x.py": ""}, name="hw1 (1)"))) == ["ada"]

    def test_a_platforms_export_is_found_in_it(self, read):
        intake = read({"hw1/submissions/lovelaceada_1_22_x.py": "", "__MACOSX/hw1/._submissions": ""})
        assert (intake.platform, list(by_name(intake))) == ("canvas", ["lovelaceada"])


class TestGradescope:
    def test_names_ids_and_addresses_come_from_the_metadata(self, read):
        content = {
            "submission_metadata.yml": METADATA,
            "submission_98765/homework.ipynb": "{}",
            "submission_98765/data/points.csv": "",
            "submission_98766/homework.py": "",
        }
        intake = read({f"assignment_1234_export/{path}": text for path, text in content.items()})
        ada, group = intake.handins
        assert (intake.platform, intake.notices) == ("gradescope", ())
        assert ada.students == (Student(key="0815", name="Ada Lovelace", id="0815", email="ada@example.edu"),)
        assert ada.path == "assignment_1234_export/submission_98765"
        assert (names(ada.files), names(ada.others)) == (["homework.ipynb"], ["data/points.csv"])
        assert group.students == (
            Student(key="wang@example.edu", name="王小明", email="wang@example.edu"),
            Student(key="17", name="Bob", id="17", email="bob@example.edu"),
        )

    def test_a_pdf_is_named_as_a_folder_would_be(self, read):
        (ada,) = read({"submission_metadata.yml": METADATA.partition("submission_98766")[0].replace(
            "submission_98765", "98765.pdf"), "98765.pdf": "%PDF"}).handins  # fmt: skip
        assert (ada.students[0].name, ada.files, names(ada.others)) == ("Ada Lovelace", (), ["98765.pdf"])

    def test_a_submission_without_files_is_not_lost(self, read):
        intake = read({"submission_metadata.yml": METADATA, "submission_98766/homework.py": ""})
        assert by_name(intake)["Ada Lovelace"].files == ()
        assert intake.notices == ("Named in submission_metadata.yml, and without any file: submission_98765.",)

    def test_what_the_metadata_do_not_name_is_graded_under_its_own_name(self, read):
        intake = read({"submission_metadata.yml": "submission_1:\n  :submitters:\n  - :name: Ada\n    :email: a@b.c\n"
                       "submission_2:\n  :submitters: []\n", "submission_1/x.py": "", "submission_2/x.py": "",
                       "extra.py": "", "scores.csv": ""})  # fmt: skip
        assert list(by_name(intake)) == ["Ada", "extra", "submission_2"]
        assert intake.notices == (
            "Not named in submission_metadata.yml, and graded as students of these names: submission_2.",
            "Not named as Gradescope does, and graded as students of these names: extra.py.",
            "Not named as Gradescope does, and skipped: scores.csv.",
        )

    def test_nobody_is_in_two_handins(self, read):
        ada, bob = "  - :name: Ada\n    :sid: '1'\n", "  - :name: Bob\n    :sid: '2'\n"
        metadata = f"submission_9:\n  :submitters:\n{ada}{bob}submission_10:\n  :submitters:\n{ada}"
        intake = read({"submission_metadata.yml": metadata, "submission_9/x.py": "", "submission_10/x.py": ""})
        assert {name: handin.path for name, handin in by_name(intake).items()} == {
            "Ada": "submission_10",
            "Bob": "submission_9",
        }
        assert intake.notices == ("Not graded for students who are in a later submission as well: submission_9 (Ada).",)

    def test_an_id_that_many_have_tells_nobody_apart(self, read):
        people = "".join(
            f"submission_{number}:\n  :submitters:\n  - :name: {name}\n    :sid: N/A\n    :email: {email}\n"
            for number, name, email in ((1, "Ada", "ada@b.c"), (2, "Bob", "bob@b.c"), (3, "Eve", ""))
        )
        intake = read({"submission_metadata.yml": people, **{f"submission_{n}/x.py": "" for n in (1, 2, 3)}})
        assert [handin.students[0].key for handin in intake.handins] == ["ada@b.c", "bob@b.c", "submission_3"]

    def test_people_of_a_group_who_have_only_names_are_told_apart(self, read):
        metadata = "submission_1:\n  :submitters:\n  - :name: Ada\n  - :name: Bob\n"
        (group,) = read({"submission_metadata.yml": metadata, "submission_1/x.py": ""}).handins
        assert len({student.key for student in group.students}) == 2

    @pytest.mark.parametrize(
        ("metadata", "why"),
        [
            ("submission_1: [", "is damaged"),
            ("\x00\xff", "is damaged"),
            ("", "names no submissions"),
            ("- submission_1", "names no submissions"),
            ("a: " + "[" * 60 + "]" * 60, "is nested more than 50 levels deep"),
            (b" " * (MAX_BYTES + 1), "is larger than 32 MiB"),
        ],
        ids=["broken", "binary", "empty", "list", "nested", "large"],
    )
    def test_without_usable_metadata_the_folders_names_stand_for_the_students(self, tmp_path, metadata, why):
        with read_class(make_folder(tmp_path, "hw1", {"submission_metadata.yml": metadata, "ada/x.py": ""})) as intake:
            assert (intake.platform, list(by_name(intake))) == ("gradescope", ["ada"])
            assert intake.notices == (
                f"submission_metadata.yml {why}; the names of the folders stand for the students.",
            )

    @pytest.mark.parametrize(
        "submitters",
        [
            "nobody",
            "{:name: Ada}",
            "\n  - Ada",
            "\n  - :name: [a, b]\n    :sid: {a: 1}",
            "\n  - *a\n  - ~",
            "!!python/none x",
        ],
    )
    def test_metadata_of_another_form_do_no_harm(self, read, submitters):
        text = f"&a submission_1:\n  :submitters: {submitters}\n"
        intake = read({"submission_metadata.yml": text, "submission_1/x.py": ""})
        assert list(by_name(intake)) == ["submission_1"]

    def test_metadata_that_would_exhaust_a_parser_are_damaged(self, read):
        intake = read({"submission_metadata.yml": "a: " + "[" * 1_000_000, "ada/x.py": ""})
        assert list(by_name(intake)) == ["ada"]

    def test_aliases_that_stand_for_aliases_take_no_time(self, read):
        laughs = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 40))
        assert list(by_name(read({"submission_metadata.yml": laughs, "ada/x.py": ""}))) == ["ada"]


class TestCanvas:
    def test_one_user_is_one_student_with_all_files(self, read):
        intake = read({
            "lovelaceada_12345_67890_homework.ipynb": "{}",
            "lovelaceada_12345_67891_my_points_2_3_x.csv": "",
            "babbagecharles_LATE_12346_67892_homework.py": "",
        })  # fmt: skip
        charles, ada = intake.handins
        assert (intake.platform, intake.notices) == ("canvas", ())
        assert ada.students == (Student(key="12345", name="lovelaceada", id="12345"),)
        assert (names(ada.files), names(ada.others)) == (["homework.ipynb"], ["my_points_2_3_x.csv"])
        assert (ada.path, ada.late) == ("lovelaceada_12345_67890_homework.ipynb", False)
        assert (charles.students[0].name, names(charles.files), charles.late) == (
            "babbagecharles",
            ["homework.py"],
            True,
        )

    def test_two_students_of_one_name_are_two(self, read):
        intake = read({"kimminji_11_100_x.py": "", "kimminji_12_101_x.py": ""})
        assert [handin.students[0].key for handin in intake.handins] == ["11", "12"]

    def test_the_number_of_a_second_upload_is_taken_off_where_others_have_the_name_without_it(self, read):
        intake = read({
            "ada_1_100_points.csv": "", "ada_1_101_hw.ipynb": "",
            "bob_2_102_points-1.csv": "", "bob_2_103_hw-12.ipynb": "",
            "eve_3_104_lab-1.ipynb": "", "eve_3_105_points.csv": "", "eve_3_106_points-2.csv": "",
        })  # fmt: skip
        _, bob, eve = intake.handins
        assert (names(bob.files), names(bob.others)) == (["hw.ipynb"], ["points.csv"])
        assert (names(eve.files), names(eve.others)) == (["lab-1.ipynb"], ["points-2.csv", "points.csv"])

    def test_anonymous_students_have_letters_for_an_id(self, read):
        intake = read({"anon_Xy3z9_100_x.py": "", "LATE_anon_B7uQ1_101_x.py": ""})
        assert [(handin.students[0], handin.late) for handin in intake.handins] == [
            (Student(key="B7uQ1", name="anon_B7uQ1", id="B7uQ1"), True),
            (Student(key="Xy3z9", name="anon_Xy3z9", id="Xy3z9"), False),
        ]

    def test_texts_and_links_that_were_entered_online_are_the_students(self, read):
        intake = read({"ada_1_text.html": "", "ada_1_100_x.py": "", "bob_2_link.html": ""})
        assert names(by_name(intake)["ada"].others) == ["text.html"]
        assert by_name(intake)["bob"].files == ()

    def test_a_students_archive_that_was_unpacked_is_still_the_students(self, read):
        (ada,) = read({"ada_1_100_work.zip": "PK", "ada_1_100_work/src/x.py": "", "ada_1_101_y.py": ""}).handins
        assert (names(ada.files), names(ada.others)) == (["src/x.py", "y.py"], ["work.zip"])

    def test_what_follows_no_convention_is_graded_or_said_to_be_passed_over(self, read):
        intake = read({"ada_1_100_x.py": "", "bob_2_101_x.py": "", "extra.ipynb": "", "grades.csv": ""})
        assert list(by_name(intake)) == ["ada", "bob", "extra"]
        assert intake.notices == (
            "Not named as Canvas does, and graded as students of these names: extra.ipynb.",
            "Not named as Canvas does, and skipped: grades.csv.",
        )

    @pytest.mark.parametrize(
        "ordinary",
        [
            ("hw_2024_1_ada.py", "hw_2024_1_bob.py"),
            ("ada_2024_1_hw.py", "bob_2024_2_hw.py"),
            ("Team_3_1_hw.py", "Team_3_2_hw.py"),
            ("ada_1_2.py", "bob_1_3.py"),
            ("hw_2024_01_02_ada.py", "hw_2024_01_03_bob.py"),
            ("ada_1_100_x.py", "bob.py", "eve.py"),
        ],
    )
    def test_names_that_only_look_like_it_are_plain(self, read, ordinary):
        intake = read(dict.fromkeys(ordinary, ""))
        assert (intake.platform, len(intake.handins)) == ("plain", len(ordinary))


class TestMoodle:
    @pytest.mark.parametrize("end", ["", "_"])
    def test_a_folder_for_each_student(self, read, end):
        intake = read({
            f"Ada Lovelace_123456_assignsubmission_file{end}/homework.ipynb": "{}",
            f"Ada Lovelace_123456_assignsubmission_file{end}/data/points.csv": "",
            f"Ada Lovelace_123456_assignsubmission_onlinetext{end}/onlinetext.html": "",
            f"José Núñez_123457_assignsubmission_onlinetext{end}/onlinetext.html": "",
        })  # fmt: skip
        ada, jose = intake.handins
        assert (intake.platform, intake.notices) == ("moodle", ())
        assert ada.students == (Student(key="123456", name="Ada Lovelace", id="123456"),)
        assert ada.path == f"Ada Lovelace_123456_assignsubmission_file{end}"
        assert (names(ada.files), names(ada.others)) == (["homework.ipynb"], ["data/points.csv", "onlinetext.html"])
        assert (jose.students[0].name, jose.files) == ("José Núñez", ())

    def test_all_files_in_one_folder(self, read):
        (ada,) = read({
            "Ada Lovelace_123456_assignsubmission_file_my_homework.ipynb": "{}",
            "Ada Lovelace_123456_assignsubmission_onlinetext_onlinetext.html": "",
        }).handins  # fmt: skip
        assert ada.path == "Ada Lovelace_123456_assignsubmission_file_my_homework.ipynb"
        assert (names(ada.files), names(ada.others)) == (["my_homework.ipynb"], ["onlinetext.html"])

    @pytest.mark.parametrize("word", ["Participant", "Teilnehmerin", "参与者"])
    def test_blind_marking_shows_numbers(self, read, word):
        intake = read({f"{word}_{number}_assignsubmission_file_/x.py": "" for number in (7, 8)})
        assert list(by_name(intake)) == [f"{word} 7", f"{word} 8"]

    def test_groups_have_a_name_and_the_default_group_no_number(self, read):
        intake = read({
            "Group A_42_assignsubmission_file/x.py": "", "Default group_assignsubmission_file/x.py": "",
        })  # fmt: skip
        assert [handin.students for handin in intake.handins] == [
            (Student(key="Default group", name="Default group"),),
            (Student(key="42", name="Group A", id="42"),),
        ]

    def test_what_follows_no_convention_is_graded_or_said_to_be_passed_over(self, read):
        intake = read({
            "Ada_1_assignsubmission_file_/x.py": "", "Bob/x.py": "",
            "Grades.csv": "", "_assignsubmission_file_": "",
        })  # fmt: skip
        assert list(by_name(intake)) == ["Ada", "Bob"]
        assert intake.notices == (
            "Not named as Moodle does, and graded as students of these names: Bob.",
            "Not named as Moodle does, and skipped: Grades.csv and _assignsubmission_file_.",
        )


class TestWhatIsNobodysWork:
    def test_is_passed_over_and_told_in_one_notice(self, read):
        intake = read({
            "ada/hw.py": "",
            "ada/.ipynb_checkpoints/hw-checkpoint.ipynb": "",
            "ada/venv/pyvenv.cfg": "", "ada/venv/lib/x.py": "",
            "ada/.git/config": "", "ada/.hidden.py": "",
            "ada/site-packages/x.py": "",
        })  # fmt: skip
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
    def test_what_systems_leave_behind_needs_no_words(self, read, path):
        intake = read({"ada/hw.py": "", "bob.py": "", path: ""})
        assert (list(by_name(intake)), intake.notices) == (["ada", "bob"], ())

    def test_a_class_that_lies_in_a_virtual_environment_is_meant(self, read):
        assert "ada" in by_name(read({"pyvenv.cfg": "", "ada/hw.py": ""}))

    def test_many_are_told_by_a_few(self, read):
        (notice,) = read({"ada/hw.py": "", **{f"ada/.{'x' * 200}{n}.py": "" for n in range(20)}}).notices
        assert "20 hidden files (ada/.xxx" in notice
        assert notice.endswith("x… and 12 more).")
        assert len(notice) < 1200


class TestNames:
    def test_of_every_script_are_kept(self, read):
        (handin,) = read({"王小明/作业.ipynb": "{}"}).handins
        assert (handin.students[0].name, handin.files[0].path) == ("王小明", "王小明/作业.ipynb")

    def test_are_composed_so_that_one_name_is_one_student(self, read):
        apart = unicodedata.normalize("NFD", "José")
        (handin,) = read({f"{apart}.py": "x", "José.pdf": ""}).handins
        assert handin.students[0].key == "José"
        assert handin.files[0].read() == b"x"

    def test_that_are_no_text_are_written_out(self, tmp_path):
        place = Path(os.fsdecode(os.fsencode(tmp_path) + b"/Ren\xe9.py"))
        place.write_bytes(b"x")
        (handin,) = read_class(tmp_path).handins
        assert handin.students[0].name == r"Ren\xe9"
        assert handin.files[0].read() == b"x"


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

    def test_pipes_are_passed_over(self, tmp_path):
        os.mkfifo(tmp_path / "ada.py")
        (tmp_path / "bob.py").touch()
        intake = read_class(tmp_path)
        assert list(by_name(intake)) == ["bob"]
        assert intake.notices == ("Skipped, because they cannot be read: ada.py.",)

    def test_a_file_that_is_gone_when_it_is_read(self, tmp_path):
        root = make_folder(tmp_path, "hw1", {"ada.py": ""})
        (handin,) = read_class(root).handins
        (root / "ada.py").unlink()
        with pytest.raises(SubmissionError, match=r"^ada\.py: the file cannot be read: No such file or directory\.$"):
            handin.files[0].read()

    def test_names_that_look_the_same_are_told(self, tmp_path):
        root = make_folder(tmp_path, "hw1", {unicodedata.normalize(form, "José.py"): "" for form in ("NFC", "NFD")})
        assert "another file's name looks the same: José.py." in read_class(root).notices[0]

    def test_too_many_files_are_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr(folder, "MAX_FILES", 2)
        root = make_folder(tmp_path, "hw1", {f"{n}.py": "" for n in range(3)})
        assert "more than 2 files. Is this the folder that was meant?" in message(root)

    def test_one_that_must_not_be_read(self, tmp_path, forbid: Callable[[Path], None]):
        root = make_folder(tmp_path, "hw1", {"ada/hw.py": "", "bob.py": ""})
        forbid(root / "ada")
        intake = read_class(root)
        assert by_name(intake)["ada"].files == ()
        assert intake.notices == ("Skipped, because they cannot be read: ada.",)
        forbid(root)
        assert message(root) == f"{root}: the folder cannot be read: Permission denied."


@pytest.fixture
def forbid(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Makes a folder one that may not be listed, also for a superuser, whom no mode would stop."""
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


class TestRefused:
    def test_a_path_where_nothing_is(self, tmp_path):
        expected = f"{tmp_path / 'hw2'}: no such folder or archive. Name what the students' work lies in."
        assert message(tmp_path / "hw2") == expected

    @pytest.mark.parametrize("path", ["a\0b", "a" * 5000])
    def test_a_path_that_is_none(self, path):
        assert message(Path(path)).startswith(f"{path}: ")

    def test_an_empty_folder(self, tmp_path):
        assert message(tmp_path) == f"{tmp_path}: nothing in it is a student's work."

    def test_a_folder_with_nobodys_work_says_what_was_passed_over(self, tmp_path):
        (tmp_path / "README.md").touch()
        expected = "nothing in it is a student's work. Skipped, not a student's work: README.md."
        assert message(tmp_path) == f"{tmp_path}: {expected}"

    def test_a_file_that_is_no_archive(self, tmp_path):
        (tmp_path / "ada.ipynb").write_text("{}")
        assert message(tmp_path / "ada.ipynb").endswith(
            "ada.ipynb: neither a folder nor a zip. Name the folder, or the zip, that holds what the students handed "
            "in; unpack other archives first."
        )

    def test_a_pipe(self, tmp_path):
        os.mkfifo(tmp_path / "hw1.zip")
        assert "neither a folder nor a zip" in message(tmp_path / "hw1.zip")


class TestReading:
    def test_a_file_that_is_too_large_is_refused_in_words(self, tmp_path):
        with (tmp_path / "ada.ipynb").open("wb") as file:
            file.truncate(MAX_BYTES + 1)
        (handin,) = read_class(tmp_path).handins
        assert handin.files[0].size == MAX_BYTES + 1
        with pytest.raises(SubmissionError, match=r"^ada\.ipynb: larger than 32 MiB\. Clear its outputs"):
            handin.files[0].read()

    def test_so_is_one_that_has_grown_since(self, tmp_path):
        (tmp_path / "ada.ipynb").touch()
        (handin,) = read_class(tmp_path).handins
        os.truncate(tmp_path / "ada.ipynb", MAX_BYTES + 1)
        with pytest.raises(SubmissionError, match="larger than 32 MiB"):
            handin.files[0].read()

    def test_the_largest_is_read(self, tmp_path):
        (tmp_path / "ada.py").write_bytes(b"#" * MAX_BYTES)
        (handin,) = read_class(tmp_path).handins
        assert len(handin.files[0].read()) == MAX_BYTES
