"""Reads a class: opens the folder or zip, finds the platform that exported it, and groups the files by student."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.classroom.intake.archive import open_archive
from grader.classroom.intake.class_folder import ClassFolder, TopLevelEntry, class_folder
from grader.classroom.intake.file_tree import FileTree
from grader.classroom.intake.folder import open_folder
from grader.classroom.intake.handins import HandedFile, Handin, Intake
from grader.classroom.intake.name_list import list_names
from grader.classroom.intake.platforms import plain
from grader.classroom.intake.platforms.platform import OwnedEntry, Platform, RecognizedClass
from grader.classroom.intake.platforms.registry import PLATFORMS
from grader.classroom.intake.skipped_files import student_paths
from grader.errors import SubmissionError, reason_of


def read_class(path: Path) -> Intake:
    """What every student handed in. The platform is recognized by the names. Close the Intake after the last read.

    Raises SubmissionError where the path is missing, unreadable, neither a folder nor an intact zip, or holds no
    student's work.
    """
    tree = _open(path)
    try:
        return _intake(tree, path)
    except BaseException:
        tree.close()
        raise


def _open(path: Path) -> FileTree:
    try:
        is_folder = path.is_dir()
        if not is_folder and not path.exists():
            raise SubmissionError(f"{path}: no such folder or archive. Name what the students' work lies in.")
    except OSError as error:
        raise SubmissionError(f"{path}: cannot be read: {reason_of(error)}.") from None
    return open_folder(path) if is_folder else open_archive(path)


def _intake(tree: FileTree, path: Path) -> Intake:
    kept = student_paths(tree.sizes, tree.folders)
    platform, recognized = _recognize(class_folder(kept.files, kept.folders, tree))
    unrecognized, notices_of_unrecognized = _by_own_name(platform, recognized.unrecognized)
    handins = _handins((*recognized.owned, *unrecognized), tree)
    notices = (*tree.notices, *kept.notices, *recognized.notices, *notices_of_unrecognized)
    if not handins:
        reason = "".join(f" {notice}" for notice in notices[:1])
        raise SubmissionError(f"{path}: nothing in it is a student's work.{reason}")
    return Intake(
        name=tree.name,
        platform=platform.id,
        handins=handins,
        notices=(*notices, *_notices_of_several_files(handins)),
        tree=tree,
    )


def _recognize(top: ClassFolder) -> tuple[Platform, RecognizedClass]:
    """The first platform that recognizes the class, at the top or inside a wrapping folder; otherwise ``plain``."""
    folder: ClassFolder | None = top
    while folder is not None:
        for platform in PLATFORMS:
            if (recognized := platform.read(folder)) is not None:
                return platform, recognized
        folder = folder.inner
    return plain.PLATFORM, plain.read(top)


def _by_own_name(
    platform: Platform, unrecognized: Sequence[TopLevelEntry]
) -> tuple[tuple[OwnedEntry, ...], tuple[str, ...]]:
    """Entries that the platform did not name, as students of their own names, and the notices about them.

    Entries without a file to grade are skipped.
    """
    graded = [entry for entry in unrecognized if entry.gradable]
    skipped = [entry.name for entry in unrecognized if not entry.gradable]
    notices = []
    if graded:
        names = list_names([entry.name for entry in graded])
        notices.append(f"Not named as {platform.name} does, and graded as students of these names: {names}.")
    if skipped:
        notices.append(f"Not named as {platform.name} does, and skipped: {list_names(skipped)}.")
    return tuple(plain.named_after_student(entry) for entry in graded), tuple(notices)


def _handins(owned: Sequence[OwnedEntry], tree: FileTree) -> tuple[Handin, ...]:
    by_students: dict[tuple[str, ...], list[OwnedEntry]] = {}
    for entry in owned:
        by_students.setdefault(tuple(student.key for student in entry.students), []).append(entry)
    handins = [_handin(entries, tree) for entries in by_students.values()]
    return tuple(sorted(handins, key=lambda handin: (handin.students[0].name.casefold(), handin.students[0].key)))


def _handin(owned: Sequence[OwnedEntry], tree: FileTree) -> Handin:
    """The handin made of all entries that belong to the same students."""
    files: list[HandedFile] = []
    others: list[HandedFile] = []
    for item in owned:
        for path in item.entry.files:
            name = path.removeprefix(f"{item.entry.path}/") if item.entry.is_folder else item.file_name
            file = HandedFile(path=path, name=name, size=tree.sizes[path], tree=tree)
            (files if file.gradable else others).append(file)
    main = next((item for item in owned if item.entry.gradable), owned[0])
    return Handin(
        students=main.students,
        path=main.entry.path,
        files=tuple(sorted(files, key=lambda file: (file.name, file.path))),
        others=tuple(sorted(others, key=lambda file: (file.name, file.path))),
        late=any(item.late for item in owned),
    )


def _notices_of_several_files(handins: Sequence[Handin]) -> tuple[str, ...]:
    several = [
        f"{', '.join(student.name for student in handin.students)} ({len(handin.files)})"
        for handin in handins
        if len(handin.files) > 1
    ]
    return (f"Several files that can be graded came from {list_names(several)}.",) if several else ()
