"""Cache keys: a result is kept under a hash of everything that can change it.

The gradebook keeps results of submissions (``of_submission``, ``of_course``, ``of_rubrics``); ``references`` keeps
reference solutions that pass (``of_reference``), ``recorded_references`` those of an exported course
(``of_recording``).
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from grader.grader_code import hash_of_grader
from grader.pipeline.folder_hash import hash_of_folder

# For types only: a batch's main process needs nothing but `of_submission`, and starts faster without these.
if TYPE_CHECKING:
    from grader.course.course import CourseExercise
    from grader.model import CompanionFile
    from grader.pipeline.settings import Settings
    from grader.sandbox.sandbox import Sandbox


def of_submission(
    course: str, name: str, content: bytes, companions: Sequence[CompanionFile], *, folder: str = ""
) -> str:
    """The key of one submission's result. ``course`` is the key of the course that it is graded by (``of_course``).

    The file's name is part of it, because the name can say which exercise the submission is about. ``folder`` is the
    folder among the companion files in which it runs.
    """
    return digest(course, name, folder, content, *(part for pair in companions for part in pair))


def of_run(settings: Settings, *, support: Sequence[Path], versions: Mapping[str, str | None]) -> str:
    """A hash of what the runs of submissions and of references depend on, apart from their own code.

    ``support`` are the folders of helper modules that submissions can import. ``versions`` are those of Python and of
    the packages that submissions run with.
    """
    return digest(
        of_grader(),
        settings.seed,
        settings.limits,
        sorted(versions.items()),
        *(sorted(getattr(settings.handout, field.name)) for field in fields(settings.handout)),
        [_of_folder(folder) for folder in support],
        *((path, hash_of_folder(folder)) for path, folder in settings.data.items()),
    )


def of_worker(sandbox: Sandbox, data: Mapping[str, Path]) -> str:
    """A hash of what a run depends on besides its job: the grader's code, versions, isolation, helper modules, and the
    data that runs are given, by its paths in the course.
    """
    isolation = sandbox.isolation
    return digest(
        of_grader(),
        sorted(sandbox.versions.items()),
        (str(isolation.level), isolation.mechanisms, isolation.missing),
        [_of_folder(folder) for folder in sandbox.support],
        *((path, hash_of_folder(folder)) for path, folder in data.items()),
    )


def of_course(settings: Settings, run: str) -> str:
    """A hash of everything but the submission that judgements depend on. Rubrics are left out: they only mark.

    ``run`` is what ``of_run`` gives for the settings.
    """
    return digest(
        settings.basis,
        settings.threads,
        () if settings.assignment is None else (settings.assignment.id, settings.assignment.title),
        [(item.exercise.id, item.numbers) for item in settings.exercises],
        run,
        *_of_checks(settings.exercises),
        *(part for item in settings.exercises for part in _of_solution(item)),
        settings.others,
        [(question.exercise, sorted(question.hashes)) for question in settings.questions],
    )


def _of_solution(item: CourseExercise) -> Iterator[object]:
    """The reference solution. An exercise with mistakes may have none, and is graded by none."""
    yield item.solution.name
    if item.mistakes:
        yield [str(mistake) for mistake in item.mistakes]
    elif not item.is_recorded or item.solution.is_file():  # a pack has recordings only where they are needed
        yield item.solution.read_bytes()


def of_course_without(course: str, broken: Collection[str]) -> str:
    """The key of a course where the exercises ``broken`` are skipped, because their references fail."""
    return digest(course, *sorted(broken)) if broken else course


def of_rubrics(exercises: Iterable[CourseExercise]) -> str:
    """A hash of the rubrics, which judgements are marked by, and of what else decides about points."""
    return digest(*(part for item in exercises for part in (item.rubric.model_dump_json(), item.bonus)))


def of_reference(item: CourseExercise, run: str) -> str:
    """The key under which a reference that passes its exercise is kept. ``run`` is what ``of_run`` gives.

    The reference is not parsed for it: what it can use of the files beside it is told from its text.
    """
    hashed = digest(
        run,
        *_of_checks([item]),
        item.solution.read_bytes(),
        *_mentioned_files(item.solution),
    )
    return f"{item.exercise.id}-{hashed[:40]}"


def of_recording(item: CourseExercise, *asked: object) -> str:
    """A hash of what a recording of a reference depends on besides its code and the versions of packages: its exercise,
    and what the recorder was ``asked``.
    """
    return digest(*_of_checks([item]), *asked)


def _of_checks(exercises: Iterable[CourseExercise]) -> Iterator[object]:
    """The exercises, and the code of the kinds of checks that other packages and the course bring."""
    packages = set()
    for item in exercises:
        yield item.exercise.model_dump_json()
        packages |= {type(way).__module__.partition(".")[0] for check in item.exercise.checks for way in check.ways()}
    for name in sorted(packages - {__package__.partition(".")[0]}):
        yield from (name, _of_package(name))


def _of_package(name: str) -> str:
    """A hash of the code of an imported package or module."""
    module = sys.modules[name]
    folders = getattr(module, "__path__", None)
    if folders is not None:
        return digest(*(_of_files(Path(folder), "*.py") for folder in folders))
    file = getattr(module, "__file__", None)
    return digest(Path(file).read_bytes() if file is not None else None)


def _mentioned_files(solution: Path) -> Iterator[object]:
    """The files beside a reference whose names it mentions, and those that these mention: it may import or read them.

    A name in a comment counts too. Then a change of that file runs the reference once more, which does no harm.
    """
    beside = sorted(path for path in solution.parent.iterdir() if path != solution)
    waiting = [solution.read_bytes()]
    while waiting:
        text = waiting.pop()
        for path in beside.copy():
            if _mentions(text, path):
                beside.remove(path)
                if path.is_file():
                    waiting.append(path.read_bytes())
                    yield from (path.name, waiting[-1])
                else:
                    yield from (path.name, _of_folder(path))


def _mentions(text: bytes, path: Path) -> bool:
    """Whether a program may mean this file or folder: by its name, with or without its ending, or by its ending, as in
    ``f"{name}.csv"``. A reference need not mean every script because it speaks of one.
    """
    ending = os.fsencode(path.suffix)
    if ending and (b"*" if path.suffix == ".py" else b"") + ending in text:
        return True
    return re.search(rb"(?<!\w)%s(?!\w)" % re.escape(os.fsencode(path.stem)), text) is not None


def of_grader() -> str:
    """A hash of the grader's own code, so that a change by hand counts as much as a release."""
    return hash_of_grader()


def _of_folder(folder: Path) -> str:
    return _of_files(folder, "*")


def _of_files(folder: Path, pattern: str) -> str:
    """A hash of a folder's files, with their paths, but without what Python caches there."""
    files = (path for path in sorted(folder.rglob(pattern)) if path.is_file() and "__pycache__" not in path.parts)
    return digest(*(part for path in files for part in (path.relative_to(folder).as_posix(), path.read_bytes())))


def digest(*parts: object) -> str:
    """A hash of bytes, and of other values by their ``repr``. Lengths are hashed too: ``"ab", "c"`` is not
    ``"a", "bc"``.
    """
    hashed = hashlib.sha256()
    for part in parts:
        raw = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        hashed.update(len(raw).to_bytes(8, "big") + raw)
    return hashed.hexdigest()
