"""Starters: ``handout/starters/<id>.py``, the code with which students begin an exercise.

``grade template`` puts a starter into the exercise's cell. Its code is known as handed out, so it proves nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import submission
from grader.course.course_parts import HANDOUT
from grader.errors import Mistake, SubmissionError, reason_of
from grader.language.yaml_file import shown
from grader.model import Prose, Submission
from grader.submission.fingerprints import Handout, handout_of
from grader.suggestions import did_you_mean_or_all

STARTERS = f"{HANDOUT}/starters"
SUFFIX = ".py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """The code with which students begin an exercise, and what is wrong with its file."""

    path: Path
    code: str
    mistakes: tuple[Mistake, ...] = ()


def load_starters(root: Path) -> Mapping[str, Starter]:
    """The starters of a course, by the ids of their exercises."""
    return {path.stem: _read(path) for path in starter_files(root)}


def find_stray_starters(starters: Mapping[str, Starter], exercises: Collection[str]) -> Iterator[Mistake]:
    """Starters of no exercise. ``exercises``: the ids that the course has."""
    for name, starter in starters.items():
        if name not in exercises:
            text = f"is the starter of no exercise{did_you_mean_or_all(name, exercises)}"
            yield Mistake(path=shown(starter.path), line=None, text=text)


def handed_out(
    *, statements: Iterable[str], starters: Mapping[str, str], sheets: Iterable[Sequence[str]] = ()
) -> Handout:
    """The fingerprints of what students get. ``starters``: their code, by the ids of exercises. ``sheets``: these ids
    for each assignment, in its order. The starters of an assignment are one document.
    """
    documents = {tuple(name for name in sheet if name in starters) for sheet in sheets} - {()}
    documents |= {(name,) for name in starters if not any(name in document for document in documents)}
    cells = {name: submission.read(code.encode(), f"{name}{SUFFIX}").cells for name, code in starters.items()}
    texts = Submission(
        path="", format="py", sha256="", cells=(), prose=tuple(Prose(text=statement) for statement in statements)
    )
    codes = (tuple(cell for name in document for cell in cells[name]) for document in sorted(documents))
    return handout_of([texts, *(Submission(path="", format="py", sha256="", cells=each) for each in codes)])


def starter_files(root: Path) -> tuple[Path, ...]:
    """The files of all starters, in the order of their names."""
    try:
        found = sorted((root / STARTERS).iterdir())
    except OSError:  # most courses have none
        return ()
    return tuple(path for path in found if path.suffix == SUFFIX and not path.name.startswith("."))


def _read(path: Path) -> Starter:
    try:
        code = path.read_text(encoding="utf-8-sig").strip("\n")
        if not code.strip():
            return _wrong(path, [(None, "is empty; delete it, and students begin with an empty cell")])
        read = submission.read(code.encode(), path.name)
    except (OSError, UnicodeDecodeError) as error:
        return _wrong(path, [(None, f"cannot be read as UTF-8 text: {reason_of(error)}")])
    except SubmissionError as error:
        return _wrong(path, [(None, str(error))])
    if found := list(_find_mistakes(code, read)):
        return _wrong(path, found)
    return Starter(path=path, code=code)


def _wrong(path: Path, found: Iterable[tuple[int | None, str]]) -> Starter:
    mistakes = (Mistake(path=shown(path), line=line, text=text) for line, text in found)
    return Starter(path=path, code="", mistakes=tuple(mistakes))


def _find_mistakes(code: str, read: Submission) -> Iterator[tuple[int | None, str]]:
    """What is wrong with a starter that can be read: lines and texts."""
    for number, line in enumerate(code.split("\n"), 1):
        if line.startswith("# %%"):
            yield number, "a starter is one cell; take the marker `# %%` out"
    for cell in read.cells:
        for broken in cell.broken_statements:
            yield broken.line, f"cannot be run: {broken.text}"
