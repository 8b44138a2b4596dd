"""``StagedPack``: a pack that is being made, in a folder of its own.

First the folder has the pack and the solutions beside it, so that these are judged by the checks of the pack alone and
recorded under its seed. Then the solutions are taken away, and each is graded with the pack as students will use it.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from grader.course.course import RECORDING_SUFFIX, SOLUTION_SUFFIXES, CourseExercise, load_course
from grader.course.course_parts import PACK_FILE, REFERENCES, SOLUTIONS
from grader.course.known_submissions import MISTAKES
from grader.course.pack_file import Pack
from grader.errors import CourseError, ExerciseError
from grader.handin import load_alone
from grader.language.yaml_file import shown
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.options import GradingOptions
from grader.pipeline.recorded_references import PACKAGES
from grader.pipeline.settings import settings_of
from grader.submission.fingerprints import Handout


class StagedPack:
    """The folder of a pack, and what is written into it."""

    def __init__(self, folder: Path, files: Mapping[str, bytes], pack: Pack) -> None:
        self.folder = folder
        self._files = dict(files)
        self._pack = pack
        self._write()

    def record(self, opened: OpenGrader, items: Sequence[CourseExercise]) -> Mapping[str, bytes]:
        """The files of the pack with the recordings that its checks need; ``items`` are the exercises of the course
        that have checks in it.

        Raises CourseError where a reference does not pass the checks of the pack.
        """
        self._bring_solutions(items)
        try:
            course = load_course(self.folder)
            recorded = opened.grader(course, self._pack.assignment).record_needed_references()
        except ExerciseError as error:
            raise CourseError(f"What the pack would be made of cannot be read back:\n{error}") from error
        except CourseError as error:
            raise CourseError(self._as_in_the_course(str(error), items)) from error
        shutil.rmtree(self.folder / SOLUTIONS)
        self._files |= {f"{REFERENCES}/{name}{RECORDING_SUFFIX}": content for name, content in recorded.items()}
        if recorded:
            releases = {name: release for name in PACKAGES if (release := _release(opened.versions.get(name)))}
            self._pack = replace(self._pack, recorded_with=releases)
        self._write()
        self._prove(opened, items)
        return dict(sorted({**self._files, PACK_FILE: self._pack.text().encode()}.items()))

    def _prove(self, opened: OpenGrader, items: Sequence[CourseExercise]) -> None:
        """Grade each solution with the pack itself. A solution is right also where it was handed out."""
        course = load_course(self.folder)
        for item in items:
            identity = item.exercise.id
            options = GradingOptions(course=self.folder, assignment=self._pack.assignment, exercises=(identity,))
            settings = replace(settings_of(course, options), handout=Handout())
            report = opened.grader_by(settings, course).grade(load_alone(str(item.solution)))
            checks = [check for exercise in report.exercises for check in exercise.checks]
            wrong = [check for check in checks if check.status not in ("passed", "manual")]
            if wrong or not checks:
                why = f"`{wrong[0].id}`: {wrong[0].message}" if wrong else "nothing was judged"
                raise CourseError(
                    f"The pack does not work: with it, the reference solution of `{identity}` does not pass. {why} No "
                    "pack was written. A check that passes by chance, or needs what the pack leaves out (see `grade "
                    "pack --check`), may be the reason."
                )

    def _as_in_the_course(self, text: str, items: Sequence[CourseExercise]) -> str:
        """A message about the solutions, with the paths that they have in the course."""
        for item in items:
            copy = self.folder / SOLUTIONS / item.solution.name
            for path in (shown(copy), copy):
                text = text.replace(str(path), str(shown(item.solution)))
        return text

    def _write(self) -> None:
        for name, content in {**self._files, PACK_FILE: self._pack.text().encode()}.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def _bring_solutions(self, items: Sequence[CourseExercise]) -> None:
        """The solutions, with the files beside them that they may read."""
        for folder in dict.fromkeys(item.solution.parent for item in items):
            shutil.copytree(
                folder,
                self.folder / SOLUTIONS,
                ignore=shutil.ignore_patterns(MISTAKES, "__pycache__"),
                dirs_exist_ok=True,
            )
        for item in items:  # one that a course has in the place of another, of the course that it builds on
            for suffix in SOLUTION_SUFFIXES:
                (self.folder / SOLUTIONS / f"{item.exercise.id}{suffix}").unlink(missing_ok=True)
            shutil.copy(item.solution, self.folder / SOLUTIONS)


def _release(version: str | None) -> str | None:
    return None if version is None else version.partition("+")[0]
