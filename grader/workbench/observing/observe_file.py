"""What a file did, as checks see it, and what one check says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.course.check_file import CheckFile
from grader.errors import UsageError
from grader.judging.run.run_summary import summarize_run
from grader.judging.sections import ExerciseNames, Section, find_sections
from grader.judging.tracing.finished_trace import finished_trace
from grader.model import SEEN_KINDS, ObservedFile, SeenKind, SeenThing, Submission
from grader.pipeline.settings import Settings
from grader.sandbox.sandbox import Sandbox
from grader.workbench.observing.file_run import TRIED, FileRun, observe_reference, run_file
from grader.workbench.observing.plain_checks import PARTS, PlainCheck, plain_checks
from grader.workbench.observing.seen_things import sections_of, things_beside, things_of, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is shown. ``kinds`` empty: all. ``names``: only what is known by one of them. ``lines`` and ``cells`` are
    numbers as the student counts them.
    """

    kinds: tuple[SeenKind, ...] = ()
    names: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    cells: tuple[int, ...] = ()

    def shows(self, thing: SeenThing) -> bool:
        where = None if thing.location is None else thing.location.location
        if self.lines and (where is None or where.line not in self.lines):
            return False
        if self.cells and (where is None or where.cell not in self.cells):
            return False
        return not self.names or not set(self.names).isdisjoint(thing.names)


def observe_file(sandbox: Sandbox, submission: Submission, settings: Settings, wanted: Wanted) -> ObservedFile:
    """Run a file, and collect what was recorded. Raises SandboxError where it cannot be run."""
    kinds = wanted.kinds or SEEN_KINDS
    checks = plain_checks(submission, kinds, wanted.names)
    asked = [one.check for one in checks]
    parts = PARTS if "pass" in kinds or "step" in kinds else ()
    run = run_file(sandbox, submission, _section(submission, settings), asked, settings, names=parts)
    found = list(_things(run, checks, kinds, submission))
    found.sort(key=lambda thing: (thing.kind in ("section", "words"), thing.order))
    return replace(
        _observed(run, submission, settings),
        asked=wanted.kinds,
        things=tuple(thing for thing in found if wanted.shows(thing)),
        counts=tuple(Counter(thing.kind for thing in found).items()),
    )


def try_check(
    sandbox: Sandbox, submission: Submission, settings: Settings, tried: CheckFile, reference: Submission | None
) -> ObservedFile:
    """Run a file, and judge it by the checks of a file. Raises UsageError where one needs a reference, and there is
    none.
    """
    checks = tried.checks
    limits = settings.limits
    settings = replace(
        settings,
        limits=replace(
            limits,
            wall_s=max(limits.wall_s, tried.limits.time_s or 0),
            memory_bytes=max(limits.memory_bytes, tried.limits.memory_bytes or 0),
        ),
    )
    needing = [check.id for check in checks if check.wants_reference()]
    if reference is None and needing:
        raise UsageError(
            f"{tried.path}: the check `{needing[0]}` compares with the reference solution. Name it: `--reference FILE`."
        )
    theirs = None if reference is None else observe_reference(sandbox, reference, checks, settings)
    section = _section(submission, settings, asked=True)
    run = run_file(sandbox, submission, section, checks, settings, theirs)
    traces = {
        check.id: finished_trace(check, run.notes[check.id], verdict, submission)
        for check, verdict in zip(checks, run.verdicts, strict=True)
    }
    return replace(_observed(run, submission, settings), traces=tuple(traces[name] for name in tried.chosen))


def _observed(run: FileRun, submission: Submission, settings: Settings) -> ObservedFile:
    observation = run.subject.observed.observation
    summary = summarize_run(submission, observation)
    return ObservedFile(
        path=submission.path,
        outcome=observation.outcome,
        detail=summary.detail,
        seconds=observation.duration_s,
        notices=summary.notices,
        course="" if settings.course is None else settings.course.name,
    )


def _things(
    run: FileRun, checks: Sequence[PlainCheck], kinds: Sequence[SeenKind], submission: Submission
) -> Iterator[SeenThing]:
    observation = run.subject.observed.observation
    for one in checks:
        noted, shown = run.notes[one.check.id], "error" in kinds
        yield from things_of(one, noted, submission, observation.events, errors_are_shown=shown)
    yield from things_beside(kinds, submission, observation)
    if "words" in kinds:
        yield from words_of(run.subject.passages, submission)
    if "section" in kinds:
        yield from sections_of(run.subject.section.whole, submission)


def _section(submission: Submission, settings: Settings, *, asked: bool = False) -> Section:
    """The section of an exercise beside those of the course; ``asked``: all of the file is about it."""
    names = [item.exercise.names for item in settings.exercises]
    mine = ExerciseNames(id=TRIED, title=TRIED)
    found = find_sections(
        submission,
        [mine, *names],
        others=settings.others,
        questions=settings.questions,
        numbers={item.exercise.id: item.numbers for item in settings.exercises},
        sheet=(settings.assignment.id, settings.assignment.title) if settings.assignment else (),
        handout=settings.handout,
        asked=asked,
    )
    return found[TRIED]
