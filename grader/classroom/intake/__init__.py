"""Intake: from a folder, or the zip that a learning platform exports, to what each student handed in.

    class_reader    read_class, the entry point
    handins         Intake, StudentHandin
    class_folder    what lies at the top of a class
    distinct_students  keys by which students are known, told apart
    platforms/      how each platform names files; the registry

What one student handed in is read by ``grader.handin``, for all commands.

Nothing is unpacked to disk or written. No student is lost silently: whatever is skipped is named in a notice.
"""

from grader.classroom.intake.class_reader import read_class
from grader.classroom.intake.handins import Intake, StudentHandin

__all__ = ["Intake", "StudentHandin", "read_class"]
