"""Reads a class: opens the folder or zip, finds the platform that exported it, and groups the files by student."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from grader.classroom.intake.class_folder import ClassFolder, TopLevelEntry, class_folder
from grader.classroom.intake.distinct_students import distinct_students
from grader.classroom.intake.handins import Intake, StudentHandin
from grader.classroom.intake.platforms import plain
from grader.classroom.intake.platforms.platform import OwnedEntry, Platform, RecognizedClass
from grader.classroom.intake.platforms.registry import PLATFORMS
from grader.errors import SubmissionError, reason_of
from grader.handin import HandedFile, Remark, WorkFiles, notices_of
from grader.handin.archive import open_archive
from grader.handin.companions import MAX_BYTES, MAX_FILES
from grader.handin.file_tree import FileTree
from grader.handin.folder import open_folder
from grader.handin.inner_zips import InnerZip, InnerZips
from grader.handin.name_list import list_names
from grader.handin.skipped_files import HIDDEN_FOLDER, own_paths
from grader.handin.sorted_files import sort_files
from grader.model import Student
from grader.text_bounds import KEY, PERSON, bounded, bounded_name, bounded_path


def read_class(path: Path, work: WorkFiles | None = None) -> Intake:
    """What every student handed in. The platform is recognized by the names. Close the Intake after the last read.

    ``work`` says which files are graded; None: the default.

    Raises SubmissionError where the path is missing, unreadable, neither a folder nor an intact zip, or holds no
    student's work.
    """
    tree = _open(path)
    try:
        return _intake(tree, path, work or WorkFiles())
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


def _intake(tree: FileTree, path: Path, work: WorkFiles) -> Intake:
    kept = own_paths(tree.sizes, tree.folders, work, of_class=True)
    platform, recognized = _recognize(class_folder(kept.files, kept.folders, tree))
    unrecognized, notices_of_unrecognized = _by_own_name(platform, recognized.unrecognized)
    distinct = distinct_students((*recognized.owned, *unrecognized))
    handins = _handins(distinct.owned, tree, work, _hidden_folders(kept.remarks))
    remarks = (*tree.remarks, *kept.remarks)
    notices = (*notices_of(remarks), *recognized.notices, *notices_of_unrecognized, *distinct.notices)
    if not handins:
        reason = "".join(f" {notice}" for notice in notices[:1])
        raise SubmissionError(f"{path}: nothing in it is a student's work.{reason}")
    return Intake(
        name=bounded_name(tree.name, PERSON),
        platform=platform.id,
        handins=handins,
        notices=(
            *notices,
            *notices_of(remark for handin in handins for remark in handin.remarks),
            *_notices_of_several_files(handins),
            *_notices_of_much(handins),
        ),
        tree=tree,
    )


def _recognize(top: ClassFolder) -> tuple[Platform, RecognizedClass]:
    """The first platform that recognizes the class, at the top or inside a wrapping folder; otherwise ``plain``.

    A folder that is neither named as the class nor as an export may be the only student's, who wrote what is in it.
    Then the names in it are believed only if they are those of several students, and a notice says so.
    """
    folder: ClassFolder | None = top
    above: list[TopLevelEntry] = []
    while folder is not None:
        for platform in PLATFORMS:
            if (recognized := platform.read(folder)) is not None:
                unknown = [entry for entry in above if not _is_known_wrapper(entry, platform, top)]
                return _believed(platform, recognized, unknown[0], top) if unknown else (platform, recognized)
        above += folder.entries if folder.inner is not None else ()
        folder = folder.inner
    return plain.PLATFORM, plain.read(top)


def _believed(
    platform: Platform, recognized: RecognizedClass, wrapper: TopLevelEntry, top: ClassFolder
) -> tuple[Platform, RecognizedClass]:
    """What a platform recognized in a folder that may be a student's, or this student."""
    students = {student.key: student.name for item in recognized.owned for student in item.students}
    names = list_names(list(students.values())) if students else "students"
    if len(students) > 1:
        notice = f"Everything lies in {wrapper.path}, which was read as an export of {platform.name}: {names}."
    else:
        notice = (
            f"{wrapper.path} was read as a student's folder, although what lies in it is named as {platform.name} "
            f"names the work of {names}. If it is the class, name this folder (unpack a zip first)."
        )
        platform, recognized = plain.PLATFORM, plain.read(ClassFolder(entries=(wrapper,), tree=top.tree))
    return platform, replace(recognized, notices=(notice, *recognized.notices))


def _is_known_wrapper(entry: TopLevelEntry, platform: Platform, top: ClassFolder) -> bool:
    is_export = platform.export_name is not None and platform.export_name.fullmatch(entry.name) is not None
    return is_export or plain.is_same_name(entry.name, top.tree.name)


def _by_own_name(
    platform: Platform, unrecognized: Sequence[TopLevelEntry]
) -> tuple[tuple[OwnedEntry, ...], tuple[str, ...]]:
    """Entries that the platform did not name, as students of their own names, and the notices about them.

    Entries without a file to grade are skipped.
    """
    graded = [entry for entry in unrecognized if entry.has_work]
    skipped = [entry.name for entry in unrecognized if not entry.has_work]
    notices = []
    if graded:
        names = list_names([entry.name for entry in graded])
        notices.append(f"Not named as {platform.name} does, and graded as students of these names: {names}.")
    if skipped:
        notices.append(f"Not named as {platform.name} does, and skipped: {list_names(skipped)}.")
    return tuple(plain.named_after_student(entry) for entry in graded), tuple(notices)


def _hidden_folders(remarks: Sequence[Remark]) -> frozenset[str]:
    """All folders that have a hidden folder in or below them."""
    found = set[str]()
    for remark in remarks:
        above = posixpath.dirname(remark.path) if remark.kind == HIDDEN_FOLDER else ""
        while above and above not in found:
            found.add(above)
            above = posixpath.dirname(above)
    return frozenset(found)


def _handins(
    owned: Sequence[OwnedEntry], tree: FileTree, work: WorkFiles, clones: frozenset[str]
) -> tuple[StudentHandin, ...]:
    """``clones`` are the folders with hidden folders in them."""
    by_students: dict[tuple[str, ...], list[OwnedEntry]] = {}
    for entry in owned:
        by_students.setdefault(tuple(student.key for student in entry.students), []).append(entry)
    zips = InnerZips()
    handins = [_handin(entries, tree, work, zips, clones) for entries in by_students.values()]
    zips.close()
    return tuple(sorted(handins, key=lambda handin: (handin.students[0].name.casefold(), handin.students[0].key)))


def _handin(
    owned: Sequence[OwnedEntry], tree: FileTree, work: WorkFiles, zips: InnerZips, clones: frozenset[str]
) -> StudentHandin:
    """The hand-in made of all entries that belong to the same students."""
    listed = []
    for item in owned:
        for path in item.entry.files:
            name = path.removeprefix(f"{item.entry.path}/") if item.entry.is_folder else item.file_name
            listed.append(
                HandedFile(path=bounded_path(path), name=bounded_path(name), size=tree.sizes[path], key=path, tree=tree)
            )
    main = next((item for item in owned if item.entry.has_work), owned[0])
    is_clone = any(item.entry.path in clones for item in owned)
    # In a zip a file and a folder may have one name.
    is_shared = main.entry.is_folder and main.entry.path in tree.sizes
    path = f"{main.entry.path}/" if is_shared else main.entry.path
    found = sort_files(bounded_path(path), listed, work, zips, is_clone=is_clone)
    return StudentHandin(
        students=tuple(map(_bounded, main.students)),
        path=found.path,
        files=found.files,
        over_limit=found.over_limit,
        others=found.others,
        remarks=found.remarks,
        late=any(item.late for item in owned),
        handed_in_at=_handed_in_at(owned, found.files),
    )


def _bounded(student: Student) -> Student:
    """A student as file names and a platform's metadata tell, with texts that the gradebook and a report can hold."""
    return Student(
        key=bounded_path(student.key, KEY),
        name=bounded_name(student.name, PERSON),
        id=bounded(student.id, PERSON),
        email=bounded(student.email, PERSON),
    )


def _handed_in_at(owned: Sequence[OwnedEntry], files: Sequence[HandedFile]) -> datetime | None:
    """The latest time of the files that are graded."""
    times = {path: time for item in owned for path, time in item.times.items()}
    return max(
        (time for path, time in times.items() if any(f"{_full_path(file)}/".startswith(f"{path}/") for file in files)),
        default=None,
    )


def _full_path(file: HandedFile) -> str:
    """Where a file lies in the class, uncut."""
    return f"{_full_path(file.tree.zipped)}/{file.key}" if isinstance(file.tree, InnerZip) else file.key


def _notices_of_several_files(handins: Sequence[StudentHandin]) -> tuple[str, ...]:
    several = [
        f"{', '.join(student.name for student in handin.students)} ({len(handin.files)})"
        for handin in handins
        if len(handin.files) > 1
    ]
    return (f"Several files that can be graded came from {list_names(several)}.",) if several else ()


def _notices_of_much(handins: Sequence[StudentHandin]) -> tuple[str, ...]:
    """About hand-ins of which not everything can lie where a file of them runs."""
    much = [
        handin.path
        for handin in handins
        if handin.files
        and (len(handin.everything) > MAX_FILES + 1 or sum(file.size for file in handin.everything) > 2 * MAX_BYTES)
    ]
    if not much:
        return ()
    most = f"{MAX_BYTES // 1024**2} MiB in {MAX_FILES} files"
    text = f"More than can lie beside a file when it runs ({most}); what its code names comes first"
    return (f"{text}: {list_names(much)}.",)
