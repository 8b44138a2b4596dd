"""Fuzz target: the zip that a learning platform exports.

An input that begins with ``PK`` is the zip itself. Any other input is packed into a zip: if it has lines with a tab,
every line is a member, ``name<TAB>content``; otherwise the whole input is Gradescope's ``submission_metadata.yml``.
"""

from __future__ import annotations

import io
import warnings
import zipfile

from fuzz.target import Target, promise, scratch, strictly
from grader.classroom.intake import Intake, read_class
from grader.errors import SubmissionError

MAX_LINES = 40


def check(data: bytes) -> None:
    """Raises unless a class is read with all its students, or a SubmissionError with a message refuses it."""
    path = scratch() / "class.zip"
    path.write_bytes(data if data.startswith(b"PK") else _zipped(data))
    with strictly():
        try:
            intake = read_class(path)
        except SubmissionError as error:
            promise(str(error).strip(), "the message is empty")
            return
        try:
            _check(intake)
        finally:
            intake.close()


def _check(intake: Intake) -> None:
    promise(intake.handins, "a class without students")
    keys = [student.key for handin in intake.handins for student in handin.students]
    promise(all(keys), "a student without a key")
    groups = [tuple(student.key for student in handin.students) for handin in intake.handins]
    promise(len(set(groups)) == len(groups), "students are in two handins")
    paths = [file.path for handin in intake.handins for file in (*handin.files, *handin.others)]
    promise(
        all(".." not in path.split("/") and not path.startswith("/") for path in paths),
        "a path leads out of the archive",
    )
    for handin in intake.handins:
        promise(handin.students and all(student.name for student in handin.students), "a student without a name")
        for file in handin.files:
            try:
                promise(isinstance(file.read(), bytes), "a file's content is not bytes")
            except SubmissionError as error:
                promise(str(error).strip(), "the message of a file is empty")


def _zipped(data: bytes) -> bytes:
    packed = io.BytesIO()
    lines = data.split(b"\n")
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w") as archive:
        warnings.simplefilter("ignore")  # duplicate names are part of what is tested
        if not any(b"\t" in line for line in lines):
            archive.writestr("export/submission_metadata.yml", data)
            for number in (1, 2):
                archive.writestr(f"export/submission_{number}/homework.py", "x = 1")
            return packed.getvalue()
        for line in lines[:MAX_LINES]:
            name, _, content = line.partition(b"\t")
            text = name.decode("utf-8", "replace").replace("\0", "")
            if text:
                archive.writestr(text[:5_000], content)
    return packed.getvalue()


def seeds() -> list[bytes]:
    metadata = (
        b"submission_1:\n  :submitters:\n  - :name: Ada Lovelace\n    :sid: '1815'\n    :email: ada@example.edu\n"
        b"submission_2:\n  :submitters:\n  - :name: Alan Turing\n  - :name: Kurt G\xc3\xb6del\n"
        b"  :created_at: !ruby/object:Time {}\n"
    )
    canvas = b"lovelaceada_12345_67890_homework.ipynb\t{}\nturingalan_LATE_1_2_homework-1.py\tx = 1\n"
    moodle = b"Ada Lovelace_123456_assignsubmission_file/hw.py\tx\nAlan Turing_7_assignsubmission_file/a.ipynb\t{}\n"
    plain = b"ada.ipynb\t{}\nalan/hw.py\tx = 1\nalan/data.csv\t1\n__MACOSX/._ada.ipynb\t\nkim/deep/er/n.md\t# One\n"
    made = [metadata, canvas, moodle, plain]
    return [*made, *map(_zipped, made)]


WORDS = (
    "submission_metadata.yml\t", "submission_1/", "_assignsubmission_file/", "_LATE_", "../", "/", "\\", "\t",
    ".ipynb", ".py", ":submitters:", ":name: ", ":sid: ", "- ", "&a ", "*a", "!!binary ", "{", "[", "\u202e",
    "\u0301", "PK\x03\x04", "PK\x01\x02", "PK\x05\x06", ".ipynb_checkpoints/", "__MACOSX/",
)  # fmt: skip

TARGET = Target(
    name="intake",
    about="any zip is read as a class with all its students, or refused with a message",
    check=check,
    seeds=seeds,
    words=WORDS,
    longest=8_000,
)
