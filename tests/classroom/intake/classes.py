"""Classes on disk, and short views of what was read of them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.classroom.intake import Intake, StudentHandin, read_class
from grader.errors import SubmissionError
from grader.handin import HandedFile

Files = Mapping[str, str | bytes]


def make_folder(parent: Path, name: str, content: Files) -> Path:
    root = parent / name
    root.mkdir()
    for path, text in content.items():
        place = root / path
        if path.endswith("/"):
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def make_zip(parent: Path, name: str, content: Files) -> Path:
    path = parent / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in content.items():
            archive.writestr(member, text)
    return path


def names(found: tuple[HandedFile, ...]) -> list[str]:
    return [file.name for file in found]


def by_name(intake: Intake) -> dict[str, StudentHandin]:
    """Handins by the names of their students."""
    return {" & ".join(student.name for student in handin.students): handin for handin in intake.handins}


def message(path: Path) -> str:
    with pytest.raises(SubmissionError) as caught:
        read_class(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)
