"""Which helper modules go into a pack: all but what only checks use that stay out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.course.packed_support import PackedSupport, named_functions, packed_support
from grader.errors import CourseError


def packed(
    folder: Path, files: dict[str, str], *, public: Sequence[str] = (), kept_back: Sequence[str] = (), text: str = ""
) -> PackedSupport:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    there = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return packed_support(there, public=public, kept_back=kept_back, texts=[text])


class TestWhatStaysOut:
    def test_nothing_where_no_kept_back_check_names_a_function(self, tmp_path: Path) -> None:
        found = packed(
            tmp_path, {"a.py": "def f(x):\n    return x  # a note\n", "p/__init__.py": "", "p/b.py": "y = 1\n"}
        )
        assert found.files == {"a.py": b"def f(x):\n    return x\n", "p/__init__.py": b"\n", "p/b.py": b"y = 1\n"}
        assert found.left_out == ()

    def test_a_function_that_only_a_kept_back_check_names_with_what_only_it_uses(self, tmp_path: Path) -> None:
        text = (
            "import math\nimport os\nK = 3\n\ndef part(x):\n    return math.pi * K\n\n"
            "def deep(x):\n    return part(x)\n\ndef f(x):\n    return os.sep\n"
        )
        found = packed(tmp_path, {"a.py": text}, public=["a.f"], kept_back=["a.deep"])
        assert found.files["a.py"].split(b"\n", 1)[0] == b"import os"
        assert found.files["a.py"].split() == b"import os def f(x): return os.sep".split()
        assert found.left_out == ("a.K", "a.deep", "a.part")

    def test_a_module_of_which_nothing_is_left(self, tmp_path: Path) -> None:
        files = {"a.py": "from b import g\n\ndef deep(x):\n    return g(x)\n", "b.py": "def g(x):\n    return x\n"}
        assert packed(tmp_path, files, kept_back=["a.deep"]).files == {}

    def test_names_in_all_and_in_imports_of_others(self, tmp_path: Path) -> None:
        files = {
            "p/__init__.py": "from p.deep import deep\nfrom p.flat import flat\n__all__ = ['deep', 'flat']\n",
            "p/deep.py": "def deep(x):\n    return x\n",
            "p/flat.py": "def flat(x):\n    return x\n",
        }
        found = packed(tmp_path, files, kept_back=["p.deep.deep"])
        assert found.files == {
            "p/__init__.py": b"from p.flat import flat\n__all__ = ['flat']\n",
            "p/flat.py": b"def flat(x):\n    return x\n",
        }


class TestLines:
    def test_lines_stay_where_they_are_where_nothing_is_left_out(self, tmp_path: Path) -> None:
        text = "# a note\n\nx = 'a # b'  # another\n\n\ndef f():\n    # within\n    return x\n"
        (content,) = packed(tmp_path, {"a.py": text}).files.values()
        assert content == b"\n\nx = 'a # b'\n\n\ndef f():\n\n    return x\n"

    def test_statements_that_share_a_line(self, tmp_path: Path) -> None:
        found = packed(tmp_path, {"a.py": "x = 1; deep = len; y = 2  # note\n"}, kept_back=["a.deep"])
        assert found.files == {"a.py": b"x = 1\ny = 2\n"}

    def test_a_function_goes_with_its_decorators(self, tmp_path: Path) -> None:
        text = "import functools\n\n@functools.cache\ndef deep():\n    return 1\n\ndef f():\n    return 2\n"
        found = packed(tmp_path, {"a.py": text}, kept_back=["a.deep"])
        assert found.files["a.py"].strip() == b"def f():\n    return 2"


class TestWhatGoesIn:
    @pytest.mark.parametrize(
        "asked", [{"public": ["a.deep"]}, {"text": "Call your function with `deep` of the module a."}]
    )
    def test_what_a_public_check_or_the_statement_names_too(self, tmp_path: Path, asked: dict[str, object]) -> None:
        found = packed(tmp_path, {"a.py": "def deep(x):\n    return x\n"}, kept_back=["a.deep"], **asked)  # type: ignore[arg-type]
        assert "a.py" in found.files

    def test_what_others_use_as_well(self, tmp_path: Path) -> None:
        files = {
            "a.py": "def part(x):\n    return x\n\ndef deep(x):\n    return part(x)\n\ndef f(x):\n    return part(x)\n"
        }
        found = packed(tmp_path, files, kept_back=["a.deep"])
        assert b"def part" in found.files["a.py"]
        assert b"deep" not in found.files["a.py"]

    def test_other_files_only_where_a_module_that_goes_in_names_them(self, tmp_path: Path) -> None:
        files = {
            "a.py": "def f():\n    return open('weights.txt')\n\ndef deep():\n    return open('secret.txt')\n",
            "weights.txt": "1",
            "secret.txt": "2",
            "notes.txt": "3",
        }
        assert packed(tmp_path, files, kept_back=["a.deep"]).files.keys() == {"a.py", "weights.txt"}


def test_a_module_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"a\.py cannot be read"):
        packed(tmp_path, {"a.py": "def f(:\n"})


def test_functions_are_found_wherever_a_check_names_them() -> None:
    check = {"arguments": ({"f": {"function": "support.bowl"}}, {"x": ({"made-by": "support.nets.small"},)})}
    assert list(named_functions(check)) == ["bowl.bowl", "nets.small"]
