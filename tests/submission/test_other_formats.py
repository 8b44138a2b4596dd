"""Files of other formats under the name of a notebook, a script or an archive."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import submission
from grader.errors import SubmissionError
from grader.handin.archive import archive_of, open_archive

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
OTHERS = [
    (LFS, "this is a pointer of Git LFS, which stands for a file that was not downloaded or uploaded with it. Get the"),
    (b"/annex/objects/SHA256E-s12--ab.ipynb\n", "this is a pointer of git-annex"),
    (b"%PDF-1.7\n%\xe2\xe3", "this is a PDF"),
    (b"{\\rtf1\\ansi {\\fonttbl}}", "this is formatted text (RTF)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "this is an office document"),
    (b"\x1f\x8b\x08\x00", "this is a compressed file"),
    (b"Rar!\x1a\x07\x00", "this is a compressed file"),
    (b"\x89PNG\r\n\x1a\n", "this is a picture"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "this is a picture"),
    (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "this is a picture"),
    (b"\x00\x00\x00\x18ftypheic", "this is a film or a photo from a phone"),
    (b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X", "this is a file that macOS writes beside the real one"),
    (b"hw/".ljust(257, b"\0") + b"ustar\x0000", "this is an archive (tar)"),
]


@pytest.mark.parametrize("name", ["hw.ipynb", "hw.py", "hw.md", "hw.txt"])
@pytest.mark.parametrize(("raw", "said"), OTHERS)
def test_whatever_its_name_says_it_is_called_what_it_is(name: str, raw: bytes, said: str) -> None:
    with pytest.raises(SubmissionError) as caught:
        submission.read(raw, name)
    assert str(caught.value).startswith(f"{name}: {said}")
    assert "damaged" not in str(caught.value)


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\n  "])
def test_a_page_to_log_in_that_was_saved_as_a_notebook(start: bytes) -> None:
    with pytest.raises(SubmissionError, match=r"hw\.ipynb: a web page, not a notebook"):
        submission.read(start + b"<!DOCTYPE html><html><title>Sign in</title>", "hw.ipynb")


def test_code_that_begins_alike_is_code() -> None:
    for code in ("RIFF = 1\n", "version = 2\n", "ftyp = 3\n", "x = '%PDF-'\n"):
        assert submission.read(code.encode(), "hw.py").cells[0].code.strip() == code.strip()


@pytest.mark.parametrize(("raw", "said"), OTHERS)
def test_a_zip_that_is_none(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "hw.zip"
    path.write_bytes(raw)
    with pytest.raises(SubmissionError, match=r"neither a folder nor a zip\.") as caught:
        open_archive(path)
    assert said[1:] in str(caught.value)
    with pytest.raises(SubmissionError) as caught:  # a student's own zip
        archive_of(raw, "hw.zip")
    assert str(caught.value).startswith(f"hw.zip: {said}")
