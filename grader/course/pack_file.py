"""``pack.json``, the file that makes a folder a *pack*: what students get of a course for one assignment.

A pack is a course without solutions that has some of the assignment's checks only (``packed_course``), so that its
points are not those of the assignment. The file says so, and with what the pack was made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from grader.course.course_parts import PACK_FILE
from grader.errors import ExerciseError, Mistake, reason_of
from grader.language.validation import in_words
from grader.language.yaml_file import shown

FORMAT = "grader.pack/1"
SEED = 2_718_281_828
"""What the hidden inputs of every pack are drawn from, so that no pack tells the seed of a course's own grading."""
MAX_BYTES = 1024**2


_Points = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackedExercise:
    """An exercise of the assignment of which the pack has no check."""

    id: str
    title: str
    number: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What a pack says of itself. ``points``: what can be won by its checks; ``total``: in the whole assignment. Of
    neither a bonus is a part.
    """

    format: str
    grader: str
    """The version of the grader that made it."""
    assignment: str
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    points: _Points
    total: _Points
    recorded_with: Mapping[str, str] = field(default_factory=dict)
    """The releases of the packages with which the reference solutions ran; empty where it has no recording."""
    elsewhere: tuple[UnpackedExercise, ...] = ()
    """The exercises of the assignment that only the instructor checks."""

    def text(self) -> str:
        """The content of the file, the same for equal packs."""
        return json.dumps(_reader().dump_python(self, mode="json"), indent=2, ensure_ascii=False) + "\n"


@cache
def _reader() -> TypeAdapter[Pack]:
    """Made when the first pack is read: most courses are none."""
    return TypeAdapter(Pack)


def load_pack(root: Path) -> Pack | None:
    """What the pack in a folder says of itself; None if it is no pack. Raises ExerciseError where that is not known."""
    path = root / PACK_FILE
    if not path.exists():
        return None
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ValueError("it is too large")
        data = json.loads(content)
        version = data.get("format") if isinstance(data, dict) else None
        if version != FORMAT:
            raise ValueError(f"its format is {version}, and this grader reads {FORMAT}")
        return _reader().validate_python(data)
    except ValidationError as error:
        why = "; ".join(text for _, text in in_words(error))
    except (OSError, ValueError, RecursionError) as error:
        why = reason_of(error)
    text = f"cannot be used: {why}. Take the pack again from where you have it from"
    raise ExerciseError([Mistake(path=shown(path), line=None, text=text)])
