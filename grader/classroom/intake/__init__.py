"""A class: from a folder, or the zip that a learning platform exports, to what each student handed in.

    read_class   the one way in             values       Intake, Handin, HandedFile
    files        a folder as a tree         litter       what is nobody's work
    archive      a zip as a tree            entries      what lies at the top of a class

    gradescope   submission_metadata.yml and submission_98765/
    canvas       lovelaceada_12345_67890_homework.ipynb
    moodle       Ada Lovelace_123456_assignsubmission_file/
    plain        ada.ipynb, ada/

Nothing is unpacked, nothing is written, and no student is lost on the quiet: what is passed over stands in the notices.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.classroom.intake import canvas, gradescope, moodle, plain, skipped_files
from grader.classroom.intake.archive import open_archive
from grader.classroom.intake.entries import Entry, Piece, Reading, levels
from grader.classroom.intake.files import Tree, open_folder, reason_of
from grader.classroom.intake.values import Convention, HandedFile, Handin, Intake
from grader.classroom.intake.words import some
from grader.errors import SubmissionError

__all__ = ["Convention", "HandedFile", "Handin", "Intake", "read_class"]


def read_class(path: Path) -> Intake:
    """What everybody handed in, by the platform that the names point to. Close the Intake after the last read.

    Raises SubmissionError where the path is missing, unreadable, neither a folder nor a sound zip, or holds no
    student's work.
    """
    tree = _open(path)
    try:
        return _intake(tree, path)
    except BaseException:
        tree.close()
        raise


def _open(path: Path) -> Tree:
    try:
        is_folder = path.is_dir()
        if not is_folder and not path.exists():
            raise SubmissionError(f"{path}: no such folder or archive. Name what the students' work lies in.")
    except OSError as error:
        raise SubmissionError(f"{path}: cannot be read: {reason_of(error)}.") from None
    return open_folder(path) if is_folder else open_archive(path)


def _intake(tree: Tree, path: Path) -> Intake:
    sifted = skipped_files.sift(tree.sizes, tree.folders)
    tops = tuple(levels(sifted.files, sifted.folders))
    convention, reading = _read(tops, tree)
    strangers, about_strangers = _strangers(convention, reading.unclear)
    handins = _handins((*reading.pieces, *strangers), tree)
    notices = (*tree.notices, *sifted.notices, *reading.notices, *about_strangers)
    if not handins:
        why = "".join(f" {notice}" for notice in notices[:1])
        raise SubmissionError(f"{path}: nothing in it is a student's work.{why}")
    return Intake(
        name=tree.name,
        convention=convention,
        handins=handins,
        notices=(*notices, *_about_several(handins)),
        tree=tree,
    )


def _read(tops: Sequence[tuple[Entry, ...]], tree: Tree) -> tuple[Convention, Reading]:
    """The first convention that the names follow, at the top or inside the folder that wraps everything."""
    for entries in tops:
        if (reading := gradescope.read(entries, tree)) is not None:
            return "gradescope", reading
        if (reading := canvas.read(entries)) is not None:
            return "canvas", reading
        if (reading := moodle.read(entries)) is not None:
            return "moodle", reading
    return "plain", plain.read(tops, tree.name)


def _strangers(convention: Convention, unclear: Sequence[Entry]) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """What lies in a platform's export and is not named as the platform names things: graded where it can be."""
    graded = [entry for entry in unclear if entry.gradable]
    passed = [entry.name for entry in unclear if not entry.gradable]
    notices = []
    if graded:
        names = some([entry.name for entry in graded])
        notices.append(f"Not named as {convention.capitalize()} does, and graded as students of these names: {names}.")
    if passed:
        notices.append(f"Not named as {convention.capitalize()} does, and passed over: {some(passed)}.")
    return tuple(plain.piece_of(entry) for entry in graded), tuple(notices)


def _handins(pieces: Sequence[Piece], tree: Tree) -> tuple[Handin, ...]:
    together: dict[tuple[str, ...], list[Piece]] = {}
    for piece in pieces:
        together.setdefault(tuple(student.key for student in piece.students), []).append(piece)
    found = [_handin(each, tree) for each in together.values()]
    return tuple(sorted(found, key=lambda handin: (handin.students[0].name.casefold(), handin.students[0].key)))


def _handin(pieces: Sequence[Piece], tree: Tree) -> Handin:
    """Of all pieces of the same students."""
    files: list[HandedFile] = []
    others: list[HandedFile] = []
    for piece in pieces:
        for path in piece.entry.files:
            own = path.removeprefix(f"{piece.entry.path}/") if piece.entry.is_folder else piece.name
            handed = HandedFile(path=path, name=own, size=tree.sizes[path], tree=tree)
            (files if handed.gradable else others).append(handed)
    lying = next((piece for piece in pieces if piece.entry.gradable), pieces[0])
    return Handin(
        students=lying.students,
        path=lying.entry.path,
        files=tuple(sorted(files, key=lambda file: (file.name, file.path))),
        others=tuple(sorted(others, key=lambda file: (file.name, file.path))),
        late=any(piece.late for piece in pieces),
    )


def _about_several(handins: Sequence[Handin]) -> tuple[str, ...]:
    several = [
        f"{', '.join(student.name for student in handin.students)} ({len(handin.files)})"
        for handin in handins
        if len(handin.files) > 1
    ]
    return (f"Several files that can be graded came from {some(several)}.",) if several else ()
