"""What ``grade doctor --cluster`` says of the workers of a cluster."""

from __future__ import annotations

import textwrap
import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from grader.errors import ExitCode, UsageError
from grader.model import Level
from grader.text import count

if TYPE_CHECKING:
    from grader.classroom.cluster.survey import SurveyedWorker

Rows = list[tuple[str, str]]

LISTED = 10
"""How many addresses of workers that are alike are listed."""
PROMISES = {
    "strict": "a submission sees neither files, nor the network, nor the course",
    "reduced": "only what is listed here keeps a submission in",
    "none": "a submission can do whatever the Dask worker can do",
}


def diagnosis(address: str, *, insecure: bool, wait_s: float, width: int) -> Iterator[tuple[str, Rows] | ExitCode]:
    """Titles with their rows, and in the end the exit code. Raises GraderError where the cluster cannot be asked."""
    from grader.classroom.cluster.open_cluster import open_link
    from grader.classroom.cluster.survey import alike, survey

    batch = uuid.uuid4().hex
    workers = survey(open_link(address, batch, insecure=insecure), batch, wait_s=wait_s)
    fit = [worker for worker in workers if not worker.why_unfit]
    yield "The cluster", [("address", address), ("workers", f"{len(workers)}, of which {len(fit)} can grade")]
    for group in alike(workers):
        yield _title(group), list(_rows(group, width))
    why = _why_refused(workers)
    if why:
        yield "grade batch would refuse this cluster", [("", why)]
    yield ExitCode.UNUSABLE if why else ExitCode.PASSED if len(fit) == len(workers) else ExitCode.GRADER_FAILED


def _title(group: Sequence[SurveyedWorker]) -> str:
    shown = ", ".join(worker.address for worker in group[:LISTED])
    more = f" and {len(group) - LISTED} more" if len(group) > LISTED else ""
    return f"{'Worker' if len(group) == 1 else f'{len(group)} workers'}: {shown}{more}"


def _rows(group: Sequence[SurveyedWorker], width: int) -> Iterator[tuple[str, str]]:
    worker, offer = group[0], group[0].offer
    if worker.host:
        memory = f", {worker.memory / 1e9:.1f} GB of memory" if worker.memory else ""
        yield "host", f"{worker.host} ({worker.system}): {count(worker.cores, 'core')}{memory}"
    if offer is not None:
        yield "grader", f"{offer.grader} ({offer.code[:8]}), Dask {offer.dask}"
        for name, version in offer.versions.items():
            yield "Python" if name == "python" else name, version or "not installed"
        yield "isolation", f"{offer.isolation}: {PROMISES.get(offer.isolation, '')}"
        yield "made of", ", ".join(offer.mechanisms) or "nothing"
        for reason in offer.missing:
            yield "lacks", textwrap.fill(reason, width)
    yield "can grade", f"no: {textwrap.fill(worker.why_unfit, width)}" if worker.why_unfit else "yes"
    if worker.threads > 1:
        said = (
            f"{worker.threads}, of which one is used: a worker grades one submission at a time. Start as many workers "
        )
        yield "threads", f"{said}as the machine has cores, with `--nthreads 1`."
    elif 0 < worker.cores < len(group):
        yield "cores", f"{len(group)} workers share {count(worker.cores, 'core')}: they keep each other waiting"


def _why_refused(workers: Sequence[SurveyedWorker]) -> str:
    """Why a batch would be refused: workers differ among each other, or from this machine. Those that cannot isolate
    are left out there, and not compared.
    """
    from importlib.metadata import version

    from grader import __version__
    from grader.classroom.cluster.compatibility import require_equal
    from grader.pipeline import cache_keys

    offers = {
        worker.address: worker.offer
        for worker in workers
        if worker.offer is not None and worker.offer.isolation != Level.NONE
    }
    try:
        require_equal(offers, grader=__version__, code=cache_keys.of_grader(), dask=version("distributed"))
    except UsageError as error:
        return str(error)
    return ""
