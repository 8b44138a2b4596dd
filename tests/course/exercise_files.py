"""Exercise files that tests write and read."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.exercise import Exercise, load_exercise
from grader.errors import ExerciseError

SLUG_WORDS = "must be made of small letters, digits and single dashes, such as `second-part`"
KINDS = "answer, backward, function, module, output, plot, raises, steps, uses, value"
HEAD = "id: x\ntitle: X\nstatement: Do it.\nchecks:\n"


def load(text: str, name: str = "x.yaml") -> Exercise:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return load_exercise(path)


def mistakes(text: str) -> list[str]:
    with pytest.raises(ExerciseError) as caught:
        load(text)
    return str(caught.value).splitlines()


def of_check(*lines: str) -> list[str]:
    """The mistakes of an exercise with one check, whose lines begin on line 5."""
    body = "\n    ".join(lines)
    return mistakes(f"{HEAD}  - {body}\n")
