"""Malicious, damaged and unusual zips. Ordinary zips are read by the tests of the platforms."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import random
import re
import stat
import struct
import tempfile
import time
import tracemalloc
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.classroom.intake import Intake, read_class
from grader.errors import SubmissionError
from grader.handin import archive
from grader.submission.size_limits import MAX_BYTES

_LOCAL, _CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


@pytest.fixture
def zipped(tmp_path: Path):
    """Writes a zip with the given members: a name or ZipInfo, and the content."""

    def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
        path = tmp_path / "hw1.zip"
        path.write_bytes(content_of(*members, method=method))
        return path

    return zipped


def content_of(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, data in members:
            file.writestr(name, data, compress_type=method)
    return content.getvalue()


def as_unix(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


def patched(path: Path, *, flags: int) -> Path:
    """Sets flags of every member, in its local header and in the central directory."""
    content = bytearray(path.read_bytes())
    for signature, offset in ((_LOCAL, 6), (_CENTRAL, 8)):
        for found in re.finditer(re.escape(signature), bytes(content)):
            (old,) = struct.unpack_from("<H", content, found.start() + offset)
            struct.pack_into("<H", content, found.start() + offset, old | flags)
    path.write_bytes(content)
    return path


def students(intake: Intake) -> list[str]:
    return [handin.students[0].name for handin in intake.handins]


def message(path: Path) -> str:
    with pytest.raises(SubmissionError) as caught:
        read_class(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    return text.removeprefix(f"{path}: ")


class TestRefusedArchives:
    @pytest.mark.parametrize("content", [b"", b"PK"])
    def test_a_zip_without_content(self, tmp_path, content):
        path = tmp_path / "hw1.zip"
        path.write_bytes(content)
        advice = "Download it again; or unpack it, and name the folder."
        assert message(path) == f"this zip is damaged, or cut short. {advice}"

    @pytest.mark.parametrize("content", [b"\x1f\x8b\x08", b"not a zip at all" * 100])
    def test_a_file_that_is_no_zip(self, tmp_path, content):
        path = tmp_path / "hw1.zip"
        path.write_bytes(content)
        assert message(path).startswith("neither a folder nor a zip.")

    def test_another_kind_of_archive(self, tmp_path):
        path = tmp_path / "hw1.tar.gz"
        path.write_bytes(b"\x1f\x8b\x08")
        assert message(path).startswith("neither a folder nor a zip. Name the folder, or the zip,")

    def test_a_truncated_zip(self, zipped):
        path = zipped(("ada.py", random.Random(0).randbytes(1000)))
        path.write_bytes(path.read_bytes()[:900])
        assert "damaged, or cut short" in message(path)

    def test_a_zip_without_permission(self, zipped, monkeypatch):
        path = zipped(("ada.py", b""))

        def forbidden(self: Path, mode: str) -> None:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

        monkeypatch.setattr(Path, "open", forbidden)
        assert message(path) == "the file cannot be read: Permission denied."

    def test_an_empty_zip(self, zipped):
        assert message(zipped()) == "nothing in it is a student's work."

    def test_encrypted_members_are_named(self, zipped):
        path = patched(zipped(("ada.py", b"1"), ("bob.py", b"2")), flags=0x1)
        advice = "Unpack the archive with its password, and name the folder."
        assert message(path) == f"encrypted: ada.py and bob.py. {advice}"

    def test_a_zip_bomb_costs_only_its_own_file_and_is_never_unpacked(self, zipped, monkeypatch):
        path = zipped(("ada.py", b"x = 1"), ("eve.py", bytes(64 * 1024**2)))
        with read_class(path) as intake:
            ada, eve = (handin.files[0] for handin in intake.handins)
            assert ada.read() == b"x = 1"
            monkeypatch.setattr(zipfile.ZipFile, "open", None)
            with pytest.raises(SubmissionError, match=r"^eve\.py: larger than 32 MiB"):
                eve.read()

    def test_overlapping_members(self, zipped):
        """Several members share the same bytes, so that the unpacked size grows quadratically (an overlap bomb)."""
        path = zipped(("ada.py", random.Random(0).randbytes(10_000)), ("bob.py", b""), ("eve.py", b""))
        content = bytearray(path.read_bytes())
        first, *others = [found.start() for found in re.finditer(re.escape(_CENTRAL), bytes(content))]
        for other in others:
            content[other + 16 : other + 28] = content[first + 16 : first + 28]  # checksum and both sizes
            content[other + 42 : other + 46] = content[first + 42 : first + 46]  # offset of the local header
        path.write_bytes(content)
        assert message(path).startswith("its members overlap")

    def test_too_many_members(self, zipped, monkeypatch):
        monkeypatch.setattr(archive, "MAX_FILES", 2)
        text = message(zipped(*((f"{number}.py", b"") for number in range(3))))
        assert text == "more than 2 members. Is this the archive that was meant?"


class TestRefusedMembers:
    @pytest.mark.parametrize(
        ("name", "why"),
        [
            ("../../etc/passwd", "the name leads out of the archive"),
            ("ada/../../x.py", "the name leads out of the archive"),
            ("/etc/passwd", "the name leads out of the archive"),
            ("C:/x.py", "the name leads out of the archive"),
            ("c:x.py", "the name leads out of the archive"),
            ("..\\..\\x.py", "there is a backslash in the name"),
            ("ada\\x.py", "there is a backslash in the name"),
            ("ada\n.py", "there are control characters in the name"),
            ("ada\x1b[31m.py", "there are control characters in the name"),
            (as_unix("ada.py", stat.S_IFLNK | 0o777), "it is a link or a device, not a file"),
            (as_unix("ada.py", stat.S_IFCHR | 0o666), "it is a link or a device, not a file"),
            (as_unix("ada.py", stat.S_IFIFO | 0o666), "it is a link or a device, not a file"),
            ("a/" * 64 + "x.py", "the name is too long"),
            ("a" * 5000 + ".py", "the name is too long"),
        ],
    )
    def test_are_named_and_the_other_members_are_read(self, zipped, name, why):
        with read_class(zipped((name, b"/etc/passwd"), ("bob.py", b"x = 1"))) as intake:
            assert students(intake) == ["bob"]
            assert intake.handins[0].files[0].read() == b"x = 1"
            (notice,) = intake.notices
            assert notice.startswith(f"Refused, because {why}: ")
            assert len(notice) < 250

    def test_a_name_with_a_null_character(self, zipped):
        path = zipped(("ada.py_.exe", b""), ("bob.py", b""))
        path.write_bytes(path.read_bytes().replace(b"ada.py_.exe", b"ada.py\0.exe"))
        intake = read_class(path)
        assert students(intake) == ["bob"]
        assert intake.notices == ("Refused, because there are control characters in the name: ada.py\0.exe.",)

    def test_an_archive_of_refused_members_only_says_why(self, zipped):
        assert message(zipped(("../ada.py", b""))) == (
            "nothing in it is a student's work. Refused, because the name leads out of the archive: ../ada.py."
        )

    def test_nothing_is_ever_written(self, zipped, tmp_path):
        with read_class(zipped(("../evil.py", b""), ("ada.py", b"1"))) as intake:
            intake.handins[0].files[0].read()
        assert [path.name for path in tmp_path.iterdir()] == ["hw1.zip"]
        assert not (tmp_path.parent / "evil.py").exists()


class TestDamagedMembers:
    def test_a_wrong_byte_costs_only_its_own_file(self, zipped):
        path = zipped(("ada.py", b"value = 123456"), ("bob.py", b"x = 1"), method=zipfile.ZIP_STORED)
        path.write_bytes(path.read_bytes().replace(b"123456", b"123457"))
        with read_class(path) as intake:
            ada, bob = intake.handins
            assert bob.files[0].read() == b"x = 1"
            with pytest.raises(SubmissionError, match=r"^ada\.py: damaged inside the archive\. Download it again; or"):
                ada.files[0].read()

    def test_a_rare_compression_method(self, zipped):
        words = r"^ada\.py: compressed with a method that cannot be read \(method 14\)\. Unpack"
        with read_class(zipped(("ada.py", b"x = 1"), method=zipfile.ZIP_LZMA)) as intake:
            (handin,) = intake.handins
            with pytest.raises(SubmissionError, match=words):
                handin.files[0].read()

    def test_a_member_that_is_too_large(self, zipped):
        with read_class(zipped(("ada.py", bytes(MAX_BYTES + 1)), method=zipfile.ZIP_STORED)) as intake:
            (handin,) = intake.handins
            with pytest.raises(SubmissionError, match=r"^ada\.py: larger than 32 MiB"):
                handin.files[0].read()

    def test_a_member_is_not_read_beyond_its_declared_size(self, zipped):
        path = zipped(("ada.py", bytes(900_000)))
        content = bytearray(path.read_bytes())
        struct.pack_into("<I", content, content.index(_CENTRAL) + 24, 10)
        path.write_bytes(content)
        with read_class(path) as intake, pytest.raises(SubmissionError, match="damaged inside the archive"):
            intake.handins[0].files[0].read()

    def test_nothing_is_read_from_a_closed_archive(self, zipped):
        with read_class(zipped(("ada.py", b"x = 1"))) as intake:
            pass
        with pytest.raises(SubmissionError):
            intake.handins[0].files[0].read()


class TestNames:
    def test_utf_8_without_its_flag_is_decoded(self, zipped):
        """The archiver of macOS writes such names."""
        path = zipped(("Jose_.py", b"x"))
        meant = unicodedata.normalize("NFD", "é").encode()
        path.write_bytes(path.read_bytes().replace(b"Jose_.py", b"Jos" + meant + b".p"))
        path.rename(path.with_name("hw2.zip"))
        (handin,) = read_class(path.with_name("hw2.zip")).handins
        assert handin.students[0].name == "José"

    @pytest.mark.parametrize("encoding", ["gbk", "latin-1", "shift-jis"])
    def test_other_encodings_are_misread_without_an_error(self, zipped, encoding):
        raw = "é.py".encode("latin-1") if encoding == "latin-1" else "作.py".encode(encoding)
        path = zipped(("_" * (len(raw) - 3) + ".py", b"x"))
        path.write_bytes(path.read_bytes().replace(b"_" * (len(raw) - 3) + b".py", raw))
        with read_class(path) as intake:
            assert intake.handins[0].files[0].read() == b"x"

    def test_backslashes_of_windows_part_folders(self, zipped):
        def from_windows(name: str) -> zipfile.ZipInfo:
            info = zipfile.ZipInfo("x")
            info.filename, info.create_system = name, 0
            return info

        path = zipped((from_windows("ada\\work\\hw.py"), b"1"), (from_windows("..\\bob.py"), b"2"))
        with read_class(path) as intake:
            assert [file.path for file in intake.handins[0].files] == ["ada/work/hw.py"]
            assert intake.notices == ("Refused, because the name leads out of the archive: ../bob.py.",)

    def test_dots_and_empty_parts_are_removed(self, zipped):
        intake = read_class(zipped(("./ada/hw.py", b""), ("./bob//hw.py", b"")))
        assert [handin.files[0].path for handin in intake.handins] == ["ada/hw.py", "bob/hw.py"]

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_of_one_name_the_last_member_counts(self, zipped):
        with read_class(zipped(("ada.py", b"1"), ("./ada.py", b"2"), ("ada.py", b"3"))) as intake:
            assert intake.handins[0].files[0].read() == b"3"
            assert intake.notices == ("More than once in the archive, where the last one counts: ada.py.",)

    def test_a_file_and_a_folder_of_one_name_are_one_student(self, zipped):
        (handin,) = read_class(zipped(("ada", b"1"), ("ada/hw.py", b"2"))).handins
        assert [file.path for file in (*handin.files, *handin.others)] == ["ada/hw.py", "ada"]


class TestCost:
    def test_ten_thousand_students_take_a_second_or_two(self, zipped):
        path = zipped(*((f"student{n}_{n + 1}_{n + 50_000}_homework-{n}.ipynb", b"{}") for n in range(10_000)))
        start = time.perf_counter()
        with read_class(path) as intake:
            assert (intake.platform, len(intake.handins)) == ("canvas", 10_000)
        assert time.perf_counter() - start < 10

    def test_deep_folders_take_no_memory(self, zipped):
        path = zipped(*((f"{n}/" + "a/" * 30_000 + "x.py", b"") for n in range(20)), ("ada.py", b""))
        tracemalloc.start()
        read_class(path).close()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 20 * 1024**2


def outcome(content: bytes) -> None:
    """Reads a class and all of its files. Any error other than SubmissionError fails the test."""
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(SubmissionError):
        path = Path(folder, "hw1.zip")
        path.write_bytes(content)
        with read_class(path) as intake:
            for handin in intake.handins:
                for file in (*handin.files, *handin.others):
                    with contextlib.suppress(SubmissionError):
                        assert len(file.read()) <= MAX_BYTES


_INTACT = content_of(
    ("submission_metadata.yml", b"submission_1:\n  :submitters:\n  - :name: Ada\n    :sid: '1'\n"),
    ("submission_1/hw.ipynb", b"{}" * 50),
    ("submission_1/é.py", b"x = 1"),
    ("ada_1_2_x.py", b""),
)


class TestAnyBytes:
    @settings(max_examples=100, deadline=None)
    @given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda end: b"PK\x05\x06" + end))
    def test_are_read_or_refused(self, content):
        outcome(content)

    @settings(max_examples=400, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, len(_INTACT) - 1), st.binary(min_size=1, max_size=4)), max_size=4))
    def test_a_zip_with_changed_bytes_is_read_or_refused(self, changes):
        content = bytearray(_INTACT)
        for place, new in changes:
            content[place : place + len(new)] = new
        outcome(bytes(content))

    @settings(max_examples=100, deadline=None)
    @given(st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), st.binary()))
    def test_a_zip_with_any_names_is_read_or_refused(self, members):
        outcome(content_of(*members.items()))
