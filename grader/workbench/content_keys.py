"""Content keys: what the result of a work depends on, as a hash, so that it is done again only if that changed."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version

from grader.course.course import Course
from grader.pipeline import cache_keys
from grader.workbench.bench import settings_for

PACKAGES = ("torch", "numpy", "matplotlib")


class ContentKeys:
    """The keys of works on one course. What many of them share is hashed once."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self._of_settings: dict[tuple[object, ...], str] = {}

    @cached_property
    def versions(self) -> Mapping[str, str | None]:
        """Versions of Python and of the packages that solutions run with. torch is not imported for it."""
        return {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}

    def of_settings(
        self, exercises: Sequence[str] = (), *, asked: bool = True, seed: int = 0, timeout_s: float | None = None
    ) -> str:
        """A hash of everything but the file that grading by these arguments of ``settings_for`` depends on: the
        exercises with their rubrics and references, the course's other files, the grader, versions of packages.
        """
        key = (tuple(exercises), asked, seed, timeout_s)
        if key not in self._of_settings:
            settings = settings_for(self.course, exercises, asked=asked, seed=seed, timeout_s=timeout_s)
            run = cache_keys.of_run(settings, support=self.course.support, versions=self.versions)
            parts = cache_keys.of_course(settings, run), cache_keys.of_rubrics(settings.exercises)
            self._of_settings[key] = digest(*parts)
        return self._of_settings[key]


def digest(*parts: object) -> str:
    """A hash of bytes, and of other values by their ``repr``."""
    hashed = hashlib.sha256()
    for part in parts:
        raw = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        hashed.update(len(raw).to_bytes(8, "big") + raw)
    return hashed.hexdigest()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
