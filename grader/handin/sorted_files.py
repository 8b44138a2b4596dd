"""Sorts what was handed in: which files are work, which are not, and what is said about those that are not."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Sequence
from dataclasses import replace

from grader.errors import SubmissionError
from grader.handin.file_tree import UNREADABLE
from grader.handin.handins import HandedFile, Handin
from grader.handin.inner_zips import InnerZip, InnerZips
from grader.handin.remarks import Remark
from grader.handin.skipped_files import HIDDEN_FOLDER, own_paths
from grader.handin.work_files import WorkFiles, is_answer_in_text, is_text, is_zip, kind_of_excluded
from grader.submission.file_formats import format_of
from grader.submission.file_names import NOTES, SUFFIXES, plain_name, suffix_of
from grader.submission.size_limits import MAX_TEXT
from grader.text_bounds import bounded_path

MAX_ZIPS = 10
"""How many zips of one hand-in are opened."""
MAX_TEXTS = 100
"""How many files of one hand-in are opened because only their content says what they are."""
_START = 64 * 1024
"""Bytes of a file by which a notebook is recognized."""

_NOT_GRADED = "Not graded"
_ADVICE = "To have such a file graded, name the file itself, or list it in the assignment's `files`."
_UNREADABLE = "Not graded, because only notebooks (.ipynb), scripts (.py) and notes (.md) are"
_OTHER_KINDS = {
    **dict.fromkeys((".pdf",), "PDF"),
    **dict.fromkeys((".htm", ".html"), "HTML page"),
    **dict.fromkeys((".doc", ".docx", ".odt", ".pages", ".rtf"), "office document"),
    **dict.fromkeys((".7z", ".rar", ".tar", ".tgz"), "archive"),
}
_RANKS = {".ipynb": 0, ".py": 1}


def sort_files(
    path: str, listed: Sequence[HandedFile], work: WorkFiles, zips: InnerZips, *, is_clone: bool = False
) -> Handin:
    """The hand-in that lies at ``path`` and consists of the ``listed`` files, of which zips are opened.

    ``is_clone``: there are hidden folders as well, such as ``.git``.
    """
    files, remarks = _with_zips(listed, work, zips)
    is_clone = is_clone or any(remark.kind == HIDDEN_FOLDER for remark in remarks)
    found, about_texts = _work(files, work)
    remarks += about_texts
    if not found and (only := _only_file(files, work, is_clone=is_clone)) is not None:
        found = [only]
        reason = "Graded although it is not named as an answer, because nothing else was handed in"
        remarks.append(Remark(reason=reason, path=only.path))
    if any(file.size for file in found):
        remarks += [Remark(reason=_NOT_GRADED, kind="empty file", path=file.path) for file in found if not file.size]
        found = [file for file in found if file.size]
    graded, over_limit = _limited(found, work)
    most = f"{work.max_files:,} files" if work.max_files != 1 else "1 file"
    remarks += [
        Remark(reason=f"Not graded, because at most {most} of one hand-in are", path=file.path) for file in over_limit
    ]
    is_work = {file.path for file in (*graded, *over_limit)}
    others = [file for file in files if file.path not in is_work]
    remarks += _about_others([file for file in others if file.size], work, has_work=bool(found))
    return Handin(
        path=path,
        files=_in_order(graded),
        over_limit=_in_order(over_limit),
        others=_in_order(others),
        remarks=tuple(remarks),
    )


def _only_file(files: Sequence[HandedFile], work: WorkFiles, *, is_clone: bool) -> HandedFile | None:
    """The file that is graded although it is not named as work, because a student handed in nothing else.

    A document or a test that came with a repository is none: what it shows is not the student's.
    """
    candidates = [file for file in files if suffix_of(file.name) in SUFFIXES]
    if is_clone or len(candidates) != 1:
        return None
    (only,) = candidates
    if len(files) > 1 and (work.globs or kind_of_excluded(only.name) != "test file" or "/" in only.name):
        return None
    return only if work.has_suffix(only.name) else None


def why_no_work(names: Sequence[str]) -> str:
    """Why nothing of a hand-in with these files is graded: ``handed in hw.pdf: no notebook …``."""
    if not names:
        return "nothing was handed in"
    if any(name.rpartition("/")[2] == UNREADABLE for name in names):
        return "a folder in it cannot be read: permission is denied"
    shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
    if any(suffix_of(name) in SUFFIXES for name in names):
        return f"handed in {shown}: none of these files is graded as work"
    return f"handed in {shown}: no notebook (.ipynb), script (.py) or notes (.md)"


# --------------------------------------------------------------------------------------------------------------------


def _with_zips(listed: Sequence[HandedFile], work: WorkFiles, zips: InnerZips) -> tuple[list[HandedFile], list[Remark]]:
    """The files, with those in zips as if these had been unpacked where they lie. Nothing is unpacked to disk."""
    zipped = [file for file in listed if is_zip(file.name)]
    if not zipped:
        return list(listed), []
    files, remarks = list(listed), list[Remark]()
    for number, file in enumerate(zipped):
        if number >= MAX_ZIPS:
            remarks.append(Remark(reason=f"Not opened, because at most {MAX_ZIPS} zips are", path=file.path))
            continue
        try:
            inner = zips.list(file)
        except SubmissionError as error:
            why = str(error).removeprefix(f"{file.path}: ").rstrip(".")
            remarks.append(Remark(reason=f"Not opened ({why})", path=file.path))
            continue
        kept = own_paths(inner.sizes, (), work)
        said = (*inner.remarks, *kept.remarks)
        remarks += [replace(remark, path=f"{file.path}/{remark.path}") for remark in said]
        remarks += [
            Remark(reason="Not opened, because it is a zip in a zip", path=f"{file.path}/{path}")
            for path in kept.files
            if is_zip(path)
        ]
        unpacked, about_names = _unpacked(inner, kept.files, files)
        files += unpacked
        remarks += about_names
    if len(listed) == 1 and len(files) > 1:
        files.remove(listed[0])  # it was only the wrapping
    return files, remarks


def _unpacked(
    inner: InnerZip, paths: Collection[str], beside: Sequence[HandedFile]
) -> tuple[list[HandedFile], list[Remark]]:
    """The files of a zip, named as if it had been unpacked into its folder.

    If a name is taken by a file of other content, they are named as if it had been unpacked into a folder of its name.
    """
    zipped = inner.zipped
    taken, taken_paths = {file.name: file for file in beside}, {file.path for file in beside}
    files, remarks = _files_of_zip(inner, paths, "/"), list[Remark]()
    if any(file.path in taken_paths for file in files):
        # In a class's zip, a folder may have the name of a student's zip. No path of a folder's file has two slashes.
        files = _files_of_zip(inner, paths, "//")
        reason = "A zip and a folder have one name; the paths of the files in the zip are written with two slashes"
        remarks.append(Remark(reason=reason, path=zipped.path))
    folder = posixpath.dirname(zipped.name)
    own_folder = posixpath.join(folder, plain_name(zipped.name).rpartition(".")[0])
    for place in (folder, own_folder):
        named = _named_in(place, files)
        if all(_is_equal(file, taken[file.name]) for file in named if file.name in taken):
            return [file for file in named if file.name not in taken], remarks
    for number in range(2, MAX_ZIPS + 1):
        named = _named_in(f"{own_folder} ({number})", files)
        if not any(file.name in taken for file in named):
            return named, remarks
    reason = "Not read, because other files have their names"
    remarks += [Remark(reason=reason, path=file.path) for file in named if file.name in taken]
    return [file for file in named if file.name not in taken], remarks


def _named_in(folder: str, files: Sequence[HandedFile]) -> list[HandedFile]:
    return [replace(file, name=bounded_path(posixpath.join(folder, file.key))) for file in files]


def _files_of_zip(inner: InnerZip, paths: Collection[str], separator: str) -> list[HandedFile]:
    zipped = inner.zipped
    return [
        HandedFile(
            path=bounded_path(f"{zipped.path}{separator}{path}"),
            name=bounded_path(path),
            size=inner.sizes[path],
            key=path,
            tree=inner,
        )
        for path in paths
    ]


def _is_equal(file: HandedFile, other: HandedFile) -> bool:
    try:
        return file.size == other.size and file.read() == other.read()
    except SubmissionError:
        return False


# --------------------------------------------------------------------------------------------------------------------


def _work(files: Sequence[HandedFile], work: WorkFiles) -> tuple[list[HandedFile], list[Remark]]:
    """The files that are work; and plain texts that are not, although they read like code.

    A text whose content is a notebook is work. Other texts are work if nothing else is.
    """
    found = [file for file in files if work.is_work(file.name)]
    texts = [file for file in files if is_text(file.name) and file.size and not work.is_work(file.name)][:MAX_TEXTS]
    starts = {file.path: _start(file) for file in texts}
    notebooks = [file for file in texts if _is_notebook(starts[file.path])]
    found += [file for file in notebooks if work.is_work(file.name, as_name=_renamed(file.name, "ipynb"))]
    answers = [file for file in texts if is_answer_in_text(file.name) and not _is_notebook(starts[file.path])]
    if not found:
        formats = {file.path: _format(file) for file in answers}
        return [
            file
            for file in answers
            if formats[file.path] and work.is_work(file.name, as_name=_renamed(file.name, formats[file.path]))
        ], []
    like_code = [file for file in answers if _reads_like_code(starts[file.path])]
    kind = "plain text that reads like code"
    return found, [Remark(reason=_NOT_GRADED, kind=kind, path=file.path, advice=_ADVICE) for file in like_code]


def _reads_like_code(start: bytes) -> bool:
    return b"import torch" in start or b".backward(" in start


def _renamed(name: str, suffix: str) -> str:
    stem, dot, _ = name.rpartition(".")
    return f"{stem if dot else name}.{suffix}"


def _start(file: HandedFile) -> bytes:
    try:
        return file.start(_START)
    except SubmissionError:
        return b""


def _is_notebook(start: bytes) -> bool:
    """Whether a file that begins so is a notebook, and not other JSON."""
    if not start[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return False
    return b'"nbformat"' in start or (b'"cells"' in start and (b'"cell_type"' in start or b'"source"' in start))


def _format(file: HandedFile) -> str:
    """The format of a plain text, by its content; empty if it is none that can be graded."""
    if file.size > MAX_TEXT * 4:
        return ""
    try:
        raw = file.read()
        found = "" if b"\0" in raw[:_START] else format_of(file.name, raw)
    except SubmissionError:
        return ""
    return "" if found == "md" and not _has_words(raw.decode("utf-8", "replace")) else found


def _has_words(text: str) -> bool:
    """Whether a text is mostly letters, and not a table of numbers."""
    letters = sum(map(str.isalpha, text))
    return letters >= 2 and 2 * letters >= sum(not character.isspace() for character in text)


# --------------------------------------------------------------------------------------------------------------------


def _limited(found: Sequence[HandedFile], work: WorkFiles) -> tuple[list[HandedFile], list[HandedFile]]:
    """The files that are graded, and those that are too many: first notebooks, then scripts; outer folders first."""
    if len(found) <= work.max_files:
        return list(found), []

    def rank(file: HandedFile) -> tuple[int, int, str]:
        return _RANKS.get(suffix_of(file.name), 2), file.name.count("/"), file.name

    ordered = sorted(found, key=rank)
    return ordered[: work.max_files], ordered[work.max_files :]


def _about_others(others: Sequence[HandedFile], work: WorkFiles, *, has_work: bool) -> list[Remark]:
    """Remarks about files that could be taken for work, and about formats that cannot be graded, beside work."""
    remarks = []
    chosen = f"Not graded, because the assignment's files are {', '.join(work.globs)}"
    for file in others:
        suffix = suffix_of(file.name)
        excluded = kind_of_excluded(file.name)
        if suffix in SUFFIXES and excluded:
            if not file.name.endswith("__init__.py"):
                remarks.append(Remark(reason=_NOT_GRADED, kind=excluded, path=file.path, advice=_ADVICE))
        elif suffix in SUFFIXES and work.globs:
            kind = "notebook" if suffix == ".ipynb" else "notes file" if suffix in NOTES else "script"
            remarks.append(Remark(reason=chosen, kind=kind, path=file.path))
        elif has_work and suffix in _OTHER_KINDS:
            remarks.append(Remark(reason=_UNREADABLE, kind=_OTHER_KINDS[suffix], path=file.path))
    return remarks


def _in_order(files: Sequence[HandedFile]) -> tuple[HandedFile, ...]:
    return tuple(sorted(files, key=lambda file: (file.name, file.path)))
