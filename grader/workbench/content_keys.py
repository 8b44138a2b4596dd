"""Content keys: what the result of a work depends on, as a hash, so that it is done again only if that changed."""

from __future__ import annotations

import json
import platform
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from grader.course.course import Course
from grader.errors import SubmissionError
from grader.handin import load_alone
from grader.model import Submission
from grader.pipeline import cache_keys
from grader.pipeline.cache_keys import digest
from grader.pipeline.options import GradingOptions
from grader.submission.fingerprints import Handout
from grader.workbench.bench import settings_for
from grader.workbench.file_views import FileViews

PACKAGES = ("torch", "numpy", "matplotlib")
ANSWER_S = 30.0
"""How long another interpreter may take to tell its versions."""
_ASK = f"""\
import json, platform
from importlib.metadata import PackageNotFoundError, version
found = {{"python": platform.python_version()}}
for name in {PACKAGES!r}:
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        found[name] = None
print(json.dumps(found))
"""


class ContentKeys:
    """The keys of works on one course. What many of them share is hashed once."""

    def __init__(self, course: Course, options: GradingOptions) -> None:
        self.course = course
        self._options = options
        self.views = FileViews(course, self._load)
        self._of_settings: dict[tuple[object, ...], str] = {}
        self._of_attempts: dict[str, str] = {}
        self._of_files: dict[Path, str] = {}
        self._loaded: dict[Path, Submission | SubmissionError] = {}

    @cached_property
    def versions(self) -> Mapping[str, str | None]:
        """Versions of Python and of the packages that solutions run with. torch is not imported for it."""
        python = self._options.python
        return _versions() if python is None else _versions_of(python)

    def of_file(self, path: Path) -> str:
        """A hash of a submission and of the files beside it that its code names, but not of its own name."""
        if path not in self._of_files:
            try:
                submission = self._load(path)
            except SubmissionError as error:
                self._of_files[path] = digest(str(error))
            else:
                beside = (part for file in submission.companions for part in (file.path, file.content))
                self._of_files[path] = digest(submission.sha256, submission.folder, *beside)
        return self._of_files[path]

    def _load(self, path: Path) -> Submission:
        """Read a file once. Raises SubmissionError."""
        if path not in self._loaded:
            try:
                self._loaded[path] = load_alone(str(path))
            except SubmissionError as error:
                self._loaded[path] = error
        loaded = self._loaded[path]
        if isinstance(loaded, SubmissionError):
            raise loaded
        return loaded

    def of_settings(
        self,
        exercises: Sequence[str] = (),
        *,
        asked: bool = True,
        seed: int = 0,
        timeout_s: float | None = None,
        threads: Literal[1, 2] = 1,
    ) -> str:
        """A hash of everything but the file that grading by these arguments of ``settings_for`` depends on: the
        exercises with their rubrics and references, the course's other files, the grader, versions of packages.
        """
        timeout_s = self._options.timeout_s if timeout_s is None else timeout_s
        key = (tuple(exercises), asked, seed, timeout_s, threads)
        if key not in self._of_settings:
            settings = settings_for(
                self.course, exercises, asked=asked, seed=seed, timeout_s=timeout_s, threads=threads
            )
            run = cache_keys.of_run(settings, support=self.course.support, versions=self.versions)
            parts = [cache_keys.of_course(settings, run), cache_keys.of_rubrics(settings.exercises)]
            # What a reference did depends on the files beside it, too.
            parts += [cache_keys.of_reference(item, run) for item in settings.exercises if not item.mistakes]
            self._of_settings[key] = digest(self._options.isolation, *parts)
        return self._of_settings[key]

    def of_attempts_at(self, exercise: str) -> str:
        """A hash of everything that decides whether a file counts as an attempt at an exercise, but for the file and
        what the exercise sees in it (``FileViews``). Points and texts decide nothing.
        """
        if exercise not in self._of_attempts:
            asked = settings_for(self.course, (exercise,), asked=False, timeout_s=self._options.timeout_s)
            plain = {"title": "", "statement": "", "headings": (), "asks": ()}
            items = [
                replace(item, exercise=item.exercise.model_copy(update=plain), numbers=()) for item in asked.exercises
            ]
            settings = replace(asked, exercises=tuple(items), others=(), questions=(), handout=Handout())
            run = cache_keys.of_run(settings, support=self.course.support, versions=self.versions)
            needs = [{name: check.needs for name, check in item.rubric.checks.items()} for item in items]
            parts = [cache_keys.of_course(settings, run), needs]
            parts += [cache_keys.of_reference(item, run) for item in items if not item.mistakes]
            self._of_attempts[exercise] = digest(self._options.isolation, *parts)
        return self._of_attempts[exercise]


def _versions() -> Mapping[str, str | None]:
    return {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _versions_of(python: Path) -> Mapping[str, str | None]:
    """The versions that another interpreter has. One that cannot be asked is known by its path and a moment, so that
    nothing is taken for a result of it; what is wrong with it is said when something is run.
    """
    try:
        asked = subprocess.run([python, "-I", "-c", _ASK], capture_output=True, timeout=ANSWER_S, check=True)
        found: Mapping[str, str | None] = json.loads(asked.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return {"python": f"{python} {time.time()}"}
    return found
