"""The file ``handout/fingerprints.yaml`` of a course: fingerprints of what students were given.

``grade handout NOTEBOOK`` writes it. The notebook itself need not be part of the course.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.course.course_files import present, yaml_files
from grader.errors import ExerciseError, Mistake
from grader.language import yaml_file
from grader.submission.fingerprints import Handout

HANDOUT_FILE = "handout/fingerprints.yaml"
TEMPLATES = "handout/templates"
"""The folder with the fingerprints of templates that were made from masters, a file for each assignment."""
_DOCUMENTS = "documents"
_LISTS = ("shown", "repeats", "parts", "sentences")
_OLD_LISTS = ("cells", "paragraphs")
"""What files from before there were statements and sentences list. They are still read."""
_ALL = (_DOCUMENTS, *_LISTS, *_OLD_LISTS)
_DIGEST = re.compile(r"[0-9a-f]{16}")


def handout_text(handout: Handout) -> str:
    """The content of ``handout/fingerprints.yaml`` for a handout."""
    lines = ["# Fingerprints of what students were given, made by `grade handout`. What is listed here is no answer."]
    # Quoted, because YAML would read a digest such as 12345678e1234567 as a number.
    documents = [", ".join(f'"{value}"' for value in document) for document in sorted(handout.documents)]
    lines += [f"{_DOCUMENTS}:", *(f"  - [{values}]" for values in documents)] if documents else [f"{_DOCUMENTS}: []"]
    for name in (*_LISTS, *_OLD_LISTS):
        values = sorted(getattr(handout, name))
        if values or name in _LISTS:
            lines += [f"{name}:", *(f'  - "{value}"' for value in values)] if values else [f"{name}: []"]
    return "\n".join(lines) + "\n"


def handout_files(course: Path) -> tuple[Path, ...]:
    """The files with fingerprints that a course has."""
    path = present(course / HANDOUT_FILE)
    return (*((path,) if path.exists() else ()), *yaml_files(course / TEMPLATES))


def load_handout(course: Path) -> Handout:
    """The handout of a course; empty if it has none. Raises ExerciseError with all mistakes of the files."""
    handout = Handout()
    mistakes: list[Mistake] = []
    for path in handout_files(course):
        try:
            handout = handout.joined(read_handout(path))
        except ExerciseError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        raise ExerciseError(mistakes)
    return handout


def read_handout(path: Path) -> Handout:
    """The handout of one file. Raises ExerciseError with all its mistakes."""
    document = yaml_file.load(path)
    mistakes = list(_mistakes(document))
    if mistakes:
        raise ExerciseError(mistakes)
    return Handout(**{name: frozenset(document.data.get(name) or ()) for name in _ALL})


def _mistakes(document: yaml_file.Document) -> Iterator[Mistake]:
    for name, values in document.data.items():
        if name not in _ALL:
            yield document.mistake((name,), f"unknown key `{name}`; known: {', '.join(_ALL)}")
        elif not isinstance(values, list | tuple):
            yield document.mistake(
                (name,), f"`{name}` is a list of fingerprints; make it with `grade handout NOTEBOOK`"
            )
        elif name == _DOCUMENTS:
            for index, value in enumerate(values):
                if isinstance(value, list | tuple):
                    yield from _mistakes_in(document, (name, index), value)
                else:
                    yield document.mistake((name, index), "not a list of the fingerprints of a document")
        else:
            yield from _mistakes_in(document, (name,), values)


def _mistakes_in(document: yaml_file.Document, loc: yaml_file.Loc, values: Sequence[object]) -> Iterator[Mistake]:
    for index, value in enumerate(values):
        if not isinstance(value, str) or not _DIGEST.fullmatch(value):
            yield document.mistake((*loc, index), "not a fingerprint (16 hexadecimal digits, in quotes)")
