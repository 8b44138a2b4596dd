"""``Pool``: does many works, in several processes side by side. What was done before is taken from what is kept."""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from typing import Any, Protocol

from grader.course.course import SOLUTION_SUFFIXES, Course
from grader.errors import SandboxError
from grader.pipeline.options import GradingOptions
from grader.sandbox.kept_runs import KeptRuns
from grader.sandbox.preload import modules_for
from grader.workbench.content_keys import ContentKeys
from grader.workbench.kept import Kept
from grader.workbench.lane import Done, Lane, LaneEnded, WorkFailed
from grader.workbench.work import Work, decode_result, encode_result, joined, key_of

logger = logging.getLogger(__name__)


class Progress(Protocol):
    """Is told how many works are done, how many of these were kept from an earlier time, and of how many. ``follow``:
    what further works come after these, in words, of which nobody knows yet how many there are; empty if none do.
    """

    def __call__(self, done: int, kept: int, of: int, follow: str = "", /) -> None: ...


KEEP_EVERY = 50
"""Results that are saved at once: an interrupted validation loses no more."""
TRIES = 2
"""A work whose process ends is tried once more, in another process."""


MAX_FAILED_STARTS = 3
"""After so many processes that ended before they had done anything, nothing more is tried."""


def _read(work: Work, done: Done | str) -> tuple[Done | str, Any]:
    """A result as text with its value, or the reason why there is none. A text that cannot be read is such a reason,
    and costs nothing but this work.
    """
    if isinstance(done, str):
        return done, None
    try:
        return done, decode_result(work, done.text)
    except ValueError as error:
        logger.exception("The result of a work cannot be read: %s", work)
        return f"its result cannot be read: {error}", None


def nobody_looks(done: int, kept: int, of: int, follow: str = "", /) -> None:
    """A ``Progress`` that shows nothing."""


def going_on(progress: Progress, done: int, kept: int) -> Progress:
    """For works that come after so many: they are counted together."""
    return lambda now, more, of, follow="", /: progress(done + now, kept + more, done + of, follow)


def followed_by(progress: Progress, words: str) -> Progress:
    """For works after which these come."""
    return lambda done, kept, of, _="", /: progress(done, kept, of, words)


class Pool:
    """Processes that share works; they start with the first work that is not kept. Use it in a ``with`` statement."""

    def __init__(
        self, course: Course, options: GradingOptions, kept: Kept, *, size: int | None = None, again: bool = False
    ) -> None:
        """``size``: how many processes; None: as many as there are cores. ``again``: do also what is kept."""
        self._course = course
        self._options = options
        self._kept = kept
        self._kept_runs = None if kept.folder is None else KeptRuns(kept.folder, reads=not again)
        self._keys = ContentKeys(course, options)
        self._size = size or len(os.sched_getaffinity(0))
        self._lanes: queue.SimpleQueue[Lane] = queue.SimpleQueue()
        self._all: list[Lane] = []
        self._lock = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._again = again
        self._runs = 0
        self._failed_starts = 0
        self._ended = ""
        """Why no further process is started; empty as long as there may be."""
        self.kept = 0
        """How many works were not done, because their results were kept from an earlier time."""
        self.seconds: dict[Work, float] = {}
        """How long each work took that was done here."""
        self.failed: dict[Work, str] = {}
        """Works on which the grader failed, or whose processes ended, with the reason. They have no results."""

    @property
    def done(self) -> int:
        """How many works were done here, and not kept from an earlier time."""
        return len(self.seconds) + len(self.failed)

    def do(self, works: Iterable[Work], progress: Progress = nobody_looks) -> Mapping[Work, Any]:
        """The results of all works, by work, but of those that ``failed``. Raises GraderError where nothing can be
        done.
        """
        asked = list(dict.fromkeys(works))
        keys = {work: key_of(work, self._keys) for work in asked}
        results = dict(self._load(keys))
        missing = [work for work in asked if work not in results]
        kept = len(results)
        self.kept += kept
        progress(kept, kept, len(asked))
        waiting: dict[str, str] = {}
        groups = dict(joined(missing))
        number = kept
        try:
            for run, done in self._run(list(groups)):
                group = groups[run]
                number += len(group)
                done, result = _read(run, done)
                if isinstance(done, Done):
                    for work in group:
                        results[work] = result if work is run else work.part_of(result)
                        self.seconds[work] = done.seconds / len(group)
                        if work.is_lasting(results[work]):
                            waiting[keys[work]] = done.text if work is run else encode_result(work, results[work])
                else:
                    self.failed.update(dict.fromkeys(group, done))
                if len(waiting) >= KEEP_EVERY:
                    self._kept.save(waiting)
                    waiting = {}
                progress(number, kept, len(asked))
        finally:
            self._kept.save(waiting)
        return results

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        with self._lock:
            self._ended = self._ended or "The validation was stopped."
            lanes = tuple(self._all)
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
        if kind is not None:
            for lane in lanes:
                lane.kill()
        for lane in lanes:
            lane.close()
        if self._threads is not None:
            self._threads.shutdown()

    @cached_property
    def _modules(self) -> tuple[str, ...]:
        """What workers import, so that runs need not: what solutions and known submissions of the course need."""
        files = [item.solution for item in self._course.exercises]
        files += [path for item in self._course.exercises for known in item.known for path in known.path.glob("*.*")]
        return modules_for(path.read_bytes() for path in files if path.suffix in SOLUTION_SUFFIXES and path.is_file())

    def _load(self, keys: Mapping[Work, str]) -> Iterator[tuple[Work, Any]]:
        kept = {} if self._again else self._kept.load(keys.values())
        for work, key in keys.items():
            if key in kept:
                try:
                    yield work, decode_result(work, kept[key])
                except ValueError:  # written by a version that was changed by hand meanwhile
                    continue

    def _run(self, works: list[Work]) -> Iterator[tuple[Work, Done | str]]:
        """Each work with its result, or with why there is none, in the order in which they are done."""
        if not works:
            return
        self._runs = self._runs or -(-len(works) // self._size)
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._size, thread_name_prefix="lane")
        # Not `concurrent.futures.wait`, which looks at all that are pending for each that is done.
        finished: queue.SimpleQueue[Future[Done | str]] = queue.SimpleQueue()
        pending: dict[Future[Done | str], Work] = {}
        try:
            for work in works:
                future = self._threads.submit(self._do, work)
                pending[future] = work
                future.add_done_callback(finished.put)
            while pending:
                future = finished.get()
                yield pending.pop(future), future.result()
        finally:
            for future in pending:
                future.cancel()

    def _do(self, work: Work) -> Done | str:
        """The result, or why there is none. Raises GraderError where nothing can be done."""
        reason = ""
        for _ in range(TRIES):
            lane = self._take_lane()
            try:
                result: Done | str = lane.do(work)
            except LaneEnded as ended:
                lane.close()
                reason = f"the process that did it has ended: {ended}"
                self._note_end(lane, reason)
                continue
            except WorkFailed as failed:
                result = str(failed)
            except BaseException:
                self._lanes.put(lane)
                raise
            self._lanes.put(lane)
            return result
        return reason

    def _note_end(self, lane: Lane, reason: str) -> None:
        """Raises SandboxError where no process can be started."""
        with self._lock:
            self._failed_starts = 0 if lane.has_answered else self._failed_starts + 1
            if self._failed_starts >= MAX_FAILED_STARTS:
                self._ended = f"The processes that validate a course do not start: {reason}"
                raise SandboxError(self._ended)

    def _take_lane(self) -> Lane:
        try:
            return self._lanes.get_nowait()
        except queue.Empty:
            with self._lock:
                if self._ended:
                    raise SandboxError(self._ended) from None
                lane = Lane(self._options, self._modules, self._runs, self._kept_runs)
                self._all.append(lane)
                return lane
