"""Intake: from a folder, or the zip that a learning platform exports, to what each student handed in.

    class_reader     read_class, the entry point    handins          Intake, Handin, HandedFile
    platforms/       how each platform names        class_folder     what lies at the top of a class
                     files; the registry            skipped_files    caches, checkpoints, hidden files
    file_tree        what folders and zips share    name_list        lists of names in notices
    folder, archive  a folder, a zip

Nothing is unpacked to disk or written. No student is lost silently: whatever is skipped is named in a notice.
"""

from grader.classroom.intake.class_reader import read_class
from grader.classroom.intake.handins import HandedFile, Handin, Intake

__all__ = ["HandedFile", "Handin", "Intake", "read_class"]
