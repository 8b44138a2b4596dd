"""The reference solutions: each is judged by its own exercise before anything is graded by it.

What a reference did is kept on disk, so that it is not run for every student: the raw stream of a run that passed,
under a key made of everything it depends on. The decoder that reads students' streams reads it too: nothing is
unpickled. That there is an entry under the key is enough to know that the reference passes; it is decoded only where a
check compares with it.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from grader.cache_folder import cache_folder
from grader.course.course import CourseExercise
from grader.course.course_checks import failure_in_words
from grader.errors import GraderError, SandboxError, SubmissionError
from grader.handin import load_alone
from grader.judging.context import Subject
from grader.judging.join_probes import join_probes
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.sections import section_of
from grader.model import Outcome
from grader.pipeline import broken_reference, cache_keys
from grader.pipeline.broken_reference import BrokenReference
from grader.pipeline.build_job import build_job
from grader.pipeline.kept_waiting import PatientSandbox, more_time_for
from grader.pipeline.recorded_references import RecordedReferences, needed_recording, recording
from grader.pipeline.second_run import SecondRun
from grader.pipeline.settings import Settings
from grader.sandbox.decode_observation import decode_stream
from grader.sandbox.sandbox import Sandbox
from grader.submission.fingerprints import Handout
from grader.text import as_sentence

logger = logging.getLogger(__name__)


Preload = Callable[[Iterable[bytes]], None]
"""Has the worker import what programs with these contents need."""


class References:
    """Judges reference solutions and observes them: from memory, from disk, or by running them."""

    def __init__(
        self,
        sandbox: Sandbox,
        settings: Settings,
        judges: Mapping[str, Judge],
        store: ReferenceStore,
        preload: Preload | None = None,
    ) -> None:
        """``judges`` by the id of their exercise. ``preload``: called before references are tried again that ran out of
        time, since an import that no submission needs may have taken it.
        """
        self._sandbox = sandbox
        self._settings = settings
        self._judges = judges
        self._store = store
        self._preload = preload
        self._broken: dict[str, BrokenReference | None] = {}
        """By exercise, of all that were judged; None: the reference passes."""
        self._observed: dict[str, Observed] = {}
        self._keys: dict[str, str] = {}
        self._tried_again: set[str] = set()
        self._waited: dict[str, float] = {}
        """By exercise, for what share of its time the last run of its reference was kept waiting; 0 if it ended."""

    def find_broken(self, *, again: bool = True, only: Collection[str] | None = None) -> Mapping[str, BrokenReference]:
        """The references that do not pass, and exercises whose files have mistakes, by exercise. Each is judged once.

        ``again``: those that ran out of time are tried once more at the end, when nothing else of this process runs.
        ``only``: the exercises whose references are needed; None: all.
        Raises GraderError where nothing can be run, CourseError where a recording cannot be used.
        """
        self._broken |= {
            item.exercise.id: broken_reference.unfinished(item)
            for item in self._settings.exercises
            if item.mistakes and item.exercise.id not in self._broken
        }
        recorded = [
            item for item in self._settings.exercises if item.is_recorded and item.exercise.id not in self._broken
        ]
        if recorded:
            self._recordings.check([item for item in recorded if self._settings.pack is None or item.wants_reference])
            self._broken |= {item.exercise.id: None for item in recorded}
        for item in self._settings.exercises:
            if item.exercise.id not in self._broken and (only is None or item.exercise.id in only):
                self._broken[item.exercise.id] = None if self._is_kept(item) else self._judge(item)
        if again:
            self.try_again()
        return {identity: broken for identity, broken in self._broken.items() if broken is not None}

    def try_again(self) -> None:
        """Judge those that ran out of time once more. To be called when nothing else runs."""
        slow = [
            item
            for item in self._settings.exercises
            if (broken := self._broken.get(item.exercise.id)) is not None
            and broken.timed_out
            and item.exercise.id not in self._tried_again
        ]
        if slow and self._preload is not None:
            self._preload(item.solution.read_bytes() for item in slow)
        for item in slow:
            self._tried_again.add(item.exercise.id)
            self._broken[item.exercise.id] = self._judge(
                item, more_time=more_time_for(self._waited.get(item.exercise.id, 0.0))
            )

    def assume(self, broken: Iterable[BrokenReference]) -> None:
        """Take over what another process found: these references are broken, all others pass."""
        self._broken = {item.exercise.id: None for item in self._settings.exercises}
        self._broken |= {one.exercise: one for one in broken}

    def observe(self, item: CourseExercise) -> Observed | BrokenReference:
        """The observation of a reference that passes. Where it has to be run again, and runs out of time now, that is
        said instead. Raises CourseError or SandboxError where it does not pass.
        """
        identity = item.exercise.id
        if identity not in self._observed and item.is_recorded:
            self._observed[identity] = self._recordings.observe(item)
        if identity not in self._observed:
            stream = self._store.load(self._key(item))
            if stream is not None:
                self._observed[identity] = Observed(decode_stream(stream))
            else:
                broken = self._judge(item, again=True)
                if broken is not None and broken.ran_out_of_time:
                    return broken
                self._broken[identity] = broken
                if broken is not None:
                    raise broken_reference.error_of({identity: broken})
        return self._observed[identity]

    def record(self) -> Mapping[str, bytes]:
        """The content of a recording of each reference, by exercise (``recorded_references``).

        Raises CourseError where one does not pass, SandboxError where they are kept nowhere.
        """
        if broken := self.find_broken():
            raise broken_reference.error_of(broken, "Nothing was exported.")
        return {item.exercise.id: self._recording(item) for item in self._settings.exercises}

    def record_needed(self) -> Mapping[str, bytes]:
        """As ``record``, for students: of each reference only what checks compare with, and none where they do not."""
        if broken := self.find_broken():
            raise broken_reference.error_of(broken, "No pack was written.")
        return {
            item.exercise.id: self._recording(item, needed=True)
            for item in self._settings.exercises
            if item.wants_reference
        }

    def _recording(self, item: CourseExercise, *, needed: bool = False) -> bytes:
        if item.is_recorded:
            return item.solution.read_bytes()
        stream = self._store.load(self._key(item))
        if stream is None:
            raise SandboxError(f"What the reference solution of `{item.exercise.id}` did could not be kept.")
        judge, seed = self._judges[item.exercise.id], self._settings.seed
        record = needed_recording if needed else recording
        return record(item, judge, seed=seed, versions=self._sandbox.versions, stream=stream)

    @cached_property
    def _recordings(self) -> RecordedReferences:
        settings = self._settings
        return RecordedReferences(self._judges, seed=settings.seed, versions=self._sandbox.versions, pack=settings.pack)

    @cached_property
    def run_key(self) -> str:
        """What ``cache_keys.of_run`` gives for the settings and the sandbox."""
        sandbox = self._sandbox
        return cache_keys.of_run(self._settings, support=sandbox.support, versions=sandbox.versions)

    @cached_property
    def _own_run_key(self) -> str:
        """The same for references. They are judged without a handout, so they are kept where only that has changed."""
        settings, sandbox = replace(self._settings, handout=Handout()), self._sandbox
        return cache_keys.of_run(settings, support=sandbox.support, versions=sandbox.versions)

    def _is_kept(self, item: CourseExercise) -> bool:
        return self._store.has(self._key(item))

    def _key(self, item: CourseExercise) -> str:
        identity = item.exercise.id
        if identity not in self._keys:
            self._keys[identity] = cache_keys.of_reference(item, self._own_run_key)
        return self._keys[identity]

    def _judge(self, item: CourseExercise, *, again: bool = False, more_time: float = 1.0) -> BrokenReference | None:
        """Run and judge a reference, and keep it if it passes. ``again`` and ``more_time``: see ``PatientSandbox``.

        It is judged without a handout: it may be what was handed out, and is right all the same.
        """
        try:
            solution = load_alone(str(item.solution))
        except SubmissionError as error:
            return broken_reference.unreadable(item, error)
        judge = self._judges[item.exercise.id]
        job = build_job(solution, join_probes(judge.probes), replace(self._settings, threads=1))
        sandbox = PatientSandbox(self._sandbox, again=again)
        run = sandbox.run(job, more_time=more_time)
        job = sandbox.job or job
        self._waited[item.exercise.id] = sandbox.kept_waiting
        observation = run.observation
        if observation.outcome is Outcome.SANDBOX_ERROR:
            return broken_reference.not_judged(
                item, as_sentence(f"could not be run: {observation.detail}"), audience=self._settings.audience
            )
        observed, handout = Observed(observation), Handout()
        try:
            section = section_of(item.exercise.names, solution)
            subject = Subject(observed=observed, submission=solution, section=section, handout=handout)
            verdicts = SecondRun(sandbox, job, observation).judge(judge, subject, observed)
        except GraderError:
            raise
        except Exception as error:
            logger.exception("Judging the reference solution of %s failed", item.exercise.id)
            return broken_reference.not_judged(
                item,
                "could not be judged.",
                failure=failure_in_words(error),
                audience=self._settings.audience,
            )
        broken = broken_reference.find_failure(
            item, solution, observation, verdicts, wall_s=self._settings.limits.wall_s, audience=self._settings.audience
        )
        if broken is None:
            self._observed[item.exercise.id] = observed
            self._store.save(self._key(item), run.stream)
        return broken


class ReferenceStore:
    """Streams on disk, in files named for their key. A file that is damaged or cannot be written counts as missing."""

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = cache_directory() if directory is None else directory

    def has(self, key: str) -> bool:
        try:
            return self._directory is not None and (self._directory / key).is_file()
        except OSError:  # a folder that may not be looked into
            return False

    def load(self, key: str) -> bytes | None:
        if self._directory is None:
            return None
        try:
            content = (self._directory / key).read_bytes()
        except OSError:
            return None
        digest, stream = content[:32], content[32:]
        return stream if hashlib.sha256(stream).digest() == digest else None

    def save(self, key: str, stream: bytes) -> None:
        """Write the whole file or nothing, because another grader may be reading it."""
        if self._directory is None:
            return
        with contextlib.suppress(OSError):
            self._directory.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._directory, delete=False) as file:
                file.write(hashlib.sha256(stream).digest() + stream)
            Path(file.name).replace(self._directory / key)


def cache_directory() -> Path | None:
    """Where observations of references are kept; None: nowhere."""
    folder = cache_folder()
    return None if folder is None else folder / "references"
