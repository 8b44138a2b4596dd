"""What a master gives to its course: the reference solutions, and the fingerprints of the template."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from grader import submission
from grader.course.course import SOLUTION_SUFFIXES, CourseExercise
from grader.course.course_parts import SOLUTIONS
from grader.course.handout_file import TEMPLATES, handout_text, read_handout
from grader.errors import UsageError, reason_of
from grader.submission.fingerprints import handout_of
from grader.workbench.masters.reference_file import reference_file
from grader.workbench.masters.split_master import SplitMaster
from grader.workbench.templates.notebook_file import as_notebook


def files_for_course(root: Path, split: SplitMaster, exercises: Sequence[CourseExercise]) -> Mapping[Path, bytes]:
    """The contents of the files that the course gets, by their paths. What is there with this content is left out.

    The fingerprints of templates that were made before are kept: students may have them.
    """
    titles = {item.exercise.id: item.exercise.title for item in exercises}
    files: dict[Path, bytes] = {}
    for name, cells in split.references.items():
        suffix, content = reference_file(titles[name], cells)
        files[root / SOLUTIONS / f"{name}{suffix}"] = content
    path = root / TEMPLATES / f"{split.template.assignment}.yaml"
    handout = handout_of([submission.read(as_notebook(split.template), "template.ipynb")])
    if path.is_file():
        handout = handout.joined(read_handout(path))
    files[path] = handout_text(handout).encode()
    return {path: content for path, content in files.items() if not (path.is_file() and path.read_bytes() == content)}


def refuse_other_solutions(files: Mapping[Path, bytes], *, force: bool) -> tuple[Path, ...]:
    """The solutions that are replaced. Raises UsageError where there are any, unless ``force``."""
    others = [
        other
        for path in files
        if path.parent.name == SOLUTIONS
        for suffix in SOLUTION_SUFFIXES
        if (other := path.with_suffix(suffix)).exists()
    ]
    if others and not force:
        names = ", ".join(map(str, others))
        raise UsageError(
            f"Nothing was written: {names} {'is' if len(others) == 1 else 'are'} there already, with another solution "
            "than that of the master. Delete what you do not need, or replace it with --force."
        )
    return tuple(others)


@contextmanager
def tried_files(files: Mapping[Path, bytes], replaced: Sequence[Path]) -> Iterator[None]:
    """Write files into the course, and take them back if what follows fails. ``replaced``: they are deleted first."""
    before = {path: path.read_bytes() for path in {*replaced, *files} if path.is_file()}
    folders = [folder for folder in {path.parent for path in files} if not folder.exists()]
    try:
        try:
            for path in replaced:
                path.unlink()
            for path, content in files.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        except OSError as error:
            raise UsageError(f"{path} could not be written: {reason_of(error)}.") from error
        yield
    except BaseException:
        for path in files:
            with suppress(OSError):
                path.unlink()
        for path, content in before.items():
            with suppress(OSError):
                path.write_bytes(content)
        for folder in folders:
            with suppress(OSError):
                os.removedirs(folder) if not any(folder.iterdir()) else None
        raise
