"""The course that the pages of the docs show: the blocks of code whose first line is a comment with a path in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

_BLOCK = re.compile(r"^```\w*\n# ((?:exercises|rubrics|solutions|support)/\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def pages(root: Path) -> Iterator[Path]:
    yield root / "docs" / "exercises.md"
    yield root / "docs" / "expressions.md"
    for folder in ("kinds", "worked-exercises"):
        yield from sorted((root / "docs" / folder).glob("*.md"))


def shown_files(root: Path) -> Mapping[str, str]:
    """The contents of the files by their paths in the course. Raises ValueError where two pages show the same path."""
    files: dict[str, str] = {}
    shown_on: dict[str, Path] = {}
    for page in pages(root):
        for path, content in _BLOCK.findall(page.read_text(encoding="utf-8")):
            if path in files:
                raise ValueError(f"{page.name}: {path} is shown in {shown_on[path].name} already; take another id")
            files[path], shown_on[path] = content, page
    return files


def exercise_ids(files: Mapping[str, str]) -> list[str]:
    return [Path(path).stem for path in files if path.startswith("exercises/") and path.endswith(".yaml")]


def known_names(files: Mapping[str, str]) -> list[tuple[str, str]]:
    """The exercise and the file of every known submission, from what the pages show of ``verdicts.yaml``."""
    listed = (
        (Path(path), yaml.safe_load(content)) for path, content in files.items() if path.endswith("/verdicts.yaml")
    )
    return [(path.parent.name, name) for path, entries in listed for name in entries]


def write_course(files: Mapping[str, str], root: Path) -> Path:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content, encoding="utf-8")
    return root
