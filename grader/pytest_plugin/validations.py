"""What is proven of a course that ``--grade-validate`` names, when the first of its tests runs."""

from __future__ import annotations

from collections.abc import Iterable

from grader.course.course import Course
from grader.errors import GraderError
from grader.model import Validation
from grader.pipeline.options import GradingOptions
from grader.workbench.kept import Kept
from grader.workbench.proof import Proof
from grader.workbench.validate import Asked, validate


class Validations:
    """What is proven of one course. All tests of the process that were chosen are proven at once, by the first."""

    def __init__(self, course: Course, options: GradingOptions) -> None:
        self.course = course
        self._options = options
        self._wanted: dict[str, set[type[Proof]]] = {}
        """By exercise, the proofs that tests were chosen of; empty: of all exercises together."""
        self._at_once = True
        self._made: dict[str, Validation | GraderError] = {}

    def want(self, tests: Iterable[tuple[str, type[Proof] | None]], *, at_once: bool) -> None:
        """Note the tests that are going to run, each as exercise and proof; None: mistakes in files. ``at_once``: this
        process runs all of them.
        """
        self._at_once = at_once
        for exercise, proof in tests:
            self._wanted.setdefault(exercise, set()).update([proof] if proof is not None else [])

    def of(self, exercise: str) -> Validation:
        """What was proven of an exercise; empty: of all together. Raises the GraderError for which nothing was."""
        key = exercise if exercise and not self._at_once else ""
        if key not in self._made:
            try:
                self._made[key] = self._validate(key)
            except GraderError as error:
                self._made[key] = error
        made = self._made[key]
        if isinstance(made, GraderError):
            raise made
        return made

    def _validate(self, exercise: str) -> Validation:
        if exercise:
            exercises, proofs = [exercise], self._wanted[exercise]
        elif self._at_once:
            exercises, proofs = [name for name in self._wanted if name], set().union(*self._wanted.values())
            if any(proof.OF_COURSE for proof in proofs):
                exercises = []  # they look at all exercises together
        else:
            exercises, proofs = [], self._wanted.get("", set())
        asked = Asked(exercises=tuple(exercises), proofs=tuple(sorted(proofs, key=lambda proof: proof.NAME)))
        return validate(self._options, asked, kept=Kept.of_user(), size=None if self._at_once else 1)
