"""The connection to a Dask scheduler: requests to workers, their answers, and which workers there are.

Dask's client runs on a thread of its own. What happens comes to the main thread through a queue, in ``wait``. Every
request is a task that may run on one worker only, so that this process decides which worker gets what; nothing is
retried by Dask.
"""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from grader.classroom.cluster.connecting import Place, connect
from grader.classroom.cluster.dask_lane import end_lane, exchange, has_grader
from grader.classroom.cluster.guarded_unpickling import guarded
from grader.classroom.cluster.quiet_dask import quiet
from grader.errors import GraderError, SandboxError
from grader.text_bounds import REASON, bounded

LOOK_EVERY_S = 5.0
"""How often the list of workers is asked for, besides what the scheduler tells of its own accord."""
CHECK_EVERY_S = 0.5
WITHOUT_GRADER = ("No module named", has_grader.__name__)
"""What Python says on a worker where the grader, or this function of it, is missing. Dask sends only these words."""
CLOSE_S = 10.0


@dataclass(frozen=True, slots=True)
class Connected:
    """The scheduler has answered."""


@dataclass(frozen=True, slots=True)
class Joined:
    worker: str
    """Its address."""
    threads: int


@dataclass(frozen=True, slots=True)
class Left:
    worker: str
    expected: bool
    """It was taken away in good order, such as when a cluster is made smaller."""


@dataclass(frozen=True, slots=True)
class Answered:
    number: int
    answer: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """A request has no answer. ``why`` is empty where the worker has gone."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The scheduler has gone."""

    why: str


Event = Connected | Joined | Left | Answered | Failed | Lost


class ClusterLink(Protocol):
    """What ``ClusterPool`` needs of a cluster."""

    def start(self) -> None:
        """Begin to connect, and return at once."""

    def send(self, worker: str, request: bytes) -> int:
        """Ask something of a worker. Returns the number under which the answer comes."""

    def forget(self, number: int) -> None:
        """The answer is of no interest any more."""

    def wait(self, timeout_s: float) -> Sequence[Event]:
        """What has happened; waits until something does. Raises GraderError where there is no scheduler."""

    def close(self) -> None:
        """Leave the cluster."""


class DaskLink:
    """A ``ClusterLink`` to a real scheduler."""

    def __init__(
        self, place: Callable[[], Place], batch: str, connect_s: float, then: Callable[[], None] = lambda: None
    ) -> None:
        """``place`` waits until it is known where the scheduler is; it raises GraderError.

        ``batch``: whose lanes are ended when the link is closed. ``then``: what to do after that.
        """
        self._place = place
        self._batch = batch
        self._connect_s = connect_s
        self._then = then
        self._used: set[str] = set()
        """The workers that were asked something."""
        self._events: queue.SimpleQueue[Event | GraderError] = queue.SimpleQueue()
        self._numbers = itertools.count()
        self._name = uuid.uuid4().hex[:12]
        self._exchanges: dict[int, asyncio.Task[None]] = {}
        self._workers: dict[str, int] = {}
        self._asked_to_close: asyncio.Event | None = None
        self._is_connected = False
        self._alone: asyncio.Lock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._started = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        import distributed  # noqa: F401 - here, since it imports much that the main thread may import meanwhile

        self._thread = threading.Thread(target=self._run, name="cluster-link", daemon=True)
        self._thread.start()

    def send(self, worker: str, request: bytes) -> int:
        number = next(self._numbers)
        self._call(self._begin, number, worker, request)
        return number

    def forget(self, number: int) -> None:
        self._call(self._cancel, number)

    def wait(self, timeout_s: float) -> Sequence[Event]:
        events: list[Event] = []
        try:
            event = self._events.get(timeout=max(0.0, timeout_s))
            while True:
                if isinstance(event, GraderError):
                    raise event
                events.append(event)
                event = self._events.get_nowait()
        except queue.Empty:
            return events

    def close(self) -> None:
        if self._thread is None:
            self._then()
            return
        self._started.wait(CLOSE_S)
        if self._asked_to_close is not None:
            self._call(self._asked_to_close.set)
        if self._is_connected:
            self._thread.join(3 * CLOSE_S)  # the lanes are ended before the cluster is
            self._then()
        else:
            self._then()  # the thread may wait for a cluster that starts
            self._thread.join(3 * CLOSE_S)

    # ----------------------------------------------------------------------------------------------------------------
    # On the thread of Dask's client
    # ----------------------------------------------------------------------------------------------------------------

    def _call(self, function: Callable[..., object], *arguments: object) -> None:
        self._started.wait(CLOSE_S)
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(function, *arguments)

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except GraderError as error:
            self._events.put(error)
        except Exception as error:
            self._events.put(SandboxError(f"The connection to the cluster failed: {type(error).__name__}: {error}"))
        finally:
            self._started.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._asked_to_close, self._alone = asyncio.Event(), asyncio.Lock()
        self._started.set()
        quiet()
        with guarded():
            place = await asyncio.to_thread(self._place)
            connecting = asyncio.ensure_future(connect(place, self._connect_s))
            closing = asyncio.ensure_future(self._asked_to_close.wait())
            await asyncio.wait({connecting, closing}, return_when=asyncio.FIRST_COMPLETED)
            closing.cancel()
            if not connecting.done():
                connecting.cancel()
                await asyncio.gather(connecting, return_exceptions=True)
                return
            self._client = client = connecting.result()
            self._is_connected = True
            self._events.put(Connected())
            try:
                for topic in ("print", "warn"):
                    client.unsubscribe_topic(topic)  # what other programs' tasks say is not for this terminal
                client.subscribe_topic("all", self._take_event)
                await self._watch(client)
            finally:
                for task in self._exchanges.values():
                    task.cancel()
                await asyncio.gather(*self._exchanges.values(), return_exceptions=True)
                await self._leave_cluster(client)

    async def _leave_cluster(self, client: Any) -> None:
        """End the lanes of this batch, and the connection. Lanes that cannot be reached end themselves."""
        workers = [worker for worker in self._used if worker in self._workers]
        if workers and client.status == "running":
            with suppress(Exception):
                # Not a task: it would wait until the worker has graded what it grades.
                ended = client.run(end_lane, self._batch, workers=workers, on_error="ignore")
                await asyncio.wait_for(ended, CLOSE_S)
        with suppress(Exception):
            await asyncio.wait_for(client.close(), CLOSE_S)

    async def _watch(self, client: Any) -> None:
        """Until the link is closed: look which workers there are, and whether the scheduler still is."""
        assert self._asked_to_close is not None
        look_at = 0.0
        while not self._asked_to_close.is_set():
            if client.status != "running":
                self._events.put(Lost("the connection to it ended"))
                return
            if time.monotonic() >= look_at:
                look_at = time.monotonic() + LOOK_EVERY_S
                await self._look(client)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked_to_close.wait(), CHECK_EVERY_S)

    async def _look(self, client: Any) -> None:
        try:
            identity = await client.scheduler.identity(n_workers=-1)
        except OSError:
            return  # the scheduler has gone, which the client's status will say
        found: Mapping[str, Any] = identity["workers"]
        for worker, about in found.items():
            self._join(worker, about.get("nthreads", 1))
        for worker in [worker for worker in self._workers if worker not in found]:
            self._leave(worker, expected=False)

    async def _take_event(self, event: Any) -> None:
        _, message = event
        if message.get("action") == "remove-worker":
            self._leave(message["worker"], expected=bool(message.get("expected")))
        elif message.get("action") == "add-worker":
            await self._look(self._client)

    def _join(self, worker: str, threads: int) -> None:
        if worker not in self._workers:
            self._workers[worker] = threads
            self._events.put(Joined(worker, threads))

    def _leave(self, worker: str, *, expected: bool) -> None:
        if self._workers.pop(worker, None) is not None:
            self._events.put(Left(worker, expected))

    def _begin(self, number: int, worker: str, request: bytes) -> None:
        task = asyncio.ensure_future(self._exchange(number, worker, request))
        self._exchanges[number] = task
        task.add_done_callback(lambda _: self._exchanges.pop(number, None))

    def _cancel(self, number: int) -> None:
        task = self._exchanges.get(number)
        if task is not None:
            task.cancel()

    async def _exchange(self, number: int, worker: str, request: bytes) -> None:
        """Run one request. When this is cancelled, the future goes, and Dask forgets the task."""
        if worker not in self._workers:
            self._events.put(Failed(number, ""))
            return
        if worker not in self._used and (why := await self._why_without_grader(worker)):
            self._events.put(Failed(number, why))
            return
        self._used.add(worker)
        future: Any = self._client.submit(
            exchange,
            request,
            key=f"autograd-{self._name}-{number}",
            workers=[worker],
            allow_other_workers=False,
            pure=False,
            retries=0,
        )
        try:
            answer = await self._answer_of(future)
        except asyncio.CancelledError:
            # By this process, which does not ask for it any more, or by Dask, where a result was lost with its worker.
            self._events.put(Failed(number, ""))
            raise
        except Exception as error:
            why = "" if future.cancelled() else bounded(f"{type(error).__name__}: {error}", REASON)
            self._events.put(Failed(number, why))
        else:
            if type(answer) is bytes:
                self._events.put(Answered(number, answer))
            else:
                self._events.put(Failed(number, f"it answered with {type(answer).__name__}, not bytes"))
        finally:
            future.release()

    async def _why_without_grader(self, worker: str) -> str:
        """Empty: it has the grader, or has gone, which its first request will show."""
        try:
            asked = self._client.run(has_grader, workers=[worker], on_error="return")
            found = (await asyncio.wait_for(asked, CLOSE_S)).get(worker)
        except (OSError, TimeoutError, ValueError):
            return ""
        is_missing = isinstance(found, Exception) and any(words in str(found) for words in WITHOUT_GRADER)
        return bounded(str(found), REASON) if is_missing else ""

    async def _answer_of(self, future: Any) -> object:
        """Dask fetches answers that come at the same time together, so one that cannot be read fails the others, too.
        Then each is fetched alone.
        """
        try:
            return await future
        except Exception:
            if future.status != "finished":
                raise
        async with self._alone:
            return await future
