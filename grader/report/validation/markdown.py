"""A validation as Markdown, for the summary of a pull request: figures before and after, and what was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from grader.model import ProofResult, Validation
from grader.report.markdown_text import block, code, inline
from grader.report.validation.words import OF_COURSE, Found, cell_of, findings_of, in_short, place_of, totals, verdict
from grader.text import count

MOST = 100
"""Findings that are written. A summary of GitHub may have a megabyte."""
MARKS = {"error": "❌ ", "warning": "⚠️ "}
MOST_OF_CELL = 20


def render(validation: Validation, *, before: Mapping[str, Any] | None = None) -> str:
    """``before``: an earlier validation, as the JSON format has it."""
    parts = [f"### {'✅' if validation.holds else '❌'} {inline(verdict(validation))}"]
    parts += [f"> {inline(note)}" for note in validation.notes]
    if validation.exercises:
        parts.append("\n".join(_table(validation, before)))
    found = findings_of(validation, "error", "warning")
    for exercise, of_one in groupby(found[:MOST], key=lambda each: each.exercise):
        title = code(exercise) if exercise else inline(OF_COURSE)
        parts.append(f"**{title}**\n\n" + "\n".join(map(_item, of_one)))
    if len(found) > MOST:
        parts.append(f"And {count(len(found) - MOST, 'more finding')}.")
    parts.append("\n".join(_cross_talk(validation)))
    parts.append(inline(" ".join(totals(validation))))
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(validation: Validation, before: Mapping[str, Any] | None) -> Iterator[str]:
    columns = [
        column
        for column in validation.proofs
        if any(validation.result(column.proof, exercise.id) is not None for exercise in validation.exercises)
    ]
    earlier = _earlier(before)
    yield f"| Exercise | {' | '.join(inline(column.heading) for column in columns)} |"
    yield f"| --- |{' ---: |' * len(columns)}"
    for exercise in validation.exercises:
        cells = []
        for column in columns:
            result = validation.result(column.proof, exercise.id)
            text, worst = cell_of(result)
            was = "" if result is None else _change(result, earlier.get((exercise.id, column.proof)))
            cells.append(MARKS.get(worst or "", "") + inline(f"{was}{text}"))
        if exercise.unfinished and cells:
            cells[0] = f"{MARKS['error']}unfinished"
        new = " (new)" if before is not None and not any(known == exercise.id for known, _ in earlier) else ""
        yield f"| {inline(exercise.id)}{new} | {' | '.join(cells)} |"
    if before is not None:
        now = {exercise.id for exercise in validation.exercises}
        gone = sorted({exercise for exercise, _ in earlier} - now)
        if gone:
            yield f"\nNot looked at now, and before: {', '.join(map(inline, gone))}."


def _cross_talk(validation: Validation) -> Iterator[str]:
    pairs = list(validation.cross_talk())
    if pairs:
        yield "| Files of | also attempt | Files |"
        yield "| --- | --- | --- |"
        for exercise, other, files in pairs:
            yield f"| {inline(exercise)} | {inline(other)} | {inline(in_short(files))} |"


def _earlier(before: Mapping[str, Any] | None) -> dict[tuple[str, str], Mapping[str, Any]]:
    """What the earlier validation said, by exercise and proof. The file may be anything that JSON can be."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    exercises = [] if before is None else before.get("exercises")
    for exercise in exercises if isinstance(exercises, list) else []:
        proofs = exercise.get("proofs") if isinstance(exercise, dict) else None
        for proof in proofs if isinstance(proofs, list) else []:
            if isinstance(proof, dict):
                found[str(exercise.get("id")), str(proof.get("proof"))] = proof
    return found


def _change(result: ProofResult, earlier: Mapping[str, Any] | None) -> str:
    """``20/22 → `` where the cell was another one before; else nothing. What one of the two could not measure, and so
    has no figures, is not compared.
    """
    if earlier is None or not result.figures or not earlier.get("figures"):
        return ""
    was = earlier.get("cell")
    return f"{was[:MOST_OF_CELL]} → " if isinstance(was, str) and was not in ("", result.cell) else ""


def _item(each: Found) -> str:
    finding = each.finding
    place = place_of(finding)
    lines = [
        f"- {MARKS.get(finding.severity, '')}{code(place) + ': ' if place else ''}{inline(finding.text)} "
        f"({inline(each.proof)})"
    ]
    if finding.detail:
        lines.append(block(finding.detail, indent=2))
    return "\n".join(lines)
