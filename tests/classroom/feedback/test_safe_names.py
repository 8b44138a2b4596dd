"""Names that every file system takes."""

from __future__ import annotations

import pytest

from grader.classroom.feedback.safe_names import LONGEST, distinct_paths, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("lovelaceada_1001_9001_hw", "lovelaceada_1001_9001_hw.html"),
        ("王小明", "王小明.html"),
        ("../../etc/passwd", "-.-..-etc-passwd.html"),
        ("a/b\\c:d*e?f", "a-b-c-d-e-f.html"),
        ("nul\x00nul", "nul-nul.html"),
        ("ada\u202elmth.exe", "ada-lmth.exe.html"),
        ("lone \ud800 surrogate", "lone - surrogate.html"),
        ("line\nend", "line-end.html"),
        ("CON", "CON-.html"),
        ("com1.tar", "com1-.tar.html"),
        ("LPT¹", "LPT¹-.html"),
        ("console", "console.html"),
        (".hidden", "-hidden.html"),
        ("~$lock", "-$lock.html"),
        ("", "-.html"),
        ("  ", "-.html"),
    ],
)
def test_what_a_system_refuses_is_replaced(name: str, safe: str) -> None:
    assert safe_name(name, ".html") == safe


@pytest.mark.parametrize(("name", "safe"), [("folder. .", "folder"), ("..", "-"), ("aux.d", "aux-.d")])
def test_of_a_folder_dots_at_the_end_are_taken_off(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_long_names_are_cut_and_stay_distinct() -> None:
    one, other = safe_name("好" * 300 + "a", ".html"), safe_name("好" * 300 + "b", ".html")
    assert one != other
    assert one.endswith(".html")
    assert max(len(one.encode()), len(other.encode())) <= LONGEST


def test_names_that_some_system_takes_for_equal_get_numbers() -> None:
    paths = [("ada.md",), ("Ada.md",), ("café.md",), ("cafe\u0301.md",), ("x", "a.md"), ("X", "a.md"), ("ada-2.md",)]
    assert ["/".join(path) for path in distinct_paths(paths)] == [
        "ada.md",
        "Ada-2.md",
        "café.md",
        "cafe\u0301-2.md",
        "x/a.md",
        "X-2/a.md",
        "ada-2-2.md",
    ]


def test_a_file_never_has_the_name_of_a_folder_nor_of_what_is_taken() -> None:
    assert distinct_paths([("a", "b.md"), ("a",), ("b",), ("b", "c.md")]) == [
        ("a", "b.md"),
        ("a-2",),
        ("b",),
        ("b-2", "c.md"),
    ]
    assert distinct_paths([("index.yml", "a.md")], taken=[("index.yml",)]) == [("index.yml-2", "a.md")]
