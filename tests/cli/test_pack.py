"""``grade pack``: nothing of a course's secrets is in any byte of a pack, and what it says and refuses."""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from grader.course.pack_zip import zip_of
from grader.errors import ExitCode
from tests.helpers.canary_course import write_canary_course
from tests.helpers.command_line import KeptWorkers, run_here
from tests.helpers.packed_canaries import canaries_in, write_course

FILES = {
    "assignments/sheet.yaml",
    "course.yaml",
    "data/sheet/points.csv",
    "exercises/cubes.yaml",
    "exercises/data/public.npy",
    "exercises/shown.yaml",
    "handout/fingerprints.yaml",
    "pack.json",
    "references/shown.recording",
    "rubrics/cubes.yaml",
    "rubrics/shown.yaml",
    "support/bowl.py",
    "support/bowls.py",
}

HARMLESS = {"data/sheet/points.csv", "exercises/data/public.npy"}
"""The files of the course without a secret in them."""


@dataclass(frozen=True, kw_only=True)
class Author:
    """Whoever makes packs, in a folder of their own."""

    folder: Path
    home: Path
    workers: KeptWorkers

    def grade(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return run_here(arguments, folder=self.folder, home=self.home, workers=self.workers)


@pytest.fixture(scope="module")
def author(tmp_path_factory: pytest.TempPathFactory, home: Path, workers: KeptWorkers) -> Author:
    folder = tmp_path_factory.mktemp("author")
    write_canary_course(folder / "small")
    return Author(folder=folder, home=home, workers=workers)


class TestNoSecretIsInIt:
    def test_in_no_byte_and_it_lists_what_it_gives_away(self, author: Author) -> None:
        course = write_course(author.folder / "course")
        done = author.grade("pack", "sheet", "--course", course)
        assert done.returncode == 0, done.stderr
        files = _files_in(author.folder / "sheet-pack")
        assert files.keys() == FILES
        assert canaries_in(files) == []
        assert canaries_in({"sheet.zip": zip_of(files, "sheet-pack")}) == []
        assert canaries_in({"sheet.zip": zip_of({**files, "more": b"a canary"}, "sheet-pack")})
        assert b"valley" in files["support/bowls.py"]
        assert "stays out  canary-after: builds on `canary-quiet`" in done.stdout
        assert "exercises/cubes.yaml:7  expect  gradient: 3 * leaf**2  → the derivative as a" in done.stdout
        assert "It decides about 12.27 of 32 points, and says so in each report." in done.stdout
        assert "bowls.canary_canyon, canary_depths.canary_depth, which only other checks use" in done.stdout
        found = {name for name, content in _files_in(course).items() if canaries_in({"a file": content})}
        assert _files_in(course).keys() - found == HARMLESS

    @pytest.mark.parametrize(
        "content",
        [
            b"... a Canary",
            "a canary".encode("utf-16-le"),
            "xa canary".encode("utf-16-be"),
            b'"\\u0063anary"',
            b"bm90IGEgY2FuYXJ5IGhlcmU=",
            b"x bm90IGEgY2FuYXJ5IGhlcmU=",
            b"6e6f7420612063616e617279",
            b"\x00\x80\x46\x47 31337 ",
            bytes.fromhex("00d2f446"),
        ],
    )
    def test_the_search_knows_how_it_may_be_written(self, content: bytes) -> None:
        assert canaries_in({"file": content}), content


class TestTheZip:
    def test_grade_takes_it_for_a_course_and_finds_a_folder_of_it_upwards(self, author: Author) -> None:
        made = []
        for force in ((), ("--force",)):
            done = author.grade("pack", "sheet", "--course", "small", "--output", "one.zip", *force)
            assert done.returncode == 0, done.stderr
            made.append((author.folder / "one.zip").read_bytes())
        assert made[0] == made[1]
        work = author.folder / "homework.py"
        work.write_text("import torch\nx = torch.arange(3.0, requires_grad=True)\n(x**3).sum().backward()\ns = 4\n")
        done = author.grade(
            "homework.py", "--course", "one.zip", "--format", "json:result.json", "--format", "terminal"
        )
        assert done.returncode == ExitCode.PASSED, done.stderr
        assert "The pack decides about 4 of the assignment's 12 points; further checks are" in done.stdout
        assert "All that is shown passed." in done.stdout
        result = json.loads((author.folder / "result.json").read_text())
        report = result.get("reports", [result])[0]
        assert report["course"]["name"] == "one"
        assert report["more_points"]
        with zipfile.ZipFile(author.folder / "one.zip") as archive:
            archive.extractall(author.folder / "unzipped")
        inside = replace(author, folder=author.folder / "unzipped" / "one")
        (inside.folder / "homework.py").write_text(work.read_text())
        done = inside.grade("homework.py")
        assert done.returncode == ExitCode.PASSED, done.stderr
        assert "It shares a folder" in " ".join(done.stdout.split())

    @pytest.mark.parametrize(
        ("members", "why"),
        [
            ({}, "it needs one file pack.json"),
            ({"a/pack.json": "{}", "b/pack.json": "{}"}, "it needs one file pack.json"),
            ({"../pack.json": "{}"}, "outside of its folder"),
            ({"p/pack.json": "{}", "p/exercises/../../x": "1"}, "outside of its folder"),
            ({"p/pack.json": "{}", "q/exercises/a.yaml": ""}, "it has no exercises"),
            ({"p/pack.json": "{}", "p/exercises/a.yaml": "", "x": ""}, "files lie beside"),
        ],
    )
    def test_a_zip_that_is_none_is_refused(self, author: Author, members: Mapping[str, str], why: str) -> None:
        with zipfile.ZipFile(author.folder / "wrong.zip", "w") as archive:
            for name, text in members.items():
                archive.writestr(name, text)
        done = author.grade("homework.py", "--course", "wrong.zip")
        assert done.returncode == ExitCode.UNUSABLE
        assert why in done.stderr

    def test_nor_a_file_that_is_no_zip(self, author: Author) -> None:
        (author.folder / "wrong.zip").write_bytes(b"PK\x03\x04 no zip")
        done = author.grade("homework.py", "--course", "wrong.zip")
        assert done.returncode == ExitCode.UNUSABLE
        assert "wrong.zip cannot be read as a pack" in done.stderr


class TestWhereItIsWritten:
    def test_check_writes_nothing(self, author: Author) -> None:
        before = sorted(author.folder.iterdir())
        done = author.grade("pack", "sheet", "--course", "small", "--check")
        assert done.returncode == 0, done.stderr
        assert "Not written: " in done.stdout
        assert sorted(author.folder.iterdir()) == before

    def test_nothing_is_overwritten_without_force_and_no_folder_with_other_files(self, author: Author) -> None:
        place = author.folder / "there"
        place.mkdir()
        (place / "homework.py").write_text("mine")
        for force in ((), ("--force",)):
            done = author.grade("pack", "sheet", "--course", "small", "--output", "there", *force)
            assert done.returncode == ExitCode.UNUSABLE
        assert "it is no pack" in done.stderr
        (place / "pack.json").write_text("{}")
        done = author.grade("pack", "sheet", "--course", "small", "--output", "there", "--force")
        assert "homework.py in it is of something else" in done.stderr
        assert (place / "homework.py").read_text() == "mine"
        (place / "homework.py").unlink()
        done = author.grade("pack", "sheet", "--course", "small", "--output", "there", "--force")
        assert done.returncode == 0, done.stderr
        assert json.loads((place / "pack.json").read_text())["assignment"] == "sheet"

    def test_an_assignment_that_is_not_there(self, author: Author) -> None:
        done = author.grade("pack", "shet", "--course", "small")
        assert done.returncode == ExitCode.UNUSABLE
        assert "did you mean `sheet`" in done.stderr


def _files_in(folder: Path) -> Mapping[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
