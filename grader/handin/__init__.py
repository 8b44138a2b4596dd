"""Hand-ins: what was handed in together, from a file, a folder, a zip, or a student's part of a class.

    reading        read_handin(path, work): what a path stands for; load_file(file, finder): a file as a submission
    handins        Handin, HandedFile; content_digest: whether what was handed in is what it was
    work_files     WorkFiles: which files are work, by their names; the same for all commands
    sorted_files   sorts the listed files of a hand-in: work and others; opens zips
    skipped_files  caches, checkpoints, hidden files, courses: what no student wrote
    remarks        what is said of files that are not graded, a sentence for each reason

    companions     the other files that lie where a submission runs: data, modules
    beside         what lies beside a single file; its folder may be a home
    named_files    which files code names
    neighbours     what may be other people's work, where several submissions are graded at once

    file_tree      what folders and zips share
    folder         a folder of the file system
    archive        a zip
    inner_zips     a student's own zip
    name_list      lists of names in notices

Nothing is unpacked to disk or written, and no link is followed. Whatever is passed over is named in a remark.
"""

from __future__ import annotations

from grader.handin.companions import CompanionFinder, Companions
from grader.handin.handins import HandedFile, Handin, content_digest
from grader.handin.neighbours import paths_apart, work_beside
from grader.handin.reading import LoadedFile, code_of, load_alone, load_file, read_handin, with_companions
from grader.handin.remarks import Remark, notices_of
from grader.handin.work_files import WorkFiles, max_files_for, work_files_of

__all__ = [
    "CompanionFinder",
    "Companions",
    "HandedFile",
    "Handin",
    "LoadedFile",
    "Remark",
    "WorkFiles",
    "code_of",
    "content_digest",
    "load_alone",
    "load_file",
    "max_files_for",
    "notices_of",
    "paths_apart",
    "read_handin",
    "with_companions",
    "work_beside",
    "work_files_of",
]
