"""Asks every worker of a cluster what it offers (``grade doctor --cluster``). Nothing is graded, no course is sent."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.classroom.cluster import requests
from grader.classroom.cluster.compatibility import Offer, offer_of
from grader.classroom.cluster.link import Answered, ClusterLink, Failed, Joined, Left, Lost
from grader.classroom.cluster.workers import why_failed
from grader.errors import SandboxError
from grader.model import Level
from grader.sandbox.trial_run import SEEN
from grader.sandbox.worker_handle import READY_S
from grader.text import clean_line
from grader.text_bounds import REASON, bounded

LAST_S = 2.0
"""How long further workers are waited for once one is there."""
ANSWER_S = READY_S
"""How long a worker may take to answer: it imports torch for that."""
GRACE_S = 30.0
"""How much later than that its answer may come."""
LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyedWorker:
    """A worker. ``threads``: those that Dask has there. ``memory`` in bytes; 0: not known. ``offer``: None where the
    worker could not say. ``why_unfit``: why it cannot grade, in words; empty: it can.
    """

    address: str
    threads: int
    host: str = ""
    system: str = ""
    cores: int = 0
    memory: int = 0
    offer: Offer | None = None
    why_unfit: str = ""


def survey(link: ClusterLink, batch: str, *, wait_s: float) -> tuple[SurveyedWorker, ...]:
    """Ask all workers, by address. ``wait_s``: how long the first is waited for. The link is closed in the end.

    Raises GraderError where there is no scheduler, or no worker.
    """
    try:
        link.start()
        return _survey(link, batch, wait_s)
    finally:
        link.close()


def _survey(link: ClusterLink, batch: str, wait_s: float) -> tuple[SurveyedWorker, ...]:
    found: dict[str, SurveyedWorker] = {}
    asked: dict[int, str] = {}
    request = requests.request(requests.SURVEY, batch, {"within_s": ANSWER_S})
    first = time.monotonic() + wait_s
    last, deadline = first, first + ANSWER_S + GRACE_S
    while time.monotonic() < (deadline if asked else last):
        for event in link.wait(LOOK_EVERY_S):
            if isinstance(event, Joined):
                found[event.worker] = SurveyedWorker(address=event.worker, threads=event.threads)
                asked[link.send(event.worker, request)] = event.worker
                last = time.monotonic() + LAST_S
                deadline = time.monotonic() + ANSWER_S + GRACE_S
            elif isinstance(event, Left) and event.worker in found:
                found[event.worker] = replace(found[event.worker], why_unfit="it ended while it was asked")
                asked = {number: worker for number, worker in asked.items() if worker != event.worker}
            elif isinstance(event, Lost):
                raise SandboxError(f"The scheduler of the cluster is gone: {event.why}.")
            elif isinstance(event, Answered | Failed) and event.number in asked:
                worker = asked.pop(event.number)
                found[worker] = _with_answer(found[worker], event)
    for worker in asked.values():
        found[worker] = replace(found[worker], why_unfit="it did not answer in time")
    if not found:
        raise SandboxError(f"The cluster had no worker for {wait_s:.0f} s. Start some, and ask again.")
    return tuple(found[address] for address in sorted(found))


def _with_answer(worker: SurveyedWorker, event: Answered | Failed) -> SurveyedWorker:
    if isinstance(event, Failed):
        return replace(worker, why_unfit=why_failed(event.why) if event.why else "it ended while it was asked")
    try:
        *_, (header, _) = requests.frames_of(event.answer)
        if header["t"] == requests.UNKNOWN:
            return replace(worker, why_unfit="its grader is older and knows no survey; install the same version there")
        if header["t"] != requests.SURVEYED:
            return replace(worker, why_unfit=_words(header.get("why") or "its answer cannot be read"))
        return _from_survey(worker, header["dask"], header["survey"])
    except Exception as error:  # whatever it sent
        return replace(worker, why_unfit=f"its answer cannot be read: {_words(f'{type(error).__name__}: {error}')}")


def _from_survey(worker: SurveyedWorker, dask: str, found: Mapping[str, Any]) -> SurveyedWorker:
    offer = None if found["about"] is None else offer_of(found["about"], str(dask))
    why = _words(found["error"])
    if not why and offer is not None:
        missing = [name for name in ("torch", "numpy") if offer.versions.get(name) is None]
        if missing:
            why = f"{' and '.join(missing)} not installed: no submission can be graded there"
        elif offer.isolation == Level.NONE:
            why = "it cannot isolate submissions, which could reach the scheduler; --isolation none grades there anyway"
        elif found["trial"] != SEEN:
            why = f"a trial run {_words(found['trial'])}"
    return replace(
        worker,
        host=_words(found["host"]),
        system=_words(found["system"]),
        cores=int(found["cores"]),
        memory=int(found["memory"]),
        offer=offer,
        why_unfit=why,
    )


def alike(workers: Sequence[SurveyedWorker]) -> tuple[tuple[SurveyedWorker, ...], ...]:
    """Workers that differ in their address alone, together: a cluster may have a thousand of them."""
    by_key: dict[object, list[SurveyedWorker]] = {}
    for worker in workers:
        key = (replace(worker, address="", offer=None), None if worker.offer is None else worker.offer.in_words())
        by_key.setdefault(key, []).append(worker)
    return tuple(map(tuple, by_key.values()))


def _words(text: object) -> str:
    return bounded(clean_line(" ".join(str(text).split())), REASON)
