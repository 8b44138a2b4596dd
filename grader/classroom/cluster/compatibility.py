"""Whether all workers would give the same results: they run the same grader, Python and packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.errors import UsageError

LISTED = 20
CODE_LENGTH = 8
"""How much of the hash of the grader's code is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a worker of the cluster would grade with (``OpenGrader.about``).

    ``dask`` is the version of Dask, ``code`` the hash of the grader's own code, ``versions`` are those of Python and of
    packages that submissions run with; None: not installed. ``missing`` says in words what its isolation lacks.
    """

    dask: str
    grader: str
    code: str
    versions: Mapping[str, str | None]
    isolation: str
    mechanisms: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def what_counts(self) -> tuple[object, ...]:
        return self.dask, self.code, tuple(sorted(self.versions.items(), key=str))

    def in_words(self) -> str:
        named = (f"{name} {version or 'not installed'}" for name, version in self.versions.items())
        return ", ".join((own_words(self.grader, self.code, self.dask), *named))


def own_words(grader: str, code: str, dask: str) -> str:
    return f"grader {grader} ({code[:CODE_LENGTH]}), Dask {dask}"


def offer_of(about: Mapping[str, Any], dask: str) -> Offer:
    """Raises KeyError, TypeError and AttributeError where a worker sent something else."""
    return Offer(
        dask=dask,
        grader=str(about["grader"]),
        code=str(about["code"]),
        versions={str(name): None if value is None else str(value) for name, value in about["versions"].items()},
        isolation=str(about["isolation"]),
        mechanisms=tuple(map(str, about["mechanisms"])),
        missing=tuple(map(str, about["missing"])),
    )


def require_equal(offers: Mapping[str, Offer], *, grader: str, code: str, dask: str) -> None:
    """Raises UsageError, with who has what, where workers differ, or have another grader or Dask than
    this process, whose versions are ``grader``, ``code`` and ``dask``.
    """
    groups: dict[object, list[str]] = {}
    for worker, offer in offers.items():
        groups.setdefault(offer.what_counts, []).append(worker)
    is_other = any((offer.code, offer.dask) != (code, dask) for offer in offers.values())
    if len(groups) <= 1 and not is_other:
        return
    lines = [f"  here: {own_words(grader, code, dask)}"] if is_other else []
    for workers in groups.values():
        lines.append(f"  {_listed(workers)}: {offers[workers[0]].in_words()}")
    raise UsageError(
        "The workers of the cluster would not give the same results, so nobody was graded. Install the same versions "
        "everywhere:\n" + "\n".join(lines)
    )


def why_other(offer: Offer, known: Offer) -> str:
    """Why a worker that comes later cannot be used; empty if it can."""
    if offer.what_counts == known.what_counts:
        return ""
    return f"it has other versions than the others: {offer.in_words()}; they have {known.in_words()}"


def _listed(workers: Sequence[str]) -> str:
    shown = ", ".join(sorted(workers)[:LISTED])
    return shown if len(workers) <= LISTED else f"{shown} and {len(workers) - LISTED} more"
