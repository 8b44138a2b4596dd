"""Which ``checks.py`` may be imported: the user has to name the course twice.

Grading runs a submission in a sandbox, but ``checks.py`` of a course beside the judge. Whoever could bring a course
along with a submission could otherwise run anything. This module imports nothing large, as ``course_folder``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.course.course_folder import has_recordings, is_pack
from grader.course.course_layers import layers_of
from grader.course.course_parts import CHECKS_FILE
from grader.errors import ExerciseError, UsageError

SETTINGS = "settings.yaml"
TRUST_CHECKS = "trust-checks"
"""The key in the settings, and without ``--`` the option."""


def trusted_checks(
    root: Path, explicit: Path | None, named: Sequence[Path], given: Iterable[Path] = ()
) -> tuple[Path, ...]:
    """The folders, resolved, of the course in ``root`` and of its bases whose ``checks.py`` may be imported.

    ``explicit``: the course of ``--course``. ``named``: those of ``--trust-checks``. ``given``: what was handed in.
    Raises UsageError for a name that has no effect, since a user relies on it, and for settings that cannot be read.
    """
    layers, paths = layers_of(root), tuple(given)
    roots = layers.roots
    known = {base.resolve(): base for base in roots if (base / CHECKS_FILE).is_file()}
    if not known and not named:
        return ()
    # What a handed-in course builds on is the choice of whoever handed it in.
    handed_in = [position for position, base in enumerate(roots) if any(_came_with(base, path) for path in paths)]
    came = {
        roots[below].resolve(): roots[below if below in handed_in else position]
        for position in reversed(handed_in)
        for below in range(len(roots))
        if layers.builds_on(position, below)
    }
    for folder in named:
        real = folder.resolve()
        if explicit is None:
            raise UsageError(f"--{TRUST_CHECKS} needs --course: a course that was found is never trusted.")
        # A pack's zip is unpacked: the course lies elsewhere then.
        if real not in known and not (real == explicit.resolve() and _is_given_on(root)):
            raise UsageError(
                f"--{TRUST_CHECKS} {folder}: neither the course {root} nor one that it builds on is this folder and "
                f"has a {CHECKS_FILE}."
            )
        if _is_given_on(known.get(folder.resolve(), root)):
            raise UsageError(
                f"--{TRUST_CHECKS} {folder}: the {CHECKS_FILE} of an exported course or a pack is never imported."
            )
        if real in came:
            on = "" if came[real].resolve() == real else f", and builds on {folder}"
            raise UsageError(
                f"--{TRUST_CHECKS}: the course {came[real]} lies in the folder that was handed in, or in the folder of "
                f"a file that was{on}, so the {CHECKS_FILE} is not imported. Put the course somewhere else, or what "
                "was handed in into a folder of its own."
            )
    if explicit is None or not known:
        return ()
    trusted = {folder.resolve() for folder in (*named, *_of_settings())} - came.keys()
    return tuple(real for real, base in known.items() if real in trusted and not _is_given_on(base))


def _is_given_on(base: Path) -> bool:
    """Whether a course was made to be given to others: it is an exported one, or a pack."""
    return has_recordings(base) or is_pack(base)


def settings_file() -> Path | None:
    """The user's settings; None where the system names no folder for them."""
    import platformdirs  # imported late, as in `cache_folder`

    try:
        folder = platformdirs.user_config_path("autograd-grader")
    except (RuntimeError, OSError):
        return None
    return folder / SETTINGS if folder.is_absolute() else None


def _came_with(base: Path, given: Path) -> bool:
    """Whether a course may have been handed in: it lies in that folder, or in the folder of that file. What lies beside
    an archive is not the student's, unless it lies right in the course. Links count by their names and by where they
    lead.
    """
    places = {Path(os.path.normpath(given.absolute())), given.resolve()}
    courses = {Path(os.path.normpath(base.absolute())), base.resolve()}
    if _is_folder(given):
        folders = places
    else:
        from grader.submission.file_names import suffix_of  # imports the model, for which a worker must not wait

        is_archive = suffix_of(given.name) == ".zip"
        folders = {place.parent for place in places if not is_archive or place.parent in courses}
    return any(course.is_relative_to(folder) for course in courses for folder in folders)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long, or a folder that may not be looked into
        return False


def _of_settings() -> tuple[Path, ...]:
    """The courses that the user's own settings name. Raises UsageError with the mistakes of the file."""
    path = settings_file()
    if path is None or not path.is_file():
        return ()
    from grader.language import yaml_file

    try:
        document = yaml_file.load(path)
    except ExerciseError as error:
        raise UsageError(str(error)) from None
    for key in document.data:
        if key != TRUST_CHECKS:
            raise UsageError(str(document.mistake((key,), f"unknown key `{key}`; known: {TRUST_CHECKS}")))
    listed = document.data.get(TRUST_CHECKS)
    listed = () if listed is None else listed if isinstance(listed, tuple) else (listed,)
    for index, name in enumerate(listed):
        if not isinstance(name, str) or not Path(name).expanduser().is_absolute():
            text = "expected the folder of a course, as a whole path such as `/home/ada/cs101` or `~/cs101`"
            raise UsageError(str(document.mistake((TRUST_CHECKS, index), text)))
    return tuple(Path(name).expanduser() for name in listed)
