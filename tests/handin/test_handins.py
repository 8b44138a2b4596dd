from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from grader.handin import Handin, WorkFiles, content_digest, read_handin


def handed_in(folder: Path, files: Mapping[str, bytes]) -> Handin:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return read_handin(str(folder), WorkFiles())


def test_a_digest_tells_other_content_and_other_names_apart_and_not_other_places(tmp_path: Path) -> None:
    contents = [
        {"hw.md": b"A word."},
        {"hw.md": b"A verb."},
        {"hw2.md": b"A word."},
        {"hw.md": b"A word.", "a.png": b"x"},
    ]
    digests = [content_digest(handed_in(tmp_path / str(number), files)) for number, files in enumerate(contents)]
    assert len({*digests}) == 4
    assert content_digest(handed_in(tmp_path / "elsewhere", contents[0])) == digests[0]


def test_nothing_has_no_digest_and_a_file_that_cannot_be_read_is_told_by_its_name(tmp_path: Path) -> None:
    there = handed_in(tmp_path / "there", {"hw.md": b"A word."})
    assert content_digest(replace(there, files=())) == ""
    (tmp_path / "there" / "hw.md").unlink()
    assert len(content_digest(there)) == 64
