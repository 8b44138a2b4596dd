"""A course as an archive: what is in it, and that unpacking one writes nowhere else."""

from __future__ import annotations

import io
import json
import os
import shutil
import zlib
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.cluster import course_content
from grader.classroom.cluster.course_content import CourseContent, pack_course, unpack_course
from grader.course.course import load_course
from grader.errors import CourseError
from tests.helpers.class_of import course_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course with two assignments that have data, and things that are no part of it."""
    root = course_of(["double-backward"], tmp_path / "deep learning")
    for name in ("hw1", "hw2"):
        (root / "data" / name / "inner").mkdir(parents=True)
        (root / "data" / name / "inner" / "values.csv").write_text(f"1,2,{name}\n")
        (root / "assignments").mkdir(exist_ok=True)
        (root / "assignments" / f"{name}.yaml").write_text(
            f"id: {name}\ntitle: {name}\nexercises: [double-backward]\ndata: data/{name}\nhandout: [given/{name}.py]\n"
        )
        (root / "given").mkdir(exist_ok=True)
        (root / "given" / f"{name}.py").write_text("import torch\n")
    (root / "support").mkdir(exist_ok=True)
    (root / "support" / "helper.py").write_text("def f(): pass\n")
    (root / "support" / "run.sh").write_text("#!/bin/sh\n")
    (root / "support" / "run.sh").chmod(0o755)
    (root / "submissions").mkdir()
    (root / "submissions" / "ada.py").write_text("no part of the course\n")
    return root


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def unpacked(content: CourseContent, folder: Path) -> Path:
    unpack_course(io.BytesIO(content.archive), folder / content.name)
    return folder / content.name


def test_the_courses_that_it_builds_on_come_along(root: Path, tmp_path: Path) -> None:
    (root / "checks.py").write_text("x = 1\n")
    (root / "course.yaml").write_text("default: hw1\n")
    own = tmp_path / "own"
    (own / "rubrics").mkdir(parents=True)
    (own / "course.yaml").write_text("extends: ../deep learning\ntitle: Own\n")
    rubric = (root / "rubrics" / "double-backward.yaml").read_text()
    (own / "rubrics" / "double-backward.yaml").write_text(rubric.replace("points: 2", "points: 9"))
    (tmp_path / "there").mkdir()
    content = pack_course(load_course(own), "hw1")
    there = load_course(unpacked(content, tmp_path / "there"))
    assert [item.rubric.total for item in there.exercises] == [18]
    assert there.settings.title == "Own"
    assert there.default is not None
    assert there.default.data == there.layers.roots[1] / "data" / "hw1"
    assert (there.default.data / "inner" / "values.csv").is_file()
    assert not (there.layers.roots[1] / "data" / "hw2" / "inner").exists()
    assert [(base / "helper.py").is_file() for base in there.support] == [True]
    # Of another user, a submission, nothing else may be seen.
    assert (there.layers.roots[1] / "exercises").stat().st_mode & 0o077 == 0
    assert (there.layers.roots[1] / "checks.py").stat().st_mode & 0o077 == 0
    assert content.trusted_layers([root.resolve()]) == [1]
    assert pack_course(load_course(own), "hw1") == content


def test_several_courses_that_it_builds_on_come_along(root: Path, tmp_path: Path) -> None:
    other, middle, own = tmp_path / "other", tmp_path / "middle", tmp_path / "own"
    shutil.copytree(root, other)
    shutil.rmtree(other / "support")
    extends = {middle: "../other\nwithout: [double-backward]", own: "[../middle, ../deep learning, ../other]"}
    for folder, text in extends.items():
        folder.mkdir()
        (folder / "course.yaml").write_text(f"extends: {text}\n")
    with (own / "course.yaml").open("a") as settings:
        settings.write("without: [../other/double-backward]\n")
    (tmp_path / "there").mkdir()
    here = load_course(own)
    there = load_course(unpacked(pack_course(here, "hw1"), tmp_path / "there"))
    assert [base.name for base in here.layers.roots] == ["own", "middle", "deep learning", "other"]
    assert [base.name for base in there.layers.roots] == ["own", "1", "2", "3"]
    assert there.layers.exercises.keys() == here.layers.exercises.keys()
    assert there.exercises[0].path == there.layers.roots[2] / "exercises" / "double-backward.yaml"


def test_the_course_that_comes_out_is_the_one_that_went_in(root: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    there = unpacked(pack_course(load_course(root), None), tmp_path / "there")
    assert there.name == "deep learning"
    known = {name: content for name, content in files_of(root).items() if not name.startswith("submissions")}
    assert files_of(there) == known
    assert os.access(there / "support" / "run.sh", os.X_OK)
    loaded = load_course(there)
    assert [assignment.id for assignment in loaded.assignments] == ["hw1", "hw2"]


def test_only_the_data_of_the_assignment_is_sent_and_the_course_can_be_loaded(root: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    there = unpacked(pack_course(load_course(root), "hw1"), tmp_path / "there")
    assert (there / "data/hw1/inner/values.csv").is_file()
    assert list((there / "data/hw2").iterdir()) == []
    load_course(there)


def test_what_submissions_must_not_see_is_for_the_owner_alone(root: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    before = os.umask(0o077)
    try:
        there = unpacked(pack_course(load_course(root), None), tmp_path / "there")
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in there.iterdir()}
    assert modes["exercises"] == modes["rubrics"] == modes["solutions"] == modes["assignments"] == 0o700
    assert modes["support"] == modes["data"] == 0o755
    assert there.stat().st_mode & 0o777 == (0o711 if os.geteuid() == 0 else 0o700)


def test_equal_courses_have_equal_archives(root: Path, tmp_path: Path) -> None:
    first = pack_course(load_course(root), None)
    os.utime(root / "exercises" / "double-backward.yaml", (1, 1))
    (root / "exercises" / "__pycache__").mkdir()
    (root / "exercises" / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert pack_course(load_course(root), None) == first
    (root / "support" / "helper.py").write_text("def g(): pass\n")
    assert pack_course(load_course(root), None).digest != first.digest


def test_of_a_link_the_content_is_sent(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.csv").write_text("9\n")
    (root / "data" / "hw1" / "linked.csv").symlink_to(tmp_path / "elsewhere.csv")
    (root / "data" / "hw1" / "loop").symlink_to(root)
    os.mkfifo(root / "data" / "hw1" / "pipe")
    (tmp_path / "there").mkdir()
    there = unpacked(pack_course(load_course(root), "hw1"), tmp_path / "there")
    assert sorted(path.name for path in (there / "data/hw1").iterdir()) == ["inner", "linked.csv"]
    assert not (there / "data/hw1/linked.csv").is_symlink()
    assert (there / "data/hw1/linked.csv").read_text() == "9\n"


def test_a_course_too_large_to_send_is_refused_with_its_largest_files(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "data" / "hw1" / "images.npy").write_bytes(b"x" * 200_000)
    monkeypatch.setattr(course_content, "MAX_BYTES", 100_000)
    with pytest.raises(CourseError, match=r"at most 0 MB are sent .* largest are data/hw1/images.npy \(0 MB\)"):
        pack_course(load_course(root), "hw1")
    pack_course(load_course(root), "hw2")
    monkeypatch.setattr(course_content, "MAX_FILES", 3)
    with pytest.raises(CourseError, match="has more than 3 files, too many to be sent"):
        pack_course(load_course(root), "hw2")


def archive(files: list[Any], contents: bytes = b"", folders: Any = ()) -> bytes:
    head = json.dumps({"files": files, "folders": list(folders)}).encode()
    return zlib.compress(len(head).to_bytes(8, "big") + head + contents)


@pytest.mark.parametrize(
    "made",
    [
        b"",
        b"no archive",
        zlib.compress(b"short"),
        zlib.compress((2**60).to_bytes(8, "big") + b"{}"),
        archive([["/etc/made", 1, False]], b"x"),
        archive([["../made", 1, False]], b"x"),
        archive([["a/../../made", 1, False]], b"x"),
        archive([["a\0b", 1, False]], b"x"),
        archive([["", 1, False]], b"x"),
        archive([["a", 1, False], ["a", 1, False]], b"xy"),
        archive([["a", 1, False], ["a/b", 1, False]], b"xy"),
        archive([["a", 5, False]], b"x"),
        archive([["a", 1, False]], b"too much"),
        archive([["a", -1, False]]),
        archive([["a", 2**40, False]]),
        archive([["a", "x", False]]),
        archive([[7, 1, False]], b"x"),
        archive([["a", 1]], b"x"),
        archive([], folders=["../made"]),
        archive([], folders=[3]),
        zlib.compress(len(b"[]").to_bytes(8, "big") + b"[]"),
        zlib.compress((300_000).to_bytes(8, "big") + b"[" * 300_000),
    ],
)
def test_what_is_no_archive_is_refused_and_writes_nowhere_else(made: bytes, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(CourseError, match="The course that was sent is damaged"):
        unpack_course(io.BytesIO(made), tmp_path / "in" / "course")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert {path.name for path in (tmp_path / "in").iterdir()} <= {"course"}


def test_a_small_archive_cannot_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course_content, "MAX_BYTES", 1000)
    with pytest.raises(CourseError, match="larger than a course may be"):
        unpack_course(io.BytesIO(archive([["a", 10**6, False]], bytes(10**6))), tmp_path / "course")
    assert not (tmp_path / "course").exists()
