"""Chooses the best candidate of a check: those that meet ``given`` are examined by ``expect`` and ``holds``."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from grader.judging.bounds import bounded, size_of, typical
from grader.judging.checks.base import Check
from grader.judging.coincidence import (
    BY_CHANCE,
    CHANCE_IN_A_LINE,
    MAY_BE_ANOTHER,
    Room,
    nearby,
    numbers_in_words,
)
from grader.judging.comparison import predicate_of
from grader.judging.context import Context, Subject
from grader.judging.foreign_hands import blame, foreign, may_be_changed, withhold, withhold_undecided, without_changed
from grader.judging.found_objects import MAX_FOUND
from grader.judging.tracing.decisions import note_trial, note_what_is_left_out, why_not_preferred
from grader.judging.tracing.notes import CheckNotes
from grader.judging.trials import Candidate, Trial, all_hold, difference_of, examine_alone, hold_for, tolerance_of
from grader.judging.unmet_given import Tried, what_the_nearest_lacks
from grader.judging.unrecorded import in_words, may_pass
from grader.language.expression import Expression
from grader.model import Hand, Verdict
from grader.text import as_sentence, capitalized

NOT_YET = "What has to come first was not found, so there was nothing to look for after it."
"""Said where ``after`` names a check that found nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The phrases in a kind's messages to students.

    ``thing`` and ``things`` are its candidates in singular and plural. ``nothing`` is said where no candidate fits,
    ``passed`` where the best candidate passed, ``broken`` where a line of ``holds`` failed for the best candidate.
    ``seen`` is how many there were, where the candidates are only some of them. ``says_why``: ``nothing`` already says
    that none of them is what is asked for.
    """

    thing: str
    things: str
    nothing: str
    passed: Callable[[Candidate], str]
    broken: Callable[[Candidate, Expression], str]
    seen: int = 0
    says_why: bool = False


class Examiner(Protocol):
    """Examines the candidates of a kind that each stand for many events, such as the steps of a loop."""

    def examine(self, candidate: Candidate) -> Trial | None:
        """The trial of a candidate; None: it does not meet ``given``."""

    def may_pass(self, candidate: Candidate) -> bool:
        """Whether it would pass with some values in the place of those that were not recorded."""


class _OneByOne:
    """Examines candidates by their variables. ``by_chance``: the latest that meets ``given`` by chance only."""

    def __init__(self, check: Check, notes: CheckNotes | None) -> None:
        self._check = check
        self._notes = notes
        self._room = Room()
        self.by_chance: Candidate | None = None

    def examine(self, candidate: Candidate) -> Trial | None:
        notes = None if self._notes is None else self._notes.of(candidate)
        trial, is_chance = examine_alone(self._check, candidate, self._room, notes)
        if notes is not None and is_chance:
            notes.decide("chance", BY_CHANCE.format(where=numbers_in_words(candidate.variables)))
        self.by_chance = candidate if is_chance else self.by_chance
        return trial

    def may_pass(self, candidate: Candidate) -> bool:
        return may_pass(self._check, candidate.variables, tolerance_of(self._check, candidate), candidate.reference)


def decide(
    check: Check,
    context: Context,
    candidates: Sequence[Candidate],
    phrases: Phrases,
    others: Sequence[Candidate] = (),
    examiner: Examiner | None = None,
) -> Verdict:
    """The verdict on the best candidate.

    Candidates in code that was handed out do not count. The order of preference: it passes, only torch had a hand in
    it, it is in the exercise's section, the text above it mentions the exercise. Then, of those that pass, the
    earliest: what follows may be about something else. If none passes, and some would with values that were not
    recorded, a person has to look at these. Of the others, that which meets more lines, has the smaller error, is
    later. If no candidate fits, the variables of all candidates and of ``others`` are kept for the rubric's mistakes,
    latest first. What passes with a foreign hand in it is for a person.
    """
    subject = context.subject
    own = [candidate for candidate in candidates if _is_own(candidate, subject)]
    others = [candidate for candidate in others if _is_own(candidate, subject)]
    proving = [candidate for candidate in own if _proves(candidate, subject)]
    after = context.position_of(check.after) if check.after else None
    if check.after and after is None:
        eligible: Sequence[Candidate] = ()
    else:
        eligible = _typical([candidate for candidate in own if after is None or candidate.position > after])
    notes = context.notes
    if notes is not None:
        note_what_is_left_out(notes, check, candidates, own, eligible, after)
    one_by_one = _OneByOne(check, notes)
    examiner = examiner or one_by_one
    trials = [trial for candidate in eligible if (trial := examiner.examine(candidate)) is not None]
    if not any(trial.passed for trial in trials):
        unknown = [candidate for candidate in eligible if examiner.may_pass(candidate)]
        if unknown:
            if notes is not None:
                for candidate in unknown:
                    notes.of(candidate).decide("unrecorded", in_words(check, candidate.variables))
            return _undecided(check, unknown, subject, evidence=proves_attempt(check, proving))
    if not trials:
        rest = sorted([*eligible, *others], key=lambda candidate: -candidate.position)
        variables = bounded(
            without_changed(candidate.variables)
            if foreign(candidate.hands, check.allow, subject)
            else candidate.variables
            for candidate in rest
        )
        if check.after and after is None:
            message = NOT_YET
        elif own and not eligible:
            message = (
                f"{capitalized(phrases.things)} were seen only before what has to come first; they count after it."
            )
        else:
            message = _nothing(
                phrases, max(_count(eligible), phrases.seen), one_by_one.by_chance, given=len(candidates) > len(own)
            )
            tried = [Tried(one.place, one.variables, tolerance_of(check, one)) for one in eligible]
            lacks = (
                ""
                if one_by_one.by_chance
                else what_the_nearest_lacks(check, tried, subject.submission, of_one=phrases.says_why)
            )
            message = f"{message} {lacks}".rstrip()
        nothing_found = Verdict(
            check=check.id,
            status="failed",
            evidence=proves_attempt(check, proving),
            message=message,
            variables=variables,
            places=tuple(candidate.place for candidate in rest[: len(variables)]),
        )
        changing = _hands_that_hide(check, eligible, subject)
        return blame(nothing_found, changing, subject) if changing else nothing_found

    def hands(trial: Trial) -> tuple[Hand, ...]:
        return foreign(trial.candidate.hands, check.allow, subject) if trial.passed else ()

    def preference(trial: Trial) -> tuple[object, ...]:
        place, position = trial.candidate.place, trial.candidate.position
        near = (
            place in subject.section,
            _proves(trial.candidate, subject),
            subject.section.is_mentioned_at(place),
        )
        if trial.passed:
            return True, not hands(trial), *near, not subject.section.is_anothers(place), -position
        comparable = trial.comparison is None or trial.comparison.kind != "data"
        return False, False, *near, not trial.doubtful, comparable, trial.met, trial.named, -trial.error, position

    best = max(trials, key=preference)
    if notes is not None:
        for trial in trials:
            note_trial(notes, trial, withheld=bool(hands(trial)), is_best=trial is best)
            if trial is not best:
                notes.of(trial.candidate).why = why_not_preferred(preference(best), preference(trial))
    best_proves = _proves(best.candidate, subject) and not best.doubtful
    shown = None if best.comparison is None or best.comparison.kind == "chance" else best.comparison
    best_hands = hands(best)
    passing = [trial for trial in trials if trial.passed and bool(hands(trial)) == bool(best_hands)]
    verdict = Verdict(
        check=check.id,
        status="passed" if best.passed else "failed",
        message=as_sentence(phrases.passed(best.candidate) if best.passed else _failure(best, phrases, check.names)),
        expected=None if shown is None else shown.expected,
        actual=None if shown is None else shown.actual,
        place=best.candidate.place,
        best_position=best.candidate.position,
        difference=difference_of(best),
        position=min((trial.candidate.position for trial in passing), default=None),
        share=best.met / best.lines,
        found=True,
        candidates=_count([trial.candidate for trial in trials]),
        evidence=proves_attempt(check, proving, passed=best.passed and best_proves, seen=best_proves),
        # Without a curvature, the rubric's mistakes are looked for by values alone.
        variables=({**best.candidate.variables, **({} if best.is_derivative else {"curvature": None})},),
        bound=tuple(found for trial in passing for found in trial.candidate.bound)[:MAX_FOUND],
    )
    if best_hands:
        return withhold(verdict, best_hands, subject)
    changing = _hands_in_failure(check, best, subject)
    return blame(verdict, changing, subject) if changing else verdict


def _hands_in_failure(check: Check, trial: Trial, subject: Subject) -> tuple[Hand, ...]:
    """The foreign hands that may have changed what failed first in a trial."""
    failed = trial.observed or trial.broken
    if failed is None or (trial.comparison is not None and trial.comparison.kind == "chance"):
        return ()
    if not may_be_changed(failed, check.variables()):
        return ()
    return foreign(trial.candidate.hands, check.allow, subject)


def _hands_that_hide(check: Check, candidates: Sequence[Candidate], subject: Subject) -> tuple[Hand, ...]:
    """The foreign hands in the latest candidate that fails to meet ``given`` for its gradients alone."""
    others = [line for line in check.given if not may_be_changed(line, check.variables())]
    if len(others) == len(check.given):
        return ()
    with_hands = ((candidate, foreign(candidate.hands, check.allow, subject)) for candidate in reversed(candidates))
    return next(
        (
            hands
            for candidate, hands in with_hands
            if hands and all_hold(others, candidate, tolerance_of(check, candidate))
        ),
        (),
    )


def _undecided(check: Check, candidates: Sequence[Candidate], subject: Subject, *, evidence: bool) -> Verdict:
    """The verdict where candidates may pass, but their values were not recorded."""
    best = max(candidates, key=lambda one: (one.place in subject.section, _proves(one, subject), one.position))
    verdict = Verdict(
        check=check.id,
        status="manual",
        evidence=evidence,
        message=in_words(check, best.variables),
        place=best.place,
        best_position=best.position,
        position=min(candidate.position for candidate in candidates),
        found=True,
        candidates=_count(candidates),
        variables=(best.variables,),
        bound=tuple(found for candidate in candidates for found in candidate.bound)[:MAX_FOUND],
    )
    return withhold_undecided(verdict, subject)


def passed_over(names: Collection[str]) -> str:
    """A sentence on what does not count because of these stale names; empty if there are none."""
    if not names:
        return ""
    said = " and ".join(f"`{name}`" for name in itertools.islice(names, 3))
    return f" What came of {said} was passed over: a statement that failed should have bound {said} to something new."


def proves_attempt(
    check: Check, candidates: Iterable[Candidate] = (), *, passed: bool = False, seen: bool = False
) -> bool:
    """Whether the exercise was attempted for certain.

    ``passed``: the best candidate passed; ``seen``: some candidate meets ``given``. A condition in ``evidence`` has to
    hold for one of ``candidates``.
    """
    match check.evidence:
        case "passed":
            return passed
        case "seen":
            return seen
        case "never":
            return False
        case condition:
            examined = _typical(list(candidates))
            room = Room()
            return any(
                hold_for((condition,), one.variables, tolerance_of(check, one))
                and hold_for((condition,), nearby(one.variables, room=room), tolerance_of(check, one))
                for one in examined
            )


def _typical(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """The candidates that one check examines."""
    return typical(
        candidates, lambda candidate: candidate.place, lambda candidate: size_of(candidate.variables.values())
    )


def _count(candidates: Sequence[Candidate]) -> int:
    """How many things candidates are about."""
    things = {candidate.thing for candidate in candidates if candidate.thing is not None}
    return len(things) + sum(candidate.thing is None for candidate in candidates)


def _is_own(candidate: Candidate, subject: Subject) -> bool:
    return subject.own_code.is_own(candidate.place) if candidate.is_own is None else candidate.is_own


def _proves(candidate: Candidate, subject: Subject) -> bool:
    return subject.own_code.proves(candidate.place) if candidate.is_own is None else candidate.is_own


def _nothing(phrases: Phrases, count: int, by_chance: Candidate | None, *, given: bool) -> str:
    """``by_chance``: the latest candidate that only meets ``given`` by a coincidence of numbers."""
    nothing = as_sentence(phrases.nothing)
    if given and count == 0:
        return f"{nothing} What was handed out does not count."
    if count == 0:
        return nothing
    if by_chance is not None:
        return f"{nothing} {BY_CHANCE.format(where=numbers_in_words(by_chance.variables))}"
    seen = f"One {phrases.thing} was seen" if count == 1 else f"{count:,} {phrases.things} were seen"
    if phrases.says_why:
        return f"{nothing} {seen}."
    return f"{nothing} {seen}, but {'it is not' if count == 1 else 'none is'} what is asked for here."


def _failure(best: Trial, phrases: Phrases, declared: Collection[str]) -> str:
    """``declared`` are the names that the check declares."""
    if best.said:
        return best.said
    if best.comparison is None or best.observed is None:
        assert best.broken is not None  # every trial that did not pass has a line that failed
        if best.by_chance:
            where = numbers_in_words(best.candidate.variables)
            return f"`{best.broken.text}` {CHANCE_IN_A_LINE.format(where=where)}"
        return phrases.broken(best.candidate, best.broken)
    subject = _what_was_compared(best.candidate, best.observed, declared)
    said = as_sentence(f"{subject} {predicate_of(best.comparison, best.observed)}")
    if not best.doubtful or best.comparison.kind == "chance":
        return said
    return f"{said} {MAY_BE_ANOTHER.format(where=numbers_in_words(best.candidate.variables))}"


def _what_was_compared(candidate: Candidate, observed: Expression, declared: Collection[str]) -> str:
    """What is observed, in words: "The gradient of `w`"; of a role by the student's own name for it."""
    role, attribute = observed.part or ("", "")
    if attribute and role in candidate.called:
        return f"The {attribute} of `{candidate.called[role]}`"
    if observed.name == "root" and observed.name not in declared and candidate.noun:
        return f"What was differentiated by {candidate.noun}"
    what = f"The {observed.name}" if observed.name and observed.name not in declared else f"`{observed.text}`"
    return f"{what} of {candidate.noun}" if candidate.noun else what
