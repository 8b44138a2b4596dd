"""A student's own modules: found by the imports of the file, and available when it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.model import Cell, ChangedNames, Job, Outcome, Probes, Submission
from grader.sandbox.sandbox import Sandbox
from grader.submission import load, local_modules
from tests.helpers.observing import events


def companions(folder: Path, code: str, **files: str) -> set[str]:
    for name, content in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".py").write_text(content, encoding="utf-8")
    (folder / "homework.py").write_text(code, encoding="utf-8")
    return {name for name, _ in load(str(folder / "homework.py")).companions}


@pytest.mark.parametrize(
    "code",
    [
        "import helper",
        "import helper as h, torch",
        "from helper import f",
        "from helper.part import f",
        "def f():\n    import helper",
        "try:\n    import helper\nexcept ImportError:\n    pass",
    ],
)
def test_a_module_that_is_imported_is_found(tmp_path: Path, code: str) -> None:
    assert companions(tmp_path, code, helper="x = 1") == {"helper.py"}


def test_nothing_else_is_looked_at(tmp_path: Path) -> None:
    assert companions(tmp_path, "import torch\n# import other", other="x = 1", secrets="y = 2") == set()


def test_what_modules_import_is_found_too_and_circles_end(tmp_path: Path) -> None:
    found = companions(tmp_path, "import a", a="import b", b="import a, c", c="x = 1", d="")
    assert found == {"a.py", "b.py", "c.py"}


def test_of_a_package_all_python_files(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "data.bin").write_bytes(b"0")
    (tmp_path / "tools" / "__init__.py").touch()
    assert companions(tmp_path, "import tools.part", tools__part="x = 1") == {"tools/__init__.py", "tools/part.py"}


def test_a_folder_that_is_no_package_is_none(tmp_path: Path) -> None:
    assert companions(tmp_path, "import tools", tools__part="x = 1") == set()


def test_more_than_a_megabyte_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_modules, "MAX_BYTES", 100)
    assert companions(tmp_path, "import large, small", large="#" * 101, small="x = 1") == {"small.py"}


def test_broken_code_imports_nothing(tmp_path: Path) -> None:
    assert companions(tmp_path, "import helper", helper="import other (", other="") == {"helper.py"}


def test_it_is_there_when_the_file_runs(sandbox: Sandbox, tmp_path: Path) -> None:
    companions(tmp_path, "from helper import f\nx = f()\n", helper="def f():\n    return 7\n")
    handed_in = load(str(tmp_path / "homework.py"))
    job = Job(
        cells=handed_in.cells,
        format="py",
        file_name="homework.py",
        seed=0,
        probes=Probes(names=("x",)),
        files=handed_in.companions,
    )
    observation = sandbox.run(job).observation
    assert observation.outcome is Outcome.COMPLETED
    assert "x" in events(observation, ChangedNames)[-1].changed


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "solution.py").write_text("answer = 42\n")
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / "helper.py").symlink_to(tmp_path / "solution.py")
    assert companions(folder, "import helper") == set()


def test_a_module_that_cannot_be_read_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *arguments: object) -> None:
        raise PermissionError

    monkeypatch.setattr(local_modules.Path, "open", refuse)
    (tmp_path / "helper.py").touch()
    submission = Submission(
        path=str(tmp_path / "homework.py"),
        format="py",
        sha256="",
        cells=(Cell(number=None, source="import helper", code="import helper"),),
    )
    assert local_modules.find_local_modules(submission) == ()
