"""Which files of a hand-in are work, by their names: the rule that all commands share.

An assignment's globs decide. Without any, notebooks, scripts and notes are work. Files that lie in many folders and
that no student writes as an answer (README and its like, tests, set-up files) are no work unless a glob names them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from grader.model import Assignment
from grader.submission.file_names import SUFFIXES, TEXTS, plain_name, suffix_of

MAX_FILES = 1_000
"""How many files of a folder or zip are graded that is no hand-in for an assignment."""
MAX_FILES_OF_STUDENT = 10
"""How many files of a student are graded if the assignment does not say it and has no more exercises: every further
file is a further guess, and takes its time from those who wait.
"""

_DOCUMENTS = (
    "authors", "changelog", "citation", "code_of_conduct", "code-of-conduct", "contributing", "contributors", "copying",
    "licence", "license", "readme", "security",
)  # fmt: skip
_DOCUMENT = re.compile(rf"(?:{'|'.join(_DOCUMENTS)})(?:[._-][a-z]{{2}}(?:[_-][a-z]{{2,4}})?)?", re.IGNORECASE)
"""The stem of a document, also with its language: ``README``, ``README.zh-CN``, ``readme_de``."""
_SET_UP = frozenset({"__init__.py", "conftest.py", "noxfile.py", "setup.py"})
_TEST = re.compile(r"(?:test_.*|.*_test|tests|run_tests)\.py", re.IGNORECASE | re.DOTALL)
_TEST_FOLDERS = frozenset({"tests", "__tests__"})
_AUTOGRADER = re.compile(r"(?:run_)?autograder(?:[._-].*)?", re.IGNORECASE | re.DOTALL)
_NO_WORDS = frozenset(
    {"constraints", "dockerfile", "environment", "license", "makefile", "procfile", "requirements", "timestamp"}
)
"""Names of plain text files that are no one's answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFiles:
    """Which files are graded. ``globs`` are the assignment's; empty: the default. ``max_files``: of one student."""

    globs: tuple[str, ...] = ()
    max_files: int = MAX_FILES

    def is_work(self, name: str, *, as_name: str = "") -> bool:
        """Whether a file is work. ``name`` is its path in the hand-in. ``as_name`` is a name that says what its content
        is.
        """
        excluded = kind_of_excluded(name)
        if not self.globs:
            return not excluded and suffix_of(as_name or name) in SUFFIXES
        matching = [glob for glob in self.globs if any(_matches(each, glob) for each in _spellings(name, as_name))]
        return any(not excluded or _names_excluded(glob) for glob in matching)

    def has_suffix(self, name: str) -> bool:
        """Whether files with the suffix of this name can be work."""
        suffix = suffix_of(name)
        return any(suffix_of(glob) in (suffix, ".*", "") for glob in self.globs) if self.globs else suffix in SUFFIXES

    def names_hidden(self, name: str) -> bool:
        """Whether a glob names a hidden file, by its dot."""
        return any(glob.rpartition("/")[2].startswith(".") and _matches(name, glob) for glob in self.globs)


def work_files_of(assignment: Assignment | None) -> WorkFiles:
    """Which files are graded for an assignment; None: without one."""
    if assignment is None:
        return WorkFiles()
    max_files = assignment.max_files or max_files_for(len(assignment.exercises))
    return WorkFiles(globs=assignment.files, max_files=max_files)


def max_files_for(exercises: int) -> int:
    """How many files of a student are graded for so many exercises, where nobody says it."""
    return max(MAX_FILES_OF_STUDENT, exercises)


def may_be_work(name: str) -> bool:
    """Whether a file of this name is work by the default, or a zip, which may hold some."""
    return suffix_of(name) in SUFFIXES or is_zip(name)


def is_zip(name: str) -> bool:
    return suffix_of(name) == ".zip"


def is_text(name: str) -> bool:
    """Whether the content decides what a file is."""
    return suffix_of(name) in TEXTS and not kind_of_excluded(name)


def is_answer_in_text(name: str) -> bool:
    """Whether a plain text may be an answer, by its name."""
    stem = plain_name(name).partition(".")[0].lower()
    return is_text(name) and suffix_of(name) != ".json" and stem not in _NO_WORDS


def kind_of_excluded(name: str) -> str:
    """What a file is that no student writes as an answer, as a noun; empty for all other files."""
    *folders, _ = name.split("/")
    base = plain_name(name)
    if any(_AUTOGRADER.fullmatch(folder) for folder in folders) or _AUTOGRADER.fullmatch(base):
        return "autograder file"
    if any(folder.lower() in _TEST_FOLDERS for folder in folders) or _TEST.fullmatch(base):
        return "test file"
    if base.lower() in _SET_UP:
        return "set-up file"
    stem, dot, suffix = base.rpartition(".")
    if suffix.lower() != "py" and _DOCUMENT.fullmatch(stem if dot else base):
        return "document"
    return ""


def _spellings(name: str, as_name: str) -> tuple[str, ...]:
    """The name as it is, without what browsers added to it, and as its content would have it."""
    folder = name[: name.rfind("/") + 1]
    return (name, folder + plain_name(name), *([folder + plain_name(as_name)] if as_name else []))


def _matches(name: str, glob: str) -> bool:
    """Whether a path matches a glob. A glob without a slash is about the file's name; any other about the end of the
    path, folder by folder, where ``**`` stands for any number of folders.
    """
    wanted = [part for part in glob.casefold().split("/") if part not in ("", ".")]
    parts = name.casefold().split("/")
    if not glob.startswith("/") and wanted[:1] != ["**"]:
        wanted = ["**", *wanted]
    return _match_parts(parts, wanted)


def _match_parts(parts: Sequence[str], wanted: Sequence[str]) -> bool:
    """Folder by folder, by the states that are reachable: the time is linear in both lengths."""
    states = {0}
    for part in parts:
        following = set[int]()
        for state in _through_folders(states, wanted):
            if state < len(wanted) and wanted[state] == "**":
                following.add(state)
            elif state < len(wanted) and fnmatchcase(part, wanted[state]):
                following.add(state + 1)
        states = following
    return len(wanted) in _through_folders(states, wanted)


def _through_folders(states: set[int], wanted: Sequence[str]) -> set[int]:
    """The states with those that ``**`` reaches by standing for no folder."""
    reached = set(states)
    for state in range(len(wanted)):
        if state in reached and wanted[state] == "**":
            reached.add(state + 1)
    return reached


def _names_excluded(glob: str) -> bool:
    """Whether a glob is about excluded files: ``README.md``, ``tests/*.py``, ``test_*.py``; ``*.py`` is not."""
    return bool(kind_of_excluded(re.sub(r"[*?]", "", glob)))
