"""Which files beside a file may be other people's work, where several submissions are graded at once.

What is itself a submission is beside no other. Which file is one shows only when it has run: a module that answers
nothing by itself is a helper. So this is asked twice: before anything has run, and once the submissions are known.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable

from grader.handin.handins import HandedFile, Handin
from grader.handin.work_files import WorkFiles


def work_beside(handin: Handin, file: HandedFile, named: Iterable[HandedFile]) -> tuple[HandedFile, ...]:
    """The other files of a hand-in that may be submissions. ``named``: the files that the file's code names.

    Beside a single file, the default says what is work; in a folder that may be a home, only what the code names is
    looked at.
    """
    found = [*handin.files, *handin.over_limit]
    if handin.folder is not None:
        beside = handin.others if handin.is_whole else named
        found += [other for other in beside if WorkFiles().is_work(other.name)]
    return tuple(other for other in found if other.path != file.path)


def paths_apart(
    handin: Handin,
    file: HandedFile,
    work: Collection[HandedFile],
    *,
    named: Collection[str],
    submissions: Collection[str] | None,
) -> frozenset[str]:
    """The paths of the files that are not there when a file runs.

    These are other submissions, other work that its code does not name, and all that lies in the folder of another
    submission, unless the file lies in or below that folder too. ``work``: what may be submissions (``work_beside``).
    ``named``: the paths of the files that the code names. ``submissions``: the paths of those that are submissions;
    None: it is not known yet. Then every folder with other work counts as others', but for what the code names.
    """
    known = submissions is not None
    others = [other for other in work if submissions is None or other.path in submissions]
    apart = {other.path for other in work if other.path not in named}
    if known:
        apart |= {other.path for other in others}
    folders = {posixpath.dirname(other.name) for other in others}
    foreign = {folder for folder in folders if folder and not _lies_in(file.name, folder)}
    for other in handin.everything if foreign else ():
        if (known or other.path not in named) and any(_lies_in(other.name, folder) for folder in foreign):
            apart.add(other.path)
    return frozenset(apart - {file.path})


def _lies_in(name: str, folder: str) -> bool:
    return name.startswith(f"{folder}/")
