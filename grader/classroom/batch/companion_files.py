"""Companion files: the other files that the student handed in, which lie in the folder where a submission runs."""

from __future__ import annotations

import posixpath

from grader.classroom.intake import HandedFile, Handin
from grader.errors import SubmissionError
from grader.model import CompanionFile

MAX_BYTES = 8 * 1024**2
MAX_FILES = 200


def companions(handin: Handin, submission: HandedFile) -> tuple[CompanionFile, ...]:
    """The other files of a handin that lie in the submission's folder or below it, by their paths from there.

    Small files come first, until there is no room left: helper modules and data rather than a video. Files that cannot
    be read are left out.
    """
    folder = posixpath.dirname(submission.name)
    found: list[CompanionFile] = []
    room = MAX_BYTES
    for file in sorted((*handin.files, *handin.others), key=lambda other: (other.size, other.name)):
        name = posixpath.relpath(file.name, folder or ".")
        if file.path == submission.path or name.startswith("..") or file.size > room or len(found) >= MAX_FILES:
            continue
        try:
            content = file.read()
        except SubmissionError:
            continue
        room -= len(content)
        found.append(CompanionFile(name, content))
    return tuple(sorted(found))
