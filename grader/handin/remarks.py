"""What is said of a hand-in's files, above all why a file is not graded or not read: a sentence for each reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.handin.name_list import list_names
from grader.text import count


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A remark about a file or folder.

    ``reason`` begins the sentence that names it. ``kind`` is what it is, as a noun whose plural ends in s; empty where
    the reason says enough. ``advice`` ends the sentence: what to do if it was not meant so.
    """

    reason: str
    path: str
    kind: str = ""
    advice: str = ""


def notices_of(remarks: Iterable[Remark]) -> tuple[str, ...]:
    """A sentence for each reason, with the number and the first names of what it is about, by kind."""
    by_reason: dict[tuple[str, str], dict[str, dict[str, None]]] = {}
    for remark in remarks:
        kinds = by_reason.setdefault((remark.reason, remark.advice), {})
        kinds.setdefault(remark.kind, {})[remark.path] = None
    return tuple(
        f"{reason}: {'; '.join(_listed(kind, list(paths)) for kind, paths in sorted(kinds.items()))}."
        + (f" {advice}" if advice else "")
        for (reason, advice), kinds in by_reason.items()
    )


def _listed(kind: str, paths: list[str]) -> str:
    return f"{count(len(paths), kind)} ({list_names(paths)})" if kind else list_names(paths)
