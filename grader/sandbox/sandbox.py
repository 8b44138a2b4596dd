"""Runs jobs and returns observations. The rest of the grader uses workers only through this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import SandboxError
from grader.model import Isolation, Job, Observation, Outcome
from grader.runtime.protocol.frames import FrameError
from grader.sandbox.decode_observation import decode
from grader.sandbox.encode_job import encode
from grader.sandbox.raw_run import RawRun
from grader.sandbox.worker_handle import WorkerHandle


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """An observation, and the record that it was decoded from (for the cache)."""

    observation: Observation
    stream: bytes
    raw: RawRun | None = None
    """What the worker said of it; None where nothing ran."""


class Sandbox:
    """Runs jobs one at a time in a worker, and replaces a worker that has ended."""

    def __init__(self, worker: WorkerHandle, restart: Callable[[], WorkerHandle]) -> None:
        self._worker = worker
        self._restart = restart

    @property
    def isolation(self) -> Isolation:
        return self._worker.isolation

    @property
    def versions(self) -> dict[str, str | None]:
        return dict(self._worker.versions)

    @property
    def support(self) -> Sequence[Path]:
        """The folders of helper modules that jobs can import."""
        return self._worker.support

    def run(self, job: Job, *, within_s: float | None = None) -> Run:
        """Run a job, for at most ``within_s`` seconds; None: the job's own limit.

        If the worker fails, it is replaced and the job tried once more. If that fails, too, or the job is too large to
        be sent, the outcome is ``sandbox_error``, which never costs a student points.
        """
        header, payload = encode(job)
        limits = job.limits if within_s is None else replace(job.limits, wall_s=within_s)
        for _ in range(2):
            if not self._worker.alive:
                self._worker.close()
                self._worker = self._restart()
            try:
                raw = self._worker.run(header, payload, limits)
            except FrameError as error:
                reason = f"This submission is too large to be run: {error}"
                break
            except SandboxError as error:
                if self._worker.alive:
                    raise
                reason = str(error)
                continue
            observation = decode(raw, second_run_asked=job.probes.second_run or bool(job.probes.sources))
            return Run(observation=observation, stream=raw.stream, raw=raw)
        failed = Observation(events=(), outcome=Outcome.SANDBOX_ERROR, detail=reason)
        return Run(observation=failed, stream=b"")

    def take(self, worker: WorkerHandle) -> None:
        """Use this worker from now on. The one before is left as it is."""
        self._worker = worker

    def replace_worker(self) -> None:
        """End the worker, and start another one."""
        self._worker.close()
        self._worker = self._restart()

    def close(self) -> None:
        self._worker.close()
