"""The tests of a course as nodes of pytest: ``cs101::cube::references``, a course, an exercise, a proof; and one for
each known submission: ``cs101::cube::known-submissions/wrong.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from _pytest._code.code import ReprEntryNative, ReprExceptionInfo, ReprFileLocation, ReprTraceback

from grader.course.course import CourseExercise
from grader.errors import GraderError
from grader.model import FILES, Finding
from grader.pytest_plugin.outcomes import CheckFailedError, NotGradedError, OutcomeError
from grader.pytest_plugin.validations import Validations
from grader.report.validation.words import place_of
from grader.text import clean, clean_line
from grader.workbench.proof import Proof
from grader.workbench.proofs import PROOFS
from grader.workbench.proofs.known_submissions import KnownSubmissions, known_of


class ProofWarning(UserWarning):
    """What an instructor should look at, and what keeps no course from being proven, such as a surviving mutant."""


class CourseNode(pytest.Collector):
    """A course."""

    def __init__(self, *, validations: Validations, **rest: Any) -> None:
        super().__init__(**rest)
        self.validations = validations

    def collect(self) -> Iterator[pytest.Collector | pytest.Item]:
        yield ProofTest.from_parent(self, name=FILES, proof=None)
        for proof in PROOFS:
            if proof.OF_COURSE:
                yield ProofTest.from_parent(self, name=_name(proof), proof=proof)
        for item in self.validations.course.exercises:
            yield ExerciseNode.from_parent(self, name=item.exercise.id, item=item)


class ExerciseNode(pytest.Collector):
    """An exercise of a course."""

    def __init__(self, *, item: CourseExercise, **rest: Any) -> None:
        super().__init__(**rest)
        self._item = item

    def collect(self) -> Iterator[pytest.Item]:
        yield ProofTest.from_parent(self, name=FILES, proof=None)
        for proof in () if self._item.mistakes else PROOFS:
            if proof.OF_COURSE:
                continue
            known = known_of(self._item) or () if proof is KnownSubmissions and not self._item.is_recorded else ()
            for each in known:
                name = f"{_name(proof)}/{each.path.name}"
                yield ProofTest.from_parent(self, name=name, proof=proof, submission=each.path.name)
            # What is said of them together, such as that no wrong answer is known.
            others = tuple(each.path.name for each in known)
            yield ProofTest.from_parent(self, name=_name(proof), proof=proof, without=others)


class ProofTest(pytest.Item):
    """What one proof says of an exercise, of one of its known submissions, or of the course."""

    def __init__(
        self, *, proof: type[Proof] | None, submission: str = "", without: tuple[str, ...] = (), **rest: Any
    ) -> None:
        """``proof``: None for mistakes in the files. ``submission``: the name of the known submission that it is
        about. ``without``: those that have tests of their own.
        """
        super().__init__(**rest)
        parent = self.parent
        self.exercise = parent.name if isinstance(parent, ExerciseNode) else ""
        course = parent.parent if isinstance(parent, ExerciseNode) else parent
        assert isinstance(course, CourseNode)
        self.validations = course.validations
        self.proof = proof
        self._submission = submission
        self._without = without
        self._findings: Sequence[Finding] = ()
        self._was_tried = True
        self.heading = " ".join(filter(None, (course.name, self.exercise, self.name)))

    def setup(self) -> None:
        """Prove it. What fails here is an error to pytest, and not a failed test."""
        try:
            validation = self.validations.of(self.exercise)
        except GraderError as error:
            raise NotGradedError(clean(str(error))) from None
        name = FILES if self.proof is None else self.proof.NAME
        # A proof of the course as a whole may say something of several exercises.
        of_all = self.proof is not None and self.proof.OF_COURSE
        named = [each for each in validation.results if each.proof == name]
        results = [each for each in named if of_all or each.exercise == self.exercise]
        self._findings = [finding for result in results for finding in result.findings if self._is_about(finding)]
        self._was_tried = bool(results) or self.proof is None or of_all
        self.user_properties += [(key, value) for result in results for key, value in result.figures.items()]

    def runtest(self) -> None:
        for finding in self._findings:
            if finding.severity == "warning":
                self._warn(finding)
        errors = [finding for finding in self._findings if finding.severity == "error"]
        if errors:
            raise CheckFailedError(clean_line(errors[0].text), "\n".join(map(_in_words, errors)))
        if not self._was_tried:
            raise pytest.skip.Exception("Nothing of it could be tried.", _use_item_location=True)
        if self._submission and self._findings:
            # It could not be judged, because the reference solution does not pass.
            raise pytest.skip.Exception(clean_line(self._findings[0].text), _use_item_location=True)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.heading

    def representation(self, ended: OutcomeError) -> ReprExceptionInfo:
        """The findings without a traceback, in a form that other processes and plugins can read."""
        first = next((finding for finding in self._findings if finding.severity == "error"), None)
        file = str(first.path) if first is not None and first.path is not None else self.nodeid
        place = ReprFileLocation(clean_line(file), (first.line if first is not None else None) or 1, str(ended))
        entry = ReprEntryNative([f"{ended.text}\n"])
        return ReprExceptionInfo(
            reprtraceback=ReprTraceback(reprentries=[entry], extraline=None, style="native"), reprcrash=place
        )

    def _warn(self, finding: Finding) -> None:
        """Raises CheckFailedError where pytest was told that such warnings are errors."""
        try:
            self.warn(ProofWarning(_in_words(finding)))
        except ProofWarning as warning:
            raise CheckFailedError(clean_line(finding.text), str(warning)) from None

    def _is_about(self, finding: Finding) -> bool:
        """Findings about known submissions begin with the name of one."""
        if self._submission:
            return _begins_with(finding, self._submission)
        return not any(_begins_with(finding, name) for name in self._without)


def _begins_with(finding: Finding, name: str) -> bool:
    return finding.text.startswith((f"{name}: ", f"{name} "))


def _name(proof: type[Proof]) -> str:
    return proof.NAME.replace(" ", "-")


def _in_words(finding: Finding) -> str:
    place = place_of(finding)
    return clean("\n".join(filter(None, (f"{place}: {finding.text}" if place else finding.text, finding.detail))))
