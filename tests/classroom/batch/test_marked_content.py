"""What a mark is given for: the file and what its code imports and opens, and nothing else."""

from __future__ import annotations

from pathlib import Path

from grader.classroom.batch.marked_content import with_modules
from grader.handin import CompanionFinder, WorkFiles, code_of, read_handin
from tests.classroom.intake.classes import make_folder

CODE = "import helper\nx = open('points.csv').read()\nhelper.slope(x)\n"
FILES = {"hw.py": CODE, "helper.py": "from deeper import slope", "deeper.py": "slope = 1", "points.csv": "1"}


def digest(folder: Path, files: dict[str, str], name: str = "hw.py") -> str:
    handin = read_handin(str(make_folder(folder.parent, folder.name, files)), WorkFiles())
    (file,) = (file for file in handin.files if file.name == name)
    content = file.read()
    return with_modules(file, content, CompanionFinder(handin), lambda: code_of(content, name))


def test_it_changes_with_what_the_code_names(tmp_path: Path) -> None:
    before = digest(tmp_path / "before", FILES)
    for name in FILES:
        assert digest(tmp_path / name, FILES | {name: FILES[name] + "\n# changed"}) != before


def test_it_changes_with_nothing_else(tmp_path: Path) -> None:
    before = digest(tmp_path / "before", FILES)
    assert digest(tmp_path / "more", FILES | {"notes.txt": "Done.", "other.py": "y = 2"}) == before
    renamed = {"homework.py" if name == "hw.py" else name: content for name, content in FILES.items()}
    assert digest(tmp_path / "renamed", renamed, "homework.py") == before
    assert digest(tmp_path / "alone", {"a.py": "x = 1"}, "a.py") == digest(
        tmp_path / "among", {"a.py": "x = 1", "b.py": "y = 2"}, "a.py"
    )
