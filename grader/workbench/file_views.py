"""``FileViews``: what each exercise sees in the text of a file, before it runs, where nothing says what it is about.

Which exercise a place of a file is about depends on the titles and questions of all exercises of a course, and which
statements and sentences are the student's own on all that was handed out. A file is judged again only if what came out
of it is another, and not because a title or a statement anywhere has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path, PurePath

from grader.course.course import Course
from grader.errors import SubmissionError
from grader.judging.own_code import OwnCode
from grader.judging.sections import Section, find_sections
from grader.judging.words.written_answers import passages
from grader.model import Submission
from grader.pipeline.cache_keys import digest
from grader.pipeline.settings import Settings
from grader.workbench.bench import settings_for


def nameless(submission: Submission) -> Submission:
    """A submission whose file name says nothing."""
    return replace(submission, path=f"homework{PurePath(submission.path).suffix}")


class FileViews:
    """The views of the files of a course. Each file is looked at once."""

    def __init__(self, course: Course, read: Callable[[Path], Submission]) -> None:
        """``read``: reads a file as ``load_alone`` does."""
        self._course = course
        self._read = read
        self._of_files: dict[Path, Mapping[str, str]] = {}

    def of(self, path: Path, exercise: str) -> str:
        """A hash of what this exercise sees in a file; empty for a file that cannot be read."""
        if path not in self._of_files:
            try:
                self._of_files[path] = self._views(nameless(self._read(path)))
            except SubmissionError:
                self._of_files[path] = {}
        return self._of_files[path].get(exercise, "")

    @cached_property
    def _settings(self) -> Settings:
        return settings_for(self._course, asked=False)

    def _views(self, submission: Submission) -> Mapping[str, str]:
        settings = self._settings
        sections = find_sections(
            submission,
            [item.exercise.names for item in settings.exercises],
            others=settings.others,
            questions=settings.questions,
            handout=settings.handout,
        )
        own_code = OwnCode(submission, settings.handout)
        of_file = digest(own_code.seen, *_seen(next(iter(sections.values())))) if sections else ""
        found: dict[tuple[str, bool], str] = {}

        def view_of(section: Section) -> str:
            # By all exercises that no place is about, and not the file, the same words are read.
            key = (section.exercise if section.by_heading else "", section.by_file)
            if key not in found:
                words = [
                    (one.text, one.place, one.in_section, one.own)
                    for one in passages(submission, section, settings.handout, own_code)
                ]
                found[key] = digest(of_file, section.by_file, words)
            return found[key]

        return {exercise: view_of(section) for exercise, section in sections.items()}


def _seen(section: Section) -> list[object]:
    """What each place of a file is about, by all exercises."""
    return [(item.unit, sorted(item.owners), sorted(item.mentioned), item.is_question) for item in section.whole.units]
