"""``Pool``: does many works, in several processes side by side. What was done before is taken from what is kept."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from grader.course.course import Course
from grader.errors import SandboxError
from grader.pipeline.options import GradingOptions
from grader.workbench.content_keys import ContentKeys
from grader.workbench.kept import Kept
from grader.workbench.lane import Lane, LaneEnded
from grader.workbench.work import Work, decode_result, key_of

Progress = Callable[[int, int], None]
"""Is told how many works are done, and of how many."""
KEEP_EVERY = 50
"""Results that are saved at once: an interrupted validation loses no more."""
TRIES = 2
"""A work whose process ends is tried once more, in another process."""


def nobody_looks(done: int, of: int) -> None:
    """A ``Progress`` that shows nothing."""


class Pool:
    """Processes that share works; they start with the first work that is not kept. Use it in a ``with`` statement."""

    def __init__(self, course: Course, options: GradingOptions, kept: Kept, *, size: int | None = None) -> None:
        """``size``: how many processes; None: as many as there are cores."""
        self._options = options
        self._kept = kept
        self._keys = ContentKeys(course)
        self._size = size or len(os.sched_getaffinity(0))
        self._lanes: queue.SimpleQueue[Lane] = queue.SimpleQueue()
        self._all: list[Lane] = []
        self._lock = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None
        self.done = 0
        """How many works were done here, and not kept from an earlier time."""

    def do(self, works: Iterable[Work], progress: Progress = nobody_looks) -> Mapping[Work, Any]:
        """The results of all works, by work. Raises GraderError where one of them cannot be done."""
        asked = list(dict.fromkeys(works))
        keys = {work: key_of(work, self._keys) for work in asked}
        results = dict(self._load(keys))
        missing = [work for work in asked if work not in results]
        progress(len(results), len(asked))
        waiting: dict[str, str] = {}
        try:
            for work, text in self._run(missing):
                results[work] = decode_result(work, text)
                waiting[keys[work]] = text
                if len(waiting) >= KEEP_EVERY:
                    self._kept.save(waiting)
                    waiting = {}
                progress(len(results), len(asked))
        finally:
            self._kept.save(waiting)
        return results

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
        for lane in self._all:
            lane.close()
        if self._threads is not None:
            self._threads.shutdown()

    def _load(self, keys: Mapping[Work, str]) -> Iterator[tuple[Work, Any]]:
        kept = self._kept.load(keys.values())
        for work, key in keys.items():
            if key in kept:
                try:
                    yield work, decode_result(work, kept[key])
                except ValueError:  # written by a version that was changed by hand meanwhile
                    continue

    def _run(self, works: list[Work]) -> Iterator[tuple[Work, str]]:
        """Each work with its result as text, in the order in which they are done."""
        if not works:
            return
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._size, thread_name_prefix="lane")
        pending: dict[Future[str], Work] = {self._threads.submit(self._do, work): work for work in works}
        try:
            while pending:
                finished, _ = wait(pending, return_when=FIRST_COMPLETED)
                for future in finished:
                    self.done += 1
                    yield pending.pop(future), future.result()
        finally:
            for future in pending:
                future.cancel()

    def _do(self, work: Work) -> str:
        for last in (number == TRIES - 1 for number in range(TRIES)):
            lane = self._take_lane()
            try:
                result = lane.do(work)
            except LaneEnded as ended:
                lane.close()
                if last:
                    raise SandboxError(f"A process that validates the course has ended: {ended}") from ended
            except BaseException:
                self._lanes.put(lane)
                raise
            else:
                self._lanes.put(lane)
                return result
        raise AssertionError("unreachable")

    def _take_lane(self) -> Lane:
        try:
            return self._lanes.get_nowait()
        except queue.Empty:
            lane = Lane(self._options)
            with self._lock:
                self._all.append(lane)
            return lane
