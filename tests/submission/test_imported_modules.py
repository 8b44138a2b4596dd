"""Which modules code imports, without running it."""

from __future__ import annotations

import pytest

from grader.submission.imported_modules import MAX_MODULES, imported_modules


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import torch.nn as nn, os\nfrom d2l import torch as d2l\nfrom . import a\nfrom .b import c", "torch os d2l"),
        ("def f():\n    with g():\n        import late", "late"),
        ("try:\n    import seaborn\nexcept ImportError:\n    import plain\nelse:\n    import more", "more plain"),
        ("try:\n    import a\nexcept (OSError, ModuleNotFoundError):\n    pass", ""),
        ("try:\n    import a\nexcept:\n    pass", ""),
        ("try:\n    import a\nexcept OSError:\n    pass", "a"),
        ("import helper, x\nget_ipython().run_cell_magic('writefile', '-a src/helper.py', 'a = 1')", "x"),
        ("import = 3", ""),
        ("import " + "a" * 101, ""),
    ],
)
def test_its_packages_are_named_once(code: str, names: str) -> None:
    assert sorted(imported_modules([code, code])) == sorted(names.split())


def test_there_are_only_so_many() -> None:
    assert len(imported_modules(f"import m{number}" for number in range(500))) == MAX_MODULES


def test_deep_code_is_no_trouble() -> None:
    assert imported_modules(["x = " + "-" * 50_000 + "1", "import a"]) == ("a",)
