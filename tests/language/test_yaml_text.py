"""Plain data written as YAML is read back as it was, and nothing else is in the text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.language import yaml_file
from grader.language.yaml_text import yaml_text

HARD = (
    *(
        "no",
        "Yes",
        "on",
        "null",
        "~",
        "",
        " ",
        "1.10",
        "1e5",
        "0o17",
        "0x1F",
        "1_000",
        "12:30:45",
        "2026-01-01",
        "=",
        "<<",
    ),
    *("a: b", "a #b", "- a", "*a", "&a", "{a}", "[a]", "'", '"', "\\", "tab\there", "%", "@", "`", "!", "?", "|", ">"),
    *("line\n", "two\nlines", "\n", "\nx", "  indented\n  text\n", "trailing \nspace", "ends\n\n\n"),
    *("é∂🙂", "\x85", "\u2028"),
)


class TestWhatIsReadBack:
    @pytest.mark.parametrize("text", HARD)
    def test_a_text_that_yaml_may_take_for_something_else(self, tmp_path: Path, text: str) -> None:
        assert _read_back({"key": text, "list": [text, {"inner": text}]}, tmp_path) == {
            "key": text,
            "list": (text, {"inner": text}),
        }

    def test_numbers_and_words(self, tmp_path: Path) -> None:
        data = {"a": 1, "b": 1e-05, "c": -2.5, "d": True, "e": None, "f": float("inf"), "g": 10**20, "h": ()}
        assert _read_back(data, tmp_path) == data

    def test_files_of_the_courses_here(self, root: Path, tmp_path: Path) -> None:
        courses = (root, root / "courses/from-scratch", root / "tests/language_course")
        paths = [path for course in courses for path in sorted(course.glob("*s/*.yaml"))][::4]
        assert len(paths) > 20
        for path in paths:
            data = yaml_file.load(path).data
            assert _read_back(data, tmp_path) == data, path


def test_equal_parts_are_written_twice_and_not_as_references() -> None:
    shared = ("a", 1)
    assert "&" not in yaml_text({"one": shared, "other": shared})


def _read_back(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    (folder / "file.yaml").write_text(yaml_text(data), "utf-8")
    return yaml_file.load(folder / "file.yaml").data
