"""Fuzz target: a student's own zip, handed in alone and in a folder beside other work. The input is the zip."""

from __future__ import annotations

import io
import zipfile
from functools import partial

from fuzz.target import Target, promise, scratch, strictly
from grader.errors import SubmissionError
from grader.handin import CompanionFinder, WorkFiles, code_of, notices_of, read_handin
from grader.handin.companions import MAX_BYTES, MAX_FILES


def check(data: bytes) -> None:
    """Raises unless a zip is read within its bounds, or a SubmissionError with a message refuses it."""
    folder = scratch() / "ada"
    folder.mkdir(exist_ok=True)
    (folder / "work.py").write_bytes(b"open('data.csv')\n")
    (folder / "hw.zip").write_bytes(data)
    with strictly():
        for path in (folder, folder / "hw.zip"):
            _check(str(path))


def _check(path: str) -> None:
    try:
        handin = read_handin(path, WorkFiles(max_files=3))
    except SubmissionError as error:
        promise(str(error).strip(), "the message is empty")
        return
    promise(1 <= len(handin.files) <= 3, "more work than is graded, or none")
    names = [file.name for file in handin.everything]
    promise(all(name and ".." not in name.split("/") and name[0] != "/" for name in names), "a name leads out")
    promise(all(notice.strip() for notice in notices_of(handin.remarks)), "an empty notice")
    finder = CompanionFinder(handin)
    for file in handin.files:
        try:
            content = file.read()
        except SubmissionError as error:
            promise(str(error).strip(), "the message of a file is empty")
            continue
        found = finder.of(file, partial(code_of, content, file.name))
        promise(len(found.files) <= MAX_FILES, "too many companion files")
        promise(sum(len(each.content) for each in found.files) <= MAX_BYTES, "too large companion files")
        promise(all(".." not in each.path.split("/") for each in found.files), "a companion leads out")


def _zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def seeds() -> list[bytes]:
    inner = _zipped({"a.py": b"x = 1"})
    return [
        _zipped({"hw.ipynb": b"{}", "data/x.csv": b"1", "README.md": b"words"}),
        _zipped({"work.py": b"x = 1", "hw.ipynb.txt": b'{"cells": [], "nbformat": 4}', "more.zip": inner}),
        _zipped({"hw.txt": b"import torch\n", "__MACOSX/._hw.txt": b"", ".git/config": b""}),
        inner,
    ]


WORDS = (
    "../", "/", "\\", ".ipynb", ".ipynb.txt", ".zip", ".py", "README.md", "tests/", ".git/", "work.py", "data.csv",
    '{"cells": [', '"nbformat"', "PK\x03\x04", "PK\x01\x02", "PK\x05\x06", "__MACOSX/", "\u202e", "\u0301",
)  # fmt: skip

TARGET = Target(
    name="handin",
    about="any zip of a student is read within its bounds, or refused with a message",
    check=check,
    seeds=seeds,
    words=WORDS,
    longest=8_000,
)
