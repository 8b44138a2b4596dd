"""What a course remembers of files without mistakes, so that what takes long is looked for once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.course import sound_files, unproving_checks
from grader.course.course import CourseExercise, load_course

CHECK = "{id: a, kind: value, names: {w: w}, holds: w == 3}"
PROVES_NOTHING = "{id: a, kind: value, names: {w: w}, holds: w == w}"
OF_A_FILE = "{id: a, kind: function, function: f, arguments: {x: {file: x.npy}}, expect: {x.gradient: 2 * x}}"


class Looked:
    """A course of one exercise whose checks are ``check``. Counts how often its checks were looked at for what takes
    long.
    """

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.cache, self.times = root / "course", root / "cache", 0
        monkeypatch.setattr(sound_files, "cache_folder", lambda: self.cache)
        find = unproving_checks.find_unproving_checks

        def counted(*args):  # type: ignore[no-untyped-def]
            self.times += 1
            return find(*args)

        monkeypatch.setattr(unproving_checks, "find_unproving_checks", counted)
        for folder in ("exercises", "rubrics", "solutions"):
            (self.root / folder).mkdir(parents=True)
        (self.root / "solutions/x.py").write_text("w = 3\n")
        self.write()

    def write(self, check: str = CHECK, rubric: str = "{points: 1}") -> None:
        (self.root / "exercises/x.yaml").write_text(f"id: x\ntitle: T\nstatement: S\nchecks: [{check}]\n")
        (self.root / "rubrics/x.yaml").write_text(f"exercise: x\nchecks: {{a: {rubric}}}\n")

    def load(self) -> CourseExercise:
        return load_course(self.root).exercises[0]

    @property
    def kept(self) -> list[Path]:
        return list(self.cache.rglob("*"))[1:]


@pytest.fixture
def looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Looked:
    return Looked(tmp_path, monkeypatch)


def test_equal_files_are_looked_at_once(looked: Looked) -> None:
    first, second = looked.load(), looked.load()
    assert (looked.times, len(looked.kept)) == (1, 1)
    assert first == second
    assert not first.mistakes


def test_mistakes_are_said_at_each_load(looked: Looked) -> None:
    looked.load()
    looked.write(PROVES_NOTHING)
    said = [looked.load().mistakes for _ in range(2)]
    assert said[0] == said[1]
    assert "proves nothing" in said[0][0].text
    assert len(looked.kept) == 1


def test_a_changed_rubric_is_looked_at(looked: Looked) -> None:
    looked.load()
    looked.write(rubric="{points: 1, mistakes: [{when: size(w) >= 0, say: No.}]}")
    assert "holds for everything" in looked.load().mistakes[0].text


def test_changed_code_looks_again(looked: Looked, monkeypatch: pytest.MonkeyPatch) -> None:
    looked.load()
    monkeypatch.setattr(sound_files, "hash_of_grader", lambda: "other")
    looked.load()
    assert looked.times == 2


def test_an_exercise_with_data_of_a_file_is_looked_at_each_time(looked: Looked) -> None:
    looked.write(OF_A_FILE)
    np.save(looked.root / "exercises/x.npy", np.array([1.5, 2.5]))
    assert not looked.load().mistakes
    looked.load()
    assert (looked.times, looked.kept) == (2, [])


@pytest.mark.parametrize("damage", ["empty", "other", "folder", "bytes"])
def test_what_is_damaged_counts_as_missing(looked: Looked, damage: str) -> None:
    looked.load()
    (kept,) = looked.kept
    kept.unlink()
    if damage == "folder":
        kept.mkdir()
    else:
        kept.write_bytes({"empty": b"", "other": b"0" * 64, "bytes": b"\xff\xfe"}[damage])
    looked.load()
    assert looked.times == 2
    looked.load()
    assert looked.times == (3 if damage == "folder" else 2)


def test_without_a_cache_it_is_looked_at_each_time(looked: Looked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_files, "cache_folder", lambda: None)
    looked.load()
    looked.load()
    assert looked.times == 2


def test_a_cache_that_cannot_be_written_is_done_without(looked: Looked) -> None:
    looked.cache.write_text("a file in its place")
    assert not looked.load().mistakes
    looked.load()
    assert looked.times == 2
