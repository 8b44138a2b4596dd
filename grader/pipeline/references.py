"""Observations of the reference solutions, kept on disk so that references are not run for every student.

A stored entry is the raw stream of a run that passed its own exercise, under a key made of everything it depends on.
The decoder that reads students' streams reads it too: nothing is unpickled.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import platformdirs

from grader import submission as submissions
from grader.course.course import CourseExercise
from grader.errors import GraderError, ReferenceError, SandboxError
from grader.judging.context import Subject
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.sections import Section
from grader.model import Observation, Outcome, UncaughtError, Verdict
from grader.pipeline import cache_keys
from grader.pipeline.build_job import build_job, join_probes
from grader.pipeline.second_run import SecondRun
from grader.pipeline.settings import Settings
from grader.sandbox.decode_observation import decode_stream
from grader.sandbox.sandbox import Sandbox
from grader.submission.fingerprints import Handout

logger = logging.getLogger(__name__)


class References:
    """Observes reference solutions: from memory, from disk, or by running them."""

    def __init__(
        self, sandbox: Sandbox, settings: Settings, judges: Mapping[str, Judge], store: ReferenceStore
    ) -> None:
        """``judges`` by the id of their exercise."""
        self._sandbox = sandbox
        self._settings = settings
        self._judges = judges
        self._store = store
        self._observed: dict[str, Observed] = {}

    def observe(self, item: CourseExercise) -> Observed:
        """The observation of an exercise's reference solution.

        Raises ReferenceError where it does not pass its own exercise, SandboxError where it cannot be run or judged.
        """
        identity = item.exercise.id
        if identity not in self._observed:
            self._observed[identity] = self._load_or_run(item)
        return self._observed[identity]

    def _load_or_run(self, item: CourseExercise) -> Observed:
        solution = submissions.load(str(item.solution))
        judge = self._judges[item.exercise.id]
        job = build_job(solution, join_probes(judge.probes), self._settings)
        key = cache_keys.of_reference(item, job, self._sandbox.versions, self._sandbox.support)
        stream = self._store.load(key)
        if stream is not None:
            return Observed(decode_stream(stream))
        run = self._sandbox.run(job)
        observation = run.observation
        if observation.outcome is Outcome.SANDBOX_ERROR:
            raise SandboxError(f"The reference solution {item.solution} could not be run: {observation.detail}.")
        # A reference may be what was handed out, so it is judged as if nothing was.
        observed, handout = Observed(observation), Handout()
        try:
            section = Section(item.exercise.names, solution)
            subject = Subject(observed=observed, submission=solution, section=section, handout=handout)
            sources = SecondRun(self._sandbox, job, observation).sources_for(judge, subject)
            verdicts = judge.judge(subject, reference=observed, sources=sources)
        except GraderError:
            raise
        except Exception as error:
            logger.exception("Judging the reference solution of %s failed", item.exercise.id)
            raise SandboxError(
                f"The reference solution {item.solution} could not be judged: {type(error).__name__}: {error}. This is "
                "an error of the grader, or of the package that a check comes from."
            ) from error
        failed = [verdict for verdict in verdicts if verdict.status not in ("passed", "manual")]
        if failed:
            raise ReferenceError(_failure_message(item, observation, failed))
        self._store.save(key, run.stream)
        return observed


class ReferenceStore:
    """Streams on disk, in files named for their key. A file that is damaged or cannot be written counts as missing."""

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = cache_directory() if directory is None else directory

    def load(self, key: str) -> bytes | None:
        try:
            content = (self._directory / key).read_bytes()
        except OSError:
            return None
        digest, stream = content[:32], content[32:]
        return stream if hashlib.sha256(stream).digest() == digest else None

    def save(self, key: str, stream: bytes) -> None:
        """Write the whole file or nothing, because another grader may be reading it."""
        with contextlib.suppress(OSError):
            self._directory.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._directory, delete=False) as file:
                file.write(hashlib.sha256(stream).digest() + stream)
            Path(file.name).replace(self._directory / key)


def cache_directory() -> Path:
    """Where observations of references are kept; ``XDG_CACHE_HOME`` moves it on Linux."""
    return Path(platformdirs.user_cache_dir("autograd-grader")) / "references"


def _failure_message(item: CourseExercise, observation: Observation, failed: Sequence[Verdict]) -> str:
    lines = [f"{item.solution}: the reference solution of `{item.exercise.id}` does not pass its own exercise."]
    lines += [f"  {verdict.check}: {verdict.message}" for verdict in failed]
    for event in observation.events:
        if isinstance(event, UncaughtError):
            lines.append(f"  Line {event.place.line} raised {event.error.type}: {event.error.text}")
    if observation.outcome is not Outcome.COMPLETED:
        lines.append(f"  Its run ended as `{observation.outcome}`. {observation.detail}".rstrip())
    lines.append("  Mend the solution, or the exercise's checks; no submission was graded.")
    return "\n".join(lines)
