"""What a check is given: the submission, what was observed of it and of the reference, and earlier verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from grader.judging.observed import Observed
from grader.judging.own_code import OwnCode
from grader.judging.run.run_errors import PlacedError, find_run_errors
from grader.judging.second_run_changes import SecondRunChanges
from grader.judging.sections import Section
from grader.judging.tracing.notes import CheckNotes
from grader.judging.words.written_answers import Passage, passages
from grader.model import Probes, Submission, Verdict
from grader.submission.fingerprints import Handout


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A submission and its observation, as seen by one exercise: ``section`` is the part about that exercise."""

    observed: Observed
    submission: Submission
    section: Section
    handout: Handout

    @property
    def own_code(self) -> OwnCode:
        """Which statements are the student's own. Read once for all exercises."""
        return self.observed.once(OwnCode, lambda: OwnCode(self.submission, self.handout))

    @property
    def run_errors(self) -> tuple[PlacedError, ...]:
        """The errors of the run. Found once for all exercises."""
        return self.observed.once(find_run_errors, lambda: find_run_errors(self.submission, self.observed.observation))

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        return tuple(passages(self.submission, self.section, self.handout, self.own_code))


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything that one check may use.

    ``exercise`` is the exercise's id, ``probes`` what the check asked the recorder for, ``earlier`` the verdicts of
    the checks above it by their ids. ``changes`` is None where no check needed the second run. ``way_probes`` is what
    each way of an ``any-of`` asked for. ``notes``: where what decided is noted, if an instructor asks for it.
    """

    exercise: str
    probes: Probes
    subject: Subject
    reference: Observed | None
    earlier: Mapping[str, Verdict]
    changes: SecondRunChanges | None
    way_probes: tuple[Probes, ...] = ()
    notes: CheckNotes | None = None

    def position_of(self, check: str) -> int | None:
        """The position of the event for which an earlier check passed; None if it did not pass."""
        verdict = self.earlier.get(check)
        return None if verdict is None else verdict.position
