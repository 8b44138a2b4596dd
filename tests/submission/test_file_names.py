"""What browsers, mail and chat programs, and file managers add to names."""

from __future__ import annotations

import pytest

from grader.submission.file_names import plain_name, suffix_of, without_added_suffix


@pytest.mark.parametrize(
    "name",
    [
        "hw.ipynb", "work/hw.ipynb", "hw.ipynb.txt", "hw.ipynb.json", "hw.ipynb.json.txt", "hw.ipynb (1).txt",
        "hw (1).ipynb", "hw(12).ipynb", "hw (1).ipynb.txt", "hw.ipynb.1", "hw.ipynb_", "hw.ipynb.bin",
        "hw.ipynb.download", " hw.ipynb ", "hw - Copy.ipynb", "hw - Kopie (2).ipynb",
        "hw copy 2.ipynb", "hw-Copy1.ipynb", "C:\\work\\hw.ipynb",
    ],
)  # fmt: skip
def test_are_taken_off(name: str) -> None:
    assert plain_name(name) == "hw.ipynb"
    assert suffix_of(name) == ".ipynb"


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("notes.txt", ".txt"), ("data.1", ".1"), ("a.csv.txt", ".txt"), ("hw.ipynb.bak", ".bak"), (".hidden", ""),
        ("hw", ""), ("hw.tar.gz", ".gz"), ("Makefile.", ""), ("hw.PY", ".py"), (".py", ""), ("(1).py", ".py"),
        ("a.py.html", ".html"),
    ],
)  # fmt: skip
def test_other_names_keep_their_suffix(name: str, suffix: str) -> None:
    assert suffix_of(name) == suffix


def test_the_number_stays_where_only_suffixes_are_taken_off() -> None:
    assert without_added_suffix("ada (1).ipynb.txt") == "ada (1).ipynb"


def test_long_names_take_no_time() -> None:
    assert plain_name("a.py" + ".1" * 100_000) == "a.py" + ".1" * 100_000
    assert plain_name("(1)" * 100_000 + ".py").endswith(".py")
