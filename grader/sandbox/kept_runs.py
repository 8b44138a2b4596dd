"""``KeptRuns``: runs of submissions, kept under a hash of all that they depend on. Losing them only costs time.

Where only what is judged has changed, and not what is run, a submission is judged again by the run that is kept.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import zlib
from contextlib import AbstractContextManager, suppress
from dataclasses import fields
from pathlib import Path

from grader.cached_database import open_database
from grader.model import Job, Outcome
from grader.runtime.protocol.frames import FrameError, pack
from grader.sandbox.decode_observation import decode
from grader.sandbox.encode_job import encode
from grader.sandbox.raw_run import RawRun
from grader.sandbox.sandbox import Run, Sandbox

MAX_STREAM = 16 * 1024**2
"""A larger record is not kept."""
MAX_BYTES = 512 * 1024**2
"""All runs together, compressed. Beyond it, those that were not used for longest are deleted."""
LOOK_EVERY = 50
"""After so many runs that were saved, the size of all is looked at."""
_TABLE = "CREATE TABLE IF NOT EXISTS runs (key TEXT PRIMARY KEY, about TEXT, stream BLOB, size INTEGER, used REAL)"


class KeptRuns:
    """Runs by their keys, in a database in a folder. One that cannot be read or written keeps nothing."""

    def __init__(self, folder: Path, *, reads: bool = True) -> None:
        """``reads``: False: nothing is taken from what is kept; runs are kept all the same."""
        self.folder = folder
        self.reads = reads
        self._path = folder / "runs.sqlite3"
        self._saved = 0

    def load(self, key: str) -> RawRun | None:
        if not self.reads:
            return None
        with suppress(sqlite3.Error, OSError, ValueError, TypeError, zlib.error), self._database() as database:
            found = database.execute("SELECT about, stream FROM runs WHERE key = ?", [key]).fetchone()
            if found is None:
                return None
            database.execute("UPDATE runs SET used = ? WHERE key = ?", [time.time(), key])
            about, unpacking = json.loads(found[0]), zlib.decompressobj()
            stream = unpacking.decompress(found[1], MAX_STREAM)
            about["exceeded"] = about["exceeded"] and tuple(about["exceeded"])
            if about.pop("sha256") == hashlib.sha256(stream).hexdigest():
                return RawRun(stream=stream, **about)
        return None

    def save(self, key: str, run: RawRun) -> None:
        if len(run.stream) > MAX_STREAM:
            return
        about = {field.name: getattr(run, field.name) for field in fields(run) if field.name != "stream"}
        text = json.dumps({**about, "sha256": hashlib.sha256(run.stream).hexdigest()})
        packed = zlib.compress(run.stream, 1)
        with suppress(sqlite3.Error, OSError), self._database() as database:
            row = (key, text, packed, len(packed), time.time())
            database.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?)", row)
            self._saved += 1
            if self._saved % LOOK_EVERY == 0:
                _make_room(database)

    def _database(self) -> AbstractContextManager[sqlite3.Connection]:
        return open_database(self._path, _TABLE)


def _make_room(database: sqlite3.Connection) -> None:
    """Deletes the runs that were not used for longest, until the others may stay."""
    database.execute(
        "DELETE FROM runs WHERE key IN (SELECT key FROM (SELECT key, sum(size) OVER (ORDER BY used DESC, key) AS total "
        "FROM runs) WHERE total > ?)",
        [MAX_BYTES],
    )


class KeepingSandbox:
    """Runs jobs in a sandbox, but those whose runs are kept. ``about``: a hash of what runs depend on besides the job,
    such as the grader's code, versions of packages, helper modules and data.
    """

    def __init__(self, sandbox: Sandbox, kept: KeptRuns, about: str) -> None:
        self._sandbox = sandbox
        self._kept = kept
        self._about = about

    def run(self, job: Job, *, within_s: float | None = None) -> Run:
        try:
            key = key_of_run(job, self._about)
        except FrameError:  # too large to be run, which the sandbox says
            return self._sandbox.run(job, within_s=within_s)
        kept = self._kept.load(key)
        if kept is not None:
            observation = decode(kept, second_run_asked=job.probes.second_run or bool(job.probes.sources))
            return Run(observation=observation, stream=kept.stream)
        run = self._sandbox.run(job, within_s=within_s)
        if run.raw is not None and _is_lasting(run, within_s):
            self._kept.save(key, run.raw)
        return run


def key_of_run(job: Job, about: str) -> str:
    """A hash of what is sent into the sandbox, and of what else the run depends on. Raises FrameError."""
    header, payload = encode(job)
    return hashlib.sha256(about.encode() + b"\0" + pack(header, payload)).hexdigest()


def _is_lasting(run: Run, within_s: float | None) -> bool:
    """Whether another run of the job would give the same. A run that was stopped for its time would not, where other
    programs kept it waiting, or where ``within_s`` says when it was stopped.
    """
    observation = run.observation
    if run.raw is None or observation.outcome is Outcome.SANDBOX_ERROR:
        return False
    lacked_time = observation.lacked_time or run.raw.timed_out
    return not lacked_time or (within_s is None and not observation.waited_s)
