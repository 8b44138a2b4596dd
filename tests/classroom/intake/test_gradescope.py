"""Gradescope's exports."""

from __future__ import annotations

import pytest

from grader.classroom.intake import read_class
from grader.model import Student
from grader.submission.size_limits import MAX_BYTES
from tests.classroom.intake.classes import by_name, make_folder, names

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

    @pytest.mark.parametrize(
        ("created", "time"),
        [
            (" 2026-03-01 10:00:00.123456789 Z", "2026-03-01 10:00:00+00:00"),
            (" 2026-03-01 10:00:00 -08:00", "2026-03-01 10:00:00-08:00"),
            (" '2026-03-01T10:00:00+0100'", "2026-03-01 10:00:00+01:00"),
            (
                " !ruby/object:ActiveSupport::TimeWithZone\n    utc: &1 2026-03-01 10:00:00.5 Z\n    time: *1",
                "2026-03-01 10:00:00+00:00",
            ),
            (" yesterday", "None"),
            (" 9999-12-31 23:59:59 -10:00", "None"),
            (" 0001-01-01 00:00:00 +10:00", "None"),
            (" 2026-02-31 10:00:00 Z", "None"),
            (" [2026-03-01]", "None"),
            ("", "None"),
        ],
    )
    def test_the_time_of_handing_in_comes_from_the_metadata(self, read, created, time):
        metadata = f"submission_1:\n  :submitters:\n  - :name: Ada\n  :created_at:{created}\n"
        (ada,) = read({"submission_metadata.yml": metadata, "submission_1/hw.py": ""}).handins
        assert str(ada.handed_in_at) == time

    def test_a_pdf_is_named_as_a_folder_would_be(self, read):
        (ada,) = read(
            {
                "submission_metadata.yml": METADATA.partition("submission_98766")[0].replace(
                    "submission_98765", "98765.pdf"
                ),
                "98765.pdf": "%PDF",
            }
        ).handins
        assert (ada.students[0].name, ada.files, names(ada.others)) == ("Ada Lovelace", (), ["98765.pdf"])

    def test_a_submission_without_files_is_not_lost(self, read):
        intake = read({"submission_metadata.yml": METADATA, "submission_98766/homework.py": ""})
        assert by_name(intake)["Ada Lovelace"].files == ()
        assert intake.notices == ("Named in submission_metadata.yml, and without any file: submission_98765.",)

    def test_submissions_that_the_metadata_do_not_name_are_graded_under_their_own_names(self, read):
        intake = read(
            {
                "submission_metadata.yml": "submission_1:\n  :submitters:\n  - :name: Ada\n    :email: a@b.c\n"
                "submission_2:\n  :submitters: []\n",
                "submission_1/x.py": "",
                "submission_2/x.py": "",
                "extra.py": "",
                "scores.csv": "",
            }
        )
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
    def test_submitters_of_an_unexpected_form_are_ignored(self, read, submitters):
        text = f"&a submission_1:\n  :submitters: {submitters}\n"
        intake = read({"submission_metadata.yml": text, "submission_1/x.py": ""})
        assert list(by_name(intake)) == ["submission_1"]

    def test_deeply_nested_metadata_do_not_crash_the_parser(self, read):
        intake = read({"submission_metadata.yml": "a: " + "[" * 1_000_000, "ada/x.py": ""})
        assert list(by_name(intake)) == ["ada"]

    def test_exponential_aliases_are_not_expanded(self, read):
        laughs = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 40))
        assert list(by_name(read({"submission_metadata.yml": laughs, "ada/x.py": ""}))) == ["ada"]
