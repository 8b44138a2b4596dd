"""What decided about each candidate of a check, as lines on a console."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from grader.model import CandidateStatus, CheckTrace, QuotedLocation, TracedCandidate, TracedLine
from grader.report.safe_console import STATUS_SYMBOLS, SafeConsole
from grader.text import clean, clean_line, count, shorten

SOURCE_LENGTH = 100
MAX_WRONG = 2
"""Calls or steps of a candidate that are shown with their lines."""
MAX_CANDIDATES = 40
"""Candidates that are shown; more are counted."""
PART = 7
"""Columns of the field of a line."""
_WORDS: dict[CandidateStatus, tuple[str, str]] = {
    "passed": ("passes", "green"),
    "failed": ("meets `given`, and fails", "red"),
    "unmet": ("does not meet `given`", "dim"),
    "chance": ("meets `given` by a coincidence of numbers", "yellow"),
    "left_out": ("does not count", "dim"),
    "withheld": ("passes, but waits for a person", "yellow"),
    "unrecorded": ("may pass: values were not recorded", "yellow"),
}
_VERDICTS = {"passed": "passed", "failed": "failed", "manual": "waits for a person", "error": "mistake of the course"}
_THINGS = {
    "backward": "pass to",
    "value": "moment of",
    "raises": "error in",
    "uses": "use of",
    "output": "printed",
    "answer": "text",
    "steps": "loop over",
    "function": "function",
    "module": "module",
}


def show_trace(trace: CheckTrace, out: SafeConsole) -> None:
    """Print a check with its candidates."""
    symbol = STATUS_SYMBOLS[trace.status]
    title = out.text(f"{symbol.symbol if out.has_symbols else symbol.word} ", symbol.style)
    title.append_text(out.text(f"{clean_line(trace.check)}: {_VERDICTS[trace.status]}", "bold"))
    title.append_text(out.text(f"  kind {trace.kind}", "dim"))
    out.show(title)
    out.indented(out.text(trace.message), 2)
    attempt = "It proves an attempt" if trace.proves_attempt else "It proves no attempt"
    out.indented(out.text(f"{attempt} at the exercise, by its `evidence`.", "dim"), 2)
    if trace.expected is not None:
        show_labelled([("expected", trace.expected), ("actual", trace.actual or "")], out, indent=2)
    if not trace.ways:
        _show_candidates(trace, out)
    for number, way in enumerate(trace.ways):
        chosen = ", the one that the verdict is about" if number == trace.best_way else ""
        out.line()
        out.indented(out.text(f"Way {number + 1} of {len(trace.ways)}, kind {way.kind}{chosen}", "bold"), 2)
        _show_candidates(way, out)


def _show_candidates(trace: CheckTrace, out: SafeConsole) -> None:
    total = len(trace.candidates) + trace.unshown
    out.line()
    if not total:
        out.indented(out.text("There was nothing of this kind to look at.", "dim"), 2)
        return
    out.indented(out.text(f"{count(total, 'candidate')}, in the order of the run:", "dim"), 2)
    chosen = _chosen(trace.candidates)
    repeated = _repeated(chosen)
    for at, candidate in enumerate(chosen):
        if at in repeated:
            if repeated[at]:
                out.line()
                out.indented(out.text(f"… {repeated[at]:,} more like this, of the same line", "dim"), 6)
            continue
        out.line()
        _show_candidate(candidate, _THINGS.get(trace.kind, ""), out, indent=2)
    if len(chosen) < total:
        out.line()
        out.indented(
            out.text(f"{total - len(chosen):,} more candidates are not shown; `--format json` has them.", "dim"), 2
        )


def _chosen(candidates: Sequence[TracedCandidate]) -> Sequence[TracedCandidate]:
    """The best candidate, then those that a line decided about, then the others; in the order of the run."""
    if len(candidates) <= MAX_CANDIDATES:
        return candidates
    ranked = [(not one.is_best, one.status == "left_out", at) for at, one in enumerate(candidates)]
    order = [at for _, _, at in sorted(ranked)]
    return [candidates[at] for at in sorted(order[:MAX_CANDIDATES])]


def _repeated(candidates: Sequence[TracedCandidate]) -> dict[int, int]:
    """Of candidates of one line about which the same lines of the check decided, those between the first and the last,
    by their places; with the first of them, how many there are.
    """
    alike: dict[object, list[int]] = {}
    for at, one in enumerate(candidates):
        if not one.is_best:
            lines = tuple((line.part, line.text, line.held) for line in one.lines)
            where = None if one.location is None else (one.location.cell, one.location.location.line)
            alike.setdefault((where, one.status, one.why, lines), []).append(at)
    found: dict[int, int] = {}
    for group in alike.values():
        between = group[1:-1]
        found |= {at: len(between) if number == 0 else 0 for number, at in enumerate(between)}
    return found


def _show_candidate(candidate: TracedCandidate, noun: str, out: SafeConsole, *, indent: int) -> None:
    words, style = _words_of(candidate)
    title = out.text("▸ " if candidate.is_best and out.can_write("▸") else "> " if candidate.is_best else "  ", "bold")
    title.append_text(out.text(clean_line(f"{noun} {candidate.what}".strip()), "bold"))
    title.append_text(out.text(f"  {words}", style))
    if candidate.is_best:
        title.append_text(out.text("  (the best one)", "dim"))
    out.indented(title, indent)
    if candidate.location is not None:
        show_place(candidate.location, out, indent=indent + 4)
    if candidate.why:
        out.indented(out.text(clean_line(candidate.why), style), indent + 4)
    show_labelled([(one.text, one.value) for one in candidate.values], out, indent=indent + 4)
    for line in candidate.lines:
        show_line(line, out, indent=indent + 4)
    wrong = 0
    for part in candidate.parts:
        wrong += part.status != "passed"
        _show_part(part, out, indent=indent + 4, in_full=part.status != "passed" and wrong <= MAX_WRONG)
    if candidate.unshown:
        out.indented(out.text(f"… and {candidate.unshown:,} more", "dim"), indent + 4)


def _words_of(candidate: TracedCandidate) -> tuple[str, str]:
    """How it ended, in words, and the style of these words."""
    words, style = _WORDS[candidate.status]
    lines = [*candidate.lines, *(line for part in candidate.parts for line in part.lines)]
    has_given = any(line.part == "given" for line in lines)
    return ("fails" if candidate.status == "failed" and not has_given else words), style


def _show_part(part: TracedCandidate, out: SafeConsole, *, indent: int, in_full: bool) -> None:
    """A call or a step. Of one that is right, or comes after others that are wrong, only what it is."""
    words, style = _words_of(part)
    out.indented(out.text(f"{clean_line(part.what)}: {words}", style), indent)
    show_labelled([(one.text, one.value) for one in part.values], out, indent=indent + 2)
    if part.why:
        out.indented(out.text(clean_line(part.why), "yellow"), indent + 2)
    for line in part.lines if in_full else ():
        show_line(line, out, indent=indent + 2)


def show_line(line: TracedLine, out: SafeConsole, *, indent: int) -> None:
    """A line with a mark, and the values of its sides."""
    is_rule = line.part in ("mistake", "remark")  # that one does not hold is no failure
    symbol = STATUS_SYMBOLS["passed" if line.held else "skipped" if line.held is None or is_rule else "failed"]
    mark = symbol.symbol if out.has_symbols else symbol.word
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, min_width=PART)
    table.add_column(overflow="fold")
    table.add_row(out.text(mark, symbol.style), out.text(line.part), out.text(clean_line(line.text), "cyan"))
    out.indented(table, indent)
    show_labelled([(one.text, one.value) for one in line.values], out, indent=indent + PART + 3)
    if line.said:
        out.indented(out.text(line.said, "dim"), indent + PART + 3)


def show_place(location: QuotedLocation, out: SafeConsole, *, indent: int = 0) -> None:
    """Where it is, with the student's line."""
    place = location.location.in_words(brief=True)
    text = out.text(place, "dim")
    if location.source:
        text.append_text(out.text(f"  {shorten(clean(location.source).strip(), SOURCE_LENGTH)}", "green"))
    out.indented(text, indent)


def show_labelled(rows: Sequence[tuple[str, str]], out: SafeConsole, *, indent: int, style: str = "") -> None:
    """Rows of a label and a value, aligned; a label that is long gets a line of its own."""
    if not rows:
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for label, value in _split(rows, most=max(12, out.width // 3)):
        table.add_row(out.text(label, "dim"), out.text(value, style))
    out.indented(table, indent)


def _split(rows: Sequence[tuple[str, str]], most: int) -> Iterator[tuple[str, str]]:
    for label, value in rows:
        yield clean_line(shorten(label, most)), value
