"""The file ``handout/fingerprints.yaml`` of a course: fingerprints of what students were given.

``grade handout NOTEBOOK`` writes it. The notebook itself need not be part of the course.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from grader.errors import ExerciseError, Mistake
from grader.language import yaml_file
from grader.submission.fingerprints import Handout

HANDOUT_FILE = "handout/fingerprints.yaml"
_LISTS = ("statements", "sentences")
_OLD_LISTS = ("cells", "paragraphs")
"""What files from before there were statements and sentences list. They are still read."""
_DIGEST = re.compile(r"[0-9a-f]{16}")


def handout_text(handout: Handout) -> str:
    """The content of ``handout/fingerprints.yaml`` for a handout."""
    lines = ["# Fingerprints of what students were given, made by `grade handout`. What is listed here is no answer."]
    for name in (*_LISTS, *_OLD_LISTS):
        values = sorted(getattr(handout, name))
        if values or name in _LISTS:
            # Quoted, because YAML would read a digest such as 12345678e1234567 as a number.
            lines += [f"{name}:", *(f'  - "{value}"' for value in values)] if values else [f"{name}: []"]
    return "\n".join(lines) + "\n"


def load_handout(course: Path) -> Handout:
    """The handout of a course; empty if it has none. Raises ExerciseError with all mistakes of the file."""
    path = course / HANDOUT_FILE
    if not path.exists():
        return Handout()
    document = yaml_file.load(path)
    mistakes = list(_mistakes(document))
    if mistakes:
        raise ExerciseError(mistakes)
    return Handout(**{name: frozenset(document.data.get(name) or ()) for name in (*_LISTS, *_OLD_LISTS)})


def _mistakes(document: yaml_file.Document) -> Iterator[Mistake]:
    for name, values in document.data.items():
        if name not in (*_LISTS, *_OLD_LISTS):
            known = ", ".join((*_LISTS, *_OLD_LISTS))
            yield document.mistake((name,), f"unknown key `{name}`; known: {known}")
        elif not isinstance(values, list | tuple):
            yield document.mistake(
                (name,), f"`{name}` is a list of fingerprints; make it with `grade handout NOTEBOOK`"
            )
        else:
            for index, value in enumerate(values):
                if not isinstance(value, str) or not _DIGEST.fullmatch(value):
                    yield document.mistake((name, index), "not a fingerprint (16 hexadecimal digits, in quotes)")
