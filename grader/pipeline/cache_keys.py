"""Cache keys: a result is kept under a hash of everything that can change it.

The gradebook keeps results of submissions (``of_submission``, ``of_course``, ``of_rubrics``); ``references`` keeps
observations of reference solutions (``of_reference``).
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import grader

# For types only: a batch's main process needs nothing but `of_submission`, and starts faster without these.
if TYPE_CHECKING:
    from grader.course.course import CourseExercise
    from grader.model import CompanionFile, Job
    from grader.pipeline.settings import Settings

PACKAGE = Path(__file__).parents[1]
RUNTIME = PACKAGE / "runtime"


def of_submission(course: str, name: str, content: bytes, companions: Sequence[CompanionFile]) -> str:
    """The key of one submission's result. ``course`` is the key of the course that it is graded by (``of_course``).

    The file's name is part of it, because the name can say which exercise the submission is about.
    """
    return _digest(course, name, content, *(part for pair in companions for part in pair))


def of_course(settings: Settings, *, support: Path | None, versions: Mapping[str, str | None]) -> str:
    """A hash of everything but the submission that judgements depend on. Rubrics are left out: they only mark.

    ``support`` is the folder of helper modules that submissions can import. ``versions`` are those of Python and of the
    packages that submissions run with.
    """
    return _digest(
        _of_grader(),
        settings.basis,
        [(item.exercise.id, item.numbers) for item in settings.exercises],
        settings.seed,
        settings.limits,
        sorted(versions.items()),
        *(sorted(getattr(settings.handout, field.name)) for field in dataclasses.fields(settings.handout)),
        _of_folder(support) if support is not None else None,
        *(
            part
            for item in settings.exercises
            for part in (item.exercise.model_dump_json(), item.solution.name, item.solution.read_bytes())
        ),
    )


def of_rubrics(exercises: Iterable[CourseExercise]) -> str:
    """A hash of the rubrics, which judgements are marked by, and of what else decides about points."""
    return _digest(*(part for item in exercises for part in (item.rubric.model_dump_json(), item.bonus)))


def of_reference(item: CourseExercise, job: Job, versions: Mapping[str, str | None], support: Path | None) -> str:
    """The key of a reference's observation. Its exercise is part of it: only references that pass are kept.

    ``support`` is the folder of helper modules that the reference can import.
    """
    digest = _digest(
        grader.__version__,
        _of_runtime(),
        _of_folder(support) if support is not None else None,
        sorted(versions.items()),
        job.seed,
        job.limits,
        job.probes.names,
        *(part for probe in job.probes.calls for part in (probe.id, *(array.tobytes() for array in probe.inputs))),
        item.exercise.model_dump_json(),
        item.solution.read_bytes(),
        *(part for file in job.files for part in file),
    )
    return f"{item.exercise.id}-{digest[:40]}"


@cache
def _of_grader() -> str:
    """A hash of the grader's own code, so that a change by hand counts as much as a release."""
    return _of_files(PACKAGE, "*.py")


@cache
def _of_runtime() -> str:
    """A hash of the grader's code that runs in the sandbox."""
    return _of_files(RUNTIME, "*")


def _of_folder(folder: Path) -> str:
    return _of_files(folder, "*")


def _of_files(folder: Path, pattern: str) -> str:
    """A hash of a folder's files, with their paths, but without what Python caches there."""
    files = (path for path in sorted(folder.rglob(pattern)) if path.is_file() and "__pycache__" not in path.parts)
    return _digest(*(part for path in files for part in (path.relative_to(folder).as_posix(), path.read_bytes())))


def _digest(*parts: object) -> str:
    """A hash of bytes, and of other values by their ``repr``. Lengths are hashed too: ``"ab", "c"`` is not
    ``"a", "bc"``.
    """
    digest = hashlib.sha256()
    for part in parts:
        raw = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()
